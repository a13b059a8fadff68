"""Exceptions as OpenTelemetry writes them down."""

import os
import traceback

from . import telemetry

_here = os.path.dirname(os.path.abspath(__file__))
_max_stack = 16_000


def event_of(error):
    """The `exception` event; of an SDK's wrapping error the one that the handler raised."""
    error = origin_of(error)
    frames = traceback.TracebackException.from_exception(error)
    frames.stack[:] = [frame for frame in frames.stack if not frame.filename.startswith(_here)]
    kind = type(error)
    name = kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
    return {
        "name": "exception",
        "time": telemetry.now(),
        "attributes": {
            "exception.type": name,
            "exception.message": message_of(error),
            "exception.stacktrace": "".join(frames.format())[-_max_stack:],
        },
    }


def origin_of(error):
    """`raise ToolError(…) from error` is how SDKs pass an error on."""
    seen = 0
    while error.__cause__ is not None and type(error).__module__.split(".")[0] in ("mcp", "fastmcp") and seen < 8:
        error = error.__cause__
        seen += 1
    return error


def message_of(error):
    try:
        return str(error)
    except Exception:
        return "an error that cannot be read"
