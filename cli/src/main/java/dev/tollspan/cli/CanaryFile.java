package dev.tollspan.cli;

import com.fasterxml.jackson.databind.node.TextNode;
import dev.tollspan.canary.Store;
import dev.tollspan.pipelineconfig.FolderName;
import dev.tollspan.pipelineconfig.PipelineConfig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * The configuration that a rehearsal runs, as the file that is made of it: every key is in it, one
 * a line, sections without a margin, their components two columns in and the keys of those four.
 * One thread.
 */
final class CanaryFile {
  /** What a pipeline lets through, by its gate. */
  enum Profile {
    STRICT,
    BALANCED,
    PASSTHROUGH
  }

  /**
   * Where spans end: an exporter that writes below a directory of its own, or is forwarded from
   * there.
   *
   * @param journal where spans wait before it
   * @param receivers that feed it
   */
  record End(
      String id,
      Store store,
      Profile profile,
      Path directory,
      Path journal,
      Set<String> receivers) {
    /** Whether what came through its gate may stand in this file. */
    boolean has(Path file) {
      return file.startsWith(directory) || file.startsWith(journal);
    }
  }

  /** A pipeline, as ids; the gate comes last of its processors. */
  private record Line(List<String> receivers, List<String> processors, List<String> exporters) {}

  /** The receiver that lets nobody in. */
  static final String GUARDED = "otlp/canary-login";

  private static final String OPEN_GATE = "drop_content/canary-open";
  private static final String FORWARDING_GATE = "drop_content/canary-forward";
  private static final String PROCESSORS = "processors";
  private static final String LOGIN = "bearertokenauth/canary";
  private static final String TRACES_PATH = "        traces_url_path: ";
  private static final String RECEIVERS = "receivers";
  private static final String EXPORTERS = "exporters";
  private static final String EXTENSIONS = "extensions";
  private static final String JOURNAL = "journal";
  private static final String SERVICE = "service";
  private static final String PIPELINES = "pipelines";

  /** Longer than a rehearsal takes. */
  private static final String RETENTION = "1d";

  private final Path directory;
  private final int requestMibMax;
  private final Map<String, Map<String, List<String>>> sections = new LinkedHashMap<>();
  private final Map<String, Line> pipelines = new LinkedHashMap<>();

  /**
   * Of a configuration that is pointed elsewhere.
   *
   * @param directory below which all is written
   * @param requestMibMax a limit for requests, where the configured one is higher
   */
  CanaryFile(PipelineConfig config, Path directory, int requestMibMax) {
    this.directory = directory;
    this.requestMibMax = requestMibMax;
    Map<String, List<String>> section = Map.of();
    List<String> keys = List.of();
    String yaml = config.redirected(directory, 1, requestMibMax).toYaml(true);
    for (String line : yaml.lines().toList()) {
      if (!line.startsWith(" ")) {
        section = new LinkedHashMap<>();
        sections.put(line.substring(0, line.indexOf(':')), section);
      } else if (line.charAt(2) == ' ' || line.charAt(2) == '-') {
        keys.add(line);
      } else {
        keys = new ArrayList<>();
        section.put(unquoted(line.strip().replaceFirst(":( \\[]| \\{})?$", "")), keys);
      }
    }
    readPipelines();
    for (String id : components(EXPORTERS).keySet()) {
      if (storeOf(id) != Store.FORWARDED) {
        String path = below(id).toString().replace("$", "$$"); // a dollar sign begins a variable
        set(EXPORTERS, id, "path", quoted(path));
      }
    }
    set(EXTENSIONS, journal(), "directory", quoted(below(journal()).toString().replace("$", "$$")));
  }

  /** Without exporters that have no effect. */
  private void readPipelines() {
    List<String> list = List.of();
    for (String line : components(SERVICE).getOrDefault(PIPELINES, List.of())) {
      String text = line.strip();
      if (line.startsWith("      - ")) {
        list.add(unquoted(text.substring(2)));
      } else if (line.startsWith("      ")) {
        Line last = List.copyOf(pipelines.values()).getLast();
        list = text.startsWith("receivers:") ? last.receivers : last.processors;
        list = text.startsWith(EXPORTERS) ? last.exporters : list;
      } else {
        Line next = new Line(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        pipelines.put(unquoted(text.replaceFirst(":$", "")), next);
      }
    }
    pipelines.values().forEach(line -> line.exporters.removeIf(id -> id.startsWith("prometheus")));
  }

  /** Where spans end, in the order of the file. */
  List<End> ends() {
    List<End> ends = new ArrayList<>();
    pipelines.forEach(
        (pipeline, line) -> {
          Profile profile = profile(line.processors.getLast());
          Path journal = below(journal()).resolve(FolderName.of(pipeline));
          for (String id : line.exporters) {
            Set<String> receivers = Set.copyOf(line.receivers);
            ends.add(new End(id, storeOf(id), profile, below(id), journal, receivers));
          }
        });
    return ends;
  }

  /** Those that pipelines name, in the order in which the process says where they listen. */
  Set<String> receivers() {
    Set<String> receivers = new LinkedHashSet<>();
    pipelines.values().forEach(line -> receivers.addAll(line.receivers));
    return receivers;
  }

  /** The path that a receiver takes spans at, over HTTP. */
  String tracesPath(String receiver) {
    for (String line : components(RECEIVERS).getOrDefault(receiver, List.of())) {
      if (line.startsWith(TRACES_PATH)) {
        return unquoted(line.substring(TRACES_PATH.length()));
      }
    }
    return "/v1/traces";
  }

  /** Adds a receiver that asks for a login which nobody has, before the first pipeline. */
  void guard() {
    List<String> lines = new ArrayList<>();
    lines.add("    protocols:");
    for (String limit : List.of("grpc max_recv_msg_size_mib: ", "http max_request_body_size: ")) {
      String unit = limit.startsWith("http") ? "MiB" : "";
      lines.add("      " + limit.substring(0, 4) + ":");
      lines.add("        endpoint: 127.0.0.1:0");
      lines.add("        " + limit.substring(5) + requestMibMax + unit);
      lines.add("        auth: {authenticator: " + LOGIN + "}");
    }
    components(RECEIVERS).put(GUARDED, lines);
    String token = UUID.randomUUID().toString();
    sections
        .computeIfAbsent(EXTENSIONS, _ -> new LinkedHashMap<>())
        .put(LOGIN, List.of("    token: " + token));
    components(SERVICE).computeIfAbsent(EXTENSIONS, _ -> new ArrayList<>()).add("  - " + LOGIN);
    List.copyOf(pipelines.values()).getFirst().receivers.add(GUARDED);
  }

  /** Forwards to this port of the loopback interface. */
  void forward(String exporter, int port) {
    set(EXPORTERS, exporter, "endpoint", "http://127.0.0.1:" + port);
  }

  /**
   * Opens every gate: files get everything, and a retention where they have none. What is forwarded
   * can be no more than what profile balanced keeps, in a pipeline of its own, because one that
   * keeps everything does not start with a forwarder.
   */
  void open() {
    Map<String, List<String>> gates = components(PROCESSORS);
    gates.put(OPEN_GATE, List.of("    profile: passthrough"));
    gates.put(FORWARDING_GATE, List.of("    profile: balanced"));
    Map<String, Line> closed = new LinkedHashMap<>(pipelines);
    pipelines.clear();
    closed.forEach(
        (id, line) -> {
          List<String> files = new ArrayList<>(line.exporters);
          files.removeIf(exporter -> storeOf(exporter) == Store.FORWARDED);
          List<String> forwarders = new ArrayList<>(line.exporters);
          forwarders.removeAll(files);
          add(id, OPEN_GATE, line, files);
          String other = id + (id.contains("/") ? "-forward" : "/forward");
          add(other, FORWARDING_GATE, line, forwarders);
        });
    for (End end : ends()) {
      if (end.store != Store.FORWARDED && get(EXPORTERS, end.id, "retention").equals("0")) {
        set(EXPORTERS, end.id, "retention", RETENTION);
      }
    }
  }

  private void add(String id, String gate, Line line, List<String> exporters) {
    if (!exporters.isEmpty()) {
      List<String> processors = new ArrayList<>(line.processors);
      processors.set(processors.size() - 1, gate);
      pipelines.put(id, new Line(line.receivers, processors, exporters));
    }
  }

  /** The file. */
  String text() {
    components(SERVICE).put(PIPELINES, lines());
    StringBuilder text = new StringBuilder();
    sections.forEach(
        (name, components) -> {
          text.append(name).append(components.isEmpty() ? ": {}\n" : ":\n");
          components.forEach(
              (id, keys) -> {
                text.append("  ").append(quoted(id)).append(keys.isEmpty() ? ": []\n" : ":\n");
                keys.forEach(line -> text.append(line).append('\n'));
              });
        });
    return text.toString();
  }

  private List<String> lines() {
    List<String> lines = new ArrayList<>();
    pipelines.forEach(
        (id, line) -> {
          lines.add("    " + quoted(id) + ":");
          lines.add("      receivers: " + quoted(line.receivers));
          lines.add("      processors: " + quoted(line.processors));
          lines.add("      exporters: " + quoted(line.exporters));
        });
    return lines;
  }

  private String journal() {
    return components(EXTENSIONS).keySet().stream()
        .filter(id -> id.equals(JOURNAL) || id.startsWith(JOURNAL + "/"))
        .findFirst()
        .orElse(JOURNAL);
  }

  private Path below(String id) {
    return directory.resolve(FolderName.of(id));
  }

  private static Store storeOf(String exporter) {
    return switch (exporter.replaceFirst("/.*", "")) {
      case "ndjson" -> Store.NDJSON;
      case "parquet" -> Store.PARQUET;
      default -> Store.FORWARDED;
    };
  }

  private Profile profile(String gate) {
    return Profile.valueOf(get(PROCESSORS, gate, "profile").toUpperCase(Locale.ROOT));
  }

  private Map<String, List<String>> components(String section) {
    return sections.getOrDefault(section, Map.of());
  }

  private String get(String section, String id, String key) {
    String start = start(key);
    for (String line : components(section).getOrDefault(id, List.of())) {
      if (line.startsWith(start)) {
        return unquoted(line.substring(start.length()));
      }
    }
    throw new IllegalStateException("the file lacks a key: " + key);
  }

  private void set(String section, String id, String key, String value) {
    String start = start(key);
    components(section)
        .getOrDefault(id, new ArrayList<>())
        .replaceAll(line -> line.startsWith(start) ? start + value : line);
  }

  private static String start(String key) {
    return "    " + key + ": ";
  }

  private static String unquoted(String text) {
    boolean quoted = text.length() > 1 && (text.charAt(0) == '\'' || text.charAt(0) == '"');
    return quoted ? text.substring(1, text.length() - 1).replace("''", "'") : text;
  }

  private static String quoted(String text) {
    return TextNode.valueOf(text).toString();
  }

  private static List<String> quoted(List<String> texts) {
    return texts.stream().map(CanaryFile::quoted).toList(); // a list is written as YAML writes one
  }
}
