"""One plain socket to the collector; not `http.client`, which is watched itself."""

import re
import socket
import threading
import time

_retry_seconds = 1.0


class Connection:
    def __init__(self, host, port, token):
        self._host = host
        self._port = port
        self._token = token
        self._socket = None
        self._blocked_until = 0.0
        self._lock = threading.Lock()

    @classmethod
    def to(cls, endpoint, token):
        """None when the endpoint is no address on this machine."""
        found = re.match(r"http://(127\.0\.0\.1|localhost|\[::1\]):(\d+)/?$", endpoint)
        return cls(found[1].strip("[]"), int(found[2]), token) if found else None

    def post(self, path, body, seconds):
        """Sends and reads the answer, so that the next one can follow; drops it on any failure."""
        with self._lock:
            if time.monotonic() < self._blocked_until:
                return
            try:
                if self._socket is None:
                    self._socket = socket.create_connection((self._host, self._port), seconds)
                self._socket.settimeout(seconds)
                self._socket.sendall(self._head(path, len(body)) + body)
                self._read_answer()
            except OSError:
                self._close()
                self._blocked_until = time.monotonic() + _retry_seconds

    def _head(self, path, length):
        lines = [
            f"POST {path} HTTP/1.1",
            f"Host: {self._host}:{self._port}",
            "Content-Type: application/json",
            f"Content-Length: {length}",
        ]
        if self._token:
            lines.append(f"Authorization: Bearer {self._token}")
        return ("\r\n".join(lines) + "\r\n\r\n").encode()

    def _read_answer(self):
        """Reads at least the head; an answer that is not understood ends the connection."""
        data = b""
        while b"\r\n\r\n" not in data:
            part = self._socket.recv(65536)
            if not part or len(data) > 1_000_000:
                raise OSError("no answer")
            data += part
        head, _, body = data.partition(b"\r\n\r\n")
        length = re.search(rb"content-length:\s*(\d+)", head, re.IGNORECASE)
        if length is None or b"connection: close" in head.lower():
            self._close()
            return
        missing = int(length[1]) - len(body)
        while missing > 0:
            part = self._socket.recv(min(missing, 65536))
            if not part:
                raise OSError("cut answer")
            missing -= len(part)

    def _close(self):
        if self._socket is not None:
            self._socket.close()
            self._socket = None
