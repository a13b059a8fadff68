"""Exceptions as the server raised them."""

import os
import traceback

_OURS = os.path.dirname(__file__)
MAX_FRAMES = 100


def _read(error, value):
    return traceback.TracebackException(
        type(error), value, error.__traceback__, limit=-MAX_FRAMES, lookup_lines=False, compact=True
    )


class Stack:
    """A stack that reads its source lines only when it is written out, in the sending thread."""

    __slots__ = ("_trace",)

    def __init__(self, error):
        try:
            self._trace = _read(error, error)
        except Exception:  # an exception of the server whose attributes fail: its frames without it
            self._trace = _read(error, Exception(message_of(error)))

    def text(self, messages=True):
        for part in self._chain():
            part.stack[:] = [frame for frame in part.stack if not frame.filename.startswith(_OURS)]
        if messages:
            return "".join(self._trace.format())
        lines = []
        for part in self._chain():
            lines += part.stack.format()
        return "".join(lines)

    def _chain(self):
        part, parts = self._trace, []
        while part is not None and len(parts) < 20:
            parts.append(part)
            part = part.__cause__ or (None if part.__suppress_context__ else part.__context__)
        return parts


def message_of(error):
    try:
        return str(error)
    except Exception:  # an exception of the server whose __str__ fails
        return type(error).__name__


def code_of(error):
    """Of a JSON-RPC error, as SDKs raise it."""
    try:
        return getattr(getattr(error, "error", None), "code", None)
    except Exception:  # an exception of the server whose attributes fail
        return None


def capture(error):
    """Attributes of an exception event or log."""
    kind = type(error)
    module = "" if kind.__module__ in ("builtins", "__main__") else f"{kind.__module__}."
    return {
        "exception.type": f"{module}{kind.__qualname__}",
        "exception.message": message_of(error),
        "exception.stacktrace": Stack(error),
    }


def origin(error):
    """The exception of the handler, behind those that an MCP SDK raised because of it."""
    for _ in range(20):
        cause = error.__cause__ or error.__context__
        if cause is None or not isinstance(cause, Exception) or not _is_raised_by_sdk(error):
            return error
        error = cause
    return error


def _is_raised_by_sdk(error):
    traceback = error.__traceback__
    if traceback is None:
        return False
    while traceback.tb_next is not None:
        traceback = traceback.tb_next
    module = traceback.tb_frame.f_globals.get("__name__", "")
    return module.startswith(("mcp.", "fastmcp.", "pydantic."))
