package dev.tollspan.sampleinferenceservice;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapPropagator;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads requests and writes answers; one virtual thread per request. */
final class HttpFront implements HttpHandler {
  private static final int BODY_BYTES_MAX = 8 << 20;
  private static final TextMapPropagator PROPAGATOR = W3CTraceContextPropagator.getInstance();

  private final CallSpans spans;
  private final Engine engine;
  private final InFlight inFlight;

  HttpFront(CallSpans spans, Engine engine, InFlight inFlight) {
    this.spans = spans;
    this.engine = engine;
    this.inFlight = inFlight;
  }

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    inFlight.begin();
    try {
      answer(exchange);
    } finally {
      inFlight.end();
    }
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      try {
        write(exchange, 200, route(exchange));
      } catch (RefusedException refusal) {
        write(exchange, refusal.error().status(), refusal.error().toJson());
      }
    }
  }

  private ObjectNode route(HttpExchange exchange) throws IOException, RefusedException {
    return switch (exchange.getRequestURI().getPath()) {
      case "/v1/completions" -> {
        requireMethod(exchange, "POST");
        yield complete(exchange).toJson();
      }
      case "/health" -> {
        requireMethod(exchange, "GET");
        yield JsonNodeFactory.instance.objectNode().put("status", "ok");
      }
      case null, default -> throw new RefusedException(ApiError.unknownPath());
    };
  }

  private static void requireMethod(HttpExchange exchange, String allowed) throws RefusedException {
    if (!exchange.getRequestMethod().equals(allowed)) {
      exchange.getResponseHeaders().set("Allow", allowed);
      throw new RefusedException(ApiError.wrongMethod(allowed));
    }
  }

  private Completion complete(HttpExchange exchange) throws IOException, RefusedException {
    CompletionRequest request = CompletionRequest.parse(body(exchange));
    Context caller =
        PROPAGATOR.extract(Context.root(), exchange.getRequestHeaders(), HeaderGetter.JOINED);
    try (CallSpan call = spans.start(request, caller)) {
      PROPAGATOR.inject(call.context(), exchange.getResponseHeaders(), HttpFront::setHeader);
      return run(request, call);
    }
  }

  private Completion run(CompletionRequest request, CallSpan call) throws RefusedException {
    try {
      return engine.run(request, call);
    } catch (EngineFailureException | RuntimeException failure) {
      call.failed(request, failure);
    } catch (InterruptedException interrupted) {
      call.failed(request, interrupted);
      Thread.currentThread().interrupt();
    }
    throw new RefusedException(ApiError.engineFailed());
  }

  private static byte[] body(HttpExchange exchange) throws IOException, RefusedException {
    InputStream stream = exchange.getRequestBody();
    byte[] body = stream.readNBytes(BODY_BYTES_MAX + 1);
    if (body.length > BODY_BYTES_MAX) {
      // A client that still writes when we close sees a reset instead of the answer, so we listen
      // to a little more than we take.
      int _ = stream.readNBytes(BODY_BYTES_MAX).length;
      throw new RefusedException(ApiError.tooLarge(BODY_BYTES_MAX));
    }
    return body;
  }

  private static void write(HttpExchange exchange, int status, ObjectNode json) throws IOException {
    byte[] body = json.toString().getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    if (exchange.getRequestMethod().equals("HEAD")) {
      exchange.sendResponseHeaders(status, -1);
      return;
    }
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
  }

  private static void setHeader(@Nullable Headers headers, String name, String value) {
    if (headers != null) {
      headers.set(name, value);
    }
  }

  /** Joins repeated headers, as W3C Trace Context asks for tracestate (section 3.3.1). */
  private enum HeaderGetter implements TextMapGetter<Headers> {
    JOINED;

    @Override
    public Iterable<String> keys(Headers headers) {
      return headers.keySet();
    }

    @Override
    public @Nullable String get(@Nullable Headers headers, String name) {
      List<String> values = headers == null ? null : headers.get(name);
      return values == null ? null : String.join(",", values);
    }
  }
}
