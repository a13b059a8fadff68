"""Where a function stands in the source, and the report of it."""

import functools
import inspect
import linecache

from . import telemetry

_known = {}
_reported = set()
_max_reports = 20_000


def place_of(function):
    """`code.*` attributes of a function, {} where there is none (built in, a callable without code)."""
    code = _code_of(function)
    if code is None:
        return {}
    known = _known.get(code)
    if known is None:
        known = _known[code] = _describe(code)
    return known


def report(function, kind, name, uri=""):
    """Tells the collector where a handler is, each place once."""
    place = place_of(function)
    if not place:
        return
    key = (kind, name, place["code.file.path"], place["code.line.number"])
    if key in _reported or len(_reported) >= _max_reports:
        return
    _reported.add(key)
    attributes = dict(place)
    attributes["spanpath.handler.kind"] = kind
    attributes["spanpath.handler.name"] = name
    if uri:
        attributes["mcp.resource.uri"] = uri
    telemetry.add_log(
        {
            "time": telemetry.now(),
            "severity": 9,
            "event": "spanpath.handler",
            "body": f"{kind} {name}",
            "attributes": attributes,
        }
    )


def _code_of(function):
    for _ in range(32):
        if isinstance(function, (functools.partial, functools.partialmethod)):
            function = function.func
        elif inspect.ismethod(function):
            function = function.__func__
        elif hasattr(function, "__wrapped__"):
            function = function.__wrapped__
        else:
            break
    if not hasattr(function, "__code__"):
        function = getattr(type(function), "__call__", None)
        function = getattr(function, "__wrapped__", function)
    return getattr(function, "__code__", None)


def _describe(code):
    line = code.co_firstlineno
    text = linecache.getline(code.co_filename, line)
    # The first line of the code is that of the first decorator.
    for below in range(60):
        here = linecache.getline(code.co_filename, line + below)
        if here.lstrip().startswith(("def ", "async def ")):
            line, text = line + below, here
            break
    place = {
        "code.file.path": code.co_filename,
        "code.line.number": line,
        "code.column.number": len(text) - len(text.lstrip()) + 1,
        "code.function.name": getattr(code, "co_qualname", code.co_name),
    }
    if text.strip():
        place["spanpath.handler.text"] = text.strip()[:300]
    return place
