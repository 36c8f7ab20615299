package dev.tollspan.receiver;

import dev.tollspan.receiver.Received.Broken;
import dev.tollspan.receiver.Received.NoRoom;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import java.io.InputStream;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;

/**
 * One unary call of {@code TraceService/Export}, from its headers to its answer.
 *
 * <pre>
 * headers -> turn -> ask for the message -> pay as it comes -> read -> take -> answer
 *              | none in time | nothing comes   | no room
 *              +-----------> UNAVAILABLE <------+
 * </pre>
 *
 * The message is asked for only once a usual one would fit, and each part of it is paid for before
 * the next one is taken off the wire, so what is buffered is bounded by the budget, and a call that
 * sends nothing holds next to nothing.
 *
 * <p>Callbacks run on the event loop of the connection, which moves bytes and never waits. A call
 * gets a virtual thread when its message is there, and before only if it must wait for its turn:
 * one hand-over between threads for a usual request.
 */
final class ExportHandler implements ServerCallHandler<InputStream, byte[]> {
  /** What must be free for a call to get its turn: enough for nearly all requests. */
  private static final long TURN_BYTES_MAX = 4 << 20;

  /** The part of the budget that this may be, so that one busy connection never is in the way. */
  private static final int TURN_PART = 8;

  /** What a call costs before its message comes. */
  private static final int IDLE_BYTES = 4 << 10;

  private static final NoRoom NO_TURN = new NoRoom("too many requests are under way");
  private static final NoRoom NO_THREAD = new NoRoom("the receiver cannot take it now");
  private static final NoRoom TOO_SLOW = new NoRoom("the request did not arrive in time");
  private static final NoRoom CLOSING = new NoRoom("the receiver is closing");
  private static final Broken NO_MESSAGE = new Broken("the call has no message");

  private final ByteBudget budget;
  private final long turn;
  private final long idle;
  private final RequestReader reader;
  private final Intake intake;
  private final Executor threads;
  private final Patience patience;
  private final Set<Call> arriving = ConcurrentHashMap.newKeySet();
  private final Set<Call> working = ConcurrentHashMap.newKeySet();
  private volatile boolean closing; // only ever set

  /**
   * How long a call waits.
   *
   * @param admission for its turn. Short: the messages of waiting calls fill the flow-control
   *     window of their connection, which a call that had its turn may need to go on
   * @param silence for the next bytes of its message, the first ones included
   * @param arrival for all of its message
   * @param closing for its answer, once the receiver closes
   * @param handshake for a connection, before it has any call
   * @param nanoTicker the clock for silence and arrival
   */
  record Patience(
      Duration admission,
      Duration silence,
      Duration arrival,
      Duration closing,
      Duration handshake,
      LongSupplier nanoTicker) {
    /** What production waits. */
    static Patience usual(LongSupplier nanoTicker) {
      return new Patience(
          Duration.ofSeconds(1),
          Duration.ofSeconds(5),
          Duration.ofMinutes(1),
          Duration.ofSeconds(10),
          Duration.ofSeconds(10),
          nanoTicker);
    }
  }

  /** {@code threads} runs what may wait: one virtual thread each. */
  ExportHandler(
      ByteBudget budget, RequestReader reader, Intake intake, Executor threads, Patience patience) {
    this.budget = budget;
    turn = Math.min(Math.min(reader.limit(), TURN_BYTES_MAX), budget.bytesMax() / TURN_PART);
    idle = Math.min(turn, IDLE_BYTES);
    this.reader = reader;
    this.intake = intake;
    this.threads = threads;
    this.patience = patience;
  }

  @Override
  public ServerCall.Listener<InputStream> startCall(
      ServerCall<InputStream, byte[]> serverCall, Metadata headers) {
    Hold hold = new Hold(budget, Shares.of(serverCall));
    Call call = new Call(serverCall, hold, patience.nanoTicker().getAsLong());
    WireTracer.listen(call);
    if (hold.admitNow(turn, idle)) {
      call.begin();
    } else {
      try {
        threads.execute(call::awaitTurn);
      } catch (RejectedExecutionException | OutOfMemoryError e) {
        call.refuse(NO_THREAD);
      }
    }
    return call;
  }

  /** Ends the calls whose message is overdue. To be called about every second, by one thread. */
  void expire() {
    long now = patience.nanoTicker().getAsLong();
    for (Call call : arriving) {
      if (now - call.since > patience.arrival().toNanos()
          || now - call.lastBytes > patience.silence().toNanos()) {
        call.refuse(TOO_SLOW);
      }
    }
  }

  /**
   * Tells the senders of all calls under way, and of those to come, to come again. What a thread
   * still does with a message goes on, and is in the books, but has no answer any more: a sender
   * that heeds OTLP sends it once more.
   */
  void endAll() {
    closing = true;
    for (Call call : arriving) {
      call.refuse(CLOSING);
    }
    for (Call call : working) {
      call.answer(AnswerTable.of(CLOSING, call.hold.retryAfter()));
    }
  }

  /** How many calls have had their turn and not yet all of their message. */
  int arrivingCalls() {
    return arriving.size();
  }

  /**
   * The callbacks of a listener come one at a time; {@link #expire} and those of the wire may come
   * at the same time. Whoever sets {@code taken} answers, releases the hold when nothing of the
   * message is left, and is the only one to use the server call from then on; but a call whose
   * message is worked on may be answered by {@link #endAll}, and {@code answered} says by whom.
   */
  private final class Call extends ServerCall.Listener<InputStream> implements WireTracer.Listener {
    private final ServerCall<InputStream, byte[]> serverCall;
    private final Hold hold;
    private final AtomicBoolean taken = new AtomicBoolean();
    private final AtomicBoolean answered = new AtomicBoolean();
    private volatile long since; // written before the call begins
    private volatile long lastBytes; // written by the thread of the wire
    private long arrived; // owned by the thread of the wire

    Call(ServerCall<InputStream, byte[]> serverCall, Hold hold, long since) {
      this.serverCall = serverCall;
      this.hold = hold;
      this.since = since;
      lastBytes = since;
    }

    /** Looks once more behind {@code add}: the call may have ended since it got its turn. */
    void begin() {
      arriving.add(this);
      if (closing) {
        refuse(CLOSING);
      }
      if (taken.get()) {
        arriving.remove(this);
      } else {
        serverCall.request(1);
      }
    }

    void awaitTurn() {
      if (hold.admit(turn, idle, patience.admission().toNanos())) {
        since = patience.nanoTicker().getAsLong();
        lastBytes = since;
        begin();
      } else {
        refuse(NO_TURN);
      }
    }

    @Override
    public void arrived(long bytes) {
      lastBytes = patience.nanoTicker().getAsLong();
      arrived += bytes;
      if (arrived > idle && !taken.get() && !hold.resize(arrived)) {
        refuse(RequestReader.noRoom(hold.canEver(arrived)));
      }
    }

    @Override
    public void complete() {
      arriving.remove(this);
    }

    @Override
    public void onMessage(InputStream message) {
      if (taken.compareAndSet(false, true)) {
        Received received = reader.fetch(message, hold);
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
        answer.send(serverCall);
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

    @Override
    public void onHalfClose() {
      refuse(NO_MESSAGE);
    }

    @Override
    public void onCancel() {
      end();
    }

    @Override
    public void onComplete() {
      end();
    }

    /** The call is over. A thread that still works on its message holds what that takes. */
    private void end() {
      if (taken.compareAndSet(false, true)) {
        hold.release();
      }
      arriving.remove(this);
    }

    private void refuse(Received.Failure failure) {
      if (taken.compareAndSet(false, true)) {
        giveUp(failure);
      }
    }

    /**
     * Gives back at once what the message holds so far, so that of many that are too much together
     * the last one still fits. Its buffers go with the next turn of the event loop.
     */
    private void giveUp(Received.Failure failure) {
      hold.release();
      intake.refuse(failure, hold.retryAfter()).send(serverCall);
    }
  }
}
