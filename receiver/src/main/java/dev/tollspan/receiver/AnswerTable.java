package dev.tollspan.receiver;

import dev.tollspan.pipeline.Outcome;
import dev.tollspan.receiver.Received.Broken;
import dev.tollspan.receiver.Received.Died;
import dev.tollspan.receiver.Received.Failure;
import dev.tollspan.receiver.Received.NoRoom;
import dev.tollspan.receiver.Received.TooLarge;
import java.time.Duration;

/** What each end of a request means to its sender, whatever the protocol. */
final class AnswerTable {
  /** At most 1 KiB as UTF-8, however long the texts of other rooms get. */
  private static final int TEXT_CHARS_MAX = 340;

  private AnswerTable() {}

  /**
   * Spans were handed over, but for those that the receiver itself had to reject.
   *
   * @param told to the sender of these, and of what was put right in others; empty if there is
   *     nothing to say
   */
  static Answer of(Outcome outcome, int rejected, String told) {
    return switch (outcome) {
      case Outcome.Accepted() -> new Answer.Taken(rejected, text(told));
      case Outcome.PartlyAccepted(long more, String why) ->
          new Answer.Taken(rejected + more, text(join(told, why)));
      case Outcome.RetryLater(Duration after, String why) -> comeAgain(after, why);
      case Outcome.Refused(var _, String why) -> new Answer.Refused(Refusal.BROKEN, text(why));
    };
  }

  /** No spans were seen. */
  static Answer of(Failure failure, Duration retryAfter) {
    return switch (failure) {
      case TooLarge(String why) -> new Answer.Refused(Refusal.TOO_LARGE, text(why));
      case Broken(String why) -> new Answer.Refused(Refusal.BROKEN, text(why));
      case NoRoom(String why) -> comeAgain(retryAfter, why);
      case Died() -> failed();
    };
  }

  /** A bug of ours; sending the request again would meet it again. */
  static Answer failed() {
    return new Answer.Refused(Refusal.DEFECT, "the request met a defect of the receiver");
  }

  /** What the books call the reason of an answer without spans. */
  static String word(Answer answer) {
    return switch (answer) {
      case Answer.Refused(Refusal refusal, String _) -> refusal.word();
      case Answer.ComeAgain _ -> "retry_later";
      case Answer.Taken _, Answer.Preflight _ ->
          throw new IllegalArgumentException("it was not refused");
    };
  }

  /** Both, one behind the other. */
  static String join(String first, String second) {
    return first + (first.isEmpty() || second.isEmpty() ? "" : "; ") + second;
  }

  private static Answer comeAgain(Duration after, String why) {
    return new Answer.ComeAgain(ByteBudget.clamp(after), text(why));
  }

  private static String text(String reason) {
    return reason.length() <= TEXT_CHARS_MAX ? reason : reason.substring(0, TEXT_CHARS_MAX);
  }
}
