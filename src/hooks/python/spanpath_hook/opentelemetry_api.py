"""Spans made through `opentelemetry-api` in an app that set up no SDK.

No provider is registered, since one that the app sets up later must find the place free: the
API's own stand-in tracers get something to stand in with.
"""

import functools

from . import active, errors, telemetry


def patch(_name, module):
    tracer, span = _classes(module)
    construct = module.ProxyTracer.__init__

    @functools.wraps(construct)
    def init(self, name, version=None, *args, **kwargs):
        construct(self, name, version, *args, **kwargs)
        self._noop_tracer = tracer(name, version or "")

    module.ProxyTracer.__init__ = init
    return span


def _classes(api):
    class HookSpan(api.Span):
        """A span as the API specifies it, sent when it ends."""

        def __init__(self, scope, name, parent, kind, attributes, links, start):
            self._context = api.SpanContext(
                int(parent[0], 16) if parent else int(telemetry.new_id(16), 16),
                int(telemetry.new_id(8), 16),
                False,
                api.TraceFlags(1),
            )
            self._scope = scope
            self._name = name
            self._parent = parent
            self._kind = kind
            self._attributes = dict(attributes or {})
            self._links = [
                (format(link.context.trace_id, "032x"), format(link.context.span_id, "016x"))
                for link in links or ()
            ]
            self._events = []
            self._status = None
            self._start = start or telemetry.now()
            self._ended = False

        def get_span_context(self):
            return self._context

        def is_recording(self):
            return not self._ended

        def set_attribute(self, key, value):
            if not self._ended and (key in self._attributes or len(self._attributes) < 128):
                self._attributes[key] = value

        def set_attributes(self, attributes):
            for key, value in attributes.items():
                self.set_attribute(key, value)

        def add_event(self, name, attributes=None, timestamp=None):
            if not self._ended and len(self._events) < 128:
                self._events.append(
                    {"name": name, "time": timestamp or telemetry.now(), "attributes": dict(attributes or {})}
                )

        def add_link(self, context, attributes=None):
            self._links.append((format(context.trace_id, "032x"), format(context.span_id, "016x")))

        def update_name(self, name):
            self._name = name

        def set_status(self, status, description=None):
            code = status.status_code if hasattr(status, "status_code") else status
            text = getattr(status, "description", None) or description or ""
            self._status = {"code": code.value, "message": text}

        def record_exception(self, exception, attributes=None, timestamp=None, escaped=False):
            if not self._ended and len(self._events) < 128:
                self._events.append(errors.event_of(exception))

        def end(self, end_time=None):
            if self._ended:
                return
            self._ended = True
            _add_dispatcher(self._attributes)
            telemetry.add_span(
                {
                    "ids": (format(self._context.trace_id, "032x"), format(self._context.span_id, "016x")),
                    "parent": self._parent[1] if self._parent else "",
                    "name": self._name,
                    # The API counts kinds from 0 for internal, OTLP from 1.
                    "kind": self._kind.value + 1,
                    "start": self._start,
                    "end": end_time or telemetry.now(),
                    "attributes": self._attributes,
                    "events": self._events,
                    "links": self._links,
                    "status": self._status,
                    "scope": self._scope,
                }
            )

        def __exit__(self, kind, error, trace):
            if error is not None and self.is_recording():
                self.record_exception(error)
                self.set_status(api.Status(api.StatusCode.ERROR, f"{type(error).__name__}: {error}"))
            self.end()

    class HookTracer(api.Tracer):
        def __init__(self, name, version):
            self._scope = (name, version)

        def start_span(
            self,
            name,
            context=None,
            kind=api.SpanKind.INTERNAL,
            attributes=None,
            links=None,
            start_time=None,
            record_exception=True,
            set_status_on_exception=True,
        ):
            parent = api.get_current_span(context).get_span_context()
            ids = None
            if parent is not None and parent.is_valid:
                ids = (format(parent.trace_id, "032x"), format(parent.span_id, "016x"))
            elif context is None:
                ids = active.current()
            return HookSpan(self._scope, name, ids, kind, attributes, links, start_time)

        @api._agnosticcontextmanager
        def start_as_current_span(
            self,
            name,
            context=None,
            kind=api.SpanKind.INTERNAL,
            attributes=None,
            links=None,
            start_time=None,
            record_exception=True,
            set_status_on_exception=True,
            end_on_exit=True,
        ):
            span = self.start_span(name, context, kind, attributes, links, start_time)
            with api.use_span(
                span,
                end_on_exit=end_on_exit,
                record_exception=record_exception,
                set_status_on_exception=set_status_on_exception,
            ):
                yield span

    return HookTracer, HookSpan


def _add_dispatcher(attributes):
    """A request that no registered handler took part in: the low-level function answered it."""
    method = attributes.get("mcp.method.name")
    if method and "code.file.path" not in attributes:
        from . import sdk

        attributes.update(sdk.dispatcher_place(method))
