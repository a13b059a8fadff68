"""An ordinary OpenTelemetry set-up; the environment alone decides where spans go."""

import os

from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

os.environ.setdefault("OTEL_SERVICE_NAME", "orders")


def set_up() -> None:
    """The mcp package makes a span for every request as soon as there is a provider."""
    provider = TracerProvider()
    # The default of five seconds is long for somebody who watches.
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(), schedule_delay_millis=200))
    trace.set_tracer_provider(provider)
