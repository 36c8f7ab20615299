package dev.tollspan.sampleinferenceservice;

/** A request that cannot be served, with the answer to give. */
final class RefusedException extends Exception {
  private static final long serialVersionUID = 1;

  private final transient ApiError error;

  RefusedException(ApiError error) {
    super(error.message());
    this.error = error;
  }

  ApiError error() {
    return error;
  }
}
