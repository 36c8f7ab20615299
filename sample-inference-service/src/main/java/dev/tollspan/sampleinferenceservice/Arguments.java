package dev.tollspan.sampleinferenceservice;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Turns a command line and an environment into settings. Used once, by the thread that made it. */
final class Arguments {
  static final String OPTIONS =
      """
      Options of the service, with their defaults:

        --port N             port to listen on, 0 for any free one (8080)
        --host ADDRESS       address to listen on (127.0.0.1)
        --otlp-endpoint URL  collector to send spans to (OTEL_EXPORTER_OTLP_ENDPOINT)
        --traces-file PATH   append one JSON line per span to this file
        --console            print one JSON line per span to standard output
        --capture-content    put prompts and completions on spans
        --report-cost        put llm.estimated_cost_usd on the root span
        --slots N            calls that run at the same time (8)
        --time-scale X       factor on all simulated waiting (1.0)
        --seed N             make ids repeatable
        --help               print this text

      Environment: OTEL_EXPORTER_OTLP_ENDPOINT, _HEADERS, _PROTOCOL (grpc or http/protobuf),
      _COMPRESSION (gzip or none) and _TIMEOUT (ms), each beaten by OTEL_EXPORTER_OTLP_TRACES_...;
      OTEL_SERVICE_NAME, OTEL_RESOURCE_ATTRIBUTES, OTEL_SDK_DISABLED, DEPLOY_ENV.
      """;

  static final String HELP =
      """
      usage: inference-service [options]

      A traced, OpenAI-shaped inference server that simulates its model.

      """
          + OPTIONS;

  private final OtelEnvironment environment;
  private String host = Settings.defaults().host();
  private int port = Settings.defaults().port();
  private int slots = Settings.Simulation.defaults().slots();
  private double timeScale = Settings.Simulation.defaults().timeScale();
  private @Nullable Long seed;
  private @Nullable String otlpEndpoint;
  private @Nullable Path tracesFile;
  private boolean console;
  private boolean captureContent;
  private boolean reportCost;

  private Arguments(OtelEnvironment environment) {
    this.environment = environment;
  }

  /** The settings; empty where only help is asked for. */
  static Optional<Settings> parse(List<String> arguments, Map<String, String> environment)
      throws UsageException {
    if (arguments.contains("--help")) {
      return Optional.empty();
    }
    Arguments parsed = new Arguments(new OtelEnvironment(environment));
    Iterator<String> rest = arguments.iterator();
    while (rest.hasNext()) {
      parsed.take(rest.next(), rest);
    }
    return Optional.of(parsed.settings());
  }

  private void take(String argument, Iterator<String> rest) throws UsageException {
    int equals = argument.indexOf('=');
    if (argument.startsWith("--") && equals > 0) {
      takeValued(argument.substring(0, equals), argument.substring(equals + 1));
      return;
    }
    switch (argument) {
      case "--console" -> console = true;
      case "--capture-content" -> captureContent = true;
      case "--report-cost" -> reportCost = true;
      default -> takeValued(argument, rest.hasNext() ? rest.next() : null);
    }
  }

  private void takeValued(String option, @Nullable String value) throws UsageException {
    switch (option) {
      case "--host" -> host = present(option, value);
      case "--port" -> port = (int) wholeNumber(option, value, 0, 65_535);
      case "--slots" -> slots = (int) wholeNumber(option, value, 1, Integer.MAX_VALUE);
      case "--seed" -> seed = wholeNumber(option, value, Long.MIN_VALUE, Long.MAX_VALUE);
      case "--time-scale" -> timeScale = factor(option, value);
      case "--otlp-endpoint" -> otlpEndpoint = present(option, value);
      case "--traces-file" -> tracesFile = path(option, value);
      case "--console", "--capture-content", "--report-cost" ->
          throw new UsageException(option + " takes no value");
      default -> throw new UsageException("there is no option " + option);
    }
  }

  private Settings settings() throws UsageException {
    return new Settings(
        host,
        port,
        new Settings.Simulation(slots, timeScale, seed),
        new Settings.Telemetry(
            !environment.disabled(),
            environment.otlp(otlpEndpoint),
            tracesFile,
            console,
            captureContent,
            reportCost,
            environment.resource()));
  }

  private static String present(String option, @Nullable String value) throws UsageException {
    if (value == null || value.isBlank()) {
      throw new UsageException(option + " needs a value");
    }
    return value;
  }

  private static long wholeNumber(String option, @Nullable String value, long min, long max)
      throws UsageException {
    try {
      long number = Long.parseLong(present(option, value));
      if (number >= min && number <= max) {
        return number;
      }
    } catch (NumberFormatException ignored) {
      // Said below, as for a number out of range.
    }
    throw new UsageException(option + " must be a whole number from " + min + " to " + max);
  }

  private static double factor(String option, @Nullable String value) throws UsageException {
    try {
      double number = Double.parseDouble(present(option, value));
      if (Double.isFinite(number) && number >= 0) {
        return number;
      }
    } catch (NumberFormatException ignored) {
      // Said below, as for a negative number.
    }
    throw new UsageException(option + " must be a number from 0 on");
  }

  private static Path path(String option, @Nullable String value) throws UsageException {
    try {
      return Path.of(present(option, value));
    } catch (InvalidPathException ignored) {
      throw new UsageException(option + " is not a path");
    }
  }
}
