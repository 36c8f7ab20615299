package dev.tollspan.spans;

/** What became of the bytes of one request. */
public sealed interface Decoded {
  /**
   * The request is well framed.
   *
   * @param batch its spans, maybe none
   * @param rejectedSpans how many were left out
   * @param reason why, in words that repeat nothing of the request; empty if none was left out
   * @param oddSpans how many had to be rewritten in canonical form first
   * @param repairs what was put right in spans that were kept; the sender is to be told
   */
  record Whole(SpanBatch batch, int rejectedSpans, String reason, int oddSpans, Repairs repairs)
      implements Decoded {}

  /** The framing is broken; {@code reason} repeats nothing of the request. */
  record Malformed(String reason) implements Decoded {}

  /** Whoever was asked had no room for the index of so many spans, or to rewrite odd ones. */
  record NoRoom() implements Decoded {}
}
