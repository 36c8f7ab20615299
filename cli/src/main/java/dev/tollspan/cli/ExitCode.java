package dev.tollspan.cli;

/**
 * What a command ends with. A process that a signal ends has drained first and exits with 128 and
 * the number of the signal: 130 or 143.
 */
final class ExitCode {
  static final int OK = 0;

  /** Something outside of us failed: an address, a directory, a process. */
  static final int FAILED = 1;

  /** The command line is wrong. */
  static final int USAGE = 2;

  /** The configuration is wrong: starting again cannot help. */
  static final int INVALID = 3;

  private ExitCode() {}
}
