package dev.tollspan.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Option;

/** Says what runs here. Filled by picocli, on the main thread. */
@Command(
    name = "version",
    description = "Prints the version.",
    exitCodeList = {ExitCode.OK_TEXT, ExitCode.USAGE_TEXT})
final class VersionCommand implements Callable<Integer> {
  private final Console console;

  @Option(names = "--json", description = "Print a JSON object.")
  private boolean asJson;

  VersionCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException {
    String json = "{\"version\":\"%s\",\"java\":\"%s\"}".formatted(version(), Runtime.version());
    console.out().println(asJson ? json : line());
    return ExitCode.OK;
  }

  /** The same line for the option of this name. */
  static final class Line implements IVersionProvider {
    @Override
    public String[] getVersion() throws IOException {
      return new String[] {line()};
    }
  }

  private static String line() throws IOException {
    return "tollspan " + version() + " on Java " + Runtime.version();
  }

  static String version() throws IOException {
    try (InputStream stream = VersionCommand.class.getResourceAsStream("version.txt")) {
      byte[] bytes = Objects.requireNonNull(stream).readAllBytes();
      return new String(bytes, StandardCharsets.US_ASCII).strip();
    }
  }
}
