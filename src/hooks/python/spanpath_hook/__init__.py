"""Spanpath inside a Python server: where its handlers are, and what they spend their time on.

Pure standard library, Python 3.10 and newer. Nothing here may write to stdout or stderr, raise
into the server, change what it returns, or keep it alive. What goes wrong here is reported to
Spanpath as a finding.
"""

import os
import sys

VERSION = "0.1.0"
#: Where this package stands; frames of its files are taken out of what the server sees.
HERE = os.path.dirname(os.path.abspath(__file__))


def start():
    """Called once by sitecustomize. Does nothing unless the shim said where telemetry goes."""
    _leave_path()
    if "SPANPATH_HOOK_ENDPOINT" not in os.environ or sys.version_info < (3, 10):
        return
    from . import settings

    if not settings.read(os.environ):
        return
    from . import export, imports, stdout

    export.start()
    imports.install(_POINTS)
    stdout.watch()


def _leave_path():
    """The server's sys.path is as it would be without the hook."""
    directory = os.path.dirname(HERE)
    sys.path[:] = [entry for entry in sys.path if entry.rstrip("/\\") != directory]


#: What is patched once a module is imported: module -> (ours, function that takes the module).
_POINTS = {
    # MCP SDK 1.x and 2.x, low level
    "mcp.server.lowlevel.server": ("servers", "patch_lowlevel"),
    "mcp.server.stdio": ("servers", "patch_stdio"),
    # MCP SDK 1.x
    "mcp.server.fastmcp.tools.base": ("components", "patch"),
    "mcp.server.fastmcp.prompts.base": ("components", "patch"),
    "mcp.server.fastmcp.resources.types": ("components", "patch"),
    "mcp.server.fastmcp.resources.templates": ("components", "patch"),
    # MCP SDK 2.x
    "mcp.server.mcpserver.tools.base": ("components", "patch"),
    "mcp.server.mcpserver.prompts.base": ("components", "patch"),
    "mcp.server.mcpserver.resources.types": ("components", "patch"),
    "mcp.server.mcpserver.resources.templates": ("components", "patch"),
    # fastmcp 2.x, then 3.x and 4.x
    "fastmcp.tools.tool": ("components", "patch"),
    "fastmcp.prompts.prompt": ("components", "patch"),
    "fastmcp.resources.resource": ("components", "patch"),
    "fastmcp.resources.template": ("components", "patch"),
    "fastmcp.tools.function_tool": ("components", "patch"),
    "fastmcp.prompts.function_prompt": ("components", "patch"),
    "fastmcp.resources.function_resource": ("components", "patch"),
    # OpenTelemetry
    "opentelemetry.trace": ("otel", "patch_api"),
    "opentelemetry.sdk.trace": ("otel_sdk", "patch_sdk"),
    "opentelemetry.instrumentation.auto_instrumentation": ("otel_sdk", "patch_launcher"),
    # what a handler does
    "http.client": ("http_calls", "patch_http_client"),
    "httpx._client": ("http_calls", "patch_httpx"),
    "httpx2._client": ("http_calls", "patch_httpx"),
    "aiohttp.client": ("http_calls", "patch_aiohttp"),
    "os": ("processes", "patch_os"),
    "subprocess": ("processes", "patch_subprocess"),
    "asyncio.base_subprocess": ("processes", "patch_asyncio"),
    "concurrent.futures.thread": ("threads", "patch_executor"),
    "threading": ("threads", "patch_threading"),
    "logging": ("logs", "patch_logging"),
}
