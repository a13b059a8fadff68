"""The SERVER span of a call: the SDK's own where it makes one, else one of ours."""

from . import context, export
from .failures import origin
from .places import place_of
from .records import INTERNAL, SERVER, Span

#: Methods that a server's own code answers: method -> (kind of handler, parameter that names it).
METHODS = {
    "tools/call": ("tool", "name"),
    "prompts/get": ("prompt", "name"),
    "resources/read": ("resource", "uri"),
}
#: Attribute that carries the name.
NAMES = {
    "tools/call": "gen_ai.tool.name",
    "prompts/get": "gen_ai.prompt.name",
    "resources/read": "mcp.resource.uri",
}


def server_span():
    """The SERVER span of the call that is running, or None."""
    span = context.current()
    if span is not None and span.kind == SERVER and "mcp.method.name" in (span.attributes or ()):
        return span
    return None


class Call:
    """Around one request of the low-level server; `make` false where the SDK makes the span."""

    __slots__ = ("_method", "_target", "_id", "_meta", "_make", "_span", "_tokens")

    def __init__(self, method, target, request_id, meta, make=True):
        self._method = method
        self._target = target
        self._id = request_id
        self._meta = meta
        self._make = make
        self._span = None
        self._tokens = None

    def __enter__(self):
        try:
            if self._make:
                self._open()
        except Exception as error:
            export.report_failure("start of a call", error)
        return self

    def _open(self):
        method, target = self._method, str(self._target)
        attributes = {"mcp.method.name": method, NAMES[method]: target, "spanpath.handler.source": "measured"}
        if method == "tools/call":
            attributes["gen_ai.operation.name"] = "execute_tool"
        if self._id is not None:
            attributes["jsonrpc.request.id"] = str(self._id)
        parent = context.parse_traceparent(_traceparent_of(self._meta))
        running = context.current()
        # Another instrumentation has joined the caller's trace already: this span goes inside.
        if parent is None or (running is not None and running.trace_id == parent.trace_id):
            parent = running
        name = method if method == "resources/read" else f"{method} {target}"
        self._span = Span(name, SERVER, parent and (parent.trace_id, parent.span_id), attributes)
        self._tokens = context.attach(self._span)

    def answered(self, is_error):
        """The SDK made a result of whatever happened."""
        if self._span is not None and is_error:
            self._span.fail("tool_error", self._span.told)

    def __exit__(self, kind, error, traceback):
        try:
            if self._span is not None:
                context.detach(self._tokens)
                context.finish(self._span, origin(error) if isinstance(error, Exception) else error)
        except Exception as failure:
            export.report_failure("end of a call", failure)
        if error is not None:
            context.hide_frame(error)


def _traceparent_of(meta):
    if meta is None:
        return None
    if isinstance(meta, dict):
        return meta.get("traceparent")
    return getattr(meta, "traceparent", None) or (getattr(meta, "model_extra", None) or {}).get("traceparent")


class Handling:
    """Around the handler itself: a span with its place, in which what it raised stands.

    Where the server's own SDK makes the SERVER span, none is put between its spans: the place
    goes on that one. A dispatcher, one function for all tools, has no span of its own either, and
    its place says so, since the branch for this tool is a better one.
    """

    __slots__ = ("_function", "_dispatches", "_server", "_span", "_tokens")

    def __init__(self, function, dispatches=False):
        self._function = function
        self._dispatches = dispatches
        self._server = None
        self._span = None
        self._tokens = None

    def __enter__(self):
        try:
            place = place_of(self._function)
            self._server = server_span()
            if self._server is None or place is None:
                pass
            elif isinstance(self._server, Span):
                self._server.attributes["code.function.name"] = place  # written out when it is sent
                if self._dispatches:
                    self._server.attributes["spanpath.handler.dispatch"] = True
                else:
                    self._server.attributes.pop("spanpath.handler.dispatch", None)
                    self._open(place)
            else:
                self._server.set_place(place)
        except Exception as error:
            export.report_failure("start of a handler", error)
        return self

    def _open(self, place):
        server = self._server
        values = {"code.function.name": place}
        self._span = Span(place.function, INTERNAL, (server.trace_id, server.span_id), values)
        self._tokens = context.attach(self._span)

    def __exit__(self, kind, error, traceback):
        try:
            raised = origin(error) if isinstance(error, Exception) else error
            if self._span is not None:
                context.detach(self._tokens)
                context.finish(self._span, raised)
                if isinstance(raised, Exception):
                    self._server.tell(raised)
            elif self._server is not None and isinstance(raised, Exception):
                self._server.record(raised, self._dispatches)
        except Exception as failure:
            export.report_failure("end of a handler", failure)
        if error is not None:
            context.hide_frame(error)


def report_handler(kind, name, function):
    """Tells Spanpath where a handler stands, once it is registered."""
    place = place_of(function)
    if place is None or not name:
        return
    export.log(
        "spanpath.handler",
        attributes={
            "spanpath.handler.kind": kind,
            "spanpath.handler.name": str(name),
            "spanpath.handler.text": place.text,
            "code.function.name": place,
        },
    )
