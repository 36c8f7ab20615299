package dev.tollspan.cli;

import org.jspecify.annotations.Nullable;

/** The command cannot do its work; the message is a sentence for the operator. */
final class FailedException extends Exception {
  private static final long serialVersionUID = 1;

  FailedException(String message) {
    super(message);
  }

  FailedException(@Nullable String message, Throwable cause) {
    super(message, cause);
  }
}
