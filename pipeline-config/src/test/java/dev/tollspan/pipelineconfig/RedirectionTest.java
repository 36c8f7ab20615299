package dev.tollspan.pipelineconfig;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A rehearsal must not touch what the pipeline beside it writes, hears or feeds. */
class RedirectionTest {
  private static final Path ELSEWHERE = Path.of("/rehearsal");

  @Test
  void nothingOfTheFullExampleStaysWhereItWas() throws IOException {
    Path example = Path.of(System.getProperty("tollspan.root"), "examples/pipeline.yaml");
    String before = redirected(Files.readString(example, UTF_8)).toYaml(true);
    assertEquals(before, redirected(before).toYaml(true));
    for (String place :
        List.of("tollspan-data", "4317", "4318", "8889", "13133", "demo", "tls: {")) {
      assertFalse(before.contains(place), place + " in\n" + before);
    }
    assertEquals(4, before.split("127.0.0.1:0", -1).length - 1, before);
    assertTrue(before.contains("endpoint: http://127.0.0.1:5555\n"), before);
    for (String id : List.of("ndjson", "parquet", "journal", "estimate_cost")) {
      assertTrue(before.contains("/rehearsal/" + id + "\n"), id + " in\n" + before);
    }
    assertTrue(before.contains("max_recv_msg_size_mib: 4\n"), before);
  }

  /** What sends to a rehearsal has no certificates and no logins; what it forwards to has gRPC. */
  @Test
  void waysInAndOutArePlainAndWithoutCredentials() {
    String text =
        """
        receivers:
          otlp:
            protocols:
              http: {tls: {cert_file: c, key_file: k}, auth: {authenticator: basicauth}}
        processors: {drop_content: }
        exporters:
          otlp_http: {endpoint: "https://a", auth: {authenticator: bearertokenauth}}
          otlp_http/b: {endpoint: "https://b", auth: {authenticator: basicauth}}
        extensions:
          bearertokenauth: {token: canary}
          basicauth:
            htpasswd: {inline: "ann:canary"}
            client_auth: {username: canary, password: canary}
        service:
          extensions: [basicauth]
          pipelines:
            traces:
              receivers: [otlp]
              processors: [drop_content]
              exporters: [otlp_http, otlp_http/b]
        """;
    String after = redirected(text).toYaml(true);
    assertEquals(after, redirected(after).toYaml(true));
    for (String gone : List.of("canary", "cert_file", "authenticator", "  otlp_http", "https")) {
      assertFalse(after.contains(gone), gone + " in\n" + after);
    }
    for (String there :
        List.of("      grpc:\n", "      http:\n", "  otlp_grpc/otlp_http:\n", "/otlp_http.b:\n")) {
      assertTrue(after.contains(there), there + " in\n" + after);
    }
  }

  @Test
  void pricesAndTheGateStayAsTheyAre() {
    String text =
        """
        receivers: {otlp: {protocols: {grpc: {max_recv_msg_size_mib: 1}}}}
        processors: {estimate_cost: {prices: [mine.tsv]}, drop_content: {allow: [my.key]}}
        exporters: {ndjson/a: {path: a}, ndjson/b: {path: b}}
        service:
          pipelines:
            traces:
              receivers: [otlp]
              processors: [estimate_cost, drop_content]
              exporters: [ndjson/a, ndjson/b]
        """;
    String after = redirected(text).toYaml(true);
    for (String kept :
        List.of(
            "- mine.tsv",
            "- my.key",
            "/ndjson-a\n",
            "/ndjson-b\n",
            "mib: 1\n",
            "      http:\n",
            "max_request_body_size: 4MiB\n")) {
      assertTrue(after.contains(kept), kept + " in\n" + after);
    }
  }

  private static PipelineConfig redirected(String text) {
    Reading reading = PipelineConfig.parse("test", text, name -> null, 1L << 30);
    return assertInstanceOf(Reading.Valid.class, reading, reading.toString())
        .config()
        .redirected(ELSEWHERE, 5_555, 4);
  }
}
