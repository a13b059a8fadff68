"""Carries the running call into threads, so that what they do is nested in it."""

import functools

from . import context, export


def patch_executor(module):
    executor = module.ThreadPoolExecutor
    original = executor.submit

    @functools.wraps(original)
    def submit(self, fn, /, *args, **kwargs):
        state = context.carried()
        if state[0] is None and state[1] is None:
            with context.Untraced():
                return original(self, fn, *args, **kwargs)
        with context.Untraced():
            return original(self, _Carried(fn, state), *args, **kwargs)

    executor.submit = submit


class _Carried:
    def __init__(self, function, state):
        functools.update_wrapper(self, function)
        self._function = function
        self._state = state

    def __call__(self, *args, **kwargs):
        with _Carrying(self._state):
            return self._function(*args, **kwargs)


class _Carrying(context.Untraced):
    def __init__(self, state):
        self._state = state
        self._tokens = None

    def __enter__(self):
        try:
            self._tokens = context.attach_carried(self._state)
        except Exception as error:
            export.report_failure("context of a thread", error)

    def __exit__(self, kind, error, traceback):
        try:
            if self._tokens is not None:
                context.detach(self._tokens)
        except Exception as failure:
            export.report_failure("context of a thread", failure)
        super().__exit__(kind, error, traceback)


def patch_threading(module):
    thread = module.Thread
    start, run = thread.start, thread.run

    @functools.wraps(start)
    def started(self):
        try:
            state = context.carried()
            if state[0] is not None or state[1] is not None:
                self._spanpath = state
        except Exception as error:
            export.report_failure("start of a thread", error)
        with context.Untraced():
            return start(self)

    @functools.wraps(run)
    def running(self):
        state = self.__dict__.pop("_spanpath", None)
        if state is None:
            with context.Untraced():
                return run(self)
        with _Carrying(state):
            return run(self)

    thread.start, thread.run = started, running
