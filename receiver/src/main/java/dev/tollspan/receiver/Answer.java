package dev.tollspan.receiver;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;

/** What a sender is told: a status, its trailers, and the response message if the status is OK. */
@SuppressWarnings("ArrayRecordComponent") // answers are never compared
record Answer(Status status, Metadata trailers, byte[] message) {
  /** Ends the call with this answer. An answer is used once, because grpc-java adds to trailers. */
  void send(ServerCall<?, byte[]> call) {
    if (status.isOk()) {
      call.sendHeaders(new Metadata());
      call.sendMessage(message);
    }
    call.close(status, trailers);
  }
}
