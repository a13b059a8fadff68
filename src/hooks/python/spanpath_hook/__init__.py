"""What Spanpath loads into a Python server: handler places, spans and logs, by OTLP/HTTP JSON.

Standard library only, Python 3.10 to 3.14. Nothing here may raise into the server, write to its
output, keep it alive or change what a handler returns or raises.
"""

import os
import sys


def install():
    """Watches for an MCP SDK to be imported; does nothing more until that happens."""
    endpoint = os.environ.get("SPANPATH_HOOK_ENDPOINT", "")
    if not endpoint or sys.version_info < (3, 10):
        return
    from . import modules

    settings = {
        "endpoint": endpoint,
        "token": os.environ.get("SPANPATH_HOOK_TOKEN", ""),
        "server": os.environ.get("SPANPATH_HOOK_SERVER", ""),
    }
    modules.watch(lambda: _start(settings))


def _start(settings):
    """This process is the server: what it starts is none of the hook's business."""
    before = os.environ.get("SPANPATH_HOOK_PYTHONPATH")
    if before:
        os.environ["PYTHONPATH"] = before
    elif before is not None:
        os.environ.pop("PYTHONPATH", None)
    node_options = os.environ.get("SPANPATH_HOOK_NODE_OPTIONS")
    if node_options:
        os.environ["NODE_OPTIONS"] = node_options
    elif node_options is not None:
        os.environ.pop("NODE_OPTIONS", None)
    for name in [name for name in os.environ if name.startswith("SPANPATH_HOOK_")]:
        del os.environ[name]
    from . import telemetry

    telemetry.start(settings)
