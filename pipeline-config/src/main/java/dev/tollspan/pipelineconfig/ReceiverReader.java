package dev.tollspan.pipelineconfig;

import dev.tollspan.pipelineconfig.ReceiverSettings.Entrance;
import dev.tollspan.pipelineconfig.ReceiverSettings.Grpc;
import dev.tollspan.pipelineconfig.ReceiverSettings.Http;
import dev.tollspan.pipelineconfig.ReceiverSettings.Otlp;
import dev.tollspan.pipelineconfig.Section.Word;
import dev.tollspan.receiver.Cors;
import dev.tollspan.receiver.OtlpReceiverConfig;
import dev.tollspan.receiver.OtlpReceiverConfig.KeepAlive;
import dev.tollspan.receiver.OtlpReceiverConfig.Listen;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Reads what lies below a receiver of OTLP. */
final class ReceiverReader {
  private static final int MIB = 1 << 20;
  private static final int CONNECTIONS_MAX = 1_000_000;
  private static final List<String> ALGORITHMS = List.of("", "none", "identity", "gzip", "zstd");

  /** Keys of the Collector's that change nothing here, and why. */
  private static final Map<String, String> GRPC_WITHOUT_EFFECT =
      Map.of(
          "transport", "it is tcp",
          "read_buffer_size", "buffers grow as they need",
          "write_buffer_size", "buffers grow as they need",
          "include_metadata", "headers of requests are not kept",
          "middlewares", "there are none in this version");

  private static final Map<String, String> HTTP_WITHOUT_EFFECT =
      Map.of(
          "metrics_url_path", "metrics are not taken",
          "logs_url_path", "logs are not taken",
          "include_metadata", "headers of requests are not kept",
          "write_timeout", "answers are small, and who does not read them is cut off",
          "keep_alives_enabled", "connections are kept",
          "middlewares", "there are none in this version");

  private final long inFlightBytesMax;

  ReceiverReader(long inFlightBytesMax) {
    this.inFlightBytesMax = inFlightBytesMax;
  }

  Otlp read(Section section) {
    Section protocols = section.section("protocols");
    Grpc grpc = protocols.has("grpc") ? grpc(protocols.section("grpc")) : null;
    Http http = protocols.has("http") ? http(protocols.section("http")) : null;
    if (grpc == null && http == null) {
      section.problem("protocols", "at least one protocol is needed, such as grpc");
    }
    protocols.finish();
    return new Otlp(grpc, http);
  }

  private Grpc grpc(Section section) {
    Listen free = new Listen("127.0.0.1", 4317);
    OtlpReceiverConfig.Grpc standard = OtlpReceiverConfig.Grpc.at(free);
    String sizeKey = "max_recv_msg_size_mib";
    long mib = section.number(sizeKey, 64, 1, 1024);
    int bytes = (int) Math.min(lowered(section, sizeKey, mib * MIB), 1024 * MIB);
    int calls =
        (int) section.number("max_concurrent_streams", standard.callsMax(), 1, CONNECTIONS_MAX);
    KeepAlive times = keepAlive(section.section("keepalive"));
    Entrance entrance = entrance(section);
    Listen listen = listen(section, free, entrance);
    GRPC_WITHOUT_EFFECT.forEach(section::withoutEffect);
    section.finish();
    return new Grpc(
        section.checked(standard, () -> new OtlpReceiverConfig.Grpc(listen, bytes, calls, times)),
        entrance);
  }

  private static KeepAlive keepAlive(Section section) {
    KeepAlive usual = KeepAlive.USUAL;
    Section server = section.section("server_parameters");
    KeepAlive ours =
        server.checked(
            usual,
            () ->
                new KeepAlive(
                    server.value("max_connection_idle", usual.idleMax(), Units::duration),
                    server.value("max_connection_age", usual.ageMax(), Units::duration),
                    server.value("max_connection_age_grace", usual.ageGrace(), Units::duration),
                    server.value("time", usual.pingAfter(), Units::duration),
                    server.value("timeout", usual.pingTimeout(), Units::duration),
                    usual.clientPingMin(),
                    usual.pingsWithoutCalls()));
    server.finish();
    Section policy = section.section("enforcement_policy");
    KeepAlive both =
        policy.checked(
            ours,
            () ->
                new KeepAlive(
                    ours.idleMax(),
                    ours.ageMax(),
                    ours.ageGrace(),
                    ours.pingAfter(),
                    ours.pingTimeout(),
                    policy.value("min_time", usual.clientPingMin(), Units::duration),
                    policy.flag("permit_without_stream", usual.pingsWithoutCalls())));
    policy.finish();
    section.finish();
    return both;
  }

  private Http http(Section section) {
    Listen free = new Listen("127.0.0.1", 4318);
    OtlpReceiverConfig.Http standard = OtlpReceiverConfig.Http.at(free);
    String sizeKey = "max_request_body_size";
    long wanted = section.value(sizeKey, (long) standard.requestBytesMax(), Units::bytes);
    long lowered = lowered(section, sizeKey, wanted);
    int bytes = (int) Math.min(lowered, Integer.MAX_VALUE);
    String path = section.text("traces_url_path", standard.path(), Function.identity());
    List<String> algorithms = algorithms(section);
    Cors cors = cors(section.section("cors"));
    Map<String, String> fields = section.section("response_headers").texts();
    Duration read = section.value("read_timeout", standard.readTimeout(), Units::duration);
    Duration head =
        section.value("read_header_timeout", standard.readHeaderTimeout(), Units::duration);
    Duration idle = section.value("idle_timeout", standard.idleTimeout(), Units::duration);
    Entrance entrance = entrance(section);
    Listen listen = listen(section, free, entrance);
    if (cors.isForAll() && !entrance.authenticator().isEmpty()) {
      section.problem("cors", "must name its origins where a login is asked for, not *");
    }
    HTTP_WITHOUT_EFFECT.forEach(section::withoutEffect);
    section.finish();
    return new Http(
        section.checked(
            standard,
            () ->
                new OtlpReceiverConfig.Http(
                    listen,
                    bytes,
                    path,
                    algorithms.contains("gzip"),
                    algorithms.contains("zstd"),
                    cors,
                    fields,
                    read,
                    head,
                    idle)),
        entrance);
  }

  private static List<String> algorithms(Section section) {
    String key = "compression_algorithms";
    if (!section.has(key)) {
      return ALGORITHMS;
    }
    List<String> algorithms = new ArrayList<>();
    for (Word word : section.words(key)) {
      if (ALGORITHMS.contains(word.text())) {
        algorithms.add(word.text());
      } else {
        section.problem(key, "expected none, gzip and zstd; others are not in this version");
      }
    }
    return algorithms;
  }

  private static Cors cors(Section section) {
    List<String> origins = Word.texts(section.words("allowed_origins"));
    List<String> headers = Word.texts(section.words("allowed_headers"));
    Duration maxAge = section.value("max_age", Duration.ZERO, ReceiverReader::seconds);
    section.withoutEffect("exposed_headers", "answers have no header that a page needs");
    section.finish();
    return section.checked(Cors.OFF, () -> new Cors(origins, headers, maxAge));
  }

  /** The Collector has a plain number of seconds here. */
  private static Duration seconds(String text) {
    return text.matches("[0-9]{1,9}")
        ? Duration.ofSeconds(Long.parseLong(text))
        : Units.duration(text);
  }

  private static Entrance entrance(Section section) {
    Section auth = section.section("auth");
    String authenticator = auth.text("authenticator", "", Function.identity());
    if (section.has("auth") && authenticator.isEmpty()) {
      auth.problem("authenticator", "missing: the id of an extension, such as bearertokenauth");
    }
    auth.withoutEffect("request_params", "credentials are taken from a header alone");
    auth.finish();
    return new Entrance(
        authenticator,
        (int)
            section.number(
                "max_connections", OtlpReceiverConfig.CONNECTIONS_MAX, 1, CONNECTIONS_MAX),
        (int)
            section.number(
                "max_connections_per_address",
                OtlpReceiverConfig.ADDRESS_CONNECTIONS_MAX,
                1,
                CONNECTIONS_MAX));
  }

  private static Listen listen(Section section, Listen fallback, Entrance entrance) {
    Endpoint endpoint = section.text("endpoint", Endpoint.of(fallback), Endpoint::parse);
    Listen listen =
        new Listen(
            endpoint.host(),
            endpoint.port(),
            section.has("tls") ? ServerTlsReader.read(section.section("tls")) : null,
            null);
    String lacking = lacking(listen.tls() != null, !entrance.authenticator().isEmpty());
    if (!endpoint.isLoopback() && !lacking.isEmpty()) {
      section.warn(
          "endpoint", "is open to more than this machine, without " + lacking + " to protect it");
    }
    return listen;
  }

  private static String lacking(boolean tls, boolean auth) {
    if (tls) {
      return auth ? "" : "auth";
    }
    return auth ? "tls" : "tls and auth";
  }

  /**
   * A limit for requests that can hold: no connection has more than a share of the in-flight
   * budget.
   */
  private long lowered(Section section, String key, long bytes) {
    long budget = inFlightBytesMax;
    long share = OtlpReceiverConfig.connectionBytesMax(budget);
    if (share < MIB || (bytes > budget && section.has(key))) {
      section.problem(
          key,
          "%s exceed the in-flight budget of %s (25 %% of the heap)"
                  .formatted(mib(bytes), mib(budget))
              + ": give the process more heap, or lower the limit");
    } else if (bytes > share) {
      section.warn(
          key,
          ("%s exceed the %s that one connection may hold (three quarters of the"
                  + " in-flight budget, which is 25 %% of the heap): taken as %s")
              .formatted(
                  mib(bytes),
                  mib(share),
                  key.endsWith("_mib") ? String.valueOf(share / MIB) : mib(share)));
      return share / MIB * MIB;
    }
    return bytes;
  }

  private static String mib(long bytes) {
    return bytes / MIB + " MiB";
  }
}
