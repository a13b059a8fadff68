"""Outgoing HTTP, as CLIENT spans by the HTTP conventions.

`http.client` stands under `urllib`, `requests` and `urllib3`; `httpx` and `aiohttp` have their own.
Nothing is added to a request. Where the server's own instrumentation makes a span, ours stays out.
"""

import functools
import sys

from . import context, export
from .records import CLIENT


def _is_instrumented(*libraries):
    """By OpenTelemetry's own instrumentation (Logfire and OpenLLMetry use it too)."""
    for library in libraries:
        module = sys.modules.get(f"opentelemetry.instrumentation.{library}")
        for value in vars(module).values() if module is not None else ():
            if isinstance(value, type) and value.__name__.endswith("Instrumentor"):
                instance = value.__dict__.get("_instance") or getattr(value, "_instance", None)
                if getattr(instance, "is_instrumented_by_opentelemetry", False):
                    return True
    return False


def _describe(method, url):
    return str(method), CLIENT, {"http.request.method": str(method), "url.full": str(url)}


def _answer(span, status):
    if span is None or not isinstance(status, int):
        return
    span.attributes["http.response.status_code"] = status
    if status >= 400:
        span.fail(str(status))


# --- http.client


def patch_http_client(module):
    connection, response = module.HTTPConnection, module.HTTPResponse
    putrequest, getresponse, close = connection.putrequest, connection.getresponse, response._close_conn

    @functools.wraps(putrequest)
    def start(self, method, url, *args, **kwargs):
        if not _is_instrumented("urllib", "urllib3", "requests"):
            context.keep(self, context.begin(lambda: _describe(method, _full_url(self, url))))
        with _Failing(self):
            return putrequest(self, method, url, *args, **kwargs)

    @functools.wraps(getresponse)
    def receive(self, *args, **kwargs):
        with _Failing(self):
            answer = getresponse(self, *args, **kwargs)
        _pass_on(self, answer)
        return answer

    @functools.wraps(close)
    def end(self):
        with context.Untraced():
            close(self)
        _finish(self)

    connection.putrequest, connection.getresponse = start, receive
    response._close_conn = end
    _patch_sending(connection)


def _patch_sending(connection):
    """A connection is made, and may be refused, when the headers are sent."""
    original = connection.endheaders

    @functools.wraps(original)
    def endheaders(self, *args, **kwargs):
        with _Failing(self):
            return original(self, *args, **kwargs)

    connection.endheaders = endheaders


def _full_url(connection, url):
    if "://" in url:
        return url
    host = connection._tunnel_host or connection.host
    port = connection._tunnel_port if connection._tunnel_host else connection.port
    secure = connection.default_port == 443
    usual = port in (None, 443 if secure else 80)
    return f"{'https' if secure else 'http'}://{host}{'' if usual else f':{port}'}{url}"


class _Failing(context.Untraced):
    """A request that fails before its answer came."""

    __slots__ = ("_connection",)

    def __init__(self, connection):
        self._connection = connection

    def __exit__(self, kind, error, traceback):
        if error is not None:
            _finish(self._connection, error)
        super().__exit__(kind, error, traceback)


def _pass_on(connection, answer):
    """The span ends when the body was read, or the answer closed."""
    try:
        span = connection.__dict__.pop("_spanpath", None)
        _answer(span, answer.status)
        if span is not None and (answer.isclosed() or answer.length == 0):
            context.finish(span)
        else:
            context.keep(answer, span)
    except Exception as error:
        export.report_failure("http.client", error)


def _finish(owner, error=None):
    try:
        span = owner.__dict__.pop("_spanpath", None)
        if span is not None:
            context.finish(span, error)
    except Exception as failure:
        export.report_failure("http.client", failure)


# --- httpx


def patch_httpx(module):
    library = module.__name__.partition(".")[0]

    def wrap(client):
        original = client.send

        @functools.wraps(original)
        def send(self, request, *args, **kwargs):
            if _is_instrumented(library):
                with context.Untraced():
                    return original(self, request, *args, **kwargs)
            with context.Step(lambda: _describe(request.method, request.url)) as step:
                answer = original(self, request, *args, **kwargs)
                _answer(step.span, getattr(answer, "status_code", None))
                return answer

        client.send = send

    def wrap_async(client):
        original = client.send

        @functools.wraps(original)
        async def send(self, request, *args, **kwargs):
            if _is_instrumented(library):
                with context.Untraced():
                    return await original(self, request, *args, **kwargs)
            with context.Step(lambda: _describe(request.method, request.url)) as step:
                answer = await original(self, request, *args, **kwargs)
                _answer(step.span, getattr(answer, "status_code", None))
                return answer

        client.send = send

    wrap(module.Client)
    wrap_async(module.AsyncClient)


# --- aiohttp


def patch_aiohttp(module):
    session = module.ClientSession
    original = session._request

    @functools.wraps(original)
    async def _request(self, method, str_or_url, **kwargs):
        if _is_instrumented("aiohttp_client"):
            with context.Untraced():
                return await original(self, method, str_or_url, **kwargs)
        with context.Step(lambda: _describe(method, self._build_url(str_or_url))) as step:
            answer = await original(self, method, str_or_url, **kwargs)
            _answer(step.span, getattr(answer, "status", None))
            return answer

    session._request = _request
