package dev.tollspan.receiver;

import java.util.Locale;

/**
 * Why a request is turned away for good, and the {@code google.rpc.Code} that both protocols use.
 */
enum Refusal {
  /** It cannot be read, or the pipeline will not have it: INVALID_ARGUMENT. */
  BROKEN(3),
  /** RESOURCE_EXHAUSTED, which without RetryInfo means that no retry helps. */
  TOO_LARGE(8),
  /** A bug of ours: INTERNAL. */
  DEFECT(13),
  /** No credentials, or wrong ones: UNAUTHENTICATED. */
  NO_LOGIN(16),
  /** NOT_FOUND. */
  NO_ROUTE(5),
  /** Another method than POST: UNIMPLEMENTED. */
  OTHER_METHOD(12),
  /** A body of no known length: INVALID_ARGUMENT, as the ones that follow. */
  NO_LENGTH(3),
  /** A Content-Type or Content-Encoding that is not understood. */
  OTHER_MEDIA(3),
  /** An Expect that is not understood. */
  UNEXPECTED(3),
  /** A request line, or all header fields, above the limit: RESOURCE_EXHAUSTED. */
  HEAD_TOO_LARGE(8),
  /** Another version of HTTP: UNIMPLEMENTED. */
  OTHER_VERSION(12);

  final int code;

  Refusal(int code) {
    this.code = code;
  }

  /** How it stands in the books, such as {@code no_login}. */
  String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
