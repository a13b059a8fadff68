"""Sends spans, logs and a metric by OpenTelemetry's own exporters for Python, then ends.

Usage: python send_telemetry.py grpc|proto|json|file URL_OR_FOLDER TOKEN SPANS [gzip]
"""

import importlib
import sys

from opentelemetry import trace
from opentelemetry._logs import LogRecord, SeverityNumber
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import BatchLogRecordProcessor
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

kind, url, token, count, *rest = sys.argv[1:]
PACKAGES = {"grpc": "proto.grpc", "proto": "proto.http", "json": "json.http", "file": "json.file"}


def exporter(module: str, signal: str, path: str):
    package = importlib.import_module(f"opentelemetry.exporter.otlp.{PACKAGES[kind]}.{module}")
    found = [
        getattr(package, name)
        for name in dir(package)
        if name.endswith(f"{signal}Exporter") and name[0] != "_" and name != f"{signal}Exporter"
    ]
    if kind == "file":
        return found[0](path=url + path.replace("/", "_") + ".jsonl")
    options = {"headers": {"authorization": f"Bearer {token}"} if token else {}}
    if kind == "grpc":
        import grpc

        options.update(endpoint=url, insecure=True)
        if rest:
            options["compression"] = grpc.Compression.Gzip
    else:
        options["endpoint"] = url + path
    return found[0](**options)


resource = Resource.create({"service.name": f"python-{kind}"})
traces = TracerProvider(resource=resource)
traces.add_span_processor(
    BatchSpanProcessor(
        exporter("trace_exporter", "Span", "/v1/traces"), max_queue_size=100_000
    )
)
logs = LoggerProvider(resource=resource)
logs.add_log_record_processor(
    BatchLogRecordProcessor(exporter("_log_exporter", "Log", "/v1/logs"))
)
metrics = MeterProvider(
    resource=resource,
    metric_readers=[
        PeriodicExportingMetricReader(
            exporter("metric_exporter", "Metric", "/v1/metrics")
        )
    ],
)

tracer = traces.get_tracer("sender", "1.2.3")
with tracer.start_as_current_span("execute_tool search") as root:
    root.set_attribute("gen_ai.operation.name", "execute_tool")
    root.set_attribute("gen_ai.tool.name", "search")
    for index in range(1, int(count)):
        with tracer.start_as_current_span(f"step {index}") as span:
            span.set_attributes({"index": index, "ratio": 0.5, "tags": ["a", "ü"]})
            span.add_event("noted", {"index": index})
            if index == 1:
                span.set_status(trace.StatusCode.ERROR, "no")
    logs.get_logger("sender").emit(
        LogRecord(body="hello", severity_number=SeverityNumber.INFO, context=None)
    )
metrics.get_meter("sender").create_counter("calls").add(1)
for provider in (traces, logs, metrics):
    provider.force_flush()
    provider.shutdown()
