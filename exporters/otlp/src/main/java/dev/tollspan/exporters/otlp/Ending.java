package dev.tollspan.exporters.otlp;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.RetryInfo;
import dev.tollspan.pipeline.Outcome;
import io.grpc.Metadata;
import io.grpc.Status;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How a call ended, and the one table of what that means (OTLP 1.11, "OTLP/gRPC Response").
 *
 * <p>Reasons name the status code in our own words; the destination's text goes nowhere, because it
 * may repeat spans or secrets.
 */
record Ending(Status status, Metadata trailers, Reply reply) {
  private static final Metadata.Key<byte[]> DETAILS =
      Metadata.Key.of("grpc-status-details-bin", Metadata.BINARY_BYTE_MARSHALLER);
  private static final Duration DELAY_MAX = Duration.ofHours(1);

  Outcome outcome() {
    return switch (status.getCode()) {
      case OK -> success();
      case CANCELLED, DEADLINE_EXCEEDED, ABORTED, OUT_OF_RANGE, UNAVAILABLE, DATA_LOSS -> {
        Duration delay = delay();
        yield new Outcome.RetryLater(delay == null ? Duration.ZERO : delay, reason());
      }
      case RESOURCE_EXHAUSTED -> {
        Duration delay = delay();
        yield delay == null
            ? new Outcome.Refused(reason() + " without a retry delay")
            : new Outcome.RetryLater(delay, reason());
      }
      case UNKNOWN,
          INVALID_ARGUMENT,
          NOT_FOUND,
          ALREADY_EXISTS,
          PERMISSION_DENIED,
          FAILED_PRECONDITION,
          UNIMPLEMENTED,
          INTERNAL,
          UNAUTHENTICATED ->
          new Outcome.Refused(reason());
    };
  }

  /** Whether another message of the same sender could fare better than the refused one. */
  boolean blamesMessage() {
    return switch (status.getCode()) {
      case UNKNOWN, INVALID_ARGUMENT, FAILED_PRECONDITION, ALREADY_EXISTS, INTERNAL -> true;
      default -> blamesSize();
    };
  }

  /** Whether the message may have been too large: there is no other code for that. */
  boolean blamesSize() {
    return status.getCode() == Status.Code.RESOURCE_EXHAUSTED && delay() == null;
  }

  private Outcome success() {
    if (reply.tooLarge()) {
      return new Outcome.Refused("the destination's answer is too large");
    }
    return reply.rejectedSpans() > 0
        ? new Outcome.PartlyAccepted(reply.rejectedSpans(), "the destination rejected spans")
        : Outcome.ACCEPTED;
  }

  private String reason() {
    return "the call ended with " + status.getCode();
  }

  /** The delay that the destination asks for, at most an hour; null if it does not. */
  private @Nullable Duration delay() {
    byte[] details = trailers.get(DETAILS);
    if (details == null) {
      return null;
    }
    try {
      for (Any detail : com.google.rpc.Status.parseFrom(details).getDetailsList()) {
        if (detail.is(RetryInfo.class)) {
          com.google.protobuf.Duration delay = detail.unpack(RetryInfo.class).getRetryDelay();
          long seconds = Math.clamp(delay.getSeconds(), 0, DELAY_MAX.toSeconds());
          return Duration.ofSeconds(seconds)
              .plusNanos(Math.clamp(delay.getNanos(), 0, 999_999_999));
        }
      }
    } catch (InvalidProtocolBufferException e) {
      // Unreadable details are no details.
    }
    return null;
  }
}
