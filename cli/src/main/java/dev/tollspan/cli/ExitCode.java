package dev.tollspan.cli;

/**
 * What a command ends with, and how its help says so. A pipeline that a signal ends has done all
 * that it had to do: 0. A command that would have ended by itself exits with 128 and the number of
 * the signal that cut it short: 130 or 143.
 */
final class ExitCode {
  static final int OK = 0;

  /** Something outside of us failed: an address, a directory, a process. */
  static final int FAILED = 1;

  /** The command line is wrong. */
  static final int USAGE = 2;

  /** The configuration is wrong: starting again cannot help. */
  static final int INVALID = 3;

  /** A signal ended it, SIGTERM. */
  static final int TERMINATED = 143;

  static final String OK_TEXT = "0:Done.";
  static final String USAGE_TEXT = "2:Wrong usage.";
  static final String INVALID_TEXT = "3:Wrong configuration.";
  static final String SIGNAL_TEXT = "130, 143:Ended by Ctrl-C or SIGTERM, in order.";

  private ExitCode() {}
}
