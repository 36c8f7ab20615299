package dev.tollspan.cli;

import dev.tollspan.pipelineconfig.PipelineConfig;
import dev.tollspan.pipelineconfig.Problem;
import dev.tollspan.pipelineconfig.Reading;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
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
      description = "A file, file:PATH, env:NAME or yaml:TEXT; without it a safe default runs.")
  private @Nullable String source;

  /** The configuration; empty where it is wrong, and what is wrong with it has been said. */
  Optional<PipelineConfig> read(Console console) {
    if (source == null) {
      return Optional.of(PipelineConfig.defaults());
    }
    Reading reading = reading(source, console);
    if (reading == null) {
      return Optional.empty();
    }
    print(console, "warning: ", reading.warnings());
    return switch (reading) {
      case Reading.Valid valid -> Optional.of(valid.config());
      case Reading.Invalid invalid -> {
        print(console, "", invalid.problems());
        yield Optional.empty();
      }
    };
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

  private static void print(Console console, String prefix, List<Problem> problems) {
    problems.forEach(problem -> console.err().println(prefix + problem));
  }
}
