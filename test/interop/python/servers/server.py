"""One server for every SDK: what the tests call, in the ways that people write it."""

import asyncio
import concurrent.futures
import functools
import logging
import os
import subprocess
import sys
import threading
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

print("starting up")

if os.environ.get("TEST_SDK") == "fastmcp":
    from fastmcp import FastMCP as Server
else:
    try:
        from mcp.server.fastmcp import FastMCP as Server
    except ImportError:
        from mcp.server.mcpserver import MCPServer as Server

try:
    import httpx
except ImportError:
    import httpx2 as httpx


class Answers(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(404 if self.path == "/missing" else 200)
        self.end_headers()
        self.wfile.write(b"some bytes")

    def log_message(self, *_):
        pass


site = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
threading.Thread(target=site.serve_forever, daemon=True).start()
base = f"http://127.0.0.1:{site.server_address[1]}"
log = logging.getLogger("app")
mcp = Server("under test")


def passing(function):
    return function


@mcp.tool()
@passing
def echo(text: str = "hi") -> str:
    return text


@mcp.tool(name="renamed")
async def another_name() -> str:
    return "under another name"


class Shelves:
    def count(self, shelf: str = "north") -> str:
        return f"{shelf}: 5"


mcp.tool()(Shelves().count)


def _shelves() -> str:
    """Names of all shelves."""
    return "north"


@mcp.tool(name="shelf_names")
@functools.wraps(_shelves)
async def shelf_names_async() -> str:
    return "north, in time"


@mcp.tool()
def throws(item: str = "I-9") -> str:
    return locate(item)


def locate(item: str) -> str:
    raise LookupError(f"item {item} is on no shelf")


@mcp.tool()
def fetch() -> str:
    return urllib.request.urlopen(f"{base}/urllib?token=hush-hush&page=1").read().decode()


@mcp.tool()
async def fetch_missing() -> str:
    async with httpx.AsyncClient() as client:
        return str((await client.get(f"{base}/missing")).status_code)


@mcp.tool()
def fetch_with_requests() -> str:
    import requests

    return requests.get(f"{base}/requests").text


@mcp.tool()
async def fetch_with_aiohttp() -> str:
    import aiohttp

    async with aiohttp.ClientSession() as session:
        async with session.get(f"{base}/aiohttp") as answer:
            return await answer.text()


@mcp.tool()
def fetch_nowhere() -> str:
    return urllib.request.urlopen("http://127.0.0.1:1/").read().decode()


@mcp.tool()
def fetch_in_threads() -> str:
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        parts = pool.map(lambda path: urllib.request.urlopen(base + path).read().decode(), ["/one", "/two"])
        return " ".join(parts)


@mcp.tool()
def run_program() -> str:
    code = "import os; print(os.environ.get('TRACEPARENT', 'none'))"
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.strip()


@mcp.tool()
async def run_program_async() -> str:
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", "raise SystemExit(3)")
    return str(await process.wait())


@mcp.tool()
def run_by_shell() -> str:
    return str(os.system("exit 4"))


@mcp.tool()
def leave_program() -> str:
    subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
    return "left"


@mcp.tool()
def speak() -> str:
    log.warning("low on paper, password=%s", "hunter2")
    try:
        locate("I-1")
    except LookupError:
        log.exception("not found")
    log.error("%d sheets", "no")
    return "logged"


@mcp.tool()
def pollute() -> str:
    print("beep", "boop", flush=True)
    return "printed"


@mcp.prompt()
def letter(customer: str = "Ada") -> str:
    return f"Write to {customer}"


@mcp.resource("shelves://all")
def all_shelves() -> str:
    return "north, south"


@mcp.resource("shelves://{name}/contents")
def contents(name: str) -> str:
    return f"what is in {name}"


if __name__ == "__main__":
    options = {"show_banner": False} if os.environ.get("TEST_SDK") == "fastmcp" else {}
    mcp.run(**options)
