package dev.tollspan.receiver;

import java.time.Duration;

/**
 * What a sender is told, in no protocol's words: {@link GrpcAnswers} and {@link HttpAnswers} have
 * those. Reasons are texts of ours and repeat nothing of a request.
 */
sealed interface Answer {
  /**
   * The spans were taken, but for so many; these and the reason make the {@code partial_success}. A
   * reason without rejected spans is a warning, none at all is full success.
   */
  record Taken(long rejectedSpans, String reason) implements Answer {}

  /** Nothing was taken; the sender shall send the same again after this delay. */
  record ComeAgain(Duration after, String reason) implements Answer {}

  /** Nothing was taken, and the same request never will be. */
  record Refused(Refusal refusal, String reason) implements Answer {}

  /** A browser may send from this page (HTTP alone); the fields say what. */
  record Preflight(String fields) implements Answer {}
}
