"""OpenTelemetry in the server: joined where it is set up, lit up where only its API is there.

The global tracer provider is never set. An application that has only the API gets its spans from
the API's own proxies, which would otherwise make spans that go nowhere; when it sets up an SDK
later, the proxies turn to that as they always do.
"""

import contextlib
import functools
import time

from . import context, export
from .records import MAX_ATTRIBUTES, MAX_EVENTS, Span


def patch_api(module):
    """`opentelemetry.trace`: spans of the API, and our own spans made visible to it."""
    from opentelemetry import context as otel_context

    span_class, tracer_class = _classes(module)
    bridge = context.bridge = _Bridge(module, otel_context, span_class)
    running = context._current.get()
    if running is not None:  # imported inside a call
        bridge.attach(running)
    proxy = module.ProxyTracer
    original = proxy.__init__

    @functools.wraps(original)
    def __init__(self, *args, **kwargs):
        original(self, *args, **kwargs)
        try:
            name = args[0] if args else kwargs.get("instrumenting_module_name")
            version = args[1] if len(args) > 1 else kwargs.get("instrumenting_library_version")
            self._noop_tracer = tracer_class(str(name or ""), str(version or ""))
        except Exception as error:
            export.report_failure("opentelemetry.trace", error)

    proxy.__init__ = __init__


class _Bridge:
    def __init__(self, trace, otel_context, span_class):
        self._trace = trace
        self._context = otel_context
        self._span_class = span_class
        names = ("_SUPPRESS_INSTRUMENTATION_KEY", "_SUPPRESS_HTTP_INSTRUMENTATION_KEY")
        self._suppressing = [getattr(otel_context, name) for name in names if hasattr(otel_context, name)]

    def current(self):
        """The innermost span that OpenTelemetry knows, in the shape of ours."""
        span = self._trace.get_current_span()
        if isinstance(span, self._span_class):
            return span.span
        found = span.get_span_context()
        return _Foreign(span, found) if found is not None and found.is_valid else None

    def is_suppressed(self):
        """Where exporters send what they have, nobody makes spans."""
        return any(self._context.get_value(key) for key in self._suppressing)

    def context(self):
        current = self._context.get_current()
        return current if len(current) else None

    def attach(self, span):
        if span.otel is None:
            span.otel = self._span_class(span, owned=True)
        return self._context.attach(self._trace.set_span_in_context(span.otel))

    def attach_context(self, found):
        return self._context.attach(found)

    def detach(self, token):
        self._context.detach(token)


class _Foreign:
    """A span of the server's own SDK, or of another process."""

    __slots__ = ("_span", "_context")

    def __init__(self, span, found):
        self._span = span
        self._context = found

    @property
    def trace_id(self):
        return format(self._context.trace_id, "032x")

    @property
    def span_id(self):
        return format(self._context.span_id, "016x")

    @property
    def kind(self):
        return to_otlp_kind(getattr(self._span, "kind", None))

    @property
    def attributes(self):
        return getattr(self._span, "attributes", None)

    def set_place(self, place):
        self._span.set_attributes(place.attributes())

    def record(self, error, passes):
        """`mcp` 2.x makes a result of an exception before its span sees it, unless it `passes`."""
        scope = getattr(self._span, "instrumentation_scope", None)
        if not passes and scope is not None and scope.name == "mcp-python-sdk":
            self._span.record_exception(error)


def to_otlp_kind(kind):
    """OTLP counts the kinds from 1 (internal), the API from 0."""
    return 0 if kind is None else kind.value + 1


def _classes(trace):
    """Classes of the API's shape; made here, since the API may not be installed at all."""

    class HookSpan(trace.Span):
        """What `opentelemetry.trace` sees of a span of ours."""

        def __init__(self, span, owned=False):
            self.span = span
            #: Made by the hook around a call: only the hook ends it.
            self._owned = owned
            self._otel_context = trace.SpanContext(
                int(span.trace_id, 16), int(span.span_id, 16), False, trace.TraceFlags(trace.TraceFlags.SAMPLED)
            )

        def get_span_context(self):
            return self._otel_context

        def is_recording(self):
            return self.span.end == 0

        def set_attribute(self, key, value):
            if self.span.end == 0 and (key in self.span.attributes or len(self.span.attributes) < MAX_ATTRIBUTES):
                self.span.attributes[str(key)] = value

        def set_attributes(self, attributes):
            for key, value in attributes.items():
                self.set_attribute(key, value)

        def add_event(self, name, attributes=None, timestamp=None):
            if self.span.end == 0 and len(self.span.events) < MAX_EVENTS:
                self.span.events.append((timestamp or time.time_ns(), str(name), dict(attributes or {})))

        def add_link(self, context, attributes=None):
            self.span.links.append(describe_link(context, attributes))

        def update_name(self, name):
            self.span.name = str(name)

        def set_status(self, status, description=None):
            code = status if isinstance(status, trace.StatusCode) else status.status_code
            if isinstance(status, trace.Status):
                description = status.description
            if self.span.end == 0 and self.span.status != 1:  # OK is final
                self.span.status = code.value
                self.span.message = str(description or self.span.told) if code.value == 2 else ""

        def record_exception(self, exception, attributes=None, timestamp=None, escaped=False):
            if self.span.end == 0 and exception is not None:
                self.span.record(exception)

        def end(self, end_time=None):
            if self._owned or self.span.end:
                return
            self.span.end = end_time or time.time_ns()
            if not _is_noise(self.span):
                export.span(self.span)

    find_running = context.current  # `context` is an argument below

    class HookTracer(trace.Tracer):
        """Stands in for the tracer that does nothing."""

        def __init__(self, name, version):
            self._name = name
            self._version = version

        def start_span(
            self, name, context=None, kind=trace.SpanKind.INTERNAL, attributes=None, links=None, start_time=None,
            record_exception=True, set_status_on_exception=True,
        ):  # fmt: skip
            parent = trace.get_current_span(context).get_span_context()
            if parent.is_valid:
                ids = (format(parent.trace_id, "032x"), format(parent.span_id, "016x"))
            else:
                running = find_running() if context is None else None
                ids = running and (running.trace_id, running.span_id)
            span = Span(str(name), to_otlp_kind(kind), ids, dict(attributes or {}), self._name, self._version)
            if start_time is not None:
                span.start = start_time
            for link in links or ():
                span.links.append(describe_link(link.context, link.attributes))
            span.otel = HookSpan(span)
            return span.otel

        @contextlib.contextmanager
        def start_as_current_span(
            self, name, context=None, kind=trace.SpanKind.INTERNAL, attributes=None, links=None, start_time=None,
            record_exception=True, set_status_on_exception=True, end_on_exit=True,
        ):  # fmt: skip
            span = self.start_span(name, context, kind, attributes, links, start_time)
            with trace.use_span(
                span,
                end_on_exit=end_on_exit,
                record_exception=record_exception,
                set_status_on_exception=set_status_on_exception,
            ):
                yield span

    return HookSpan, HookTracer


def describe_link(found, attributes):
    return format(found.trace_id, "032x"), format(found.span_id, "016x"), dict(attributes or {})


def _is_noise(span):
    """`mcp` 2.x makes a span for each notification; without a parent it is a trace of nothing."""
    return span.scope == "mcp-python-sdk" and not span.parent_id and span.name.startswith("notifications/")
