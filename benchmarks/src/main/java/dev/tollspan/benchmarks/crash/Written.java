package dev.tollspan.benchmarks.crash;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Reads every visible file that the pipeline left, from the first byte to the last. */
final class Written {
  private static final JsonFactory JSON = new JsonFactory();
  private static final String COST = "estimated_cost_nanousd";

  private Written() {}

  /** Each line of each NDJSON file. A file that does not end with a line's end is broken. */
  static void ndjson(Path folder, Tally tally) throws IOException {
    for (Path file : visible(folder, ".ndjson")) {
      byte[] bytes = Files.readAllBytes(file);
      if (bytes.length == 0 || bytes[bytes.length - 1] != '\n') {
        tally.broken(file);
      }
      try (BufferedReader lines = Files.newBufferedReader(file, UTF_8)) {
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
          line(line, file, tally);
        }
      }
    }
  }

  private static void line(String line, Path file, Tally tally) {
    Map<String, String> fields = new HashMap<>();
    try (JsonParser json = JSON.createParser(line)) {
      json.nextToken();
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String name = json.currentName();
        json.nextToken();
        if (json.currentToken().isStructStart()) {
          json.skipChildren();
        } else {
          fields.put(name, json.getText());
        }
      }
      Specimen found =
          new Specimen(
              fields.getOrDefault("trace_id", ""),
              fields.getOrDefault("span_id", ""),
              fields.getOrDefault("parent_span_id", ""),
              fields.getOrDefault("name", ""),
              Long.parseLong(fields.getOrDefault("start_time_ns", "")),
              Long.parseLong(fields.getOrDefault("end_time_ns", "")),
              fields.getOrDefault("service", ""),
              fields.getOrDefault("tenant_id", ""),
              fields.getOrDefault("response_model", ""),
              Long.parseLong(fields.getOrDefault("input_tokens", "")),
              Long.parseLong(fields.getOrDefault("output_tokens", "")));
      tally.found(found, Long.parseLong(fields.getOrDefault(COST, "0")), file);
    } catch (IOException | NumberFormatException _) {
      tally.broken(file);
    }
  }

  /** Each row of each Parquet file, as DuckDB reads it. */
  static void parquet(Path lake, Tally tally) throws IOException {
    try (Connection duck = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = duck.createStatement()) {
      for (Path file : visible(lake, ".parquet")) {
        try (ResultSet rows =
            statement.executeQuery(
                "SELECT trace_id, span_id, parent_span_id, name, start_unix_nano, duration_ns,"
                    + " service_name, tenant_id, response_model, input_tokens, output_tokens, "
                    + COST
                    + " FROM read_parquet('"
                    + file
                    + "', hive_partitioning = false)")) {
          while (rows.next()) {
            tally.found(row(rows), rows.getLong(12), file);
          }
        } catch (SQLException _) {
          tally.broken(file);
        }
      }
    } catch (SQLException failure) {
      throw new IOException("no DuckDB", failure);
    }
  }

  private static Specimen row(ResultSet row) throws SQLException {
    return new Specimen(
        row.getString(1),
        row.getString(2),
        row.getString(3),
        row.getString(4),
        row.getLong(5),
        row.getLong(5) + row.getLong(6),
        row.getString(7),
        row.getString(8),
        row.getString(9),
        row.getLong(10),
        row.getLong(11));
  }

  private static List<Path> visible(Path folder, String suffix) throws IOException {
    if (!Files.exists(folder)) {
      return List.of();
    }
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(Files::isRegularFile)
          .filter(file -> file.toString().endsWith(suffix) && shown(folder.relativize(file)))
          .sorted()
          .toList();
    }
  }

  private static boolean shown(Path path) {
    for (Path part : path) {
      if (part.toString().startsWith(".")) {
        return false;
      }
    }
    return true;
  }
}
