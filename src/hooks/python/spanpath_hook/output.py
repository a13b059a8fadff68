"""`logging`, and who prints to stdout while it carries the protocol."""

import functools
import os
import sys

from . import active, telemetry

_here = os.path.dirname(os.path.abspath(__file__))
_max_findings = 2000
_severities = ((50, 21), (40, 17), (30, 13), (20, 9), (10, 5))
_libraries = ("mcp", "fastmcp", "asyncio", "opentelemetry")


def patch(name, module):
    if name == "logging":
        _patch_logging(module)
    else:
        _watch_stdout()


def _patch_logging(module):
    handle = module.Logger.callHandlers

    @functools.wraps(handle)
    def watched(self, record):
        try:
            _log(record)
        except Exception:
            pass
        return handle(self, record)

    module.Logger.callHandlers = watched


def _log(record):
    ids = active.current()
    # What the SDKs log about themselves is on the wire already.
    if ids is None or (record.levelno < 30 and record.name.split(".")[0] in _libraries):
        return
    attributes = {
        "code.file.path": record.pathname,
        "code.line.number": record.lineno,
        "code.function.name": record.funcName,
        "logger.name": record.name,
    }
    if record.exc_info and record.exc_info[1] is not None:
        from . import errors

        attributes.update(errors.event_of(record.exc_info[1])["attributes"])
    severity = next((to for level, to in _severities if record.levelno >= level), 1)
    telemetry.add_log(
        {
            "time": int(record.created * 1e9),
            "severity": severity,
            "severity_text": record.levelname,
            "body": record.getMessage()[:4000],
            "attributes": attributes,
            "ids": ids,
        }
    )


def _watch_stdout():
    """The transport writes to the buffer below; text written to `sys.stdout` is somebody's print."""
    stream = sys.stdout
    write = stream.write
    left = [_max_findings]

    def watched(text):
        if left[0] > 0 and isinstance(text, str) and text.strip():
            left[0] -= 1
            try:
                _find(text)
            except Exception:
                pass
        return write(text)

    try:
        stream.write = functools.wraps(write)(watched)
    except (AttributeError, TypeError):
        pass


def _find(text):
    frame = sys._getframe(2)
    while frame is not None and frame.f_code.co_filename.startswith(_here):
        frame = frame.f_back
    attributes = {"spanpath.finding.kind": "stdout_pollution", "log.iostream": "stdout"}
    if frame is not None:
        attributes["code.file.path"] = frame.f_code.co_filename
        attributes["code.line.number"] = frame.f_lineno
        attributes["code.function.name"] = frame.f_code.co_name
    telemetry.add_log(
        {
            "time": telemetry.now(),
            "severity": 13,
            "event": "spanpath.finding",
            "body": text.rstrip("\n")[:4000],
            "attributes": attributes,
            "ids": active.current(),
        }
    )
