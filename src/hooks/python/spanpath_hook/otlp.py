"""Records as OTLP/JSON. Runs in the sending thread."""

import json
import os
import sys

from . import VERSION, redact, settings
from .failures import Stack
from .places import Place
from .records import Span

SCOPE = "spanpath.hook.python"
MAX_TEXT = 65536


def encode(batch):
    """Yields (path, body) for what is in the batch."""
    spans, logs = {}, []
    for record in batch:
        if isinstance(record, Span):
            spans.setdefault(_scope_of(record), []).append(_span(record))
        else:
            logs.append(_log(record))
    if spans:
        scopes = [{"scope": _scope(*key), "spans": found} for key, found in spans.items()]
        yield "/v1/traces", _body({"resourceSpans": [{"resource": resource(), "scopeSpans": scopes}]})
    if logs:
        scopes = [{"scope": _scope(SCOPE, VERSION), "logRecords": logs}]
        yield "/v1/logs", _body({"resourceLogs": [{"resource": resource(), "scopeLogs": scopes}]})


def resource():
    return {
        "attributes": attributes(
            {
                "service.name": settings.service,
                "spanpath.server.name": settings.server,
                "spanpath.server.cwd": settings.cwd,
                "process.pid": os.getpid(),
                "telemetry.sdk.language": "python",
                "process.runtime.name": sys.implementation.name,
                "process.runtime.version": sys.version.split()[0],
            }
        )
    }


def attributes(values):
    """Attributes as OTLP wants them, with secrets hidden."""
    out = []
    for key, value in values.items():
        if callable(value):  # looked up only now, in this thread
            value = value()
        if isinstance(value, Place):
            out += attributes(value.attributes())
        elif isinstance(value, Stack):
            out.append({"key": key, "value": {"stringValue": _text(value.text(redact.keeps_content()))}})
        elif key == "url.full":
            out.append({"key": key, "value": {"stringValue": redact.url(str(value))}})
        elif key in _HARMLESS or key.startswith(("code.", "mcp.", "gen_ai.tool.", "spanpath.", "process.runtime")):
            out.append({"key": key, "value": _value(value)})
        elif not redact.keeps_content() and isinstance(value, (str, list, tuple)):
            out.append({"key": key, "value": {"stringValue": redact.HIDDEN}})
        elif redact.LEVEL != "full" and redact.is_secret(key):
            out.append({"key": key, "value": {"stringValue": redact.HIDDEN}})
        else:
            out.append({"key": key, "value": _value(value, redact.text)})
    return out


_HARMLESS = frozenset(
    (
        "service.name", "error.type", "exception.type", "http.request.method", "server.address", "server.port",
        "network.transport", "jsonrpc.request.id", "rpc.response.status_code", "gen_ai.operation.name",
        "gen_ai.prompt.name", "logger.name", "telemetry.sdk.language", "process.executable.name", "process.pid",
        "process.executable.path", "log.iostream",
    )
)  # fmt: skip


def _value(value, clean=None):
    if isinstance(value, str):
        return {"stringValue": _text(clean(value) if clean else value)}
    if isinstance(value, bool):
        return {"boolValue": value}
    if isinstance(value, int):
        if -(1 << 63) <= value < 1 << 63:
            return {"intValue": str(value)}
        return {"stringValue": str(value)}
    if isinstance(value, float):
        if value != value or value in (float("inf"), float("-inf")):
            return {"stringValue": str(value)}
        return {"doubleValue": value}
    if isinstance(value, (list, tuple)):
        return {"arrayValue": {"values": [_value(part, clean) for part in list(value)[:256]]}}
    if isinstance(value, dict):
        return {"kvlistValue": {"values": attributes(value)}}
    if value is None:
        return {}
    return {"stringValue": _text(str(value))}


def _text(value):
    if len(value) > MAX_TEXT:
        value = value[:MAX_TEXT]
    # A lone surrogate (of an undecodable file name) cannot be sent.
    return value.encode("utf-8", "replace").decode("utf-8")


def _span(span):
    out = {
        "traceId": span.trace_id,
        "spanId": span.span_id,
        "name": span.name,
        "kind": span.kind,
        "startTimeUnixNano": str(span.start),
        "endTimeUnixNano": str(span.end),
        "attributes": attributes(span.attributes),
    }
    if span.parent_id:
        out["parentSpanId"] = span.parent_id
    if span.events:
        out["events"] = [
            {"timeUnixNano": str(time), "name": name, "attributes": attributes(values)}
            for time, name, values in span.events
        ]
    if span.links:
        out["links"] = [
            {"traceId": trace_id, "spanId": span_id, "attributes": attributes(values)}
            for trace_id, span_id, values in span.links
        ]
    if span.status:
        out["status"] = {"code": span.status, "message": message(span.message)}
    return out


def message(value):
    return _text(redact.text(value)) if redact.keeps_content() else ""


def _log(log):
    body = log.body
    if body is not None and not (log.event or redact.keeps_content()):
        body = redact.HIDDEN
    out = {
        "timeUnixNano": str(log.time),
        "observedTimeUnixNano": str(log.time),
        "severityNumber": log.severity,
        "severityText": log.text,
        "attributes": attributes(log.attributes),
    }
    if log.event:
        out["eventName"] = log.event
    if body is not None:
        out["body"] = {"stringValue": message(body) if log.event != "spanpath.hook" else body}
    if log.trace_id:
        out["traceId"] = log.trace_id
        out["spanId"] = log.span_id
    return out


def _scope_of(span):
    return (SCOPE, VERSION) if span.scope is None else (span.scope, span.version)


def _scope(name, version):
    return {"name": name, "version": version}


def _body(value):
    return json.dumps(value, separators=(",", ":")).encode()
