package dev.tollspan.receiver;

/**
 * How fast a request came lately: over a time that ends now and is between half of the window and
 * all of it long, as long as {@link #look} is called often enough. So no fast start makes up for a
 * slow end. Safe for all threads.
 */
final class Pace {
  private static final double SECOND_NANOS = 1e9;

  private final long windowNanos;
  private long earlierAt; // these are guarded by this
  private long earlierBytes;
  private long laterAt;
  private long laterBytes;

  Pace(long windowNanos, long now) {
    this.windowNanos = windowNanos;
    begin(now);
  }

  /** Nothing has come by now. */
  synchronized void begin(long now) {
    earlierAt = now;
    earlierBytes = 0;
    laterAt = now;
    laterBytes = 0;
  }

  /** So many bytes have come by now in all. To be called twice in a window, or more often. */
  synchronized void look(long now, long bytes) {
    if (now - laterAt >= windowNanos / 2) {
      earlierAt = laterAt;
      earlierBytes = laterBytes;
      laterAt = now;
      laterBytes = bytes;
    }
  }

  /** Whether a whole window has passed with fewer bytes a second than this. */
  synchronized boolean isBelow(long secondBytes, long now, long bytes) {
    return now - earlierAt >= windowNanos && secondBytes(now, bytes) < secondBytes;
  }

  /** Bytes a second; infinite for less than half a window, which says nothing. */
  synchronized double secondBytes(long now, long bytes) {
    long nanos = now - earlierAt;
    return nanos < windowNanos / 2
        ? Double.POSITIVE_INFINITY
        : (bytes - earlierBytes) * SECOND_NANOS / nanos;
  }
}
