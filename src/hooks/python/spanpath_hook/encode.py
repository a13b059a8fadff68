"""OTLP/JSON, as the collector reads it."""

import json

from .telemetry import SCOPE


def spans(resource, waiting):
    by_scope = {}
    for span in waiting:
        by_scope.setdefault(span.get("scope", (SCOPE, "")), []).append(_span(span))
    scopes = [
        {"scope": {"name": name, "version": version}, "spans": group}
        for (name, version), group in by_scope.items()
    ]
    body = {"resource": {"attributes": _attributes(resource)}, "scopeSpans": scopes}
    return json.dumps({"resourceSpans": [body]}, separators=(",", ":")).encode()


def logs(resource, waiting):
    scopes = [{"scope": {"name": SCOPE}, "logRecords": [_log(log) for log in waiting]}]
    body = {"resource": {"attributes": _attributes(resource)}, "scopeLogs": scopes}
    return json.dumps({"resourceLogs": [body]}, separators=(",", ":")).encode()


def _span(span):
    made = {
        "traceId": span["ids"][0],
        "spanId": span["ids"][1],
        "name": span["name"],
        "kind": span["kind"],
        "startTimeUnixNano": str(span["start"]),
        "endTimeUnixNano": str(span["end"]),
        "attributes": _attributes(span.get("attributes") or {}),
        "status": span.get("status") or {"code": 0},
    }
    if span.get("parent"):
        made["parentSpanId"] = span["parent"]
    if span.get("events"):
        made["events"] = [
            {
                "name": event["name"],
                "timeUnixNano": str(event["time"]),
                "attributes": _attributes(event["attributes"]),
            }
            for event in span["events"]
        ]
    if span.get("links"):
        made["links"] = [{"traceId": trace, "spanId": own} for trace, own in span["links"]]
    return made


def _log(log):
    made = {
        "timeUnixNano": str(log["time"]),
        "severityNumber": log["severity"],
        "body": {"stringValue": log["body"]},
        "attributes": _attributes(log["attributes"]),
    }
    if log.get("event"):
        made["eventName"] = log["event"]
    if log.get("severity_text"):
        made["severityText"] = log["severity_text"]
    if log.get("ids"):
        made["traceId"], made["spanId"] = log["ids"]
    return made


def _attributes(attributes):
    return [{"key": str(key), "value": _value(value)} for key, value in attributes.items()]


def _value(value):
    if isinstance(value, bool):
        return {"boolValue": value}
    if isinstance(value, int):
        return {"intValue": str(value)}
    if isinstance(value, float):
        # JSON has no spelling for these; OTLP spells them as text.
        if value != value or value in (float("inf"), float("-inf")):
            return {"stringValue": str(value)}
        return {"doubleValue": value}
    if isinstance(value, (list, tuple)):
        return {"arrayValue": {"values": [_value(part) for part in value]}}
    return {"stringValue": value if isinstance(value, str) else str(value)}
