package dev.tollspan.pipelineconfig;

import dev.tollspan.pipelineconfig.ExtensionSettings.BasicAuth;
import dev.tollspan.pipelineconfig.ProcessorSettings.DropContent;
import dev.tollspan.pipelineconfig.ProcessorSettings.EstimateCost;
import dev.tollspan.pipelineconfig.ReceiverSettings.Entrance;
import dev.tollspan.pipelineconfig.ReceiverSettings.Grpc;
import dev.tollspan.pipelineconfig.ReceiverSettings.Http;
import dev.tollspan.pipelineconfig.ReceiverSettings.Otlp;
import dev.tollspan.pipelineconfig.Section.Word;
import dev.tollspan.pipelineconfig.ServiceSettings.Traces;
import dev.tollspan.processors.cost.EstimateCostConfig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Reads which components run, and checks what holds between them. The first rule is that of the
 * gate: a pipeline without {@code drop_content} as its last processor does not start. The second:
 * what lets content through ends in files that are deleted one day. For one thread.
 */
final class ServiceReader {
  private static final String GATE = "drop_content";

  private final Findings findings;
  private final Section root;
  private final PipelineConfig components;
  private final Map<String, String> owners = new HashMap<>(); // pipelines by their exporters
  private final Map<Path, String> writers = new HashMap<>(); // components by their directories

  /**
   * The components as far as they could be read; the root is asked for ids, so that a component
   * with a problem of its own is not told to be missing as well.
   */
  ServiceReader(Findings findings, Section root, PipelineConfig components) {
    this.findings = findings;
    this.root = root;
    this.components = components;
  }

  ServiceSettings read() {
    Section service = root.section("service");
    List<Word> extensions = references(service, "extensions", Kind.EXTENSIONS);
    checkOnce(extensions, service.path("extensions"), "health_check");
    checkOnce(extensions, service.path("extensions"), "journal");
    if (service.has("telemetry")) {
      telemetry(service.section("telemetry"));
      service.warn(
          "telemetry",
          "is not in this version: no own metrics are served, and logs stay as they are");
    }
    Section pipelines = service.section("pipelines");
    Map<String, Traces> byId = new LinkedHashMap<>();
    for (String id : pipelines.keys()) {
      if (Kind.type(id).equals("traces")) {
        byId.put(id, pipeline(id, pipelines.section(id)));
      } else {
        findings.wrongWord(
            pipelines.position(id),
            pipelines.path(id),
            "pipelines carry traces only",
            Kind.type(id),
            List.of("traces", "traces/name"));
      }
    }
    if (pipelines.keys().isEmpty()) {
      service.problem("pipelines", "at least one pipeline is needed: traces");
    }
    service.finish();
    return new ServiceSettings(Word.texts(extensions), byId);
  }

  private static void telemetry(Section section) {
    Section logs = section.section("logs");
    logs.choice("level", List.of("info", "debug", "warn", "error"), List.of());
    logs.choice("encoding", List.of("console", "json"), List.of());
    Section metrics = section.section("metrics");
    metrics.text("address", new Endpoint("127.0.0.1", 8888), Endpoint::parse);
    metrics.choice("level", List.of("normal", "none", "basic", "detailed"), List.of());
  }

  private Traces pipeline(String id, Section section) {
    List<Word> receivers = references(section, "receivers", Kind.RECEIVERS);
    List<Word> processors = references(section, "processors", Kind.PROCESSORS);
    List<Word> exporters = references(section, "exporters", Kind.EXPORTERS);
    section.finish();
    checkReceivers(section, receivers);
    checkGate(section, processors);
    checkOnce(processors, section.path("processors"), "estimate_cost");
    checkBooks(section, processors);
    checkExporters(id, section, exporters);
    if (processors.stream().anyMatch(this::keepsContent)) {
      checkKeepers(section, exporters);
    }
    return new Traces(Word.texts(receivers), Word.texts(processors), Word.texts(exporters));
  }

  private List<Word> references(Section section, String key, Kind kind) {
    Set<String> defined = root.section(kind.key).keys();
    Set<String> known = new TreeSet<>(defined);
    known.removeIf(id -> !kind.types.contains(Kind.type(id)));
    Set<String> seen = new HashSet<>();
    List<Word> words = section.words(key);
    for (Word word : words) {
      if (!defined.contains(word.text())) {
        if (!isMistyped(word.text(), defined, kind)) {
          String message = "not defined below " + kind.key;
          findings.wrongWord(word.position(), section.path(key), message, word.text(), known);
        }
      } else if (!seen.add(word.text())) {
        findings.problem(word.position(), section.path(key), "stands twice in this list");
      }
    }
    return words;
  }

  /** Whether this id is defined, but for a typo in its type, which has been told there. */
  private static boolean isMistyped(String id, Set<String> defined, Kind kind) {
    return defined.stream()
        .map(Kind::type)
        .filter(type -> !kind.types.contains(type))
        .anyMatch(type -> Kind.type(id).equals(Nearest.to(type, kind.types)));
  }

  private void checkReceivers(Section section, List<Word> receivers) {
    if (receivers.isEmpty()) {
      section.problem("receivers", "at least one receiver is needed");
    }
    for (Word word : receivers) {
      if (components.receivers().get(word.text()) instanceof Otlp(Grpc grpc, Http http)) {
        if (grpc != null) {
          checkLogin(word.text(), "grpc", grpc.entrance());
        }
        if (http != null) {
          checkLogin(word.text(), "http", http.entrance());
        }
      }
    }
  }

  /** A port that names somebody who asks for a login must have it. */
  private void checkLogin(String receiver, String protocol, Entrance entrance) {
    String id = entrance.authenticator();
    boolean runs =
        root.section("service").words("extensions").stream().anyMatch(e -> e.text().equals(id));
    ExtensionSettings named = components.extensions().get(id);
    boolean lacksUsers = named instanceof BasicAuth && named.login() == null;
    boolean known = named != null && named.login() != null && runs;
    if (!id.isEmpty() && !known) {
      root.section(Kind.RECEIVERS.key)
          .section(receiver)
          .section("protocols")
          .section(protocol)
          .section("auth")
          .problem(
              "authenticator",
              lacksUsers
                  ? "has no htpasswd, so it does not say who may send"
                  : "must be a bearertokenauth or basicauth that service.extensions names");
    }
  }

  private void checkGate(Section section, List<Word> processors) {
    String path = section.path("processors");
    if (processors.stream().noneMatch(word -> Kind.type(word.text()).equals(GATE))) {
      section.problem(
          "processors", "drop_content is missing: a pipeline without the gate does not start");
      return;
    }
    checkOnce(processors, path, GATE);
    Word last = processors.getLast();
    if (!Kind.type(last.text()).equals(GATE)) {
      findings.problem(
          last.position(), path, "drop_content must be the last: nothing runs behind the gate");
    }
  }

  private void checkOnce(List<Word> words, String path, String type) {
    List<Word> ofType = new ArrayList<>(words);
    ofType.removeIf(word -> !Kind.type(word.text()).equals(type));
    ofType.removeIf(
        word -> word.text().equals(ofType.getFirst().text()) && !word.equals(ofType.getFirst()));
    for (Word more : ofType.subList(Math.min(1, ofType.size()), ofType.size())) {
      findings.problem(more.position(), path, type + " may stand here once");
    }
  }

  /** Two that price must not keep books of GPU time in one directory. */
  private void checkBooks(Section section, List<Word> processors) {
    for (Word word : processors) {
      if (components.processors().get(word.text()) instanceof EstimateCost(EstimateCostConfig cost)
          && cost.keepsBooks()) {
        checkWriter(section.path("processors"), word, cost.gpuLedger());
      }
    }
  }

  private void checkExporters(String pipeline, Section section, List<Word> exporters) {
    if (exporters.stream().allMatch(word -> Kind.type(word.text()).equals("prometheus"))) {
      section.problem(
          "exporters", "at least one of ndjson, parquet, otlp_grpc, otlp_http is needed");
    }
    for (Word word : exporters) {
      String owner = owners.putIfAbsent(word.text(), pipeline);
      if (owner != null && !owner.equals(pipeline)) {
        findings.problem(
            word.position(),
            section.path("exporters"),
            "belongs to the pipeline " + owner + ": define another, as type/name, for this one");
      }
      ExporterSettings exporter = components.exporters().get(word.text());
      Path directory = exporter == null ? null : exporter.directory();
      if (directory != null) {
        checkWriter(section.path("exporters"), word, directory);
      }
    }
  }

  private void checkWriter(String key, Word word, Path directory) {
    String first = writers.putIfAbsent(Obstacle.real(directory), word.text());
    if (first != null && !first.equals(word.text())) {
      findings.problem(word.position(), key, "writes to the directory of " + first);
    }
  }

  private boolean keepsContent(Word processor) {
    return components.processors().get(processor.text()) instanceof DropContent gate
        && gate.keepsContent();
  }

  /** What content may go to: files, because only those can be deleted. */
  private void checkKeepers(Section section, List<Word> exporters) {
    for (Word word : exporters) {
      ExporterSettings exporter = components.exporters().get(word.text());
      String retention = Kind.EXPORTERS.key + "." + word.text() + ".retention";
      if (exporter != null && exporter.directory() == null) {
        findings.problem(
            word.position(),
            section.path("exporters"),
            "not in a pipeline of profile passthrough: only ndjson and parquet can delete prompts");
      } else if (exporter != null
          && exporter.retention().isZero()
          && !findings.isUnreadable(retention)) {
        findings.problem(
            word.position(),
            section.path("exporters"),
            "must name a retention, such as 7d: this pipeline keeps prompts (profile passthrough)");
      }
    }
  }
}
