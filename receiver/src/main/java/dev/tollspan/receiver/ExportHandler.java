package dev.tollspan.receiver;

import io.grpc.Attributes;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.Status;
import io.grpc.netty.shaded.io.netty.channel.Channel;
import java.io.InputStream;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * {@code TraceService/Export} over gRPC: each unary call is one visit to the {@link Reception}.
 * Callbacks run on the event loop of the connection, which moves bytes and never waits.
 */
final class ExportHandler implements ServerCallHandler<InputStream, byte[]> {
  /** What a call came on. */
  static final Attributes.Key<Channel> CONNECTION = Attributes.Key.create("tollspan-connection");

  private final Reception reception;
  private final RequestReader reader;
  private final GrpcAnswers answers;
  private final Patience patience;

  /** Those whose client must still take the answer. */
  private final Set<Call> answered = ConcurrentHashMap.newKeySet();

  ExportHandler(Reception reception, RequestReader reader, GrpcAnswers answers, Patience patience) {
    this.reception = reception;
    this.reader = reader;
    this.answers = answers;
    this.patience = patience;
  }

  /**
   * Cuts off clients that do not read an answer or give it no window: their calls would stay for as
   * long as the connection. To be called about every second, by one thread.
   */
  void expire() {
    long now = patience.nanoTicker().getAsLong();
    for (Call call : answered) {
      if (now - call.answeredAt > patience.handshake().toNanos()) {
        Channel connection = call.serverCall.getAttributes().get(CONNECTION);
        // Closed from behind, HTTP/2 would wait for these very calls.
        var _ = Objects.requireNonNull(connection).pipeline().firstContext().close();
      }
    }
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
    private volatile long answeredAt; // written by the thread that answers
    private volatile boolean ended; // only ever set

    Call(ServerCall<InputStream, byte[]> serverCall) {
      this.serverCall = serverCall;
      visit = reception.visit(this, Shares.of(serverCall), reader, patience.arrival());
    }

    @Override
    public void goOn() {
      serverCall.request(1);
    }

    @Override
    public void answer(Answer answer) {
      answeredAt = patience.nanoTicker().getAsLong();
      answered.add(this);
      answers.send(serverCall, answer);
      if (ended) {
        answered.remove(this);
      }
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
      end();
    }

    @Override
    public void onComplete() {
      end();
    }

    private void end() {
      ended = true;
      answered.remove(this);
      visit.leave();
    }
  }
}
