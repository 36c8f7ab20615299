package dev.tollspan.receiver;

/** What the transport made of one request: its bytes, or why there are none. */
sealed interface Received {
  /**
   * The request, decompressed. The array is the pool's and the receiver of this value owes its
   * release. The hold of the request is {@code length} bytes by now.
   */
  @SuppressWarnings("ArrayRecordComponent") // bodies are never compared
  record Body(byte[] bytes, int length) implements Received {}

  /**
   * The request as it came, still compressed, in an array of the pool whose release is owed as
   * above.
   *
   * @param mark how it is compressed, as {@link Unpackers} numbers it
   */
  @SuppressWarnings("ArrayRecordComponent") // as above
  record Packed(int mark, byte[] bytes, int length) implements Received {}

  /** A request in JSON, as one of the two above. */
  record Json(Received text) implements Received {}

  /** No bytes. */
  sealed interface Failure extends Received {}

  /** It is, or would become, larger than any request may be; the reason repeats nothing of it. */
  record TooLarge(String reason) implements Failure {}

  /** It cannot be read; the reason repeats nothing of it. */
  record Broken(String reason) implements Failure {}

  /** It might be taken another time. */
  record NoRoom(String reason) implements Failure {}

  /** A defect of ours, which is in the log. */
  record Died() implements Failure {}
}
