"""The MCP SDKs: `mcp` 1.x and 2.x, `fastmcp` 2 to 4."""

import asyncio
import functools
import inspect
import re
import sys

from . import active, errors, places, telemetry

#: Classes that hold a handler as `fn`: kind, and the method that calls it.
_holders = {
    "Tool": ("tool", ("run",)),
    "FunctionTool": ("tool", ("run",)),
    "Prompt": ("prompt", ("render",)),
    "FunctionPrompt": ("prompt", ("render",)),
    "FunctionResource": ("resource", ("read",)),
    "ResourceTemplate": ("resource", ("create_resource", "read")),
    "FunctionResourceTemplate": ("resource", ("read", "create_resource")),
}
_kinds = {"tools/call": "tool", "prompts/get": "prompt", "resources/read": "resource"}
_traceparent = re.compile(r"[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-")
#: Functions that answer every name of a kind; more than one server makes it unclear which.
_dispatchers = {}


def patch(name, module):
    if name == "mcp.server.lowlevel.server":
        _patch_server(module.Server)
        return
    for class_name, (kind, methods) in _holders.items():
        holder = module.__dict__.get(class_name)
        if inspect.isclass(holder) and holder.__module__ == module.__name__:
            _patch_holder(holder, kind, methods)


def _patch_holder(holder, kind, methods):
    make = holder.__dict__.get("from_function")
    if isinstance(make, classmethod):
        holder.from_function = classmethod(_reporting(make.__func__, kind))
    for method in methods:
        run = holder.__dict__.get(method)
        if inspect.iscoroutinefunction(run):
            setattr(holder, method, _running(run, kind))


def _reporting(make, kind):
    @functools.wraps(make)
    def from_function(cls, *args, **kwargs):
        made = make(cls, *args, **kwargs)
        try:
            function = getattr(made, "fn", None)
            if function is not None:
                uri = getattr(made, "uri", None) or getattr(made, "uri_template", None) or ""
                places.report(function, kind, str(made.name), str(uri))
        except Exception:
            pass
        return made

    return from_function


def _running(run, kind):
    @functools.wraps(run)
    async def handler(self, *args, **kwargs):
        function = getattr(self, "fn", None)
        parent = active.current() if function is not None else None
        state = active.request.get()
        if parent is None or (state is not None and state.get("handler")):
            return await run(self, *args, **kwargs)
        if state is None:
            state = {}
        state["handler"] = True
        place = places.place_of(function)
        state["place"] = place
        _mark_current(place)
        span = _Span(place.get("code.function.name") or str(getattr(self, "name", kind)), parent, place)
        entered = active.Entered(span.ids, state)
        try:
            result = await run(self, *args, **kwargs)
        except asyncio.CancelledError:
            entered.leave()
            span.end(None)
            raise
        except Exception as error:
            entered.leave()
            state["exception"] = error
            span.end(error)
            raise
        entered.leave()
        span.end(None)
        return result

    return handler


class _Span:
    """The time inside a handler."""

    def __init__(self, name, parent, attributes):
        self.ids = (parent[0], telemetry.new_id(8))
        self._parent = parent[1]
        self._name = name.rsplit(".<locals>.", 1)[-1]
        self._attributes = attributes
        self._start = telemetry.now()

    def end(self, error):
        telemetry.add_span(
            {
                "ids": self.ids,
                "parent": self._parent,
                "name": self._name,
                "kind": telemetry.INTERNAL,
                "start": self._start,
                "end": telemetry.now(),
                "attributes": self._attributes,
                "events": [errors.event_of(error)] if error is not None else [],
                "status": {"code": 2, "message": errors.message_of(errors.origin_of(error))} if error is not None else None,
            }
        )


def _mark_current(place):
    """`code.*` on the span that the SDK, or an instrumentation, made for the request."""
    api = sys.modules.get("opentelemetry.trace")
    if api is None:
        return
    span = api.get_current_span()
    if not span.is_recording():
        return
    for key, value in place.items():
        if key.startswith("code."):
            span.set_attribute(key, value)


def _patch_server(server):
    if "_handle_request" in server.__dict__:
        server._handle_request = _serving(server._handle_request)
    for decorator, kind in (("call_tool", "tool"), ("get_prompt", "prompt"), ("read_resource", "resource")):
        if decorator in server.__dict__:
            setattr(server, decorator, _noting(server.__dict__[decorator], kind))
    server.__init__ = _constructing(server.__init__)


def _noting(decorate, kind):
    """`@server.call_tool()` of `mcp` 1.x: the SDK swallows what the function raises."""

    @functools.wraps(decorate)
    def outer(self, *args, **kwargs):
        decorator = decorate(self, *args, **kwargs)
        if not callable(decorator):
            return decorator

        @functools.wraps(decorator)
        def inner(function):
            if not _is_own(function) or not inspect.iscoroutinefunction(function):
                return decorator(function)
            _note_dispatcher(kind, function)

            @functools.wraps(function)
            async def watched(*arguments, **keywords):
                state = active.request.get()
                if state is not None:
                    state["place"] = dict(places.place_of(function), **{"spanpath.handler.dispatch": True})
                try:
                    return await function(*arguments, **keywords)
                except Exception as error:
                    if state is not None:
                        state["exception"] = error
                    raise

            result = decorator(watched)
            return function if result is watched else result

        return inner

    return outer


def _constructing(construct):
    """`Server(on_call_tool=…)` of `mcp` 2.x."""

    @functools.wraps(construct)
    def init(self, *args, **kwargs):
        for keyword, kind in (("on_call_tool", "tool"), ("on_get_prompt", "prompt"), ("on_read_resource", "resource")):
            function = kwargs.get(keyword)
            if function is not None and _is_own(function):
                _note_dispatcher(kind, function)
        return construct(self, *args, **kwargs)

    return init


def _is_own(function):
    module = getattr(function, "__module__", "") or ""
    return module.split(".")[0] not in ("mcp", "fastmcp")


def _note_dispatcher(kind, function):
    _dispatchers.setdefault(kind, []).append(function)


def dispatcher_place(method):
    """Place of the one function that answers a method, {} when there is none or several."""
    functions = _dispatchers.get(_kinds.get(method, ""), [])
    if len(functions) != 1:
        return {}
    return dict(places.place_of(functions[0]), **{"spanpath.handler.dispatch": True})


def _serving(handle):
    """`mcp` 1.x makes no spans: one for each request that a handler may stand behind."""

    @functools.wraps(handle)
    async def handle_request(self, message, req, *args, **kwargs):
        method = getattr(req, "method", "")
        if method not in _kinds:
            return await handle(self, message, req, *args, **kwargs)
        params = getattr(req, "params", None)
        parent = _parent_of(params)
        ids = (parent[0] if parent else telemetry.new_id(16), telemetry.new_id(8))
        state = {}
        start = telemetry.now()
        entered = active.Entered(ids, state)
        try:
            return await handle(self, message, req, *args, **kwargs)
        finally:
            entered.leave()
            _end_request(method, params, parent, ids, state, start)

    return handle_request


def _parent_of(params):
    meta = getattr(params, "meta", None)
    extra = getattr(meta, "model_extra", None) or {}
    found = _traceparent.match(str(extra.get("traceparent", "")))
    return (found[1], found[2]) if found else None


def _end_request(method, params, parent, ids, state, start):
    target = str(getattr(params, "uri", "") if method == "resources/read" else getattr(params, "name", ""))
    attributes = {"mcp.method.name": method, "spanpath.handler.source": "measured"}
    if method == "tools/call":
        attributes["gen_ai.operation.name"] = "execute_tool"
    key = {"tool": "gen_ai.tool.name", "prompt": "gen_ai.prompt.name", "resource": "mcp.resource.uri"}
    if target:
        attributes[key[_kinds[method]]] = target
    attributes.update(state.get("place") or {})
    error = state.get("exception")
    if error is not None:
        attributes["error.type"] = "tool_error" if method == "tools/call" else type(error).__qualname__
    is_dispatched = error is not None and not state.get("handler")
    telemetry.add_span(
        {
            "ids": ids,
            "parent": parent[1] if parent else "",
            "name": f"{method} {target}" if target else method,
            "kind": telemetry.SERVER,
            "start": start,
            "end": telemetry.now(),
            "attributes": attributes,
            "events": [errors.event_of(error)] if is_dispatched else [],
            "status": {"code": 2, "message": errors.message_of(errors.origin_of(error))} if error is not None else None,
        }
    )
