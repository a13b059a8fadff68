// Sends spans by OpenTelemetry's own exporters for Go, then ends.
// Usage: send grpc|proto HOST:PORT TOKEN SPANS [gzip]
package main

import (
	"context"
	"fmt"
	"log"
	"os"
	"strconv"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracegrpc"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/sdk/resource"
	"go.opentelemetry.io/otel/sdk/trace"
	api "go.opentelemetry.io/otel/trace"
)

func exporter(ctx context.Context, kind, address, token string, gzip bool) (*otlptrace.Exporter, error) {
	headers := map[string]string{"authorization": "Bearer " + token}
	if kind == "grpc" {
		options := []otlptracegrpc.Option{
			otlptracegrpc.WithEndpoint(address),
			otlptracegrpc.WithInsecure(),
			otlptracegrpc.WithHeaders(headers),
		}
		if gzip {
			options = append(options, otlptracegrpc.WithCompressor("gzip"))
		}
		return otlptracegrpc.New(ctx, options...)
	}
	options := []otlptracehttp.Option{
		otlptracehttp.WithEndpoint(address),
		otlptracehttp.WithInsecure(),
		otlptracehttp.WithHeaders(headers),
	}
	if gzip {
		options = append(options, otlptracehttp.WithCompression(otlptracehttp.GzipCompression))
	}
	return otlptracehttp.New(ctx, options...)
}

func main() {
	ctx := context.Background()
	kind, address, token := os.Args[1], os.Args[2], os.Args[3]
	count, err := strconv.Atoi(os.Args[4])
	if err != nil {
		log.Fatal(err)
	}
	out, err := exporter(ctx, kind, address, token, len(os.Args) > 5)
	if err != nil {
		log.Fatal(err)
	}
	provider := trace.NewTracerProvider(
		trace.WithBatcher(out, trace.WithMaxQueueSize(100_000), trace.WithBlocking()),
		trace.WithResource(resource.NewSchemaless(attribute.String("service.name", "go-"+kind))),
	)
	tracer := provider.Tracer("sender", api.WithInstrumentationVersion("1.2.3"))
	within, root := tracer.Start(ctx, "execute_tool search")
	root.SetAttributes(
		attribute.String("gen_ai.operation.name", "execute_tool"),
		attribute.String("gen_ai.tool.name", "search"),
	)
	for index := 1; index < count; index++ {
		_, span := tracer.Start(within, fmt.Sprintf("step %d", index))
		span.SetAttributes(
			attribute.Int("index", index),
			attribute.Float64("ratio", 0.5),
			attribute.StringSlice("tags", []string{"a", "ü"}),
		)
		span.AddEvent("noted", api.WithAttributes(attribute.Int("index", index)))
		if index == 1 {
			span.SetStatus(codes.Error, "no")
		}
		span.End()
	}
	root.End()
	if err := provider.Shutdown(ctx); err != nil {
		log.Fatal(err)
	}
}
