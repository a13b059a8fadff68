"""The low-level servers of the MCP SDK, on which the high-level ones stand."""

import dataclasses
import functools
import sys

from . import context, export, serving, stdout
from .calls import METHODS, NAMES, Call, Handling, server_span
from .places import is_sdk, unwrap
from .records import Span


def patch_lowlevel(module):
    server = module.Server
    if hasattr(server, "get_request_handler"):
        _patch_v2(server)
    elif hasattr(server, "_handle_request"):
        _patch_v1(server, module.types)


def patch_stdio(module):
    """Knows from here on that stdout carries the protocol."""
    original = module.stdio_server

    @functools.wraps(original)
    def stdio_server(*args, **kwargs):
        serving.begin()
        try:
            stdout.serve()
        except Exception as error:
            export.report_failure("stdout", error)
        return original(*args, **kwargs)

    module.stdio_server = stdio_server


# --- 2.x: Server(on_call_tool=…), with a SERVER span by OpenTelemetry's API


def _patch_v2(server):
    original = server.get_request_handler
    wrapped = {}

    @functools.wraps(original)
    def get_request_handler(self, method):
        serving.begin()
        entry = original(self, method)
        if entry is None or method not in METHODS or not _asks_to_answer():
            return entry
        key = (id(self), method)
        known = wrapped.get(key)
        if known is None or known[0] is not entry:
            if len(wrapped) > 1000:  # a server for each HTTP request
                wrapped.clear()
            known = wrapped[key] = (entry, dataclasses.replace(entry, handler=_wrap_v2(entry.handler, method)))
        return known[1]

    server.get_request_handler = get_request_handler


def _asks_to_answer():
    """Everybody but the SDK's own dispatch gets the handler that was registered."""
    return sys._getframe(2).f_globals.get("__name__", "").startswith("mcp.")


def _wrap_v2(handler, method):
    naming = METHODS[method][1]

    @functools.wraps(handler)
    async def handle(ctx, params):
        # The SDK's middleware makes the span and records what is raised, unless somebody took it out.
        target = getattr(params, naming, "")
        running = server_span()
        if isinstance(running, Span):  # the API's, with nothing but what the SDK wrote on it
            running.attributes.setdefault(NAMES[method], str(target))
        request_id, meta = getattr(ctx, "request_id", None), getattr(ctx, "meta", None)
        with Call(method, target, request_id, meta, running is None) as call:
            with Handling(handler, dispatches=True):
                result = await handler(ctx, params)
            call.answered(getattr(result, "is_error", False))
            return result

    return handle


# --- 1.x: @server.call_tool(), without any span


def _patch_v1(server, types):
    methods = {
        types.CallToolRequest: "tools/call",
        types.GetPromptRequest: "prompts/get",
        types.ReadResourceRequest: "resources/read",
    }
    original = server._handle_request

    @functools.wraps(original)
    async def _handle_request(self, message, req, *args, **kwargs):
        serving.begin()
        try:
            method = methods.get(type(req))
            if method is not None and not _makes_spans(self):
                _wrap_v1(self, type(req), method)
        except Exception as error:
            export.report_failure("request", error)
        with context.Untraced():
            return await original(self, message, req, *args, **kwargs)

    server._handle_request = _handle_request
    for name in ("call_tool", "get_prompt", "read_resource"):
        if name in server.__dict__:
            _patch_decorator(server, name)


def _makes_spans(server):
    """`fastmcp` 3 brings SERVER spans of its own to `mcp` 1.x."""
    return type(server).__module__.startswith("fastmcp.") and "fastmcp.server.telemetry" in sys.modules


class _Traced:
    """A request handler of 1.x with a span around it."""

    def __init__(self, handler, method):
        functools.update_wrapper(self, handler)
        self._handler = handler
        self._method = method

    async def __call__(self, request):
        params = getattr(request, "params", None)
        target = getattr(params, METHODS[self._method][1], "")
        with Call(self._method, target, _request_id(), getattr(params, "meta", None)) as call:
            result = await self._handler(request)
            call.answered(getattr(getattr(result, "root", None), "isError", False))
            return result


def _wrap_v1(server, request_type, method):
    handler = server.request_handlers.get(request_type)
    if handler is not None and not isinstance(handler, _Traced):
        server.request_handlers[request_type] = _Traced(handler, method)


def _request_id():
    try:
        return sys.modules["mcp.server.lowlevel.server"].request_ctx.get().request_id
    except (LookupError, AttributeError):
        return None


def _patch_decorator(server, name):
    original = server.__dict__[name]

    @functools.wraps(original)
    def register(self, *args, **kwargs):
        decorator = original(self, *args, **kwargs)

        @functools.wraps(decorator)
        def decorate(function):
            if is_sdk(unwrap(function)):
                return decorator(function)

            @functools.wraps(function)
            async def handle(*words, **named):
                with Handling(function, dispatches=True):
                    return await function(*words, **named)

            decorator(handle)
            return function

        return decorate

    setattr(server, name, register)
