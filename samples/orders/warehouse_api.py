"""Stands for the warehouse's service: a small HTTP API on the loopback interface."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

STOCK = {"lamp": 12, "chair": 0, "desk": 3}
# Seconds that each route takes, so that its bar in the trace can be recognised.
LATENCY = {"stock": 0.09, "delivery": 0.21}


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        _, route, article = self.path.split("/")
        time.sleep(LATENCY.get(route, 0))
        body = {"article": article, "left": STOCK.get(article, 0), "days": 4}
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(body).encode())

    def log_message(self, *_: object) -> None:
        """The requests are in the trace already."""


def start() -> str:
    """Starts the API on a free port and returns its base URL."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_address[1]}"
