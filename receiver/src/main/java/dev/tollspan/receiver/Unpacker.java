package dev.tollspan.receiver;

/** Reverses one compression. Keeps native memory until closed; used by one thread at a time. */
interface Unpacker extends AutoCloseable {
  /** Spans compress five to ten times. */
  int USUAL_RATIO = 8;

  /** How it went. */
  enum Result {
    DONE,
    TOO_LARGE,
    BROKEN,
    NO_ROOM
  }

  /** Decompresses {@code [0, size)} of {@code packed} to the end of {@code out}. */
  Result unpack(byte[] packed, int size, Inflated out);

  @Override
  void close();
}
