package dev.tollspan.receiver;

/** What the transport made of one request: its bytes, or why there are none. */
sealed interface Received {
  /**
   * The request, decompressed. The array is the pool's and the receiver of this value owes its
   * release. The hold of the request is {@code length} bytes by now.
   */
  @SuppressWarnings("ArrayRecordComponent") // bodies are never compared
  record Body(byte[] bytes, int length) implements Received {}

  /** No bytes. */
  sealed interface Failure extends Received {}

  /** It is, or would become, larger than any request may be; the reason repeats nothing of it. */
  record TooLarge(String reason) implements Failure {}

  /** It cannot be read; the reason repeats nothing of it. */
  record Broken(String reason) implements Failure {}

  /** It might be taken another time. */
  record NoRoom(String reason) implements Failure {}
}
