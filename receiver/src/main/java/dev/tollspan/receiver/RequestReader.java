package dev.tollspan.receiver;

import dev.tollspan.receiver.Received.Broken;
import dev.tollspan.receiver.Received.NoRoom;
import dev.tollspan.receiver.Received.TooLarge;
import dev.tollspan.spans.BatchPool;
import io.grpc.KnownLength;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.io.InputStream;

/**
 * From the transport's buffers to one array of the pool, or to the reason why not. Throws nothing
 * for what a client sent. Safe for all threads.
 */
final class RequestReader {
  private static final Broken UNREADABLE = new Broken("the message cannot be read");
  private static final Broken CUT_SHORT = new Broken("the message ends too early");
  private static final Broken NOT_COMPRESSED =
      new Broken("the message is not what its grpc-encoding says, is damaged or has a tail");
  private static final NoRoom NO_ROOM = new NoRoom("too many bytes are under way");
  private static final TooLarge NEVER =
      new TooLarge("the request takes more memory than one connection may hold");

  private final BatchPool pool;
  private final Unpackers unpackers;
  private final int limit;
  private final TooLarge tooLarge;

  RequestReader(BatchPool pool, Unpackers unpackers, int limit) {
    this.pool = pool;
    this.unpackers = unpackers;
    this.limit = limit;
    tooLarge = new TooLarge("the request is larger than " + limit + " bytes");
  }

  /** Reads one message, which {@code hold} has paid for as it came. */
  Received read(InputStream in, Hold hold) {
    try {
      // A message that came compressed is wrapped by grpc-java, and its length is not known.
      return in instanceof KnownLength ? plain(in, hold) : compressed(in, hold);
    } catch (IOException | RuntimeException e) {
      return isTooLarge(e) ? tooLarge : UNREADABLE;
    }
  }

  /** There was no room for a request: now, or ever. */
  static Received.Failure noRoom(boolean couldFit) {
    return couldFit ? NO_ROOM : NEVER;
  }

  /** grpc-java's own stream counts the compressed bytes once more. */
  private static boolean isTooLarge(Exception e) {
    return e instanceof StatusRuntimeException status
        && status.getStatus().getCode() == Status.Code.RESOURCE_EXHAUSTED;
  }

  private Received plain(InputStream in, Hold hold) throws IOException {
    int size = in.available();
    if (size > limit) {
      return tooLarge;
    }
    try (Inflated out = new Inflated(pool, hold, limit, 0)) {
      if (!out.growTo(size)) {
        return noRoom(out.couldFit());
      }
      if (in.readNBytes(out.bytes(), 0, size) < size) {
        return CUT_SHORT;
      }
      out.add(size);
      return out.body();
    }
  }

  private Received compressed(InputStream in, Hold hold) throws IOException {
    int mark = in.read();
    int size = in.available();
    byte[] packed = pool.acquire(size);
    try (Inflated out = new Inflated(pool, hold, limit, size)) {
      if (in.readNBytes(packed, 0, size) < size) {
        return CUT_SHORT;
      }
      return switch (unpackers.unpack(mark, packed, size, out)) {
        case DONE -> out.body();
        case TOO_LARGE -> tooLarge;
        case BROKEN -> NOT_COMPRESSED;
        case NO_ROOM -> noRoom(out.couldFit());
      };
    } finally {
      pool.release(packed, size);
    }
  }
}
