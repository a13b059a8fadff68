"""Programs that a handler starts, through `subprocess` or `asyncio`."""

import functools
import os
from weakref import WeakKeyDictionary

from . import active, telemetry

_open = WeakKeyDictionary()


def patch(name, module):
    if name == "subprocess":
        _patch_popen(module.Popen)
    else:
        _patch_transport(module.BaseSubprocessTransport)


def _patch_popen(popen):
    construct, wait, poll = popen.__init__, popen.wait, popen._internal_poll

    @functools.wraps(construct)
    def init(self, args, *rest, **kwargs):
        parent = active.current()
        start = telemetry.now()
        construct(self, args, *rest, **kwargs)
        if parent is not None:
            _open[self] = (parent, start, args)

    @functools.wraps(wait)
    def watched_wait(self, *args, **kwargs):
        try:
            return wait(self, *args, **kwargs)
        finally:
            _end(self, self.returncode)

    @functools.wraps(poll)
    def watched_poll(self, *args, **kwargs):
        code = poll(self, *args, **kwargs)
        _end(self, self.returncode)
        return code

    popen.__init__, popen.wait, popen._internal_poll = init, watched_wait, watched_poll


def _patch_transport(transport):
    exited = transport._process_exited

    @functools.wraps(exited)
    def watched(self, returncode):
        _end(getattr(self, "_proc", None), returncode)
        return exited(self, returncode)

    transport._process_exited = watched


def _end(process, code):
    if code is None or process is None:
        return
    known = _open.pop(process, None)
    if known is None:
        return
    parent, start, args = known
    # The arguments of a program may hold secrets: their number is kept.
    words = args.split() if isinstance(args, str) else list(args) if isinstance(args, (list, tuple)) else [args]
    program = os.path.basename(os.fsdecode(words[0])) if words else ""
    attributes = {
        "process.executable.name": program,
        "process.args_count": len(words),
        "process.pid": process.pid,
        "process.exit.code": code,
    }
    if code:
        attributes["error.type"] = str(code)
    telemetry.add_span(
        {
            "ids": (parent[0], telemetry.new_id(8)),
            "parent": parent[1],
            "name": f"exec {program}",
            "kind": telemetry.INTERNAL,
            "start": start,
            "end": telemetry.now(),
            "attributes": attributes,
            "status": {"code": 2, "message": f"exit code {code}"} if code else None,
        }
    )
