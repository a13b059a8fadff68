"""Finds who prints to stdout, where an MCP server's protocol is.

`sys.stdout` stays the object that it is; only its `write` is looked at. Whether stdout carries
the protocol is known once the SDK serves stdio, or once a JSON-RPC message was printed; what was
printed before waits until then.
"""

import os
import sys

from . import context, export, serving
from .places import calling_place

_MAX_LINE = 4096
_pending = []
_serving = False
_original = None
_wire = None
_line = ""
_place = None
_span = None


def watch():
    global _original, _wire
    stream = sys.stdout
    if stream is None or stream is not sys.__stdout__ or not hasattr(stream, "buffer"):
        return
    try:
        _wire = _identity(1)
        _original = stream.write
        stream.write = _write
    except (AttributeError, OSError):
        _original = None  # a stream that cannot be watched, or none


def serve():
    """The SDK took stdout for the protocol."""
    global _serving
    _serving = True
    for pending in _pending:
        _report(*pending)
    _pending.clear()


def _identity(descriptor):
    found = os.fstat(descriptor)
    return found.st_dev, found.st_ino


def _write(text, /):
    try:
        if isinstance(text, str) and text:
            _note(text)
    except Exception as error:
        export.report_failure("stdout", error)
    with context.Untraced():
        return _original(text)


def _note(text):
    global _line, _place, _span
    if not _line:
        _place = calling_place(3)
        _span = context.current()
    _line = (_line + text)[: _MAX_LINE + len(text)]
    if "\n" not in _line:
        return
    *lines, _line = _line.split("\n")
    for line in lines:
        _finish_line(line.rstrip("\r"), _place, _span)
    _line = _line[-_MAX_LINE:]


def _finish_line(line, place, span):
    if not line.strip():
        return
    if line.lstrip().startswith(("{", "[")) and '"jsonrpc"' in line:
        if not _serving:  # a server that speaks the protocol without an SDK
            serve()
            serving.begin()
        return
    if _serving:
        _report(line, place, span)
    elif len(_pending) < 20:
        _pending.append((line, place, span))


def _report(line, place, span):
    # mcp 2.x turns stdout away from the wire while it serves: what is printed then harms nobody.
    if _identity(1) != _wire:
        return
    attributes = {"spanpath.finding.kind": "stdout_pollution", "log.iostream": "stdout"}
    if place is not None:
        path, number, function = place
        attributes |= {"code.file.path": path, "code.line.number": number, "code.function.name": function}
    export.log("spanpath.finding", line[:_MAX_LINE], 13, attributes, span, text="WARN")
