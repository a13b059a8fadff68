"""Subprocesses that a handler starts, as spans from start to end."""

import functools
import os
import sys

from . import context, export
from .records import INTERNAL


def patch_subprocess(module):
    popen = module.Popen
    _patch_start(popen)
    _patch_environment(popen)
    _patch_end(popen)
    _patch_forgotten(popen)


def _patch_start(popen):
    original = popen.__init__

    @functools.wraps(original)
    def __init__(self, *args, **kwargs):
        with context.Step(lambda: _describe(args[0] if args else kwargs.get("args"))) as step:
            step.keep_on(self)
            original(self, *args, **kwargs)
            step.keep_open()
            if step.span is not None:
                step.span.attributes["process.pid"] = self.pid

    popen.__init__ = __init__


def _describe(arguments):
    if isinstance(arguments, (str, bytes, os.PathLike)):
        words = [arguments]
    else:
        words = list(arguments or ())
    name = os.path.basename(os.fsdecode(words[0]).split(" ")[0]) if words else ""
    # The arguments of a program may hold secrets: their number is kept.
    return f"exec {name}", INTERNAL, {"process.executable.name": name, "process.args_count": len(words)}


def _patch_environment(popen):
    """A child that inherits the environment can join the trace; one that was given its own is let be."""
    original = popen._execute_child
    at = original.__code__.co_varnames.index("env") - 1  # without self

    @functools.wraps(original)
    def _execute_child(self, *args, **kwargs):
        try:
            span = getattr(self, "_spanpath", None)
            if span is not None and len(args) > at and args[at] is None:
                env = os.environ | {"TRACEPARENT": context.traceparent(span)}
                args = (*args[:at], env, *args[at + 1 :])
        except Exception as error:
            export.report_failure("environment of a process", error)
        with context.Untraced():
            return original(self, *args, **kwargs)

    popen._execute_child = _execute_child


def _patch_end(popen):
    for name in ("wait", "poll", "communicate", "__exit__"):
        _patch_waiting(popen, name)


def _patch_waiting(popen, name):
    original = getattr(popen, name)

    @functools.wraps(original)
    def wait(self, *args, **kwargs):
        with context.Untraced():
            result = original(self, *args, **kwargs)
        end(self, self.returncode)
        return result

    setattr(popen, name, wait)


def _patch_forgotten(popen):
    """A program that nobody waits for: its span ends when nobody can any more, without an exit code."""
    original = popen.__del__

    @functools.wraps(original)
    def __del__(self, *args, **kwargs):
        with context.Untraced():
            original(self, *args, **kwargs)
        try:
            end(self, self.returncode)
            span = self.__dict__.pop("_spanpath", None)
            if span is not None:
                context.finish(span)
        except Exception:  # an interpreter that ends has taken its modules apart
            pass

    popen.__del__ = __del__


def end(process, code):
    """Ends the span of a process that is known to have ended."""
    try:
        span = process.__dict__.get("_spanpath")
        if span is None or code is None:
            return
        process._spanpath = None
        span.attributes["process.exit.code"] = code
        if code != 0:
            span.fail(str(code), f"exit code {code}" if code > 0 else f"ended by signal {-code}")
        context.finish(span)
    except Exception as error:
        export.report_failure("end of a process", error)


def patch_os(module):
    original = module.system

    @functools.wraps(original)
    def system(command):
        with context.Step(lambda: _describe(command)) as step:
            status = original(command)
            if step.span is not None:
                code = os.waitstatus_to_exitcode(status)
                step.span.attributes["process.exit.code"] = code
                if code != 0:
                    step.span.fail(str(code), f"exit code {code}")
            return status

    module.system = system
    home = sys.modules.get(original.__module__)  # posix or nt: what is pickled is found there
    if home is not None:
        home.system = system


def patch_asyncio(module):
    """asyncio learns of the end by itself and tells its transport."""
    transport = module.BaseSubprocessTransport
    original = transport._process_exited

    @functools.wraps(original)
    def _process_exited(self, returncode):
        end(self._proc, returncode)
        with context.Untraced():
            return original(self, returncode)

    transport._process_exited = _process_exited
