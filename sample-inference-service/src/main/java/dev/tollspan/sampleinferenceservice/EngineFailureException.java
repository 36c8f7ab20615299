package dev.tollspan.sampleinferenceservice;

/** The engine gave up on a call. */
final class EngineFailureException extends Exception {
  private static final long serialVersionUID = 1;

  EngineFailureException(String message) {
    super(message);
  }
}
