package dev.tollspan.receiver;

import dev.tollspan.pipeline.Ledger;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * Sees the bytes of one call as they come, on the event loop of its connection, and tells its
 * listener before more can follow.
 *
 * <p>Counts requests that were too large, whoever said so: grpc-java answers a message over the
 * limit before any other code of ours runs. Nothing else here is answered RESOURCE_EXHAUSTED.
 */
final class WireTracer extends ServerStreamTracer {
  private static final Context.Key<WireTracer> CURRENT = Context.key("tollspan-wire");

  private static final Metadata.Key<String> ENCODING =
      Metadata.Key.of("grpc-encoding", Metadata.ASCII_STRING_MARSHALLER);
  private static final Metadata.Key<String> UNKNOWN =
      Metadata.Key.of("tollspan-unknown-encoding", Metadata.ASCII_STRING_MARSHALLER);

  private final Ledger ledger;
  private volatile @Nullable Listener listener; // set once, by the thread that starts the call

  /** Who wants to know. Called on an event loop: it must not wait. */
  interface Listener {
    /** So many bytes of the message are buffered since the last time. */
    void arrived(long bytes);

    /** All of the message is there. */
    void complete();
  }

  private WireTracer(Ledger ledger) {
    this.ledger = ledger;
  }

  /** One tracer for each call. */
  static ServerStreamTracer.Factory factory(Ledger ledger) {
    return new ServerStreamTracer.Factory() {
      @Override
      public ServerStreamTracer newServerStreamTracer(String fullMethodName, Metadata headers) {
        markUnknownEncoding(headers);
        return new WireTracer(ledger);
      }
    };
  }

  /**
   * grpc-java answers an encoding that it does not know before any other code of ours runs, and
   * without the list of those it knows, which gRPC's specification asks for. So it is not shown
   * any: the handler finds a mark of ours in its place and answers itself.
   */
  private static void markUnknownEncoding(Metadata headers) {
    String encoding = headers.get(ENCODING);
    headers.discardAll(UNKNOWN);
    if (encoding != null && !Unpackers.isKnown(encoding)) {
      headers.discardAll(ENCODING);
      headers.put(UNKNOWN, "");
    }
  }

  /** Whether these are the headers of a call whose encoding is none that we know. */
  static boolean isUnknownEncoding(Metadata headers) {
    return headers.containsKey(UNKNOWN);
  }

  /** Sets the listener of the call that this thread starts; the message is not yet asked for. */
  static void listen(Listener listener) {
    CURRENT.get().listener = listener;
  }

  @Override
  public Context filterContext(Context context) {
    return context.withValue(CURRENT, this);
  }

  @Override
  public void inboundWireSize(long bytes) {
    Listener told = listener;
    if (told != null) {
      told.arrived(bytes);
    }
  }

  @Override
  public void inboundMessageRead(int number, long wireBytes, long plainBytes) {
    Listener told = listener;
    if (told != null) {
      told.complete();
    }
  }

  @Override
  public void streamClosed(Status status) {
    if (status.getCode() == Status.Code.RESOURCE_EXHAUSTED) {
      ledger.refuseRequest(Refusal.TOO_LARGE.word());
    }
  }
}
