package dev.tollspan.sampleinferenceservice;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/** A service on a free port with a fake clock, whose spans, notices and console are kept. */
final class TestService implements AutoCloseable {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  final InMemorySpanExporter exported = InMemorySpanExporter.create();
  final List<String> notices = new CopyOnWriteArrayList<>();
  final ByteArrayOutputStream console = new ByteArrayOutputStream();
  final InferenceServer server;
  private final HttpClient client = HttpClient.newHttpClient();

  private TestService(Settings settings, EngineClock clock, List<SpanProcessor> observers)
      throws IOException {
    List<SpanProcessor> all = new ArrayList<>(observers);
    all.add(SimpleSpanProcessor.create(exported));
    server = InferenceServer.start(settings, new Surroundings(clock, console, notices::add, all));
  }

  static TestService start() throws IOException {
    return start(Settings.Telemetry.defaults());
  }

  static TestService start(Settings.Telemetry telemetry) throws IOException {
    return start(Settings.Simulation.defaults(), telemetry, FakeClock.flowing());
  }

  static TestService start(
      Settings.Simulation simulation,
      Settings.Telemetry telemetry,
      EngineClock clock,
      SpanProcessor... observers)
      throws IOException {
    Settings settings = new Settings("127.0.0.1", 0, simulation, telemetry);
    return new TestService(settings, clock, List.of(observers));
  }

  static Settings.Telemetry telemetry(boolean captureContent, boolean reportCost) {
    return new Settings.Telemetry(true, null, null, false, captureContent, reportCost, Map.of());
  }

  HttpResponse<String> complete(String body, String... headers) throws Exception {
    return send(
        request("/v1/completions", headers).POST(HttpRequest.BodyPublishers.ofString(body)));
  }

  JsonNode completeJson(String body) throws Exception {
    return json(complete(body));
  }

  HttpRequest.Builder request(String path, String... headers) {
    HttpRequest.Builder builder =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
            .timeout(Duration.ofSeconds(30));
    return headers.length == 0 ? builder : builder.headers(headers);
  }

  HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  static JsonNode json(HttpResponse<String> response) throws IOException {
    return JSON.readTree(response.body());
  }

  static JsonNode json(String text) throws IOException {
    return JSON.readTree(text);
  }

  /** The one finished span of this name. */
  SpanData span(String name) {
    List<SpanData> found =
        exported.getFinishedSpanItems().stream().filter(s -> s.getName().equals(name)).toList();
    if (found.size() != 1) {
      throw new AssertionError(found.size() + " spans are named " + name);
    }
    return found.getFirst();
  }

  SpanData root() {
    return span("inference.request");
  }

  @Override
  public void close() {
    server.close();
    client.close();
  }
}
