package dev.tollspan.sampleinferenceservice;

/** A command line or an environment that we do not understand; the message says which part. */
final class UsageException extends Exception {
  private static final long serialVersionUID = 1;

  UsageException(String message) {
    super(message);
  }
}
