package dev.tollspan.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;

/** Runs commands in this process and keeps what they print. */
final class Shell {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  int tollspan(String... arguments) {
    PrintStream toOut = new PrintStream(out, true, UTF_8);
    PrintStream toErr = new PrintStream(err, true, UTF_8);
    return Tollspan.run(new Console(toOut, toErr), arguments);
  }

  String out() {
    return out.toString(UTF_8);
  }

  String err() {
    return err.toString(UTF_8);
  }

  void clearOut() {
    out.reset();
  }

  void clearErr() {
    err.reset();
  }
}
