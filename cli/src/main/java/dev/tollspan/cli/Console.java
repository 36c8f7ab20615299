package dev.tollspan.cli;

import java.io.PrintStream;

/**
 * Where commands print.
 *
 * @param out data, for programs and for reading
 * @param err sentences for the operator
 */
record Console(PrintStream out, PrintStream err) {
  static Console system() {
    return new Console(System.out, System.err);
  }

  /** Says why the command failed, and returns the code for that. */
  int fail(FailedException failure) {
    err.println("tollspan: " + failure.getMessage());
    return ExitCode.FAILED;
  }
}
