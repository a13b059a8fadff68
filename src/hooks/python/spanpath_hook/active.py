"""What runs now: the span under which anything new belongs, and the MCP request around it."""

import sys
from contextvars import ContextVar

_ids = ContextVar("spanpath_ids", default=None)
#: A dict that what runs inside a request writes to: `place`, `exception`.
request = ContextVar("spanpath_request", default=None)


def current():
    """(trace id, span id) as hex, or None; the OpenTelemetry API's own context wins."""
    api = sys.modules.get("opentelemetry.trace")
    if api is not None:
        try:
            context = api.get_current_span().get_span_context()
            if context.is_valid:
                return format(context.trace_id, "032x"), format(context.span_id, "016x")
        except Exception:
            pass
    return _ids.get()


class Entered:
    """Makes a span the current one, for the hook and for the OpenTelemetry API, until `leave`."""

    def __init__(self, ids, state=None):
        self._token = _ids.set(ids)
        self._request = request.set(state) if state is not None else None
        self._otel = _attach(ids)

    def leave(self):
        _reset(_ids, self._token)
        if self._request is not None:
            _reset(request, self._request)
        if self._otel is not None:
            try:
                from opentelemetry import context

                # Not `detach`: it logs when a generator is closed in another context.
                context._RUNTIME_CONTEXT.detach(self._otel)
            except Exception:
                pass


def _reset(variable, token):
    try:
        variable.reset(token)
    except ValueError:
        # Left in another context than it was entered in: that one ends by itself.
        pass


def _attach(ids):
    if "opentelemetry.trace" not in sys.modules:
        return None
    try:
        from opentelemetry import context, trace

        span = trace.NonRecordingSpan(
            trace.SpanContext(int(ids[0], 16), int(ids[1], 16), True, trace.TraceFlags(1))
        )
        return context.attach(trace.set_span_in_context(span))
    except Exception:
        return None
