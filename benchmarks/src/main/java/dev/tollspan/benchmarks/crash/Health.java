package dev.tollspan.benchmarks.crash;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the health page of the pipeline says.
 *
 * @param values by JSON pointer
 */
record Health(Map<String, String> values) {
  private static final JsonFactory JSON = new JsonFactory();
  private static final int TIMEOUT_MILLIS = 2_000;

  /** Asks for it; an IOException if nobody answers or it is not ready. */
  static Health ask(int port) throws IOException {
    HttpURLConnection connection =
        (HttpURLConnection)
            URI.create("http://127.0.0.1:" + port + "/health").toURL().openConnection();
    connection.setConnectTimeout(TIMEOUT_MILLIS);
    connection.setReadTimeout(TIMEOUT_MILLIS);
    Map<String, String> values = new TreeMap<>();
    try (InputStream in = connection.getInputStream();
        JsonParser json = JSON.createParser(in)) {
      for (JsonToken token = json.nextToken(); token != null; token = json.nextToken()) {
        if (token.isScalarValue()) {
          values.put(json.getParsingContext().pathAsPointer().toString(), json.getText());
        }
      }
    }
    return new Health(values);
  }

  /** Whether nothing waits for any of these exporters, and the books are right. */
  boolean settled(List<String> exporters) {
    return "ok".equals(values.get("/balance"))
        && exporters.stream().allMatch(id -> number(id, "pending") == 0);
  }

  /** A figure of an exporter; 0 if it is not there. */
  long number(String exporter, String figure) {
    return Long.parseLong(
        values.getOrDefault("/pipelines/traces/exporters/" + exporter + "/" + figure, "0"));
  }

  long accepted() {
    return Long.parseLong(values.getOrDefault("/accepted", "0"));
  }

  String balance() {
    return values.getOrDefault("/balance", "?") + " " + values.getOrDefault("/unbalanced", "");
  }
}
