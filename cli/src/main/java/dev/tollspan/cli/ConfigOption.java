package dev.tollspan.cli;

import dev.tollspan.pipelineconfig.PipelineConfig;
import dev.tollspan.pipelineconfig.Reading;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * The option that names a configuration, written as the Collector writes it. Filled by picocli, on
 * the main thread.
 */
final class ConfigOption {
  @Option(
      names = "--config",
      paramLabel = "SOURCE",
      description =
          "A file, file:PATH, env:NAME or yaml:TEXT. Default: OTLP/gRPC on loopback port 4317,"
              + " files below tollspan-data, nothing forwarded.")
  private @Nullable String source;

  /** As {@link #read(Console, Consumer)}, with warnings beside the problems. */
  Optional<PipelineConfig> read(Console console) {
    return read(console, warning -> console.err().println("warning: " + warning));
  }

  /** The configuration; empty where it is wrong, and what is wrong with it has been said. */
  Optional<PipelineConfig> read(Console console, Consumer<String> warnings) {
    Reading reading = source == null ? PipelineConfig.defaults() : reading(source, console);
    if (reading == null) {
      return Optional.empty();
    }
    reading.warnings().forEach(warning -> warnings.accept(warning.toString()));
    return switch (reading) {
      case Reading.Valid valid -> Optional.of(valid.config());
      case Reading.Invalid invalid -> {
        invalid.problems().forEach(problem -> console.err().println(problem));
        yield Optional.empty();
      }
    };
  }

  /** What was read, in one word. */
  String name() {
    if (source == null) {
      return "the default configuration";
    }
    return source.startsWith("yaml:") ? "yaml" : source;
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
    try {
      return PipelineConfig.read(Path.of(file), System::getenv);
    } catch (IOException | InvalidPathException _) {
      console.err().println("tollspan: the configuration file " + file + " cannot be read");
      return null;
    }
  }
}
