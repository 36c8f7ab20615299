package dev.tollspan.receiver;

import dev.tollspan.receiver.Received.Body;
import dev.tollspan.receiver.Received.Broken;
import dev.tollspan.receiver.Received.Failure;
import dev.tollspan.receiver.Received.Json;
import dev.tollspan.receiver.Received.NoRoom;
import dev.tollspan.receiver.Received.Packed;
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
      new Broken("the message is not what its encoding says, is damaged or has a tail");
  private static final Broken WASTEFUL =
      new Broken("the compressed message has next to nothing in it for its length");
  private static final NoRoom BUSY = new NoRoom("too many large requests are under way");
  private static final NoRoom NO_ROOM = new NoRoom("too many bytes are under way");
  private static final TooLarge NEVER =
      new TooLarge("the request takes more memory than one connection may hold");

  private static final Received.Died DIED = new Received.Died();

  /** What is not larger once inflated is not worth waiting for the lane. */
  private static final int QUICK_BYTES_MAX = 256 << 10;

  private final BatchPool pool;
  private final Unpackers unpackers;
  private final Lane lane;
  private final int limit;
  private final TooLarge tooLarge;

  RequestReader(BatchPool pool, Unpackers unpackers, Lane lane, int limit) {
    this.pool = pool;
    this.unpackers = unpackers;
    this.lane = lane;
    this.limit = limit;
    tooLarge = new TooLarge("the request is larger than " + limit + " bytes");
  }

  /**
   * Copies one message, which {@code hold} has paid for as it came, out of the transport's buffers.
   * Quick enough for an event loop; whoever gets something packed owes {@link #unpack}.
   */
  Received fetch(InputStream in, Hold hold) {
    try {
      // A message that came compressed is wrapped by grpc-java, and its length is not known.
      return in instanceof KnownLength ? plain(in, hold) : packed(in);
    } catch (IOException | RuntimeException e) {
      return isTooLarge(e) ? tooLarge : UNREADABLE;
    } catch (Error e) {
      return died(e);
    }
  }

  /** The most bytes that a request may have. */
  int limit() {
    return limit;
  }

  /** An array that grows as the bytes of a request come, and is paid for by its hold. */
  Inflated room(Hold hold) {
    return new Inflated(pool, hold, limit, 0);
  }

  TooLarge tooLarge() {
    return tooLarge;
  }

  /** There was no room for a request: now, or ever. */
  static Failure noRoom(boolean couldFit) {
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

  private Received packed(InputStream in) throws IOException {
    int mark = in.read();
    int size = in.available();
    byte[] packed = pool.acquire(size);
    if (in.readNBytes(packed, 0, size) < size) {
      pool.release(packed, size);
      return CUT_SHORT;
    }
    return new Packed(mark, packed, size);
  }

  /** Inflates what is compressed; the rest is returned as it is. */
  Received unpack(Received received, Hold hold) {
    return switch (received) {
      case Packed packed -> inflate(packed, hold);
      case Json(Received text) -> {
        Received plain = unpack(text, hold);
        yield plain instanceof Body ? new Json(plain) : plain;
      }
      case Body _, Failure _ -> received;
    };
  }

  private Received inflate(Packed packed, Hold hold) {
    try {
      if ((long) Unpacker.USUAL_RATIO * packed.length() <= QUICK_BYTES_MAX) {
        Received quick = inflate(packed, hold, Math.min(limit, QUICK_BYTES_MAX));
        if (!quick.equals(tooLarge) || limit <= QUICK_BYTES_MAX) {
          return quick;
        }
      }
      hold.resize(packed.length());
      if (!lane.enter()) {
        return BUSY;
      }
      try {
        return inflate(packed, hold, limit);
      } finally {
        lane.leave();
      }
    } finally {
      pool.release(packed.bytes(), packed.length());
    }
  }

  private Received inflate(Packed packed, Hold hold, int bytesMax) {
    int size = packed.length();
    try (Inflated out = new Inflated(pool, hold, bytesMax, size)) {
      return switch (unpackers.unpack(packed.mark(), packed.bytes(), size, out)) {
        case DONE -> out.body();
        case TOO_LARGE -> tooLarge;
        case BROKEN -> NOT_COMPRESSED;
        case WASTEFUL -> WASTEFUL;
        case NO_ROOM -> noRoom(out.couldFit());
      };
    } catch (RuntimeException | Error e) {
      return died(e);
    }
  }

  /** Gives back the array of a request that goes no further. */
  void discard(Received received) {
    switch (received) {
      case Body(byte[] bytes, int length) -> pool.release(bytes, length);
      case Packed(int _, byte[] bytes, int length) -> pool.release(bytes, length);
      case Json(Received text) -> discard(text);
      case Failure _ -> {}
    }
  }

  private static Received died(Throwable defect) {
    DefectLog.add(defect);
    return DIED;
  }
}
