package dev.tollspan.exporters.otlp;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.RetryInfo;
import dev.tollspan.exporters.otlp.Ending.Blame;
import dev.tollspan.pipeline.Outcome;
import io.grpc.Metadata;
import io.grpc.Status;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What the end of a gRPC call means (OTLP 1.11, "OTLP/gRPC Response").
 *
 * @param retriesExhausted whether RESOURCE_EXHAUSTED is retried without a RetryInfo too
 */
record GrpcAnswers(boolean retriesExhausted) {
  private static final Metadata.Key<byte[]> DETAILS =
      Metadata.Key.of("grpc-status-details-bin", Metadata.BINARY_BYTE_MARSHALLER);

  Ending ending(Status status, Metadata trailers, Reply reply) {
    String reason = "the call ended with " + status.getCode();
    return switch (status.getCode()) {
      case OK -> Ending.success(reply);
      case CANCELLED, DEADLINE_EXCEEDED, ABORTED, OUT_OF_RANGE, UNAVAILABLE, DATA_LOSS ->
          Ending.retry(Objects.requireNonNullElse(delay(trailers), Duration.ZERO), reason);
      case RESOURCE_EXHAUSTED -> exhausted(delay(trailers), reason);
      case UNKNOWN, INVALID_ARGUMENT, FAILED_PRECONDITION, ALREADY_EXISTS, INTERNAL ->
          Ending.refused(Blame.CONTENT, reason);
      case NOT_FOUND, PERMISSION_DENIED, UNIMPLEMENTED, UNAUTHENTICATED ->
          Ending.refused(Blame.NOTHING, reason);
    };
  }

  /** The one code for "come later" and for "too large": without a delay it may be either. */
  private Ending exhausted(@Nullable Duration delay, String reason) {
    if (delay != null) {
      return Ending.retry(delay, reason);
    }
    String told = reason + " without a retry delay";
    return retriesExhausted
        ? new Ending(new Outcome.RetryLater(Duration.ZERO, told), Blame.SIZE)
        : Ending.refused(Blame.SIZE, told);
  }

  /** The delay that the destination asks for, at most an hour; null if it does not. */
  private static @Nullable Duration delay(Metadata trailers) {
    byte[] details = trailers.get(DETAILS);
    if (details == null) {
      return null;
    }
    try {
      for (Any detail : com.google.rpc.Status.parseFrom(details).getDetailsList()) {
        if (detail.is(RetryInfo.class)) {
          com.google.protobuf.Duration delay = detail.unpack(RetryInfo.class).getRetryDelay();
          long seconds = Math.clamp(delay.getSeconds(), 0, Ending.DELAY_MAX.toSeconds());
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
