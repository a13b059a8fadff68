"""Which span is running here: the hook's own context variable, or OpenTelemetry's where it is used."""

import os
import time
from contextvars import ContextVar

from . import export
from .records import INTERNAL, Span

_current = ContextVar("spanpath_current", default=None)
#: Set when `opentelemetry.trace` was imported; it then knows the innermost span.
bridge = None


class Remote:
    """A span of another process."""

    __slots__ = ("trace_id", "span_id", "kind", "attributes")

    def __init__(self, trace_id, span_id):
        self.trace_id = trace_id
        self.span_id = span_id
        self.kind = 0
        self.attributes = {}


def parse_traceparent(text):
    """None for anything that the W3C recommendation calls invalid."""
    if not isinstance(text, str):
        return None
    parts = text.strip().split("-")
    if len(parts) < 4 or len(parts[0]) != 2 or parts[0] == "ff" or (parts[0] == "00" and len(parts) > 4):
        return None
    trace_id, span_id = parts[1], parts[2]
    if len(trace_id) != 32 or len(span_id) != 16 or len(parts[3]) != 2:
        return None
    if set("".join(parts[:4])) - set("0123456789abcdef"):
        return None
    if not trace_id.strip("0") or not span_id.strip("0"):
        return None
    return Remote(trace_id, span_id)


def current():
    """The innermost running span, of whatever maker, or None. Has `trace_id` and `span_id`."""
    if bridge is not None:
        span = bridge.current()
        if span is not None:
            return span
    return _current.get()


def carried():
    """What a new thread is given so that its spans are nested too."""
    return _current.get(), bridge.context() if bridge is not None else None


def attach(span):
    return _current.set(span), bridge.attach(span) if bridge is not None else None


def attach_carried(state):
    span, context = state
    return _current.set(span), bridge.attach_context(context) if bridge and context is not None else None


def detach(tokens):
    token, other = tokens
    if other is not None:
        bridge.detach(other)
    _current.reset(token)


def traceparent(span):
    return f"00-{span.trace_id}-{span.span_id}-01"


def begin(make):
    """A child of the running span by (name, kind, attributes), or None outside a call."""
    try:
        parent = current()
        if parent is None or (bridge is not None and bridge.is_suppressed()):
            return None
        name, kind, attributes = make()
        return Span(name, kind or INTERNAL, (parent.trace_id, parent.span_id), attributes)
    except Exception as error:
        export.report_failure("start of a span", error)
        return None


class Step:
    """A child span around `with`; nothing at all outside a call. Never raises of its own.

    An exception passes untouched; the frame of the wrapper that used `with` is taken out of its
    traceback, so that what the server prints of it is what it would print without the hook
    (Python 3.11 and newer; 3.10 keeps the frame).
    """

    __slots__ = ("span", "_tokens", "_make")

    def __init__(self, make):
        self._make = make
        self.span = None
        self._tokens = None

    def __enter__(self):
        self.span = begin(self._make)
        try:
            if self.span is not None:
                self._tokens = attach(self.span)
        except Exception as error:
            export.report_failure("start of a span", error)
        return self

    def __exit__(self, kind, error, traceback):
        try:
            if self._tokens is not None:
                detach(self._tokens)
            if self.span is not None and (error is not None or self.span.end == 0):
                finish(self.span, error)
        except Exception as failure:
            export.report_failure("end of a span", failure)
        if error is not None:
            hide_frame(error)

    def keep_on(self, owner):
        keep(owner, self.span)

    def keep_open(self):
        """The span ends later, by `finish`."""
        if self.span is not None:
            self.span.end = -1


def finish(span, error=None):
    """Ends a span once and hands it over."""
    if span.end > 0:
        return
    if error is not None:
        try:
            _fail(span, error)
        except Exception as failure:
            export.report_failure("what was raised", failure)
    span.end = time.time_ns()
    export.span(span)


def _fail(span, error):
    from .failures import code_of, message_of

    code = code_of(error)
    if type(error).__name__ == "CancelledError":
        span.fail("cancelled")
    elif isinstance(code, int):
        span.attributes["rpc.response.status_code"] = str(code)
        span.fail(str(code), message_of(error))
    else:
        span.fail(type(error).__qualname__, message_of(error))
    if isinstance(error, Exception):
        span.record(error)


_OURS = os.path.dirname(__file__)


def hide_frame(error):
    """Takes the wrapper's frame, the first of the traceback, out of it."""
    traceback = error.__traceback__
    if traceback is not None and traceback.tb_frame.f_code.co_filename.startswith(_OURS):
        # Not by assignment: the server's exception may be a frozen one.
        BaseException.with_traceback(error, traceback.tb_next)


def keep(owner, span):
    """Leaves a span with the object whose end will end it."""
    try:
        if span is not None:
            owner._spanpath = span
    except Exception as error:  # a subclass that takes no attributes
        export.report_failure("an object that keeps its span", error)


class Untraced:
    """Around a wrapped function that needs no span: keeps the wrapper out of tracebacks."""

    __slots__ = ()

    def __enter__(self):
        pass

    def __exit__(self, kind, error, traceback):
        if error is not None:
            hide_frame(error)
