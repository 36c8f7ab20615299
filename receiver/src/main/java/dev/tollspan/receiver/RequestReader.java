package dev.tollspan.receiver;

import dev.tollspan.receiver.Received.Broken;
import dev.tollspan.receiver.Received.NoRoom;
import dev.tollspan.receiver.Received.TooLarge;
import dev.tollspan.spans.BatchPool;
import io.grpc.KnownLength;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.io.InputStream;

/**
 * From the transport's buffers to one array of the pool, or to the reason why not.
 *
 * <p>Never throws for what a client sent: grpc-java answers whatever a marshaller throws with
 * UNKNOWN, which OTLP does not allow. Called on the thread of the call, which holds a {@link
 * #ticket()} of the budget; what is returned holds just what it needs.
 */
final class RequestReader implements MethodDescriptor.Marshaller<Received> {
  /** Large enough for nearly all requests, small enough to let many arrive at once. */
  private static final int TICKET_BYTES_MAX = 4 << 20;

  private static final Broken UNREADABLE = new Broken("the message cannot be read");
  private static final Broken CUT_SHORT = new Broken("the message ends too early");
  private static final Broken NOT_COMPRESSED =
      new Broken("the message is not what its grpc-encoding says, is damaged or has a tail");
  private static final NoRoom NO_ROOM = new NoRoom("too many bytes are under way");

  private final BatchPool pool;
  private final ByteBudget budget;
  private final Unpackers unpackers;
  private final int limit;
  private final TooLarge tooLarge;

  RequestReader(BatchPool pool, ByteBudget budget, Unpackers unpackers, int limit) {
    this.pool = pool;
    this.budget = budget;
    this.unpackers = unpackers;
    this.limit = limit;
    tooLarge = new TooLarge(limit);
  }

  /** What a call must hold of the budget before it may ask for its message. */
  int ticket() {
    return Math.min(limit, TICKET_BYTES_MAX);
  }

  @Override
  public Received parse(InputStream in) {
    Inflated held = new Inflated(pool, budget, limit, ticket());
    try {
      // A message that came compressed is wrapped by grpc-java, and its length is not known.
      return in instanceof KnownLength ? plain(in, held) : compressed(in, held);
    } catch (IOException | RuntimeException e) {
      return held.fail(isTooLarge(e) ? tooLarge : UNREADABLE);
    }
  }

  /** grpc-java's own stream counts the compressed bytes once more. */
  private static boolean isTooLarge(Exception e) {
    return e instanceof StatusRuntimeException status
        && status.getStatus().getCode() == Status.Code.RESOURCE_EXHAUSTED;
  }

  private Received plain(InputStream in, Inflated held) throws IOException {
    int size = in.available();
    if (size > limit) {
      return held.fail(tooLarge);
    }
    if (!held.grow(size)) {
      return held.fail(NO_ROOM);
    }
    if (in.readNBytes(held.bytes(), 0, size) < size) {
      return held.fail(CUT_SHORT);
    }
    held.add(size);
    return held.body();
  }

  private Received compressed(InputStream in, Inflated held) throws IOException {
    int mark = in.read();
    int size = in.available();
    if (!held.hold(size)) {
      return held.fail(NO_ROOM);
    }
    byte[] packed = pool.acquire(size);
    try {
      if (in.readNBytes(packed, 0, size) < size) {
        return held.fail(CUT_SHORT);
      }
      return switch (unpackers.unpack(mark, packed, size, held)) {
        case DONE -> held.body();
        case TOO_LARGE -> held.fail(tooLarge);
        case BROKEN -> held.fail(NOT_COMPRESSED);
        case NO_ROOM -> held.fail(NO_ROOM);
      };
    } finally {
      pool.release(packed, size);
    }
  }

  /** Servers only read requests. */
  @Override
  public InputStream stream(Received value) {
    throw new UnsupportedOperationException("a server does not send requests");
  }
}
