"""Where a function stands in the source."""

import os
import sys

from . import settings

_lines = {}
_places = {}


class Place:
    """`line` is that of `def`, not of a decorator, and is looked up when it is wanted."""

    __slots__ = ("path", "function", "_first", "_name", "_found")

    def __init__(self, code, function):
        self.path = os.path.normpath(os.path.join(settings.cwd, code.co_filename))
        self.function = function
        self._first = code.co_firstlineno
        self._name = code.co_name
        self._found = None

    def line(self):
        return self._definition()[0]

    def text(self):
        return self._definition()[1]

    def attributes(self):
        return {
            "code.file.path": self.path,
            "code.line.number": self.line(),
            "code.function.name": self.function,
        }

    def _definition(self):
        """`co_firstlineno` is the line of the first decorator; the definition follows it."""
        if self._found is None:
            lines = _source_lines(self.path)
            self._found = (self._first, _line_at(lines, self._first))
            starts = (f"def {self._name}", f"async def {self._name}")
            for number in range(self._first, min(self._first + 200, len(lines) + 1)):
                if lines[number - 1].lstrip().startswith(starts):
                    self._found = (number, lines[number - 1].strip())
                    break
        return self._found


def place_of(function):
    """None for what has no Python source, or stands in an SDK itself."""
    function = unwrap(function)
    code = getattr(function, "__code__", None)
    if code is None:
        return None
    place = _places.get(code)
    if place is None:
        if len(_places) > 10_000:
            _places.clear()
        place = _places[code] = Place(code, _name_of(function))
    return None if is_sdk(function) else place


def unwrap(function):
    """Through partials, methods, callable objects and decorators that used `functools.wraps`."""
    for _ in range(50):
        wrapped = getattr(function, "__wrapped__", None)
        if wrapped is not None and not _knows(function, wrapped):
            return function
        if wrapped is None:
            wrapped = getattr(function, "__func__", None)
        if wrapped is None and hasattr(function, "func") and hasattr(function, "keywords"):
            wrapped = function.func
        if wrapped is None and not hasattr(function, "__code__") and not isinstance(function, type):
            wrapped = getattr(getattr(type(function), "__call__", None), "__code__", None) and type(function).__call__
        if wrapped is None or wrapped is function:
            return function
        function = wrapped
    return function


def _knows(function, wrapped):
    """Whether a function can call what it says that it wraps; `wraps` may only lend name and text."""
    code = getattr(function, "__code__", None)
    if code is None or code.co_freevars or getattr(wrapped, "__name__", None) in code.co_names:
        return True
    defaults = (*(function.__defaults__ or ()), *(function.__kwdefaults__ or {}).values())
    return any(default is wrapped for default in defaults)


def is_sdk(function):
    return (getattr(function, "__module__", None) or "").startswith(("mcp.", "fastmcp."))


def _name_of(function):
    code = function.__code__
    own = getattr(code, "co_qualname", code.co_name)
    # Where `wraps` only lent its name, the code has its own.
    name = own if hasattr(function, "__wrapped__") else getattr(function, "__qualname__", own)
    return name.rpartition("<locals>.")[2]


_STDLIB = os.path.dirname(os.__file__) + os.sep
_OURS = os.path.dirname(__file__) + os.sep


def calling_place(skip_from=2):
    """The line of the server's code that is running: (path, line, function), or None.

    Frames of the hook and of the standard library are passed over, and those of installed
    packages too where the server's own code called them.
    """
    frame = sys._getframe(skip_from)
    installed = None
    for _ in range(200):
        if frame is None:
            break
        path = frame.f_code.co_filename
        if not path.startswith((_OURS, "<frozen")) and not _is_stdlib(path):
            found = (os.path.normpath(os.path.join(settings.cwd, path)), frame.f_lineno, frame.f_code.co_name)
            if "site-packages" not in path and "dist-packages" not in path:
                return found
            installed = installed or found
        frame = frame.f_back
    return installed


def _is_stdlib(path):
    return path.startswith(_STDLIB) and "site-packages" not in path and "dist-packages" not in path


def _source_lines(path):
    if path not in _lines:
        if len(_lines) > 64:
            _lines.clear()
        try:
            with open(path, encoding="utf-8", errors="replace") as file:
                _lines[path] = file.read(4 << 20).split("\n")
        except OSError:
            _lines[path] = []
    return _lines[path]


def _line_at(lines, number):
    return lines[number - 1].strip() if 0 < number <= len(lines) else ""
