"""One kept-alive HTTP connection to the collector. Not `http.client`, which the hook patches."""

import socket


class Client:
    def __init__(self, endpoint, token):
        scheme, _, rest = endpoint.partition("://")
        authority, slash, path = rest.partition("/")
        self._secure = scheme == "https"
        self._base = slash + path
        self._host = authority
        host, colon, port = authority.rpartition(":")
        if not colon or port.endswith("]"):
            host, port = authority, "443" if self._secure else "80"
        self._address = (host.strip("[]"), int(port))
        self._token = token
        self._socket = None

    def post(self, path, body, timeout):
        """Raises OSError when the collector is not there or does not speak HTTP."""
        head = (
            f"POST {self._base}{path} HTTP/1.1\r\nHost: {self._host}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
        )
        if self._token:
            head += f"Authorization: Bearer {self._token}\r\n"
        message = head.encode("latin-1") + b"\r\n" + body
        kept = self._socket is not None
        try:
            self._exchange(message, timeout)
        except OSError:
            self.close()
            if not kept:
                raise
            self._exchange(message, timeout)  # the kept connection was stale

    def close(self):
        connection, self._socket = self._socket, None
        if connection is not None:
            connection.close()

    def _exchange(self, message, timeout):
        if self._socket is None:
            self._socket = self._connect(timeout)
        self._socket.settimeout(timeout)
        self._socket.sendall(message)
        answer = b""
        while b"\r\n\r\n" not in answer:
            answer += self._receive()
            if len(answer) > 65536:
                raise OSError("endless answer")
        head, _, body = answer.partition(b"\r\n\r\n")
        fields = head.lower().split(b"\r\n")
        length = next((int(f[15:]) for f in fields if f.startswith(b"content-length:")), None)
        if length is None or b"connection: close" in fields:
            self.close()  # whatever the rest is, nobody needs it
            return
        while len(body) < length:
            body += self._receive()

    def _receive(self):
        part = self._socket.recv(65536)
        if not part:
            raise ConnectionResetError("the collector closed the connection")
        return part

    def _connect(self, timeout):
        connection = socket.create_connection(self._address, timeout)
        if self._secure:
            import ssl

            context = ssl.create_default_context()
            connection = context.wrap_socket(connection, server_hostname=self._address[0])
        return connection
