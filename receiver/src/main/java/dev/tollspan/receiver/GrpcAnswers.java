package dev.tollspan.receiver;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.util.Objects;

/**
 * What each answer is in gRPC (OTLP 1.11, "OTLP/gRPC Response").
 *
 * <pre>
 * taken       OK: an empty message, or partial_success
 * come again  UNAVAILABLE with RetryInfo
 * refused     the code of the refusal, without RetryInfo: the sender shall drop the request
 * </pre>
 *
 * A response that cannot be cut down to the limit is RESOURCE_EXHAUSTED.
 */
final class GrpcAnswers {
  private final int responseBytesMax;

  GrpcAnswers(int responseBytesMax) {
    this.responseBytesMax = responseBytesMax;
  }

  /** Ends the call with this answer. */
  void send(ServerCall<?, byte[]> call, Answer answer) {
    switch (answer) {
      case Answer.Taken taken -> taken(call, taken);
      case Answer.ComeAgain again -> close(call, StatusMessage.comeAgain(again));
      case Answer.Preflight _ -> throw new IllegalArgumentException("only HTTP has that");
      case Answer.Refused refused -> close(call, StatusMessage.refused(refused));
    }
  }

  private void taken(ServerCall<?, byte[]> call, Answer.Taken taken) {
    byte[] message = Response.of(taken, false, responseBytesMax);
    if (message == null) {
      Status status = Status.RESOURCE_EXHAUSTED.withDescription("the response is too large");
      call.close(status, new Metadata());
      return;
    }
    call.sendHeaders(new Metadata());
    call.sendMessage(message);
    call.close(Status.OK, new Metadata());
  }

  private static void close(ServerCall<?, byte[]> call, com.google.rpc.Status status) {
    if (status.getDetailsCount() == 0) {
      Status plain = Status.fromCodeValue(status.getCode());
      call.close(plain.withDescription(status.getMessage()), new Metadata());
      return;
    }
    StatusRuntimeException carrier = StatusProto.toStatusRuntimeException(status);
    call.close(carrier.getStatus(), Objects.requireNonNull(carrier.getTrailers()));
  }
}
