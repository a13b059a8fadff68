"""HTTP that a handler asks for: `http.client` (urllib, requests), `httpx`, `aiohttp`."""

import functools
import sys

from . import active, errors, telemetry

_instrumentations = {
    "http.client": ("urllib", "urllib3", "requests"),
    "httpx": ("httpx",),
    "httpx2": ("httpx",),
    "aiohttp.client": ("aiohttp_client",),
}


def patch(name, module):
    {
        "http.client": _patch_http,
        "httpx": _patch_httpx,
        "httpx2": _patch_httpx,
        "aiohttp.client": _patch_aiohttp,
    }[name](name, module)


class _Request:
    """One request from its first byte to the head of its answer."""

    def __init__(self, parent, method, url):
        self._ids = (parent[0], telemetry.new_id(8))
        self._parent = parent[1]
        self._method = str(method).upper()
        self._attributes = _describe(self._method, str(url))
        self._start = telemetry.now()

    @classmethod
    def begin(cls, name, method, url):
        """None outside of any call, and where the app's own instrumentation makes the span."""
        parent = active.current()
        if parent is None or _is_instrumented(name):
            return None
        try:
            return cls(parent, method, url)
        except Exception:
            return None

    def end(self, status=None, error=None):
        attributes = self._attributes
        if status is not None:
            attributes["http.response.status_code"] = int(status)
        if error is not None:
            attributes["error.type"] = type(error).__qualname__
        elif status is not None and int(status) >= 400:
            attributes["error.type"] = str(status)
        failed = "error.type" in attributes
        telemetry.add_span(
            {
                "ids": self._ids,
                "parent": self._parent,
                "name": self._method,
                "kind": telemetry.CLIENT,
                "start": self._start,
                "end": telemetry.now(),
                "attributes": attributes,
                "events": [errors.event_of(error)] if error is not None else [],
                "status": {"code": 2, "message": errors.message_of(error) if error is not None else ""} if failed else None,
            }
        )


def _is_instrumented(name):
    api = sys.modules.get("opentelemetry.trace")
    if api is None or getattr(api, "_TRACER_PROVIDER", None) is None:
        return False
    return any(f"opentelemetry.instrumentation.{part}" in sys.modules for part in _instrumentations[name])


def _describe(method, url):
    from urllib.parse import parse_qsl, quote, urlsplit

    parts = urlsplit(url)
    # Credentials and query values may be secrets; the keys say enough.
    keys = "&".join(f"{quote(key)}=…" for key, _ in parse_qsl(parts.query, keep_blank_values=True))
    host = parts.hostname or ""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    where = f"{parts.scheme}://{host}" + (f":{parts.port}" if parts.port else "")
    return {
        "http.request.method": method,
        "url.full": (where + parts.path + (f"?{keys}" if keys else ""))[:2000],
        "server.address": host,
        "server.port": port,
    }


def _patch_http(name, module):
    connection = module.HTTPConnection
    putrequest, getresponse = connection.putrequest, connection.getresponse

    @functools.wraps(putrequest)
    def begin(self, method, url, *args, **kwargs):
        scheme = "https" if isinstance(self, getattr(module, "HTTPSConnection", ())) else "http"
        whole = url if "://" in url else f"{scheme}://{self.host}:{self.port}{url}"
        self.__dict__["_spanpath_request"] = _Request.begin(name, method, whole)
        return putrequest(self, method, url, *args, **kwargs)

    @functools.wraps(getresponse)
    def end(self, *args, **kwargs):
        request = self.__dict__.pop("_spanpath_request", None)
        try:
            response = getresponse(self, *args, **kwargs)
        except Exception as error:
            if request:
                request.end(error=error)
            raise
        if request:
            request.end(response.status)
        return response

    connection.putrequest, connection.getresponse = begin, end


def _patch_httpx(name, module):
    send, send_async = module.Client.send, module.AsyncClient.send

    @functools.wraps(send)
    def watched(self, request, *args, **kwargs):
        seen = _Request.begin(name, request.method, request.url)
        if seen is None:
            return send(self, request, *args, **kwargs)
        try:
            response = send(self, request, *args, **kwargs)
        except Exception as error:
            seen.end(error=error)
            raise
        seen.end(response.status_code)
        return response

    @functools.wraps(send_async)
    async def watched_async(self, request, *args, **kwargs):
        seen = _Request.begin(name, request.method, request.url)
        if seen is None:
            return await send_async(self, request, *args, **kwargs)
        try:
            response = await send_async(self, request, *args, **kwargs)
        except BaseException as error:
            seen.end(error=error)
            raise
        seen.end(response.status_code)
        return response

    module.Client.send, module.AsyncClient.send = watched, watched_async


def _patch_aiohttp(name, module):
    request = module.ClientSession._request

    @functools.wraps(request)
    async def watched(self, method, url, *args, **kwargs):
        seen = _Request.begin(name, method, url)
        if seen is None:
            return await request(self, method, url, *args, **kwargs)
        try:
            response = await request(self, method, url, *args, **kwargs)
        except BaseException as error:
            seen.end(error=error)
            raise
        seen.end(response.status)
        return response

    module.ClientSession._request = watched
