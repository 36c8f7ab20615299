package dev.tollspan.exporters.otlp;

import dev.tollspan.exporters.otlp.Ending.Blame;
import io.grpc.netty.shaded.io.netty.handler.codec.DateFormatter;
import io.grpc.netty.shaded.io.netty.handler.codec.http.HttpHeaderNames;
import io.grpc.netty.shaded.io.netty.handler.codec.http.HttpHeaders;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Date;
import org.jspecify.annotations.Nullable;

/** What an answer over HTTP means, by its status (OTLP 1.11, "OTLP/HTTP Response"). */
record HttpAnswers(InstantSource clock) {
  static boolean isSuccess(int status) {
    return status >= 200 && status < 300;
  }

  /** An answer that is no success. */
  Ending failure(int status, HttpHeaders headers) {
    String reason = "the call ended with HTTP " + status;
    return switch (status) {
      case 429, 502, 503, 504 -> Ending.retry(delay(headers), reason);
      case 413 -> Ending.refused(Blame.SIZE, reason);
      case 400, 409, 422, 500 -> Ending.refused(Blame.CONTENT, reason);
      // A redirect is a new address that nobody has configured: spans and headers do not go there.
      case 300, 301, 302, 303, 307, 308 ->
          Ending.refused(Blame.NOTHING, reason + ", a redirect, which is not followed");
      default -> Ending.refused(Blame.NOTHING, reason);
    };
  }

  /**
   * What Retry-After says (RFC 9110, 10.2.3), at most an hour; zero if it says nothing. A date is
   * measured by the clock that wrote it, where the answer has one: then ours may be wrong.
   */
  private Duration delay(HttpHeaders headers) {
    String after = headers.get(HttpHeaderNames.RETRY_AFTER);
    if (after == null) {
      return Duration.ZERO;
    }
    if (after.strip().matches("[0-9]+")) {
      BigInteger seconds = new BigInteger(after.strip());
      return seconds.bitLength() < Integer.SIZE
          ? atMost(Duration.ofSeconds(seconds.intValue()))
          : Ending.DELAY_MAX;
    }
    Instant then = date(after);
    Instant now = date(headers.get(HttpHeaderNames.DATE));
    if (then == null) {
      return Duration.ZERO;
    }
    Duration delay = Duration.between(now == null ? clock.instant() : now, then);
    return delay.isNegative() ? Duration.ZERO : atMost(delay);
  }

  private static Duration atMost(Duration delay) {
    return delay.compareTo(Ending.DELAY_MAX) < 0 ? delay : Ending.DELAY_MAX;
  }

  private static @Nullable Instant date(@Nullable String text) {
    Date date = text == null ? null : DateFormatter.parseHttpDate(text);
    return date == null ? null : date.toInstant();
  }
}
