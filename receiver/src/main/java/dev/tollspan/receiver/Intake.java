package dev.tollspan.receiver;

import dev.tollspan.pipeline.Ledger;
import dev.tollspan.pipeline.Outcome;
import dev.tollspan.pipeline.SpanConsumer;
import dev.tollspan.receiver.Received.Body;
import dev.tollspan.receiver.Received.Broken;
import dev.tollspan.receiver.Received.Failure;
import dev.tollspan.receiver.Received.Packed;
import dev.tollspan.receiver.Received.TooLarge;
import dev.tollspan.spans.BatchPool;
import dev.tollspan.spans.Decoded;
import dev.tollspan.spans.KeyTable;
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
  private final KeyTable keys;
  private final BatchPool pool;
  private final Ledger ledger;
  private final SpanConsumer next;

  Intake(KeyTable keys, BatchPool pool, Ledger ledger, SpanConsumer next) {
    this.keys = keys;
    this.pool = pool;
    this.ledger = ledger;
    this.next = next;
  }

  /** Asks the hold of a request for what its index takes beside it. */
  private static final class Room implements LongPredicate {
    private final Hold hold;
    private final int length;
    private long wanted;

    Room(Hold hold, int length) {
      this.hold = hold;
      this.length = length;
    }

    @Override
    public boolean test(long indexBytes) {
      wanted = length + indexBytes;
      return hold.resize(wanted);
    }
  }

  /** Takes the unpacked request over, but not its hold. */
  Answer take(Received received, Hold hold) {
    return switch (received) {
      case Failure failure -> refuse(failure, hold.retryAfter());
      case Body(byte[] bytes, int length) -> decode(bytes, length, hold);
      case Packed _ -> throw new IllegalArgumentException("a request must be unpacked before");
    };
  }

  /** Counts a request that ends without its spans having been seen. */
  Answer refuse(Failure failure, Duration retryAfter) {
    if (!(failure instanceof TooLarge)) { // those are counted by WireTracer
      ledger.refuseRequest();
    }
    return AnswerTable.of(failure, retryAfter);
  }

  private Answer decode(byte[] bytes, int length, Hold hold) {
    Room room = new Room(hold, length);
    Decoded decoded = null;
    try {
      decoded = SpanBatch.decode(pool, keys, bytes, length, room);
    } catch (RuntimeException | Error e) {
      DefectLog.add(e);
      return AnswerTable.failed();
    } finally {
      if (decoded == null) {
        ledger.refuseRequest();
      }
    }
    return switch (decoded) {
      case Decoded.Malformed(String reason) -> refuse(new Broken(reason), hold.retryAfter());
      case Decoded.NoRoom() ->
          refuse(RequestReader.noRoom(hold.canEver(room.wanted)), hold.retryAfter());
      case Decoded.Whole whole -> handOver(whole);
    };
  }

  private Answer handOver(Decoded.Whole whole) {
    int spans = whole.batch().spanCount();
    int rejected = whole.rejectedSpans();
    ledger.receive((long) spans + rejected, whole.oddSpans());
    if (rejected > 0) {
      ledger.reject(rejected, "invalid_span");
    }
    if (spans == 0) {
      whole.batch().release();
      return AnswerTable.of(Outcome.ACCEPTED, rejected, whole.reason());
    }
    Outcome outcome = null;
    // A call that the consumer starts must not end when ours does (grpc-java ties a call to the
    // context that it was started in).
    Context outer = Context.ROOT.attach();
    try {
      outcome = next.accept(whole.batch());
    } catch (RuntimeException | Error e) {
      DefectLog.add(e);
      return AnswerTable.failed();
    } finally {
      Context.ROOT.detach(outer);
      book(outcome, spans);
    }
    return AnswerTable.of(outcome, rejected, whole.reason());
  }

  private void book(@Nullable Outcome outcome, int spans) {
    switch (outcome) {
      case null -> ledger.reject(spans, "failed");
      case Outcome.Accepted() -> ledger.accept(spans);
      case Outcome.PartlyAccepted(long refused, String _) -> {
        ledger.accept(spans - refused);
        ledger.reject(refused, "refused");
      }
      case Outcome.RetryLater _ -> ledger.reject(spans, "retry_later");
      case Outcome.Refused _ -> ledger.reject(spans, "refused");
    }
  }
}
