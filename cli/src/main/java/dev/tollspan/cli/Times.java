package dev.tollspan.cli;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Optional;

/** Times as they are typed, and the present one. */
final class Times {
  private static final long NANOS_PER_SECOND = 1_000_000_000;

  /** What nanoseconds since 1970 in 64 bits can tell. */
  private static final Instant FIRST = Instant.EPOCH;

  private static final Instant LAST = Instant.ofEpochSecond(Long.MAX_VALUE / NANOS_PER_SECOND);

  private Times() {}

  /** A date, at its first instant in UTC, or an instant; empty: neither, or out of range. */
  static Optional<Instant> instant(String text) {
    try {
      Instant instant =
          text.indexOf('T') < 0
              ? LocalDate.parse(text).atStartOfDay().toInstant(ZoneOffset.UTC)
              : Instant.parse(text);
      return Optional.of(instant).filter(i -> !i.isBefore(FIRST) && i.isBefore(LAST));
    } catch (DateTimeException _) {
      return Optional.empty();
    }
  }

  static Instant now() {
    return clock().instant();
  }

  /** The wall clock. */
  static InstantSource clock() {
    return InstantSource.system();
  }

  static long epochNanos(Instant instant) {
    return instant.getEpochSecond() * NANOS_PER_SECOND + instant.getNano();
  }
}
