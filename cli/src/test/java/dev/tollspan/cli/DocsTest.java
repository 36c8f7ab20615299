package dev.tollspan.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.tollspan.pipelineconfig.Pipeline;
import dev.tollspan.pipelineconfig.PipelineConfig;
import dev.tollspan.pipelineconfig.Reading;
import dev.tollspan.sampleinferenceservice.InferenceServer;
import dev.tollspan.sampleinferenceservice.Settings;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** What the documents point to is there, and what they tell to type works. */
class DocsTest {
  private static final Path ROOT = Path.of(System.getProperty("tollspan.root"));
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");
  private static final Pattern CODE = Pattern.compile("`([^`\\n]+)`");
  private static final Pattern PATH =
      Pattern.compile("(?<![\\w./:$-])(\\.?[A-Za-z][\\w.-]*(?:/[\\w.-]+)+/?)(?![\\w:*])");

  /** Words with a slash that are no paths of the repository. */
  private static final Set<String> NO_PATHS =
      Set.of(
          "type/name",
          "drop_content/strict",
          "drop_content/evaluation",
          "ndjson/evaluation",
          "traces/name",
          "pipelines.traces/name",
          "builtin/gpt-4o-mini",
          "flue/opentelemetry",
          "qwen/pod-1",
          "provider/model",
          "http/protobuf",
          "Asia/Shanghai",
          "clinic.example/ann",
          "meta-llama/Llama-3.2-90B-Vision-Instruct-Turbo",
          "opentelemetry.proto.collector.trace.v1.TraceService/Export");

  private static final Pattern COMMAND =
      Pattern.compile("\\./tollspan +([a-z-]+)((?: +[^\\s#|&>`;]+)*)");

  @Test
  void everyRelativeLinkLeadsToAFile() throws IOException {
    List<String> broken = new ArrayList<>();
    int links = 0;
    for (Map.Entry<Path, String> page : pages().entrySet()) {
      for (MatchResult link : LINK.matcher(page.getValue()).results().toList()) {
        String target = link.group(1).replaceFirst("#.*", "");
        if (!target.isEmpty() && !target.contains("://")) {
          links++;
          if (!Files.exists(page.getKey().resolveSibling(target))) {
            broken.add(page.getKey() + ": " + link.group(1));
          }
        }
      }
    }
    assertEquals(List.of(), broken);
    assertTrue(links > 15, "only " + links + " links seen");
  }

  @Test
  void everyAnchorOfALinkIsAHeading() throws IOException {
    List<String> broken = new ArrayList<>();
    for (Map.Entry<Path, String> page : pages().entrySet()) {
      for (MatchResult link : LINK.matcher(page.getValue()).results().toList()) {
        String[] parts = link.group(1).split("#", 2);
        if (parts.length == 2 && !link.group(1).contains("://")) {
          Path target = parts[0].isEmpty() ? page.getKey() : page.getKey().resolveSibling(parts[0]);
          if (!anchors(Files.readString(target, UTF_8)).contains(parts[1])) {
            broken.add(page.getKey() + ": " + link.group(1));
          }
        }
      }
    }
    assertEquals(List.of(), broken);
  }

  @Test
  void everyPathInCodeIsThere() throws IOException {
    Set<String> missing = new TreeSet<>();
    int paths = 0;
    for (Map.Entry<Path, String> page : pages().entrySet()) {
      for (MatchResult code : CODE.matcher(prose(page.getValue())).results().toList()) {
        for (MatchResult path : PATH.matcher(code.group(1)).results().toList()) {
          String text = path.group(1);
          if (!NO_PATHS.contains(text) && !text.contains("/target/")) { // that comes of a build
            paths++;
            if (!Files.exists(ROOT.resolve(text))) {
              missing.add(ROOT.relativize(page.getKey()) + ": " + text);
            }
          }
        }
      }
    }
    assertEquals(Set.of(), missing);
    assertTrue(paths > 8, "only " + paths + " paths seen");
  }

  @Test
  void everyCommandAndOptionIsInTheTable() throws IOException {
    CommandLine table = Tollspan.commands(Console.system());
    Set<String> unknown = new TreeSet<>();
    int commands = 0;
    for (Map.Entry<Path, String> page : pages().entrySet()) {
      for (MatchResult typed : COMMAND.matcher(page.getValue()).results().toList()) {
        commands++;
        CommandLine command = table.getSubcommands().get(typed.group(1));
        String place = ROOT.relativize(page.getKey()) + ": " + typed.group().strip();
        if (command == null) {
          unknown.add(place);
          continue;
        }
        String[] words = typed.group(2).strip().split(" +");
        CommandLine part = command.getSubcommands().get(words[0]);
        String help = part == null ? command.getUsageMessage() : part.getUsageMessage();
        for (String word : words) {
          String option = word.replaceFirst("=.*", "");
          if (option.startsWith("-") && !help.matches("(?s).*" + option + "\\b.*")) {
            unknown.add(place);
          }
        }
      }
    }
    assertEquals(Set.of(), unknown);
    assertTrue(commands > 8, "only " + commands + " commands seen");
  }

  @Test
  void theReadmeShowsCodeEarly() throws IOException {
    List<String> lines = Files.readAllLines(ROOT.resolve("README.md"), UTF_8);
    int line = 1 + lines.indexOf(lines.stream().filter(l -> l.startsWith("```")).findFirst().get());
    assertTrue(line < 15, "the first code block of README.md stands at line " + line);
  }

  /** The reference has a row for each column of the schema, in its order and with its words. */
  @Test
  void everyColumnIsInTheReferenceOfRecords() throws IOException {
    String page = Files.readString(ROOT.resolve("docs/reference/records.md"), UTF_8);
    Path schema =
        ROOT.resolve(
            "exporters/parquet/src/main/resources/dev/tollspan/exporters/parquet/span-v1.avsc");
    List<String> columns = new ArrayList<>();
    for (JsonNode field : JsonMapper.builder().build().readTree(schema.toFile()).get("fields")) {
      String nullable = field.get("type").isArray() ? "" : "never";
      columns.add(field.get("name").asText() + "|" + nullable + "|" + field.get("doc").asText());
    }
    Pattern row = Pattern.compile("(?m)^\\| `(\\w+)` \\| [\\w ]+ \\| ([^|]+) \\| (.+) \\|$");
    List<String> shown = new ArrayList<>();
    for (MatchResult found : row.matcher(page).results().toList()) {
      String nullable = found.group(2).equals("never") ? "never" : "";
      shown.add(found.group(1) + "|" + nullable + "|" + found.group(3));
    }
    assertEquals(columns, shown);
  }

  @Test
  void everyFieldOfALineIsInTheReferenceOfRecords() throws IOException {
    String page = Files.readString(ROOT.resolve("docs/reference/records.md"), UTF_8);
    Path encoder =
        ROOT.resolve(
            "exporters/ndjson/src/main/java/dev/tollspan/exporters/ndjson/FlatEncoder.java");
    Pattern field = Pattern.compile("new Column\\(\"(\\w+)\"|ascii\\(\"[{,]\\\\\"(\\w+)");
    Set<String> missing = new TreeSet<>();
    int fields = 0;
    for (MatchResult found : field.matcher(Files.readString(encoder, UTF_8)).results().toList()) {
      fields++;
      String name = found.group(1) == null ? found.group(2) : found.group(1);
      if (!page.contains("`" + name + "`")) {
        missing.add(name);
      }
    }
    assertEquals(Set.of(), missing);
    assertTrue(fields > 30, "only " + fields + " fields seen");
  }

  /** The call of the first steps, as it is written there, against the service. */
  @Test
  void theCallOfTheFirstStepsIsAnswered() throws Exception {
    String page = Files.readString(ROOT.resolve("docs/start.md"), UTF_8);
    Matcher call = Pattern.compile("curl (\\S+):8080(/v1/completions) -d '([^']+)'").matcher(page);
    assertTrue(call.find(), "docs/start.md shows no call");
    assertEquals(Settings.defaults().host() + ":8080", call.group(1) + ":8080");
    assertEquals(8080, Settings.defaults().port());
    Settings settings =
        new Settings(
            "127.0.0.1", 0, new Settings.Simulation(1, 0, 1L), Settings.Telemetry.defaults());
    try (InferenceServer server = InferenceServer.start(settings);
        HttpClient client = HttpClient.newHttpClient()) {
      // What curl sends with -d.
      HttpRequest request =
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + call.group(2)))
              .header("Content-Type", "application/x-www-form-urlencoded")
              .POST(HttpRequest.BodyPublishers.ofString(call.group(3)))
              .build();
      HttpResponse<String> answer = client.send(request, HttpResponse.BodyHandlers.ofString());
      assertEquals(200, answer.statusCode(), answer.body());
    }
  }

  /** The span of the first steps, as it is written there, against a pipeline. */
  @Test
  void theSpanOfTheFirstStepsIsTakenAndPriced(@TempDir Path files) throws Exception {
    String page = Files.readString(ROOT.resolve("docs/start.md"), UTF_8);
    Matcher call =
        Pattern.compile("curl \\S+:4318(\\S+) -H '(\\S+): (\\S+)' -d '([^']+)'").matcher(page);
    assertTrue(call.find(), "docs/start.md sends no span");
    String text =
        """
        receivers: {otlp: {protocols: {http: {endpoint: "127.0.0.1:0"}}}}
        processors: {estimate_cost: {prices: [builtin]}, drop_content: }
        exporters: {ndjson: {path: %s}}
        service:
          pipelines:
            traces:
              receivers: [otlp]
              processors: [estimate_cost, drop_content]
              exporters: [ndjson]
        """
            .formatted(files);
    Reading.Valid read =
        assertInstanceOf(Reading.Valid.class, PipelineConfig.parse("t.yaml", text, _ -> null));
    try (Pipeline pipeline = Pipeline.start(read.config());
        HttpClient client = HttpClient.newHttpClient()) {
      URI there = URI.create("http://127.0.0.1:" + pipeline.httpPort() + call.group(1));
      HttpRequest request =
          HttpRequest.newBuilder(there)
              .header(call.group(2), call.group(3))
              .POST(HttpRequest.BodyPublishers.ofString(call.group(4)))
              .build();
      HttpResponse<String> answer = client.send(request, HttpResponse.BodyHandlers.ofString());
      assertEquals("200 {}", answer.statusCode() + " " + answer.body());
    }
    try (Stream<Path> written = Files.list(files)) {
      JsonNode line = new JsonMapper().readTree(written.findFirst().orElseThrow().toFile());
      assertEquals("priced", line.path("cost_status").asText(), line.toString());
    }
  }

  /** The page without its blocks of code, whose paths are the reader's own. */
  private static String prose(String page) {
    return page.replaceAll("(?ms)^```.*?^```", "").replaceAll("(?m)^    .*$", "");
  }

  private static Set<String> anchors(String page) {
    Set<String> anchors = new TreeSet<>();
    for (String line : page.lines().filter(l -> l.startsWith("#")).toList()) {
      String heading = line.replaceFirst("#+ *", "").toLowerCase(java.util.Locale.ROOT);
      anchors.add(heading.replaceAll("[^\\w -]", "").replace(' ', '-'));
    }
    return anchors;
  }

  private static Map<Path, String> pages() throws IOException {
    Map<Path, String> pages = new TreeMap<>();
    try (Stream<Path> docs = Files.walk(ROOT.resolve("docs"))) {
      for (Path page : docs.filter(p -> p.toString().endsWith(".md")).toList()) {
        pages.put(page, Files.readString(page, UTF_8));
      }
    }
    for (String name : List.of("README.md", "CONTRIBUTING.md")) {
      pages.put(ROOT.resolve(name), Files.readString(ROOT.resolve(name), UTF_8));
    }
    return pages;
  }
}
