package dev.tollspan.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Says what runs here. Filled by picocli, on the main thread. */
@Command(name = "version", description = "Prints the version.")
final class VersionCommand implements Callable<Integer> {
  private final Console console;

  @Option(names = "--json", description = "Print a JSON object.")
  private boolean json;

  VersionCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException {
    String java = Runtime.version().toString();
    String shape = json ? "{\"version\":\"%s\",\"java\":\"%s\"}%n" : "tollspan %s on Java %s%n";
    console.out().printf(shape, version(), java);
    return ExitCode.OK;
  }

  static String version() throws IOException {
    try (InputStream stream = VersionCommand.class.getResourceAsStream("version.txt")) {
      byte[] bytes = Objects.requireNonNull(stream).readAllBytes();
      return new String(bytes, StandardCharsets.US_ASCII).strip();
    }
  }
}
