package dev.tollspan.receiver;

import com.google.protobuf.Any;
import com.google.protobuf.CodedOutputStream;
import com.google.rpc.RetryInfo;
import dev.tollspan.pipeline.Outcome;
import dev.tollspan.receiver.Received.Broken;
import dev.tollspan.receiver.Received.Died;
import dev.tollspan.receiver.Received.Failure;
import dev.tollspan.receiver.Received.NoRoom;
import dev.tollspan.receiver.Received.TooLarge;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Objects;

/**
 * What each end of a request means in gRPC, in one place (OTLP 1.11, "OTLP/gRPC Response").
 *
 * <pre>
 * accepted              OK, empty message
 * partly accepted       OK, partial_success with the exact number
 * retry later, no room  UNAVAILABLE with RetryInfo: the sender shall come again
 * refused, broken       INVALID_ARGUMENT: the sender shall drop the request
 * too large             RESOURCE_EXHAUSTED without RetryInfo, which means the same
 * failed (a bug)        INTERNAL, which means the same
 * </pre>
 */
final class AnswerTable {
  /** At most 1 KiB as UTF-8, however long the texts of other rooms get. */
  private static final int TEXT_CHARS_MAX = 340;

  private static final int PARTIAL_SUCCESS = 1;
  private static final int REJECTED_SPANS = 1;
  private static final int ERROR_MESSAGE = 2;
  private static final int WIRE_LENGTH = 2;
  private static final byte[] EMPTY = {};

  private AnswerTable() {}

  /** Spans were handed over, but for those that the receiver itself had to reject. */
  static Answer of(Outcome outcome, int rejected, String reason) {
    return switch (outcome) {
      case Outcome.Accepted() -> ok(rejected, reason);
      case Outcome.PartlyAccepted(long more, String why) ->
          ok(rejected + more, rejected == 0 ? why : reason + "; " + why);
      case Outcome.RetryLater(Duration after, String why) -> unavailable(after, why);
      case Outcome.Refused(String why) -> closed(Status.INVALID_ARGUMENT, why);
    };
  }

  /** No spans were seen. */
  static Answer of(Failure failure, Duration retryAfter) {
    return switch (failure) {
      case TooLarge(String why) -> closed(Status.RESOURCE_EXHAUSTED, why);
      case Broken(String why) -> closed(Status.INVALID_ARGUMENT, why);
      case NoRoom(String why) -> unavailable(retryAfter, why);
      case Died() -> failed();
    };
  }

  /** A bug of ours; sending the request again would meet it again. */
  static Answer failed() {
    return closed(Status.INTERNAL, "the request met a defect of the receiver");
  }

  private static Answer ok(long rejected, String reason) {
    return new Answer(
        Status.OK, new Metadata(), rejected == 0 ? EMPTY : partialSuccess(rejected, text(reason)));
  }

  private static Answer closed(Status status, String why) {
    return new Answer(status.withDescription(text(why)), new Metadata(), EMPTY);
  }

  private static Answer unavailable(Duration after, String why) {
    Duration delay = ByteBudget.clamp(after);
    RetryInfo retry =
        RetryInfo.newBuilder()
            .setRetryDelay(
                com.google.protobuf.Duration.newBuilder()
                    .setSeconds(delay.getSeconds())
                    .setNanos(delay.getNano()))
            .build();
    com.google.rpc.Status status =
        com.google.rpc.Status.newBuilder()
            .setCode(Status.Code.UNAVAILABLE.value())
            .setMessage(text(why))
            .addDetails(Any.pack(retry))
            .build();
    StatusRuntimeException carrier = StatusProto.toStatusRuntimeException(status);
    return new Answer(carrier.getStatus(), Objects.requireNonNull(carrier.getTrailers()), EMPTY);
  }

  /** A serialised ExportTraceServiceResponse. */
  private static byte[] partialSuccess(long rejected, String reason) {
    int size =
        CodedOutputStream.computeInt64Size(REJECTED_SPANS, rejected)
            + CodedOutputStream.computeStringSize(ERROR_MESSAGE, reason);
    byte[] message =
        new byte
            [CodedOutputStream.computeTagSize(PARTIAL_SUCCESS)
                + CodedOutputStream.computeUInt32SizeNoTag(size)
                + size];
    CodedOutputStream out = CodedOutputStream.newInstance(message);
    try {
      out.writeTag(PARTIAL_SUCCESS, WIRE_LENGTH);
      out.writeUInt32NoTag(size);
      out.writeInt64(REJECTED_SPANS, rejected);
      out.writeString(ERROR_MESSAGE, reason);
    } catch (IOException e) {
      throw new UncheckedIOException("an array refused bytes", e);
    }
    return message;
  }

  private static String text(String reason) {
    return reason.length() <= TEXT_CHARS_MAX ? reason : reason.substring(0, TEXT_CHARS_MAX);
  }
}
