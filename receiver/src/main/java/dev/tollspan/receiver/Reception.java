package dev.tollspan.receiver;

import dev.tollspan.receiver.Received.Broken;
import dev.tollspan.receiver.Received.NoRoom;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/**
 * What a request goes through in any protocol, from its headers to its answer.
 *
 * <pre>
 * headers -> turn -> go on with the message -> pay as it comes -> read -> take -> answer
 *              | none in time | nothing comes   | no room
 *              +-----------> come again <-------+
 * </pre>
 *
 * The message is asked for only once a usual one would fit, and each part of it is paid for before
 * the next one is taken off the wire, so what is buffered is bounded by the budget, and a request
 * that sends nothing holds next to nothing.
 *
 * <p>A request gets a virtual thread when its message is there, and before only if it must wait for
 * its turn: one hand-over between threads for a usual request.
 */
final class Reception {
  /** What must be free for a request to get its turn: enough for nearly all. */
  private static final long TURN_BYTES_MAX = 4 << 20;

  /** The part of the budget that this may be, so that one busy connection never is in the way. */
  private static final int TURN_PART = 8;

  /** What a request costs before its message comes. */
  private static final int IDLE_BYTES = 4 << 10;

  /** How slow a message may come, and over which time that is judged. */
  private static final int SECOND_BYTES_MIN = 1 << 10;

  private static final long SLOW_NANOS = Duration.ofSeconds(10).toNanos();

  /** The same where others need the room. */
  private static final long LATELY_NANOS = Duration.ofSeconds(2).toNanos();

  private static final NoRoom NO_TURN = new NoRoom("too many requests are under way");
  private static final NoRoom NO_THREAD = new NoRoom("the receiver cannot take it now");
  private static final NoRoom TOO_SLOW = new NoRoom("the request did not arrive in time");
  private static final NoRoom GAVE_WAY = new NoRoom("the request came too slowly or held too much");
  private static final NoRoom CLOSING = new NoRoom("the receiver is closing");
  private static final Broken NO_MESSAGE = new Broken("the call has no message");

  private final ByteBudget budget;
  private final Intake intake;
  private final Executor threads;
  private final Patience patience;
  private final Set<Visit> arriving = ConcurrentHashMap.newKeySet();
  private final Shortage shortage;
  private final Set<Visit> working = ConcurrentHashMap.newKeySet();
  private volatile boolean closing; // only ever set

  /** The side of the transport. Called by any thread, once each at most. */
  interface Sender {
    /** The request has its turn: its message may be taken off the wire. */
    void goOn();

    /** The one answer. */
    void answer(Answer answer);
  }

  /** {@code threads} runs what may wait: one virtual thread each. */
  Reception(ByteBudget budget, Intake intake, Executor threads, Patience patience) {
    this.budget = budget;
    this.intake = intake;
    this.threads = threads;
    this.patience = patience;
    shortage = new Shortage(budget, arriving, budget.bytesMax() / TURN_PART, patience.nanoTicker());
  }

  /** A request of a connection with this share has come; {@link Visit#enter} is next. */
  Visit visit(Sender sender, Share share, RequestReader reader, Duration arrival) {
    Hold hold = new Hold(budget, share, shortage);
    return new Visit(sender, hold, reader, arrival.toNanos(), now());
  }

  /** Ends the requests whose message is overdue. To be called about every second, by one thread. */
  void expire() {
    long now = now();
    for (Visit visit : arriving) {
      if (visit.isOverdue(now)) {
        visit.refuse(TOO_SLOW);
      }
    }
  }

  /**
   * Tells the senders of all requests under way, and of those to come, to come again. What a thread
   * still does with a message goes on, and is in the books, but has no answer any more: a sender
   * that heeds OTLP sends it once more.
   */
  void endAll() {
    closing = true;
    for (Visit visit : arriving) {
      visit.refuse(CLOSING);
    }
    for (Visit visit : working) {
      visit.answer(AnswerTable.of(CLOSING, visit.hold.retryAfter()));
    }
  }

  /** How many requests have had their turn and not yet all of their message. */
  int arrivingRequests() {
    return arriving.size();
  }

  private long now() {
    return patience.nanoTicker().getAsLong();
  }

  /**
   * One request. What its transport calls comes from one thread at a time; {@link #expire} may come
   * at the same time. Whoever sets {@code taken} answers, releases the hold when nothing of the
   * message is left, and is the only one to use the sender from then on; but a request whose
   * message is worked on may be answered by {@link #endAll}, and {@code answered} says by whom.
   */
  final class Visit implements Shortage.Arriving {
    private final Sender sender;
    private final Hold hold;
    private final RequestReader reader;
    private final long arrivalNanos;
    private final long turn;
    private final long idle;
    private final Pace pace;
    private final Pace latePace;
    private final AtomicBoolean taken = new AtomicBoolean();
    private final AtomicBoolean answered = new AtomicBoolean();
    private volatile long since; // written before the visit begins
    private volatile long lastBytes; // written by the thread of the wire
    private volatile long arrived; // owned by the thread of the wire

    private Visit(Sender sender, Hold hold, RequestReader reader, long arrivalNanos, long since) {
      this.sender = sender;
      this.hold = hold;
      this.reader = reader;
      this.arrivalNanos = arrivalNanos;
      turn = Math.min(Math.min(reader.limit(), TURN_BYTES_MAX), budget.bytesMax() / TURN_PART);
      idle = Math.min(turn, IDLE_BYTES);
      pace = new Pace(SLOW_NANOS, since);
      latePace = new Pace(LATELY_NANOS, since);
      this.since = since;
      lastBytes = since;
    }

    /** Gets its turn now, or waits for it on a thread of its own. */
    void enter() {
      if (hold.admitNow(turn, idle)) {
        begin();
      } else {
        try {
          threads.execute(this::awaitTurn);
        } catch (RejectedExecutionException | OutOfMemoryError e) {
          refuse(NO_THREAD);
        }
      }
    }

    /** The same for a message of known length: what has no room now is refused unread. */
    void enter(long length) {
      if (length > turn && !hold.hasRoom(length)) {
        refuse(RequestReader.noRoom(hold.canEver(length)));
      } else {
        enter();
      }
    }

    /** Looks once more behind {@code add}: the request may have ended since it got its turn. */
    private void begin() {
      arriving.add(this);
      if (closing) {
        refuse(CLOSING);
      }
      if (taken.get()) {
        arriving.remove(this);
      } else {
        sender.goOn();
      }
    }

    private void awaitTurn() {
      if (hold.admit(turn, idle, patience.admission().toNanos())) {
        long now = now();
        since = now;
        lastBytes = now;
        pace.begin(now);
        latePace.begin(now);
        begin();
      } else {
        refuse(NO_TURN);
      }
    }

    @Override
    public Hold hold() {
      return hold;
    }

    @Override
    public double pace(long now) {
      return latePace.secondBytes(now, arrived);
    }

    /** So many bytes have come since the last time. */
    void arrived(long bytes) {
      lastBytes = now();
      long before = arrived;
      arrived = before + bytes;
    }

    /** The same where the transport buffers them: they are paid for, or the request ends. */
    void buffered(long bytes) {
      arrived(bytes);
      long all = arrived;
      if (all > idle && !taken.get() && !hold.resize(all)) {
        refuse(RequestReader.noRoom(hold.canEver(all)));
      }
    }

    /** All of the message is there: from here on nobody waits for its sender. */
    void complete() {
      arriving.remove(this);
    }

    /** To be asked about every second, by one thread. */
    private boolean isOverdue(long now) {
      long bytes = arrived;
      boolean isSlow = pace.isBelow(SECOND_BYTES_MIN, now, bytes);
      pace.look(now, bytes);
      latePace.look(now, bytes);
      return isSlow || now - since > arrivalNanos || now - lastBytes > patience.silence().toNanos();
    }

    /** The message; {@code read} copies it out of the transport, on this thread. */
    void take(Supplier<Received> read) {
      complete();
      if (taken.compareAndSet(false, true)) {
        Received received = read.get();
        try {
          threads.execute(() -> work(received));
        } catch (RejectedExecutionException | OutOfMemoryError e) {
          reader.discard(received);
          giveUp(NO_THREAD);
        }
      }
    }

    /** Looks once more behind {@code add}, too. */
    private void work(Received received) {
      working.add(this);
      Answer answer;
      if (closing) {
        reader.discard(received);
        hold.release();
        answer = intake.refuse(CLOSING, hold.retryAfter());
      } else {
        answer = outcome(received);
      }
      working.remove(this);
      answer(answer);
    }

    private void answer(Answer answer) {
      if (answered.compareAndSet(false, true)) {
        sender.answer(answer);
      }
    }

    private Answer outcome(Received received) {
      try {
        return intake.take(reader.unpack(received, hold), hold);
      } catch (RuntimeException | Error e) {
        DefectLog.add(e);
        return AnswerTable.failed();
      } finally {
        hold.release();
      }
    }

    /** The sender has said all it will say. */
    void endOfMessage() {
      refuse(NO_MESSAGE);
    }

    /** The sender is gone. A thread that still works on its message holds what that takes. */
    void leave() {
      if (taken.compareAndSet(false, true)) {
        hold.release();
      }
      arriving.remove(this);
    }

    /** Sends it away, unless its message is taken already. */
    void refuse(Received.Failure failure) {
      if (taken.compareAndSet(false, true)) {
        arriving.remove(this);
        giveUp(failure);
      }
    }

    /**
     * The bytes are free at once; the answer comes from another thread, because this one may be the
     * event loop of another connection, and in the midst of a request.
     */
    @Override
    public void giveWay() {
      if (taken.compareAndSet(false, true)) {
        arriving.remove(this);
        hold.release();
        try {
          threads.execute(() -> giveUp(GAVE_WAY));
        } catch (RejectedExecutionException | OutOfMemoryError e) {
          giveUp(GAVE_WAY);
        }
      }
    }

    /**
     * Gives back at once what the message holds so far, so that of many that are too much together
     * the last one still fits. Its buffers go with the next turn of the event loop.
     */
    private void giveUp(Received.Failure failure) {
      hold.release();
      sender.answer(intake.refuse(failure, hold.retryAfter()));
    }
  }
}
