package main

import (
	"context"
	"log"

	"github.com/modelcontextprotocol/go-sdk/mcp"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/sdk/trace"
)

type greeting struct {
	Name string `json:"name"`
}

func main() {
	// OpenTelemetry as its documentation has it: where spans go is said by the environment.
	exporter, err := otlptracehttp.New(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	provider := trace.NewTracerProvider(trace.WithBatcher(exporter))
	otel.SetTracerProvider(provider)
	server := mcp.NewServer(&mcp.Implementation{Name: "go-sdk", Version: "1.0.0"}, nil)
	mcp.AddTool(server, &mcp.Tool{Name: "greet", Description: "says hi"}, greet)
	if err := server.Run(context.Background(), &mcp.StdioTransport{}); err != nil {
		log.Print(err)
	}
	if err := provider.Shutdown(context.Background()); err != nil {
		log.Print(err)
	}
}

func greet(ctx context.Context, request *mcp.CallToolRequest, in greeting) (*mcp.CallToolResult, any, error) {
	parent, _ := request.Params.Meta["traceparent"].(string)
	ctx = propagation.TraceContext{}.Extract(ctx, propagation.MapCarrier{"traceparent": parent})
	_, span := otel.Tracer("greetings").Start(ctx, "look up "+in.Name)
	defer span.End()
	return &mcp.CallToolResult{Content: []mcp.Content{&mcp.TextContent{Text: "hi " + in.Name}}}, nil, nil
}
