package dev.tollspan.benchmarks.crash;

import java.io.IOException;

/** Runs a command of the system. */
final class Command {
  private Command() {}

  /** Waits for its end; an IOException if its exit code is not 0. */
  static void run(String... command) throws IOException, InterruptedException {
    int code = new ProcessBuilder(command).inheritIO().start().waitFor();
    if (code != 0) {
      throw new IOException(String.join(" ", command) + ": exit code " + code);
    }
  }
}
