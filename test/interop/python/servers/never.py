"""Looks at itself as closely as it can: nothing of what it finds may depend on a hook."""

import asyncio
import concurrent.futures
import contextvars
import dataclasses
import http.client
import inspect
import json
import logging
import os
import pickle
import random
import subprocess
import sys
import threading
import traceback
import urllib.request
import warnings

if os.environ.get("TEST_SDK") == "fastmcp":
    from fastmcp import FastMCP as Server
    from fastmcp.tools import Tool
else:
    try:
        from mcp.server.fastmcp import FastMCP as Server
        from mcp.server.fastmcp.tools.base import Tool
    except ImportError:
        from mcp.server.mcpserver import MCPServer as Server
        from mcp.server.mcpserver.tools.base import Tool

try:
    import httpx
except ImportError:
    import httpx2 as httpx

print("a line before the protocol")
logging.getLogger("never").error("%d sheets", "no")
mcp = Server("never")
nowhere = "http://127.0.0.1:1/"


def trace_of(function) -> str:
    try:
        function()
    except BaseException:
        return traceback.format_exc()
    return "nothing was raised"


@mcp.tool()
def tracebacks() -> str:
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        return "\n".join(
            [
                trace_of(lambda: subprocess.run(["no-such-program"], check=True)),
                trace_of(lambda: subprocess.run([sys.executable, "-c", "raise SystemExit(2)"], check=True)),
                trace_of(lambda: subprocess.Popen(wrong=1)),
                trace_of(lambda: urllib.request.urlopen(nowhere)),
                trace_of(lambda: http.client.HTTPConnection("127.0.0.1", 1).request("GET", "/")),
                trace_of(lambda: httpx.get(nowhere)),
                trace_of(lambda: asyncio.run(aget())),
                trace_of(lambda: pool.submit(fail).result()),
                trace_of(lambda: pool.submit()),
                trace_of(lambda: sys.stdout.write(5)),
                trace_of(lambda: logging.getLogger("never").info("x", extra={"message": 1})),
                trace_of(lambda: threading.Thread(target=fail, daemon=7).start(1)),
            ]
        )


async def aget():
    async with httpx.AsyncClient() as client:
        await client.get(nowhere)


def fail():
    raise ValueError("in a thread")


@mcp.tool()
def identities() -> str:
    signed = [
        subprocess.Popen,
        subprocess.run,
        http.client.HTTPConnection.putrequest,
        http.client.HTTPConnection.getresponse,
        threading.Thread.start,
        concurrent.futures.ThreadPoolExecutor.submit,
        logging.Logger.callHandlers,
        logging.Logger.filter,
        os.system,
        httpx.Client.send,
        httpx.AsyncClient.send,
        Tool.run,
        Tool.from_function,
        tracebacks,
    ]
    return json.dumps(
        {
            "signatures": [str(inspect.signature(one)) for one in signed],
            "names": [(one.__module__, one.__qualname__, one.__doc__) for one in signed],
            "async": [inspect.iscoroutinefunction(one) for one in signed],
            "stdout": [type(sys.stdout).__name__, sys.stdout.encoding, sys.stdout.line_buffering],
            "fields": sorted(Tool.model_fields),
            "threads": sorted({type(thread).__name__ for thread in threading.enumerate()}),
            "loaders": [type(sys.modules[name].__spec__.loader).__name__ for name in ("http.client", "subprocess")],
            "loading": [sorted(vars(sys.modules[name].__spec__.loader)) for name in ("http.client", "subprocess")],
            "handlers": [type(handler).__name__ for handler in logging.getLogger().handlers],
            "path": sys.path,
            "sitecustomize": getattr(sys.modules.get("sitecustomize"), "__file__", None),
            "argv": sys.argv,
            "flags": list(sys.flags),
            "environment": dict(os.environ),
            "random": [random.Random(7).random(), seeded()],
            "switch": sys.getswitchinterval(),
            "excepthook": sys.excepthook is sys.__excepthook__,
            "registered": registered(),
            "pickled": pickle.loads(pickle.dumps(os.system)) is os.system,
            "subclass": issubclass(Mine, subprocess.Popen) and Mine(["true"]).wait() == 0,
        },
        default=str,
    )


def registered() -> bool | None:
    """Whether the low-level server of SDK 2 has the handler that the high-level one gave it."""
    lowlevel = getattr(mcp, "_lowlevel_server", None)
    if not hasattr(lowlevel, "get_request_handler"):
        return None
    return lowlevel.get_request_handler("tools/call").handler == mcp._handle_call_tool


class Mine(subprocess.Popen):
    """Programs derive from it."""


def seeded() -> float:
    random.seed(11)
    subprocess.run([sys.executable, "-c", ""])
    return random.random()


@mcp.tool()
def child_environment() -> str:
    code = "import os, sys; print(sorted(os.environ), sys.path[1:])"
    inherited = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout
    given = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env={"PATH": "/bin", "MINE": "1"}
    ).stdout
    return (inherited + given).replace("'TRACEPARENT', ", "", 1)


@mcp.tool()
def complain() -> str:
    warnings.warn("do not do this", DeprecationWarning, stacklevel=2)
    logging.getLogger("never").warning("a record")
    print("to stderr", file=sys.stderr)
    print("to stdout", flush=True)
    sys.stdout.write("half a line")
    sys.stdout.write(" and the other\n")
    sys.stdout.flush()
    return "complained"


@mcp.tool()
def context() -> str:
    own = contextvars.ContextVar("own", default="default")
    own.set("set")
    return contextvars.copy_context().run(own.get)


@mcp.tool()
def raises() -> str:
    raise KeyError("missing")


@mcp.tool()
async def raises_later() -> str:
    await asyncio.sleep(0)
    raise RuntimeError("later")


@dataclasses.dataclass(frozen=True)
class Frozen(Exception):
    code: int


class Unspeakable(Exception):
    def __str__(self):
        raise RuntimeError("no words")


class Failing(Exception):
    def __getattr__(self, name):
        raise ValueError(f"no {name}")


class Refused(Exception):
    @property
    def error(self):
        raise ZeroDivisionError


@mcp.tool()
def raises_frozen() -> str:
    raise Frozen(4)


@mcp.tool()
def raises_unspeakable() -> str:
    raise Unspeakable


@mcp.tool()
def raises_failing() -> str:
    raise Failing("it fails when it is looked at")


@mcp.tool()
async def raises_refused() -> str:
    raise Refused("it has no code")


@mcp.tool()
def structured() -> dict[str, int]:
    return {"one": 1}


@mcp.tool()
def wants_number(number: int) -> int:
    return number


@mcp.prompt()
def broken() -> str:
    raise ValueError("no prompt today")


@mcp.resource("never://broken")
def broken_resource() -> str:
    raise ValueError("no resource today")


def fork() -> list[str]:
    """Warned about where the process has more than one thread."""
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        child = os.fork()
        if child == 0:
            os._exit(0)
        os.waitpid(child, 0)
    return [str(warning.message) for warning in seen]


if __name__ == "__main__":
    if hasattr(os, "fork"):
        print("forked", fork(), file=sys.stderr)
    mcp.run(**({"show_banner": False} if os.environ.get("TEST_SDK") == "fastmcp" else {}))
    sys.exit(7)
