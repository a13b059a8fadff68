"""What the hook has to say, sent as OTLP/HTTP JSON by a thread of its own.

The queue is bounded; what does not fit is dropped and counted. The thread is started with
`_thread`, so that neither `threading` is imported for it nor an interpreter waits for it.
"""

import _thread
import atexit
import os
import sys
import time
from collections import deque

from . import settings

MAX_QUEUED = 8192
BATCH = 512
#: Seconds that what was queued waits for more, so that one request carries many records.
GATHER = 0.1
#: Longest time that the exit of the server may wait for what is still queued, in seconds. A collector
#: that is gone refuses at once; only one that hangs is waited for this long.
EXIT_FLUSH = 1.0

_queue = deque()
_wake = _thread.allocate_lock()
_sending = _thread.allocate_lock()
#: Held while the server runs: who waits for it waits its time.
_gathering = _thread.allocate_lock()
_gathering.acquire()
_client = None
_thread_pid = 0
#: Of the sending thread, as the system counts it; 0 before it runs, None when it has ended.
_thread_id = None
_resting = False
#: Seconds that a fork may wait for it; none while a collector hangs.
_patience = 1.0
_dropped = 0
_failures = set()
_quiet = False


def start():
    atexit.register(_flush_at_exit)
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(before=_rest, after_in_parent=_go_on, after_in_child=_after_fork)


def span(finished):
    _put(finished)


def log(event, body=None, severity=9, attributes=None, span=None, error=None, text="INFO"):
    """`span` is anything with `trace_id` and `span_id` (hex); `error` an exception for its stack."""
    from .records import Log

    _put(Log(event, body, severity, text, attributes or {}, span, error))


def report_failure(where, error):
    """A hook that fails is silent to the server and visible in Spanpath, once a place."""
    key = (where, type(error).__name__)
    if key in _failures or len(_failures) > 50:
        return
    _failures.add(key)
    from .failures import message_of

    log(
        "spanpath.finding",
        body=f"Spanpath's Python hook failed at {where}: {type(error).__name__}: {message_of(error)}",
        severity=13,
        text="WARN",
        attributes={"spanpath.finding.kind": "hook_failed"},
        error=error,
    )


def _put(record):
    global _dropped
    if _quiet:
        return
    if len(_queue) >= MAX_QUEUED:
        _dropped += 1
        return
    _queue.append(record)
    if _thread_pid != os.getpid():
        _start()
    elif _wake.locked():
        _release(_wake)


def _start():
    global _thread_pid, _thread_id
    _thread_pid, _thread_id = os.getpid(), 0
    try:
        _thread.start_new_thread(_run, ())
    except RuntimeError:
        _thread_id = None  # the interpreter is ending; the exit flush sends what there is


def _release(lock):
    try:
        lock.release()
    except RuntimeError:
        pass  # another thread was faster


def _run():
    global _thread_id, _thread_pid, _patience
    _thread_id = _thread.get_native_id()
    pause = GATHER
    while not _resting:
        _wake.acquire(timeout=0)
        if not _queue and not _resting:
            _wake.acquire()
        if not _resting:
            _gathering.acquire(timeout=pause)
            if _resting:
                break
            if _send_all():
                pause, _patience = GATHER, 1.0
            else:
                pause = min(pause * 4, 10.0)
    _thread_pid = 0
    _thread_id = None


def _rest():
    """Before a fork: Python 3.12 warns a process of two threads, and the server may have but one."""
    global _resting, _patience
    if _thread_pid != os.getpid():
        return
    _resting = True
    _release(_gathering)
    _release(_wake)
    until = time.monotonic() + _patience
    known = 0
    while time.monotonic() < until:
        known = _thread_id or known
        if _thread_id is None and not os.path.exists(f"/proc/self/task/{known}"):
            break
        time.sleep(0.0005)
    if _thread_id is not None:
        _patience = 0.0


def _go_on():
    """The next record starts a thread again: Python counts them after this."""
    global _resting
    _resting = False
    _gathering.acquire(timeout=0)


def _send_all(deadline=None):
    """False when the collector did not answer; what was not sent is queued again."""
    global _dropped
    if not _sending.acquire(timeout=-1 if deadline is None else max(0.0, deadline - time.monotonic())):
        return False
    try:
        while _queue:
            batch = []
            while _queue and len(batch) < BATCH:
                batch.append(_queue.popleft())
            if _dropped:
                batch.append(_dropped_finding())
            try:
                _post(batch, deadline)
            except OSError:
                if len(_queue) + len(batch) <= MAX_QUEUED:
                    _queue.extendleft(reversed(batch))
                else:
                    _dropped += len(batch)
                return False
            except Exception as error:  # this batch cannot be encoded; the next one may be
                report_failure("export", error)
            if deadline is not None and time.monotonic() > deadline:
                return False
        return True
    finally:
        _sending.release()


def _dropped_finding():
    global _dropped
    from .records import Log

    lost, _dropped = _dropped, 0
    attributes = {"spanpath.finding.kind": "telemetry_dropped"}
    return Log("spanpath.finding", f"{lost} records of the Python hook were dropped", 13, "WARN", attributes, None, None)


def _post(batch, deadline):
    global _client
    if _client is None:
        from .client import Client

        _client = Client(settings.endpoint, settings.token)
    from . import otlp

    timeout = 5.0 if deadline is None else max(0.05, deadline - time.monotonic())
    for path, body in otlp.encode(batch):
        _client.post(path, body, timeout)


def _flush_at_exit():
    global _quiet
    _quiet = True
    if _queue and not sys.is_finalizing():
        try:
            _send_all(time.monotonic() + EXIT_FLUSH)
        except Exception:
            pass


def _after_fork():
    """The child has no thread, and what is queued belongs to its parent."""
    global _wake, _sending, _gathering, _client, _thread_pid, _thread_id, _resting
    _queue.clear()
    _wake = _thread.allocate_lock()
    _sending = _thread.allocate_lock()
    _gathering = _thread.allocate_lock()
    _gathering.acquire()
    _client = None
    _thread_pid, _thread_id = 0, None
    _resting = False
