package dev.tollspan.exporters.ndjson;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Reads a directory of files as anyone would, with a JSON parser that knows nothing of us. */
final class Lines {
  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .build();

  static {
    JSON.getFactory()
        .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
        .setStreamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(200).build());
  }

  private Lines() {}

  /** All visible lines, in the order of the file names. */
  static List<JsonNode> of(Path dir) throws IOException {
    List<JsonNode> lines = new ArrayList<>();
    for (Path file : files(dir)) {
      String all = Files.readString(file, StandardCharsets.UTF_8);
      assertTrue(all.endsWith("\n"), "torn: " + file);
      for (String line : all.split("\n")) {
        lines.add(parse(line));
      }
    }
    return lines;
  }

  static JsonNode parse(String json) throws IOException {
    return JSON.readTree(json);
  }

  /** The visible files, sorted by name. */
  static List<Path> files(Path dir) throws IOException {
    try (Stream<Path> all = Files.list(dir)) {
      return all.filter(f -> !f.getFileName().toString().startsWith(".")).sorted().toList();
    }
  }

  /** The names of what is hidden. */
  static List<String> hidden(Path dir) throws IOException {
    try (Stream<Path> all = Files.list(dir)) {
      return all.map(f -> f.getFileName().toString()).filter(n -> n.startsWith(".")).toList();
    }
  }
}
