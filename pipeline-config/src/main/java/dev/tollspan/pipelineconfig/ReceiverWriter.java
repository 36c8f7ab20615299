package dev.tollspan.pipelineconfig;

import static dev.tollspan.pipelineconfig.YamlWriter.map;
import static dev.tollspan.pipelineconfig.YamlWriter.text;
import static dev.tollspan.pipelineconfig.YamlWriter.texts;

import dev.tollspan.pipelineconfig.ReceiverSettings.Entrance;
import dev.tollspan.pipelineconfig.ReceiverSettings.Grpc;
import dev.tollspan.pipelineconfig.ReceiverSettings.Http;
import dev.tollspan.pipelineconfig.ReceiverSettings.Otlp;
import dev.tollspan.receiver.Cors;
import dev.tollspan.receiver.OtlpReceiverConfig;
import dev.tollspan.receiver.OtlpReceiverConfig.KeepAlive;
import dev.tollspan.receiver.OtlpReceiverConfig.Listen;
import dev.tollspan.receiver.Pem;
import dev.tollspan.receiver.ServerTls;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Writes receivers of OTLP; {@link ReceiverReader} reads them. */
final class ReceiverWriter {
  private static final int MIB = 1 << 20;

  private final UnaryOperator<String> mask;

  /** {@code mask} is put over each secret. */
  ReceiverWriter(UnaryOperator<String> mask) {
    this.mask = mask;
  }

  Map<String, Object> write(Otlp otlp) {
    Map<String, Object> protocols = map();
    if (otlp.grpc() != null) {
      protocols.put("grpc", write(otlp.grpc()));
    }
    if (otlp.http() != null) {
      protocols.put("http", write(otlp.http()));
    }
    return map("protocols", protocols);
  }

  private Map<String, Object> write(Grpc grpc) {
    OtlpReceiverConfig.Grpc config = grpc.config();
    KeepAlive times = config.keepAlive();
    Map<String, Object> map =
        map(
            "endpoint", text(grpc.endpoint()),
            "max_recv_msg_size_mib", config.requestBytesMax() / MIB,
            "max_concurrent_streams", config.callsMax());
    map.put(
        "keepalive",
        map(
            "server_parameters",
            map(
                "max_connection_idle", Units.text(times.idleMax()),
                "max_connection_age", Units.text(times.ageMax()),
                "max_connection_age_grace", Units.text(times.ageGrace()),
                "time", Units.text(times.pingAfter()),
                "timeout", Units.text(times.pingTimeout())),
            "enforcement_policy",
            map(
                "min_time", Units.text(times.clientPingMin()),
                "permit_without_stream", times.pingsWithoutCalls())));
    putEntrance(map, config.listen(), grpc.entrance());
    return map;
  }

  private Map<String, Object> write(Http http) {
    OtlpReceiverConfig.Http config = http.config();
    List<String> algorithms = new ArrayList<>(List.of("none"));
    if (config.takesGzip()) {
      algorithms.add("gzip");
    }
    if (config.takesZstd()) {
      algorithms.add("zstd");
    }
    Map<String, Object> map =
        map(
            "endpoint", text(http.endpoint()),
            "traces_url_path", text(config.path()),
            "max_request_body_size", Units.text((long) config.requestBytesMax()),
            "compression_algorithms", algorithms);
    Cors cors = config.cors();
    if (!cors.allowedOrigins().isEmpty()) {
      map.put(
          "cors",
          map(
              "allowed_origins", texts(cors.allowedOrigins()),
              "allowed_headers", texts(cors.allowedHeaders()),
              "max_age", Units.text(cors.maxAge())));
    }
    if (!config.responseHeaders().isEmpty()) {
      Map<String, Object> fields = map();
      config.responseHeaders().forEach((name, value) -> fields.put(name, text(value)));
      map.put("response_headers", fields);
    }
    map.put("read_timeout", Units.text(config.readTimeout()));
    map.put("read_header_timeout", Units.text(config.readHeaderTimeout()));
    map.put("idle_timeout", Units.text(config.idleTimeout()));
    putEntrance(map, config.listen(), http.entrance());
    return map;
  }

  private void putEntrance(Map<String, Object> map, Listen listen, Entrance entrance) {
    if (listen.tls() != null) {
      map.put("tls", tls(listen.tls()));
    }
    if (!entrance.authenticator().isEmpty()) {
      map.put("auth", map("authenticator", text(entrance.authenticator())));
    }
    map.put("max_connections", entrance.maxConnections());
    map.put("max_connections_per_address", entrance.maxConnectionsPerAddress());
  }

  private Map<String, Object> tls(ServerTls tls) {
    Map<String, Object> map = map();
    putPem(map, "cert", tls.certificate());
    putPem(map, "key", tls.key());
    if (tls.clientCa() != null) {
      putPem(map, "client_ca", tls.clientCa());
      map.put("client_ca_file_reload", tls.reloadsClientCa());
    }
    map.put("reload_interval", Units.text(tls.reloadInterval()));
    map.put("min_version", tls.minVersion());
    map.put("max_version", tls.maxVersion());
    if (!tls.cipherSuites().isEmpty()) {
      map.put("cipher_suites", texts(tls.cipherSuites()));
    }
    return map;
  }

  private void putPem(Map<String, Object> map, String key, @Nullable Pem pem) {
    if (pem != null && pem.file() != null) {
      map.put(key + "_file", text(pem.file()));
    } else if (pem != null) {
      map.put(key + "_pem", mask.apply(pem.text()));
    }
  }
}
