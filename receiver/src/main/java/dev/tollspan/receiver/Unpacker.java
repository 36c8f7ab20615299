package dev.tollspan.receiver;

/** Reverses one compression. Keeps native memory until closed; used by one thread at a time. */
interface Unpacker extends AutoCloseable {
  /** Spans compress five to ten times. */
  int USUAL_RATIO = 8;

  /** A size that is claimed beyond this ratio is not believed: nobody gets 64 MiB for a claim. */
  int LIKELY_RATIO_MAX = 32;

  /** How it went. */
  enum Result {
    DONE,
    TOO_LARGE,
    BROKEN,
    /** It has next to nothing in very much. */
    WASTEFUL,
    NO_ROOM
  }

  /**
   * For how many bytes to make room first; {@code claimed} is what the sender says, if anything.
   */
  static long firstRoom(long claimed, int size) {
    boolean isLikely = claimed > 0 && claimed <= (long) LIKELY_RATIO_MAX * size;
    return isLikely ? claimed : (long) USUAL_RATIO * size;
  }

  /** Decompresses {@code [0, size)} of {@code packed} into {@code out}, which is empty. */
  Result unpack(byte[] packed, int size, Inflated out);

  @Override
  void close();
}
