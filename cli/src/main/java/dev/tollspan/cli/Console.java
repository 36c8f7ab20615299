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
}
