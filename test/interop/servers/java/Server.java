import io.modelcontextprotocol.json.McpJsonDefaults;
import io.modelcontextprotocol.server.McpServer;
import io.modelcontextprotocol.server.McpServerFeatures.SyncToolSpecification;
import io.modelcontextprotocol.server.McpSyncServerExchange;
import io.modelcontextprotocol.server.transport.StdioServerTransportProvider;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.ServerCapabilities;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.sdk.autoconfigure.AutoConfiguredOpenTelemetrySdk;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Map;

/** Two tools; `sdk` as an argument sets OpenTelemetry up in code, as its documentation has it. */
public final class Server {
  public static void main(String[] args) {
    if (args.length > 0 && args[0].equals("sdk")) AutoConfiguredOpenTelemetrySdk.initialize();
    McpServer.sync(new StdioServerTransportProvider(McpJsonDefaults.getMapper()))
        .serverInfo("java-sdk", "1.0.0")
        .capabilities(ServerCapabilities.builder().tools(true).build())
        .tools(
            SyncToolSpecification.builder()
                .tool(Tool.builder("greet", Map.of("type", "object")).build())
                .callHandler(Server::greet)
                .build(),
            SyncToolSpecification.builder()
                .tool(Tool.builder("look", Map.of("type", "object")).build())
                .callHandler((exchange, request) -> look(request))
                .build())
        .build();
  }

  static CallToolResult greet(McpSyncServerExchange exchange, CallToolRequest request) {
    return CallToolResult.builder().addTextContent("hi " + request.arguments().get("name")).build();
  }

  /** Goes on with the caller's trace, which the request brings along, and asks a web server. */
  private static CallToolResult look(CallToolRequest request) {
    Context parent =
        W3CTraceContextPropagator.getInstance().extract(Context.root(), request.meta(), fromMeta);
    Span span =
        GlobalOpenTelemetry.getTracer("greetings").spanBuilder("look up").setParent(parent).startSpan();
    try (Scope scope = span.makeCurrent()) {
      URI uri = URI.create((String) request.arguments().get("url"));
      var response =
          HttpClient.newHttpClient()
              .send(HttpRequest.newBuilder(uri).build(), BodyHandlers.discarding());
      return CallToolResult.builder().addTextContent("got " + response.statusCode()).build();
    } catch (Exception problem) {
      return CallToolResult.builder().addTextContent(problem.toString()).isError(true).build();
    } finally {
      span.end();
    }
  }

  private static final TextMapGetter<Map<String, Object>> fromMeta =
      new TextMapGetter<>() {
        @Override
        public Iterable<String> keys(Map<String, Object> meta) {
          return meta.keySet();
        }

        @Override
        public String get(Map<String, Object> meta, String key) {
          return meta == null ? null : (String) meta.get(key);
        }
      };
}
