package dev.tollspan.receiver;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.Status;
import java.io.InputStream;
import java.time.Duration;

/**
 * {@code TraceService/Export} over gRPC: each unary call is one visit to the {@link Reception}.
 * Callbacks run on the event loop of the connection, which moves bytes and never waits.
 */
final class ExportHandler implements ServerCallHandler<InputStream, byte[]> {
  private final Reception reception;
  private final RequestReader reader;
  private final GrpcAnswers answers;
  private final Duration arrival;

  /** {@code arrival} is how long a message may take. */
  ExportHandler(Reception reception, RequestReader reader, GrpcAnswers answers, Duration arrival) {
    this.reception = reception;
    this.reader = reader;
    this.answers = answers;
    this.arrival = arrival;
  }

  @Override
  public ServerCall.Listener<InputStream> startCall(
      ServerCall<InputStream, byte[]> serverCall, Metadata headers) {
    if (WireTracer.isUnknownEncoding(headers)) {
      // The headers of the answer list those that are known.
      serverCall.sendHeaders(new Metadata());
      serverCall.close(
          Status.UNIMPLEMENTED.withDescription("the grpc-encoding is not understood"),
          new Metadata());
      return new ServerCall.Listener<>() {};
    }
    Call call = new Call(serverCall);
    WireTracer.listen(call);
    call.visit.enter();
    return call;
  }

  /** The callbacks of a listener come one at a time; those of the wire may come between. */
  private final class Call extends ServerCall.Listener<InputStream>
      implements WireTracer.Listener, Reception.Sender {
    private final ServerCall<InputStream, byte[]> serverCall;
    private final Reception.Visit visit;

    Call(ServerCall<InputStream, byte[]> serverCall) {
      this.serverCall = serverCall;
      visit = reception.visit(this, Shares.of(serverCall), reader, arrival);
    }

    @Override
    public void goOn() {
      serverCall.request(1);
    }

    @Override
    public void answer(Answer answer) {
      answers.send(serverCall, answer);
    }

    @Override
    public void arrived(long bytes) {
      visit.buffered(bytes);
    }

    @Override
    public void complete() {
      visit.complete();
    }

    @Override
    public void onMessage(InputStream message) {
      visit.take(() -> reader.fetch(message, visit.hold()));
    }

    @Override
    public void onHalfClose() {
      visit.endOfMessage();
    }

    @Override
    public void onCancel() {
      visit.leave();
    }

    @Override
    public void onComplete() {
      visit.leave();
    }
  }
}
