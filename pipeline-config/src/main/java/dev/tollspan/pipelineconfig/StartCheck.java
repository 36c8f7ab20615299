package dev.tollspan.pipelineconfig;

import dev.tollspan.exporters.otlp.Auth;
import dev.tollspan.exporters.otlp.OtlpConfig;
import dev.tollspan.exporters.otlp.OtlpExporter;
import dev.tollspan.exporters.otlp.Tls;
import dev.tollspan.journal.JournalConfig.Durability;
import dev.tollspan.pipelineconfig.ExporterSettings.Ndjson;
import dev.tollspan.pipelineconfig.ExporterSettings.Parquet;
import dev.tollspan.pipelineconfig.ExporterSettings.Prometheus;
import dev.tollspan.pipelineconfig.ExtensionSettings.HealthCheck;
import dev.tollspan.pipelineconfig.ExtensionSettings.Journal;
import dev.tollspan.pipelineconfig.ProcessorSettings.DropContent;
import dev.tollspan.pipelineconfig.ProcessorSettings.EstimateCost;
import dev.tollspan.pipelineconfig.ReceiverSettings.Otlp;
import dev.tollspan.pipelineconfig.ServiceSettings.Traces;
import dev.tollspan.prices.BadPricesException;
import dev.tollspan.prices.PriceBook;
import dev.tollspan.processors.content.DropContentConfig;
import dev.tollspan.processors.content.HashKeySource;
import dev.tollspan.processors.cost.EstimateCostConfig;
import dev.tollspan.receiver.Login;
import dev.tollspan.receiver.Pem;
import dev.tollspan.receiver.ServerTls;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Looks at what a configuration points to, without making or opening any of it: price files,
 * certificates and keys, the directories of exporters, and ports. Only what runs is looked at. For
 * one thread.
 */
public final class StartCheck {
  private static final int SEEN_SPAN_BYTES = 48;

  private final PipelineConfig config;
  private final Places places;
  private final Findings findings;
  private final Map<String, PriceBook> prices = new HashMap<>();

  private StartCheck(Reading.Valid reading) {
    config = reading.config();
    places = reading.places();
    findings = new Findings(places.file());
  }

  /**
   * What was found.
   *
   * @param problems all that would keep this configuration from starting on this machine, in the
   *     order of the file; whether a port is free shows when it is taken
   * @param warnings what starts, but is hardly meant so
   * @param prices the price books that were read on the way, by the id of their processor; those
   *     with a problem are missing
   */
  public record Found(
      List<Problem> problems, List<Problem> warnings, Map<String, PriceBook> prices) {
    public Found {
      problems = List.copyOf(problems);
      warnings = List.copyOf(warnings);
      prices = Map.copyOf(prices);
    }
  }

  /** Looks. */
  public static Found look(Reading.Valid reading) {
    StartCheck check = new StartCheck(reading);
    Set<String> processors = new LinkedHashSet<>();
    Set<String> receivers = new LinkedHashSet<>();
    Set<String> exporters = new LinkedHashSet<>();
    boolean anyContent = false;
    for (Traces traces : reading.config().service().pipelines().values()) {
      processors.addAll(traces.processors());
      receivers.addAll(traces.receivers());
      boolean content = traces.processors().stream().anyMatch(check::keepsContent);
      traces.exporters().forEach(id -> check.exporter(id, content));
      exporters.addAll(traces.exporters());
      anyContent |= content;
    }
    for (String id : reading.config().service().extensions()) {
      check.journal(id, anyContent, exporters.size());
    }
    processors.forEach(check::processor);
    check.ports(receivers, exporters);
    return new Found(check.findings.problems(), check.findings.warnings(), check.prices);
  }

  private boolean keepsContent(String id) {
    return config.processors().get(id) instanceof DropContent gate && gate.keepsContent();
  }

  private void processor(String id) {
    String path = Kind.PROCESSORS.key + "." + id;
    if (config.processors().get(id) instanceof DropContent(DropContentConfig gate)) {
      gate(path, gate);
    }
    if (config.processors().get(id) instanceof EstimateCost(EstimateCostConfig cost)) {
      try {
        prices.put(id, dev.tollspan.processors.cost.EstimateCost.load(cost));
      } catch (BadPricesException bad) {
        for (dev.tollspan.prices.Problem problem : bad.problems()) {
          price(path, cost, problem);
        }
        int more = bad.count() - bad.problems().size();
        if (more > 0) {
          String prices = path + ".prices";
          findings.problem(places.of(prices), prices, "and " + more + " more problems of prices");
        }
      }
    }
  }

  private void gate(String path, DropContentConfig gate) {
    hashKey(path, GateReader.HASH_KEY, gate.hashKey());
    hashKey(path, GateReader.PREVIOUS_HASH_KEY, gate.previousHashKey());
    if (!gate.hash().isEmpty() && gate.hashKey().equals(HashKeySource.NONE)) {
      warn(
          path + ".hash",
          "without hash_key_file each process has a key of its own: its hashes cannot be joined"
              + " with those of another");
    }
    twice(path + ".hash", gate.hash(), "deny", gate.deny());
    twice(path + ".allow", gate.allow(), "deny", gate.deny());
    twice(path + ".allow", gate.allow(), "hash", gate.hash());
  }

  /** Of two lists with one key the second counts. */
  private void twice(String path, List<String> keys, String counts, List<String> others) {
    List<String> both = new ArrayList<>(keys);
    both.retainAll(others);
    both.forEach(key -> warn(path, key + " stands under " + counts + ", too, and that counts"));
  }

  private void warn(String path, String message) {
    findings.warn(places.of(path), path, message);
  }

  private void hashKey(String path, String prefix, HashKeySource source) {
    try {
      source.check();
      if (source.file() != null && Obstacle.isOpenToAll(source.file())) {
        warn(path + "." + prefix + "_file", "others can read the key: chmod 600 " + source.file());
      }
    } catch (IllegalArgumentException wrong) {
      String key = path + "." + prefix + (source.file() == null ? "_env" : "_file");
      findings.problem(places.of(key), key, String.valueOf(wrong.getMessage()));
    }
  }

  private void price(String path, EstimateCostConfig cost, dev.tollspan.prices.Problem problem) {
    int book = cost.prices().indexOf(problem.file());
    if (book >= 0) {
      String prices = path + ".prices";
      findings.problem(places.of(prices + "[" + book + "]"), prices, problem.toString());
    } else if (problem.file().equals("default_price")) {
      String key = path + ".default_price";
      findings.problem(places.of(key), key, problem.cause());
    } else {
      String key = path + ".model_overrides";
      findings.problem(places.of(key), key, problem.toString());
    }
  }

  private void exporter(String id, boolean content) {
    String path = Kind.EXPORTERS.key + "." + id;
    switch (config.exporters().get(id)) {
      case Ndjson ndjson -> directory(path + ".path", ndjson.directory(), content);
      case Parquet parquet -> directory(path + ".path", parquet.directory(), content);
      case ExporterSettings.Otlp otlp -> {
        token(path, otlp.config().auth());
        if (!otlp.config().plaintext()) {
          tls(path, otlp.config());
        }
      }
      case Prometheus _ -> {}
      case null -> {}
    }
  }

  private void journal(String id, boolean content, int exporters) {
    if (config.extensions().get(id) instanceof Journal journal) {
      String path = Kind.EXTENSIONS.key + "." + id;
      if (journal.config().durability() != Durability.MEMORY) {
        directory(path + ".directory", journal.directory(), content);
      }
      long most = Runtime.getRuntime().maxMemory() / 8 / SEEN_SPAN_BYTES / Math.max(1, exporters);
      if (journal.dedupeSpans() > most) {
        String key = path + ".dedupe_spans";
        findings.problem(
            places.of(key),
            key,
            "takes more than an eighth of the heap, which has room for " + most);
      }
    }
  }

  private void directory(String path, Path directory, boolean content) {
    String obstacle = Obstacle.toWriting(directory);
    if (obstacle == null && content) {
      obstacle = Obstacle.toKeepingContent(directory);
    }
    if (obstacle != null) {
      findings.problem(places.of(path), path, obstacle);
    }
  }

  private void token(String path, Auth auth) {
    if (auth instanceof Auth.FromFile file) {
      isReadable(path + ".auth", file.file());
    }
  }

  private void tls(String path, OtlpConfig otlp) {
    Tls tls = otlp.tls();
    Path cert = tls.certFile();
    Path key = tls.keyFile();
    Pem ca = tls.caFile() == null ? null : Pem.of(tls.caFile());
    Pem certificate = cert == null ? null : Pem.of(cert);
    if (areGood(path + ".tls", "ca", ca, certificate, key == null ? null : Pem.of(key))) {
      try {
        new OtlpExporter(withoutAuth(otlp), InstantSource.fixed(Instant.EPOCH)).close();
      } catch (IllegalArgumentException | IllegalStateException _) {
        findings.problem(
            places.of(path + ".tls"),
            path + ".tls",
            "a file holds no PEM certificates, or no PEM key of PKCS 8: " + files(tls));
      }
    }
  }

  /**
   * Whether these, those that are there, can be read and fit together.
   *
   * @param authority the first word of the key that names it
   */
  private boolean areGood(
      String path,
      String authority,
      @Nullable Pem ca,
      @Nullable Pem certificate,
      @Nullable Pem key) {
    boolean isTrust = isGood(path + "." + authority, ca, PemCheck::certificates);
    boolean isCertificate = isGood(path + ".cert", certificate, PemCheck::certificates);
    boolean isKey = isGood(path + ".key", key, PemCheck::key);
    if (!isCertificate || !isKey || certificate == null || key == null) {
      return isTrust && isCertificate && isKey;
    }
    return isGood(path + ".key", key, of -> PemCheck.pair(certificate, of)) && isTrust;
  }

  private boolean isGood(String start, @Nullable Pem pem, Function<Pem, @Nullable String> check) {
    if (pem == null) {
      return true;
    }
    String path = start + (pem.file() == null ? "_pem" : "_file");
    if (!isReadable(path, pem.file())) {
      return false;
    }
    String wrong = check.apply(pem);
    if (wrong != null) {
      findings.problem(places.of(path), path, wrong);
    }
    return wrong == null;
  }

  private static OtlpConfig withoutAuth(OtlpConfig otlp) {
    return new OtlpConfig(
        otlp.protocol(),
        otlp.endpoint(),
        otlp.compression(),
        otlp.headers(),
        Auth.none(),
        otlp.tls(),
        otlp.calls());
  }

  private boolean isReadable(String path, @Nullable Path file) {
    String obstacle = file == null ? null : Obstacle.toReading(file);
    if (obstacle != null) {
      findings.problem(places.of(path), path, obstacle);
    }
    return obstacle == null;
  }

  private static String files(Tls tls) {
    StringBuilder names = new StringBuilder();
    for (Path file : new Path[] {tls.caFile(), tls.certFile(), tls.keyFile()}) {
      if (file != null) {
        names.append(names.isEmpty() ? "" : ", ").append(Obstacle.whole(file));
      }
    }
    return names.toString();
  }

  private void ports(Set<String> receivers, Set<String> exporters) {
    Map<String, Endpoint> listening = new LinkedHashMap<>();
    for (String id : receivers) {
      if (config.receivers().get(id) instanceof Otlp otlp) {
        String path = Kind.RECEIVERS.key + "." + id + ".protocols.";
        if (otlp.grpc() != null) {
          listen(path + "grpc.endpoint", otlp.grpc().endpoint(), listening);
          serverTls(path + "grpc.tls", otlp.grpc().config().listen().tls());
        }
        if (otlp.http() != null) {
          listen(path + "http.endpoint", otlp.http().endpoint(), listening);
          serverTls(path + "http.tls", otlp.http().config().listen().tls());
        }
      }
    }
    exporters.forEach(id -> comesIn(id, listening));
    for (String id : config.service().extensions()) {
      String path = Kind.EXTENSIONS.key + "." + id;
      ExtensionSettings extension = config.extensions().get(id);
      if (extension instanceof HealthCheck check) {
        listen(path + ".endpoint", check.endpoint(), listening);
      } else if (extension != null && extension.login() != null) {
        login(path, extension.login());
      }
    }
  }

  /** Whether what an exporter forwards would come in again, for ever. */
  private void comesIn(String id, Map<String, Endpoint> listening) {
    if (config.exporters().get(id) instanceof ExporterSettings.Otlp otlp) {
      URI to = otlp.config().endpoint();
      Endpoint endpoint = new Endpoint(String.valueOf(to.getHost()), Math.max(0, to.getPort()));
      String path = Kind.EXPORTERS.key + "." + id + ".endpoint";
      listening.forEach(
          (receiver, own) -> {
            if (endpoint.overlaps(own)) {
              String why = "is our own " + receiver + ": what goes out would come in again";
              findings.problem(places.of(path), path, why);
            }
          });
    }
  }

  private void serverTls(String path, @Nullable ServerTls tls) {
    if (tls == null) {
      return;
    }
    if (areGood(path, "client_ca", tls.clientCa(), tls.certificate(), tls.key())) {
      try {
        tls.check();
      } catch (IOException e) {
        findings.problem(places.of(path), path, String.valueOf(e.getMessage()));
      }
    }
  }

  private void login(String path, Login login) {
    String key = path + (login.kind() == Login.Kind.BASIC ? ".htpasswd.file" : ".filename");
    if (login.file() != null && isReadable(key, login.file())) {
      try {
        login.check();
      } catch (IOException | IllegalArgumentException e) {
        findings.problem(places.of(key), key, String.valueOf(e.getMessage()));
      }
    }
  }

  private void listen(String path, Endpoint endpoint, Map<String, Endpoint> listening) {
    for (Map.Entry<String, Endpoint> other : listening.entrySet()) {
      if (endpoint.overlaps(other.getValue())) {
        findings.problem(places.of(path), path, "the port of " + other.getKey() + ", too");
      }
    }
    listening.put(path, endpoint);
  }
}
