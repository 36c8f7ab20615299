package dev.tollspan.receiver;

import dev.tollspan.pipeline.Ledger;
import dev.tollspan.pipeline.Outcome;
import dev.tollspan.pipeline.SpanConsumer;
import dev.tollspan.receiver.Received.Body;
import dev.tollspan.receiver.Received.Broken;
import dev.tollspan.receiver.Received.Failure;
import dev.tollspan.receiver.Received.Json;
import dev.tollspan.receiver.Received.Packed;
import dev.tollspan.receiver.Received.TooLarge;
import dev.tollspan.spans.BatchPool;
import dev.tollspan.spans.Decoded;
import dev.tollspan.spans.KeyTable;
import dev.tollspan.spans.NoRoomException;
import dev.tollspan.spans.OtlpJson;
import dev.tollspan.spans.SpanBatch;
import io.grpc.Context;
import java.time.Duration;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/**
 * From one request to its answer: decodes, hands over, keeps the books. Safe for all threads;
 * blocks as long as the consumer does.
 *
 * <p>Whatever happens behind it, the books balance and the bytes go back to the budget.
 */
final class Intake {
  /** What a usual part takes with what is made of it: so many times its limit. */
  private static final int PART_TIMES = 6;

  private static final String FAILED = "failed";
  private static final String NO_ROOM = "no_room";
  private static final String REFUSED = "refused";
  private static final String RETRY_LATER = "retry_later";

  private final KeyTable keys;
  private final BatchPool pool;
  private final Ledger ledger;
  private final SpanConsumer next;
  private final long partBytesMax;

  /** A batch is cut whose rows exceed {@code partBytesMax}; see {@link SpanBatch#partEnd}. */
  Intake(KeyTable keys, BatchPool pool, Ledger ledger, SpanConsumer next, long partBytesMax) {
    this.keys = keys;
    this.pool = pool;
    this.ledger = ledger;
    this.next = next;
    this.partBytesMax = partBytesMax;
  }

  /** Asks the hold of a request for what is made of it and taken beside it. */
  private static final class Room implements LongPredicate {
    private final Hold hold;
    private final int length;
    private long kept;
    private long wanted;

    Room(Hold hold, int length) {
      this.hold = hold;
      this.length = length;
    }

    @Override
    public boolean test(long beside) {
      wanted = Math.max(length + beside, kept);
      return hold.resize(wanted);
    }

    /** Room for so much that is not given back in between. */
    void keep(long beside) {
      kept = length + beside;
      if (!test(beside)) {
        throw new NoRoomException();
      }
    }
  }

  /** Takes the unpacked request over, but not its hold. */
  Answer take(Received received, Hold hold) {
    return switch (received) {
      case Failure failure -> refuse(failure, hold.retryAfter());
      case Body body -> decode(body, false, hold);
      case Json(Body text) -> decode(text, true, hold);
      case Packed _, Json _ ->
          throw new IllegalArgumentException("a request must be unpacked before");
    };
  }

  /** Counts a request that ends without its spans having been seen. */
  Answer refuse(Failure failure, Duration retryAfter) {
    Answer answer = AnswerTable.of(failure, retryAfter);
    if (!(failure instanceof TooLarge)) { // those are counted by WireTracer
      ledger.refuseRequest(AnswerTable.word(answer));
    }
    return answer;
  }

  private Answer decode(Body body, boolean json, Hold hold) {
    Room room = new Room(hold, body.length());
    Decoded decoded = null;
    try {
      decoded =
          json
              ? OtlpJson.decode(pool, keys, body.bytes(), body.length(), room)
              : SpanBatch.decode(pool, keys, body.bytes(), body.length(), room);
    } catch (RuntimeException | Error e) {
      DefectLog.add(e);
      return AnswerTable.failed();
    } finally {
      if (decoded == null) {
        ledger.refuseRequest(Refusal.DEFECT.word());
      }
    }
    return switch (decoded) {
      case Decoded.Malformed(String reason) -> refuse(new Broken(reason), hold.retryAfter());
      case Decoded.NoRoom() ->
          refuse(RequestReader.noRoom(hold.canEver(room.wanted)), hold.retryAfter());
      case Decoded.Whole whole -> handOver(whole, room);
    };
  }

  private Answer handOver(Decoded.Whole whole, Room room) {
    SpanBatch batch = whole.batch();
    int spans = batch.spanCount();
    int rejected = whole.rejectedSpans();
    ledger.receive((long) spans + rejected, whole.oddSpans());
    if (rejected > 0) {
      ledger.reject(rejected, "invalid_span");
    }
    String told = AnswerTable.join(whole.reason(), whole.repairs().warning());
    if (spans == 0) {
      batch.release();
      return AnswerTable.of(Outcome.ACCEPTED, rejected, told);
    }
    // A call that the consumer starts must not end when ours does (grpc-java ties a call to the
    // context that it was started in).
    Context outer = Context.ROOT.attach();
    try {
      Outcome outcome =
          batch.rowBytes() <= partBytesMax ? handOver(batch, spans) : handOverParts(batch, room);
      return AnswerTable.of(outcome, rejected, told);
    } catch (NoRoomException e) {
      Failure noRoom = RequestReader.noRoom(room.hold.canEver(room.wanted));
      return AnswerTable.of(noRoom, room.hold.retryAfter());
    } catch (RuntimeException | Error e) {
      DefectLog.add(e);
      return AnswerTable.failed();
    } finally {
      Context.ROOT.detach(outer);
    }
  }

  private Outcome handOver(SpanBatch batch, int spans) {
    String failure = FAILED;
    Outcome outcome = null;
    try {
      outcome = next.accept(batch);
      return outcome;
    } catch (NoRoomException e) {
      failure = NO_ROOM;
      throw e;
    } finally {
      book(outcome, spans, failure);
    }
  }

  /**
   * One part after the other, each priced, cleaned and handed over before the next is cut: what is
   * made of many spans is several times larger than they are. Takes what a usual part needs before
   * the first one, so that the next ones have it too. Ends with the first part that is not taken;
   * if the sender comes again with all of them, those before come twice.
   */
  private Outcome handOverParts(SpanBatch batch, Room room) {
    int spans = batch.spanCount();
    int done = 0;
    long refused = 0;
    String reason = "";
    String failure = FAILED;
    try {
      room.keep(batch.indexBytes() + PART_TIMES * partBytesMax);
      while (done < spans) {
        int from = done;
        int end = batch.partEnd(from, partBytesMax);
        SpanBatch part = batch.part(from, end);
        done = end; // whatever happens from here on, the part is booked
        switch (handOver(part, end - from)) {
          case Outcome.Accepted() -> {}
          case Outcome.PartlyAccepted(long more, String why) -> {
            refused += more;
            reason = why;
          }
          case Outcome.RetryLater later -> {
            failure = RETRY_LATER;
            return later;
          }
          case Outcome.Refused no -> {
            failure = REFUSED;
            return no;
          }
        }
      }
      return refused == 0 ? Outcome.ACCEPTED : new Outcome.PartlyAccepted(refused, reason);
    } catch (NoRoomException e) {
      failure = NO_ROOM;
      throw e;
    } finally {
      if (done < spans) {
        ledger.reject(spans - done, failure);
      }
      batch.release();
    }
  }

  /** Counts spans that were handed over; {@code failure} says what became of them if nobody did. */
  private void book(@Nullable Outcome outcome, int spans, String failure) {
    switch (outcome) {
      case null -> ledger.reject(spans, failure);
      case Outcome.Accepted() -> ledger.accept(spans);
      case Outcome.PartlyAccepted(long refused, String _) -> {
        ledger.accept(spans - refused);
        ledger.reject(refused, REFUSED);
      }
      case Outcome.RetryLater _ -> ledger.reject(spans, RETRY_LATER);
      case Outcome.Refused _ -> ledger.reject(spans, REFUSED);
    }
  }
}
