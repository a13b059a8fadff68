"""An inventory without a word of telemetry: what Spanpath shows of it comes from outside."""

import subprocess
import sys
import threading
import time
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from mcp.server.mcpserver import MCPServer


class Shelf(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        time.sleep(0.08 if self.path.startswith("/shelf") else 0.03)
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b'{"count": 5}')

    def log_message(self, *_: object) -> None:
        pass


shelves = ThreadingHTTPServer(("127.0.0.1", 0), Shelf)
threading.Thread(target=shelves.serve_forever, daemon=True).start()
base = f"http://127.0.0.1:{shelves.server_address[1]}"
mcp = MCPServer("inventory")


@mcp.tool()
def count_items(shelf: str = "north") -> str:
    """Two HTTP requests."""
    counted = urllib.request.urlopen(f"{base}/shelf/{shelf}").read()
    reserved = urllib.request.urlopen(f"{base}/reserved/{shelf}").read()
    return f"{counted.decode()} {reserved.decode()}"


@mcp.tool()
def print_label(text: str = "fragile") -> str:
    """Starts a subprocess."""
    done = subprocess.run(
        [sys.executable, "-c", f"print({text!r}.upper())"], capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


@mcp.tool()
def move_item(item: str = "I-9") -> str:
    """Throws."""
    return f"moved to {locate(item)}"


@mcp.tool()
def beep(times: int = 1) -> str:
    """Prints; the mcp package keeps that away from the protocol."""
    print("BEEP " * times, flush=True)
    return "done"


def locate(item: str) -> str:
    raise LookupError(f"item {item} is on no shelf")


if __name__ == "__main__":
    mcp.run()
