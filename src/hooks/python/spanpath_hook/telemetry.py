"""What was seen, waiting to be sent, and the thread that sends it."""

import atexit
import os
import sys
import threading
import time
from collections import deque

SCOPE = "spanpath.hook.python"
INTERNAL, SERVER, CLIENT = 1, 2, 3

_flush_seconds = 0.04
_max_waiting = 5000
_exit_seconds = 0.25

_spans = deque(maxlen=_max_waiting)
_logs = deque(maxlen=_max_waiting)
_wake = None
_thread = None
_connection = None
_resource = {}


def start(settings):
    """Must be called before anything is recorded; `settings` name the collector."""
    global _connection, _wake
    from .connection import Connection

    _connection = Connection.to(settings["endpoint"], settings["token"])
    if _connection is None:
        return
    _wake = threading.Event()
    _resource.update(
        {
            "service.name": os.environ.get("OTEL_SERVICE_NAME") or settings["server"],
            "spanpath.server.name": settings["server"],
            "spanpath.server.cwd": os.getcwd(),
            "process.pid": os.getpid(),
            "process.runtime.name": "cpython",
            "process.runtime.version": sys.version.split()[0],
        }
    )
    atexit.register(_finish)
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=_forget)


def add_span(span):
    """`span` is a dict as `encode.span` takes it."""
    if _connection is not None:
        _spans.append(span)
        _schedule()


def add_log(log):
    """`log` is a dict as `encode.log` takes it."""
    if _connection is not None:
        _logs.append(log)
        _schedule()


def now():
    """Nanoseconds since the epoch."""
    return time.time_ns()


def new_id(length):
    """`length` bytes as hex: 16 for a trace, 8 for a span."""
    return os.urandom(length).hex()


def _schedule():
    global _thread
    if _thread is None:
        _thread = threading.Thread(target=_run, name="spanpath-hook", daemon=True)
        _thread.start()
    if not _wake.is_set():
        _wake.set()


def _run():
    while _connection is not None:
        _wake.wait()
        time.sleep(_flush_seconds)
        _wake.clear()
        flush()


def flush(seconds=2.0):
    """Sends what waits; gives up silently after some seconds."""
    connection = _connection
    if connection is None:
        return
    try:
        from . import encode

        logs = _take(_logs)
        spans = _take(_spans)
        if logs:
            connection.post("/v1/logs", encode.logs(_resource, logs), seconds)
        if spans:
            connection.post("/v1/traces", encode.spans(_resource, spans), seconds)
    except Exception:
        pass


def _take(waiting):
    taken = []
    while waiting:
        try:
            taken.append(waiting.popleft())
        except IndexError:
            break
    return taken


def _finish():
    flush(_exit_seconds)


def _forget():
    """A forked child has no thread and is no server."""
    global _connection
    _connection = None
    _spans.clear()
    _logs.clear()
