"""Tools, prompts and resources of the high-level servers: `mcp` 1.x and 2.x, `fastmcp` 2 to 4.

All of them keep a handler in an object with the function as `fn` and an asynchronous method that
runs it. The function itself is never replaced.
"""

import functools

from . import export
from .calls import Handling, report_handler

#: class -> (kind of handler, attribute that names it, methods that run it)
_CLASSES = {
    "Tool": ("tool", "name", ("run",)),
    "FunctionTool": ("tool", "name", ("run",)),
    "Prompt": ("prompt", "name", ("render",)),
    "FunctionPrompt": ("prompt", "name", ("render",)),
    "FunctionResource": ("resource", "uri", ("read",)),
    "ResourceTemplate": ("resource", "uri_template", ("create_resource",)),
    "FunctionResourceTemplate": ("resource", "uri_template", ("create_resource", "read")),
}


def patch(module):
    for name, (kind, naming, methods) in _CLASSES.items():
        found = module.__dict__.get(name)
        # A base class without a function of its own (fastmcp's Tool) has nothing to report.
        if found is None or found.__module__ != module.__name__ or "fn" not in _fields(found):
            continue
        _patch_init(found, kind, naming)
        for method in methods:
            if method in found.__dict__:
                _patch_run(found, method)


def _fields(found):
    return getattr(found, "model_fields", None) or getattr(found, "__annotations__", {})


def _patch_init(found, kind, naming):
    original = found.__init__

    @functools.wraps(original)
    def __init__(self, /, *args, **kwargs):
        original(self, *args, **kwargs)
        try:
            report_handler(kind, getattr(self, naming, None), self.fn)
        except Exception as error:
            export.report_failure("registration of a handler", error)

    found.__init__ = __init__


def _patch_run(found, method):
    original = found.__dict__[method]

    @functools.wraps(original)
    async def run(self, *args, **kwargs):
        with Handling(getattr(self, "fn", None)):
            return await original(self, *args, **kwargs)

    setattr(found, method, run)
