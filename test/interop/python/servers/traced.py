"""A server with telemetry of its own, in the way that TEST_TELEMETRY says."""

import os
import threading
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

kind = os.environ["TEST_TELEMETRY"]

if kind == "logfire":
    import logfire

    logfire.configure(send_to_logfire=False, console=False)
    logfire.instrument_mcp()
elif kind in ("openllmetry", "openinference", "sdk"):
    from opentelemetry import trace
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import SimpleSpanProcessor

    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(OTLPSpanExporter()))
    trace.set_tracer_provider(provider)
    if kind == "openllmetry":
        from opentelemetry.instrumentation.mcp import McpInstrumentor as Instrumentor
    elif kind == "openinference":
        from openinference.instrumentation.mcp import MCPInstrumentor as Instrumentor
    if kind != "sdk":
        Instrumentor().instrument()

from opentelemetry import trace

try:
    from mcp.server.fastmcp import FastMCP as Server
except ImportError:
    from mcp.server.mcpserver import MCPServer as Server


class Answers(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"rain")

    def log_message(self, *_):
        pass


site = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
threading.Thread(target=site.serve_forever, daemon=True).start()
tracer = trace.get_tracer("mine")
mcp = Server("traced")


@mcp.tool()
def forecast() -> str:
    with tracer.start_as_current_span("ask the station") as span:
        span.set_attribute("station", "north")
        return urllib.request.urlopen(f"http://127.0.0.1:{site.server_address[1]}/north").read().decode()


@mcp.tool()
def storm() -> str:
    raise LookupError("no storm today")


if __name__ == "__main__":
    mcp.run()
