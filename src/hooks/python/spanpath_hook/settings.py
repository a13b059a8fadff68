"""What the shim said, read once: the environment is put back before the server's own code cares."""

import os

_PREFIX = "SPANPATH_HOOK_"
endpoint = ""
token = ""
server = "server"
#: full, redacted, keys or none: as the shim's `--content`.
content = "redacted"
#: More to hide: as the shim's `--redact`.
redact = ""
service = ""
cwd = ""
_python_path = None
_node_options = None


def read(env):
    """False when there is no collector that could be reached from here."""
    global endpoint, token, server, content, redact, service, cwd, _python_path, _node_options
    endpoint = env.get(_PREFIX + "ENDPOINT", "").rstrip("/")
    token = env.get(_PREFIX + "TOKEN", "")
    server = env.get(_PREFIX + "SERVER") or server
    content = env.get(_PREFIX + "CONTENT") or content
    redact = env.get(_PREFIX + "REDACT", "")
    service = env.get("OTEL_SERVICE_NAME") or server
    cwd = os.getcwd()
    _python_path = env.get(_PREFIX + "PYTHONPATH")
    _node_options = env.get(_PREFIX + "NODE_OPTIONS")
    return endpoint.startswith(("http://", "https://"))


def restore(env):
    """What the shim added to the environment, and nothing else, is taken out again.

    Done once the process is known to be the server, not before: a launcher (`uv run`, `poetry run`,
    `fastmcp run`, `opentelemetry-instrument`) hands the environment on to it.
    """
    ours = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    others = [part for part in env.get("PYTHONPATH", "").split(os.pathsep) if part and part != ours]
    _put_back(env, "PYTHONPATH", os.pathsep.join(others) or _python_path)
    _put_back(env, "NODE_OPTIONS", _node_options)
    for key in [key for key in env if key.startswith(_PREFIX)]:
        del env[key]


def _put_back(env, key, before):
    if before:
        env[key] = before
    elif before is not None:
        env.pop(key, None)
