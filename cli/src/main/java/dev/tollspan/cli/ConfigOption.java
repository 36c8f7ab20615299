package dev.tollspan.cli;

import dev.tollspan.pipelineconfig.Obstacle;
import dev.tollspan.pipelineconfig.PipelineConfig;
import dev.tollspan.pipelineconfig.Reading;
import dev.tollspan.pipelineconfig.StartCheck;
import dev.tollspan.prices.PriceBook;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * The option that names a configuration, written as the Collector writes it. Filled by picocli, on
 * the main thread.
 */
final class ConfigOption {
  @Option(
      names = "--config",
      paramLabel = "SOURCE",
      description =
          "A file, file:PATH, env:NAME or yaml:TEXT. Default: OTLP on loopback, 4317 and 4318,"
              + " files below tollspan-data, nothing forwarded.")
  private @Nullable String source;

  @Parameters(arity = "0..1", paramLabel = "FILE", description = "The same as --config FILE.")
  private @Nullable String file;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec = CommandSpec.create();

  private @Nullable String given() {
    if (source != null && file != null) {
      throw new ParameterException(spec.commandLine(), "FILE and --config are the same: give one");
    }
    return source == null ? file : source;
  }

  /** The configuration; empty where it is wrong, and what is wrong with it has been said. */
  Optional<PipelineConfig> read(Console console) {
    return read(
            console,
            warning -> warn(console, warning),
            _ -> new StartCheck.Found(List.of(), List.of(), Map.of()))
        .map(Startable::config);
  }

  /**
   * A configuration that can be started.
   *
   * @param prices the books that it names, by the id of their processor
   */
  record Startable(PipelineConfig config, Map<String, PriceBook> prices) {}

  /** The same, for one that has to start: what it points to has been looked at. */
  Optional<Startable> readToStart(Console console) {
    return readToStart(console, warning -> warn(console, warning));
  }

  /** The same, with warnings to a place of their own. */
  Optional<Startable> readToStart(Console console, Consumer<String> warnings) {
    return read(console, warnings, StartCheck::look);
  }

  private Optional<Startable> read(
      Console console, Consumer<String> warnings, Function<Reading.Valid, StartCheck.Found> check) {
    String given = given();
    Reading reading = given == null ? PipelineConfig.defaults() : reading(given, console);
    if (reading == null) {
      return Optional.empty();
    }
    reading.warnings().forEach(warning -> warnings.accept(warning.toString()));
    StartCheck.Found found =
        switch (reading) {
          case Reading.Valid valid -> check.apply(valid);
          case Reading.Invalid invalid ->
              new StartCheck.Found(invalid.problems(), List.of(), Map.of());
        };
    found.warnings().forEach(warning -> warnings.accept(warning.toString()));
    found.problems().forEach(problem -> console.err().println(problem));
    return found.problems().isEmpty() && reading instanceof Reading.Valid valid
        ? Optional.of(new Startable(valid.config(), found.prices()))
        : Optional.empty();
  }

  private static void warn(Console console, String warning) {
    console.err().println("warning: " + warning);
  }

  /** What was read, in one word. */
  String name() {
    String given = given();
    if (given == null) {
      return "the default configuration";
    }
    return given.startsWith("yaml:") ? "yaml" : given;
  }

  private static @Nullable Reading reading(String source, Console console) {
    if (source.startsWith("yaml:")) {
      return PipelineConfig.parse("yaml", source.substring("yaml:".length()), System::getenv);
    }
    if (source.startsWith("env:")) {
      String text = System.getenv(source.substring("env:".length()));
      if (text != null) {
        return PipelineConfig.parse(source, text, System::getenv);
      }
      console.err().println("tollspan: the variable of --config " + source + " is not set");
      return null;
    }
    String file = source.startsWith("file:") ? source.substring("file:".length()) : source;
    String reason;
    try {
      Path path = Path.of(file);
      try {
        return PipelineConfig.read(path, System::getenv);
      } catch (IOException failure) {
        reason = Obstacle.reason(path, failure);
      }
    } catch (InvalidPathException _) {
      reason = "not a path of this system";
    }
    String sentence = "tollspan: the configuration file " + file + " cannot be read: " + reason;
    console.err().println(sentence);
    return null;
  }
}
