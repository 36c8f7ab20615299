package dev.tollspan.pipelineconfig;

import dev.tollspan.exporters.delivery.DeadLetters;
import dev.tollspan.exporters.delivery.DeliveryConfig;
import dev.tollspan.exporters.ndjson.NdjsonConfig;
import dev.tollspan.exporters.ndjson.NdjsonExporter;
import dev.tollspan.exporters.otlp.OtlpExporter;
import dev.tollspan.exporters.parquet.ParquetConfig;
import dev.tollspan.exporters.parquet.ParquetExporter;
import dev.tollspan.journal.JournalConfig;
import dev.tollspan.journal.JournalConfig.Durability;
import dev.tollspan.journal.JournalConfig.WhenFull;
import dev.tollspan.pipeline.SpanExporter;
import dev.tollspan.pipelineconfig.ExporterSettings.Ndjson;
import dev.tollspan.pipelineconfig.ExporterSettings.Parquet;
import dev.tollspan.pipelineconfig.ExporterSettings.Prometheus;
import dev.tollspan.pipelineconfig.ExtensionSettings.HealthCheck;
import dev.tollspan.pipelineconfig.ExtensionSettings.Journal;
import dev.tollspan.pipelineconfig.ProcessorSettings.DropContent;
import dev.tollspan.pipelineconfig.ProcessorSettings.EstimateCost;
import dev.tollspan.pipelineconfig.ReceiverSettings.Entrance;
import dev.tollspan.pipelineconfig.ReceiverSettings.Otlp;
import dev.tollspan.pipelineconfig.ServiceSettings.Traces;
import dev.tollspan.processors.cost.EstimateCostConfig;
import dev.tollspan.receiver.Login;
import dev.tollspan.receiver.OtlpReceiverConfig;
import dev.tollspan.receiver.OtlpReceiverConfig.Listen;
import dev.tollspan.spans.KeyTable;
import dev.tollspan.spans.LlmField;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What runs of a configuration, and each room's share of the heap: a quarter for requests under
 * way, a quarter for journals in memory, an eighth for arrays kept for reuse.
 *
 * @param receivers by id, as all that follow; each once, however many pipelines it feeds
 * @param exporters those without an effect are left out
 * @param disk where journals are, if they are not in memory
 * @param quarterBytes a quarter of the heap
 */
record Plan(
    Map<String, Otlp> receivers,
    Map<String, EstimateCostConfig> costs,
    Map<String, DropContent> gates,
    Map<String, ExporterSettings> exporters,
    Map<String, Line> pipelines,
    Map<String, Login> logins,
    Optional<Endpoint> health,
    Optional<Journal> disk,
    long quarterBytes) {
  private static final System.Logger LOG = System.getLogger(Plan.class.getName());
  private static final int MIB = 1 << 20;
  private static final String REMOVED = "they are removed, and their rows are lost";
  private static final JournalConfig IN_MEMORY =
      JournalConfig.defaults()
          .with(Durability.MEMORY, 1L << 40, Duration.ZERO, WhenFull.DROP_FOR_DOWN);

  /** One pipeline, as ids: the processors in their order, without the gate behind them. */
  record Line(
      List<String> receivers, List<String> processors, String gate, List<String> exporters) {}

  static Plan of(PipelineConfig config) {
    return of(config, PipelineConfig.inFlightBytesMax());
  }

  static Plan of(PipelineConfig config, long quarterBytes) {
    Plan plan =
        new Plan(
            new LinkedHashMap<>(),
            new LinkedHashMap<>(),
            new LinkedHashMap<>(),
            new LinkedHashMap<>(),
            new LinkedHashMap<>(),
            logins(config),
            first(HealthCheck.class, config).map(HealthCheck::endpoint),
            first(Journal.class, config),
            quarterBytes);
    config.service().pipelines().forEach((id, traces) -> plan.add(id, traces, config));
    return plan;
  }

  private void add(String pipeline, Traces traces, PipelineConfig config) {
    List<String> ways = new ArrayList<>();
    for (String id : traces.receivers()) {
      if (config.receivers().get(id) instanceof Otlp otlp) {
        receivers.put(id, otlp);
        ways.add(id);
      }
    }
    List<String> processors = new ArrayList<>();
    String gate = null;
    for (String id : traces.processors()) {
      switch (config.processors().get(id)) {
        case EstimateCost(EstimateCostConfig found) -> {
          costs.put(id, found);
          processors.add(id);
        }
        case DropContent found -> {
          gates.put(id, found);
          gate = id;
        }
        case null -> throw new IllegalArgumentException("processors lack " + id);
      }
    }
    if (gate == null) {
      throw new IllegalArgumentException("a pipeline without the gate does not start");
    }
    List<String> ends = new ArrayList<>();
    for (String id : traces.exporters()) {
      ExporterSettings settings = config.exporters().get(id);
      if (settings != null && !(settings instanceof Prometheus)) {
        exporters.put(id, settings);
        ends.add(id);
      }
    }
    pipelines.put(pipeline, new Line(ways, processors, gate, ends));
  }

  private static Map<String, Login> logins(PipelineConfig config) {
    Map<String, Login> logins = new LinkedHashMap<>();
    for (String id : config.service().extensions()) {
      ExtensionSettings extension = config.extensions().get(id);
      if (extension != null && extension.login() != null) {
        logins.put(id, extension.login());
      }
    }
    return logins;
  }

  private static <T extends ExtensionSettings> Optional<T> first(
      Class<T> type, PipelineConfig config) {
    return config.service().extensions().stream()
        .map(id -> config.extensions().get(id))
        .filter(type::isInstance)
        .map(type::cast)
        .findFirst();
  }

  /** The limits of each journal. In memory a dead destination must not stop the others. */
  JournalConfig journal() {
    JournalConfig config = disk.map(Journal::config).orElse(IN_MEMORY);
    long heapBytes = Math.max(MIB, quarterBytes / pipelines.size());
    return config.durability() == Durability.MEMORY
        ? config.with(
            Durability.MEMORY,
            Math.min(config.maxBytes(), heapBytes),
            config.maxAge(),
            WhenFull.DROP_FOR_DOWN)
        : config;
  }

  /** What an acknowledgement means, as the configuration words it. */
  String durability() {
    return journal().durability().name().toLowerCase(Locale.ROOT);
  }

  /** Where the journal of a pipeline is, or would be. */
  Path journalFolder(String pipeline) {
    Path directory = disk.map(Journal::directory).orElse(Path.of(""));
    return directory.resolve(FolderName.of(pipeline));
  }

  /** What keeps what an exporter's destination refuses; nothing does without a disk. */
  DeadLetters letters(String pipeline, String exporter) {
    boolean kept =
        journal().durability() != Durability.MEMORY
            && exporters.get(exporter) instanceof ExporterSettings.Otlp;
    return disk.filter(_ -> kept)
        .map(
            journal ->
                new DeadLetters(
                    LetterBox.folder(journal.directory(), pipeline, exporter),
                    journal.deadLettersBytesMax()))
        .orElseGet(DeadLetters::none);
  }

  /** How many spans each delivery remembers; 0 for none. */
  int dedupeSpans() {
    return disk.map(Journal::dedupeSpans).orElse(0);
  }

  /** The one table of the process: what any room of it asks for. */
  KeyTable keys() {
    List<String> keys = new ArrayList<>(LlmField.allKeys());
    for (EstimateCostConfig cost : costs.values()) {
      keys.addAll(dev.tollspan.processors.cost.EstimateCost.keys(cost));
    }
    for (DropContent gate : gates.values()) {
      keys.addAll(dev.tollspan.processors.content.DropContent.keys(gate.config()));
    }
    keys.addAll(NdjsonExporter.keys());
    keys.addAll(ParquetExporter.keys());
    return KeyTable.of(keys);
  }

  /** The receiver with the logins that its ports name. */
  OtlpReceiverConfig receiver(String id) {
    Otlp otlp = Objects.requireNonNull(receivers.get(id));
    OtlpReceiverConfig.Grpc grpc = null;
    OtlpReceiverConfig.Http http = null;
    int connections = 0;
    int perAddress = 0;
    if (otlp.grpc() != null) {
      Entrance entrance = otlp.grpc().entrance();
      Listen listen = guarded(otlp.grpc().config().listen(), entrance);
      grpc = otlp.grpc().config().with(listen, Integer.MAX_VALUE);
      connections = entrance.maxConnections();
      perAddress = entrance.maxConnectionsPerAddress();
    }
    if (otlp.http() != null) {
      Entrance entrance = otlp.http().entrance();
      Listen listen = guarded(otlp.http().config().listen(), entrance);
      http = otlp.http().config().with(listen, Integer.MAX_VALUE);
      connections = Math.max(connections, entrance.maxConnections());
      perAddress = Math.max(perAddress, entrance.maxConnectionsPerAddress());
    }
    return new OtlpReceiverConfig(
        grpc, http, quarterBytes / receivers.size(), connections, perAddress);
  }

  private Listen guarded(Listen listen, Entrance entrance) {
    String id = entrance.authenticator();
    Login login = logins.get(id);
    if (!id.isEmpty() && login == null) {
      throw new IllegalArgumentException(id + " is not among the extensions of the service");
    }
    return new Listen(listen.host(), listen.port(), listen.tls(), login);
  }

  /** The gate of a pipeline. */
  DropContent gate(Line pipeline) {
    return Objects.requireNonNull(gates.get(pipeline.gate()));
  }

  /** Opens an exporter; {@code content} says whether prompts may come to it. */
  SpanExporter exporter(String id, boolean content, KeyTable keys) throws IOException {
    InstantSource clock = InstantSource.system();
    return switch (exporters.get(id)) {
      case Ndjson(NdjsonConfig ndjson, Duration _) ->
          opened(
              new Files(id, ndjson.directory(), content),
              () -> new NdjsonExporter(ndjson, keys, clock));
      case Parquet(ParquetConfig parquet, Duration _) ->
          opened(
              new Files(id, parquet.directory(), content),
              () -> new ParquetExporter(parquet, keys, clock));
      case ExporterSettings.Otlp otlp -> new OtlpExporter(otlp.config(), clock);
      case Prometheus _ -> throw new IllegalArgumentException(id + " is not in this version");
      case null -> throw new IllegalArgumentException(id + " is not defined");
    };
  }

  /** What deletes an exporter's finished files; null if it keeps them, or has none. */
  @Nullable Sweep sweep(String id) {
    ExporterSettings settings = exporters.get(id);
    if (settings == null || settings.retention().isZero()) {
      return null;
    }
    Sweep.Finished finished =
        switch (settings) {
          case Ndjson ndjson -> new Sweep.Finished(ndjson.directory(), NdjsonExporter.FINISHED);
          case Parquet parquet -> new Sweep.Finished(parquet.directory(), ParquetExporter.FINISHED);
          case ExporterSettings.Otlp _, Prometheus _ ->
              throw new IllegalArgumentException(id + " has no files");
        };
    return new Sweep(id, finished, settings.retention(), InstantSource.system());
  }

  /** Where an exporter sends to; null for files. */
  Destination.@Nullable Address address(String id) {
    return exporters.get(id) instanceof ExporterSettings.Otlp otlp
        ? new Destination.Address(otlp.config().destination(), !otlp.config().plaintext())
        : null;
  }

  @FunctionalInterface
  private interface Opening {
    SpanExporter open() throws IOException;
  }

  /** Makes an exporter of files, or says which directory is in the way, and why. */
  private static SpanExporter opened(Files files, Opening opening) throws IOException {
    try {
      SpanExporter exporter = opening.open();
      String obstacle = files.content() ? Obstacle.toKeepingContent(files.directory()) : null;
      if (obstacle != null) {
        exporter.close();
        throw new IOException(obstacle);
      }
      return exporter;
    } catch (IOException e) {
      throw new IOException(files.id() + ": " + CannotWrite.sentence(files.directory(), e), e);
    }
  }

  /** An exporter of files, and whether prompts may come to it. */
  private record Files(String id, Path directory, boolean content) {}

  /** How many unfinished files stand where an exporter writes. */
  long leftovers(String id) {
    return switch (exporters.get(id)) {
      case Ndjson ndjson -> Leftovers.count(ndjson.directory());
      case Parquet parquet -> Leftovers.count(parquet.directory());
      case null, default -> 0;
    };
  }

  /** Says what an exporter has done with the unfinished files of an earlier process. */
  void sayRecovered(String id, long files) {
    if (files <= 0) {
      return;
    }
    boolean lasts = journal().durability() != Durability.MEMORY;
    String kept = exporters.get(id) instanceof Ndjson ? "their whole lines are kept" : REMOVED;
    LOG.log(
        lasts ? Level.INFO : Level.WARNING,
        "{0}: {1} files that an earlier process did not finish: {2}",
        id,
        files,
        lasts ? "their spans come again from the journal" : kept);
  }

  /** The limits of the delivery in front of an exporter. */
  DeliveryConfig delivery(String id) {
    long openBytesMax = Math.max(MIB, journal().maxBytes() / 4);
    if (exporters.get(id) instanceof ExporterSettings.Otlp otlp) {
      return otlp.retryOnFailure()
          .delivery(openBytesMax, OtlpExporter.exportBytesMax(otlp.config()));
    }
    DeliveryConfig standard = DeliveryConfig.defaults();
    return standard.withBytes(openBytesMax, standard.exportBytesMax());
  }

  static long poolBytesMax() {
    return Runtime.getRuntime().maxMemory() / 8;
  }
}
