package dev.tollspan.sampleinferenceservice;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import io.opentelemetry.proto.collector.trace.v1.TraceServiceGrpc;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.zip.GZIPInputStream;

/** Two collectors on free ports of loopback that keep what they are sent and its api-key. */
final class FakeCollector implements AutoCloseable {
  private static final String KEY = "api-key";

  final List<ExportTraceServiceRequest> requests = new CopyOnWriteArrayList<>();
  final List<String> keys = new CopyOnWriteArrayList<>();
  final List<String> compressions = new CopyOnWriteArrayList<>();
  private final Server grpc;
  private final HttpServer http;

  private FakeCollector() throws IOException {
    grpc =
        NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", 0))
            .addService(new Traces())
            .intercept(new KeyReader())
            .build()
            .start();
    http = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    http.createContext("/prefix/v1/traces", this::post);
    http.start();
  }

  static FakeCollector start() throws IOException {
    return new FakeCollector();
  }

  URI grpcEndpoint() {
    return URI.create("http://127.0.0.1:" + grpc.getPort());
  }

  /** The base for all signals. */
  URI httpEndpoint() {
    return URI.create("http://127.0.0.1:" + http.getAddress().getPort() + "/prefix/");
  }

  /** The whole address. */
  URI tracesEndpoint() {
    return httpEndpoint().resolve("v1/traces");
  }

  List<Span> spans() {
    return requests.stream()
        .flatMap(request -> request.getResourceSpansList().stream())
        .flatMap(resource -> resource.getScopeSpansList().stream())
        .flatMap(scope -> scope.getSpansList().stream())
        .toList();
  }

  @Override
  public void close() {
    grpc.shutdownNow();
    http.stop(0);
  }

  private void post(HttpExchange exchange) throws IOException {
    try (exchange) {
      String packed = exchange.getRequestHeaders().getFirst("content-encoding");
      boolean gzip = "gzip".equals(packed);
      compressions.add(gzip ? "gzip" : "none");
      InputStream body = exchange.getRequestBody();
      requests.add(ExportTraceServiceRequest.parseFrom(gzip ? new GZIPInputStream(body) : body));
      keys.add(exchange.getRequestHeaders().getFirst(KEY));
      exchange.sendResponseHeaders(200, -1);
    }
  }

  private final class Traces extends TraceServiceGrpc.TraceServiceImplBase {
    @Override
    public void export(
        ExportTraceServiceRequest request, StreamObserver<ExportTraceServiceResponse> answers) {
      requests.add(request);
      answers.onNext(ExportTraceServiceResponse.getDefaultInstance());
      answers.onCompleted();
    }
  }

  private final class KeyReader implements ServerInterceptor {
    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
        ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
      keys.add(headers.get(Metadata.Key.of(KEY, Metadata.ASCII_STRING_MARSHALLER)));
      Metadata.Key<String> packed =
          Metadata.Key.of("grpc-encoding", Metadata.ASCII_STRING_MARSHALLER);
      compressions.add("gzip".equals(headers.get(packed)) ? "gzip" : "none");
      return next.startCall(call, headers);
    }
  }
}
