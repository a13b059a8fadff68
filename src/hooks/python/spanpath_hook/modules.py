"""Patches modules right after they are imported, without being seen in them."""

import sys

# Importing one of these says that the process is an MCP server.
_sdk = {
    "mcp.server.lowlevel.server": "sdk",
    "mcp.server.fastmcp.tools.base": "sdk",
    "mcp.server.fastmcp.prompts.base": "sdk",
    "mcp.server.fastmcp.resources.types": "sdk",
    "mcp.server.fastmcp.resources.templates": "sdk",
    "mcp.server.mcpserver.tools.base": "sdk",
    "mcp.server.mcpserver.prompts.base": "sdk",
    "mcp.server.mcpserver.resources.types": "sdk",
    "mcp.server.mcpserver.resources.templates": "sdk",
    "mcp.server.stdio": "output",
    "fastmcp.tools.tool": "sdk",
    "fastmcp.tools.function_tool": "sdk",
    "fastmcp.prompts.prompt": "sdk",
    "fastmcp.prompts.function_prompt": "sdk",
    "fastmcp.resources.resource": "sdk",
    "fastmcp.resources.function_resource": "sdk",
    "fastmcp.resources.template": "sdk",
}
_others = {
    "opentelemetry.trace": "opentelemetry_api",
    "http.client": "outgoing",
    "httpx": "outgoing",
    "httpx2": "outgoing",
    "aiohttp.client": "outgoing",
    "subprocess": "subprocesses",
    "asyncio.base_subprocess": "subprocesses",
    "logging": "output",
}
_watched = {**_sdk, **_others}


def watch(on_found):
    """`on_found` is called once, when the first module of an SDK is imported."""
    # Whatever imports the API early must find it joined, so that one does not wait for an SDK.
    sys.meta_path.insert(0, _Finder(on_found))


class _Finder:
    """Lets the other finders find a watched module and is told when it has run."""

    def __init__(self, on_found):
        self._on_found = on_found
        self._found = False
        self._busy = set()

    def find_spec(self, name, path=None, target=None):
        if name not in _watched or name in self._busy:
            return None
        if not self._found and name not in _sdk and name != "opentelemetry.trace":
            return None
        self._busy.add(name)
        try:
            for finder in sys.meta_path:
                if finder is self or not hasattr(finder, "find_spec"):
                    continue
                spec = finder.find_spec(name, path, target)
                if spec is not None:
                    self._follow(name, spec.loader)
                    return spec
        finally:
            self._busy.discard(name)
        return None

    def _follow(self, name, loader):
        """Runs the patch after the module; the loader itself looks as before afterwards."""
        execute = getattr(loader, "exec_module", None)
        if execute is None:
            return

        def exec_module(module):
            try:
                del loader.exec_module
            except AttributeError:
                pass
            if name in _sdk:
                self._find()
            execute(module)
            _patch(name, module)

        try:
            loader.exec_module = exec_module
        except AttributeError:
            pass

    def _find(self):
        if self._found:
            return
        self._found = True
        try:
            self._on_found()
        except Exception:
            return
        for name in _others:
            if name in sys.modules and name != "opentelemetry.trace":
                _patch(name, sys.modules[name])


def _patch(name, module):
    try:
        from importlib import import_module

        import_module("." + _watched[name], __package__).patch(name, module)
    except Exception:
        pass
