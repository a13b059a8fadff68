import logging
import subprocess
import sys
import urllib.request

from fastmcp import FastMCP

mcp = FastMCP("fast")


@mcp.tool()
async def echo(text: str) -> str:
    return text


@mcp.tool(name="add")
def add_numbers(a: int, b: int) -> int:
    return a + b


@mcp.tool()
async def fails() -> str:
    raise KeyError("broken on purpose")


@mcp.tool()
def fetches(url: str) -> str:
    with urllib.request.urlopen(f"{url}/got?token=secret") as response:
        return str(response.status)


@mcp.tool()
def runs() -> str:
    return str(subprocess.run([sys.executable, "-c", "raise SystemExit(3)"]).returncode)


@mcp.tool()
def prints() -> str:
    print("printed to stdout")
    logging.getLogger("mine").warning("something %s", "odd")
    return "ok"


@mcp.tool()
def environment() -> str:
    import os

    names = [name for name in os.environ if name.startswith("SPANPATH_HOOK") or name == "PYTHONPATH"]
    return ",".join(names) + "|" + ",".join(path for path in sys.path if "hooks" in path)


@mcp.prompt()
def review(code: str) -> str:
    return code


@mcp.resource("users://{id}")
def user(id: str) -> str:
    return id


mcp.run(show_banner=False)
