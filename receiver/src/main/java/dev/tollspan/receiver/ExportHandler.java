package dev.tollspan.receiver;

import dev.tollspan.receiver.Received.Broken;
import dev.tollspan.receiver.Received.NoRoom;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;

/**
 * One unary call of {@code TraceService/Export}, from its headers to its answer.
 *
 * <pre>
 * headers -> ticket of the budget -> ask for the message -> read -> take -> answer
 *                | none in time            | never comes
 *                +-----> UNAVAILABLE <-----+
 * </pre>
 *
 * The message is asked for only once there is a ticket, so that what is buffered is bounded by the
 * budget. Each call has a virtual thread, which may wait; the event loops never do.
 */
final class ExportHandler implements ServerCallHandler<Received, byte[]> {
  private static final NoRoom NO_TICKET = new NoRoom("too many requests are under way");
  private static final NoRoom TOO_SLOW = new NoRoom("the request did not arrive in time");
  private static final Broken NO_MESSAGE = new Broken("the call has no message");

  private final ByteBudget budget;
  private final int ticket;
  private final Intake intake;
  private final Patience patience;
  private final Set<Call> arriving = ConcurrentHashMap.newKeySet();

  /**
   * How long a call waits.
   *
   * @param admission for its ticket. Short: the messages of waiting calls fill the flow-control
   *     window of their connection, which a call that has a ticket may need to go on
   * @param arrival for its message, once it has a ticket that others may want
   * @param closing for its answer, once the receiver closes
   * @param nanoTicker the clock for arrivals
   */
  record Patience(
      Duration admission, Duration arrival, Duration closing, LongSupplier nanoTicker) {}

  ExportHandler(ByteBudget budget, int ticket, Intake intake, Patience patience) {
    this.budget = budget;
    this.ticket = ticket;
    this.intake = intake;
    this.patience = patience;
  }

  @Override
  public ServerCall.Listener<Received> startCall(
      ServerCall<Received, byte[]> serverCall, Metadata headers) {
    if (!budget.acquire(ticket, patience.admission().toNanos())) {
      intake.refuse(NO_TICKET).send(serverCall);
      return new ServerCall.Listener<>() {};
    }
    Call call = new Call(serverCall, patience.nanoTicker().getAsLong());
    arriving.add(call);
    serverCall.request(1);
    return call;
  }

  /** Ends the calls whose message is overdue. To be called about every second, by one thread. */
  void expire() {
    long now = patience.nanoTicker().getAsLong();
    for (Call call : arriving) {
      if (now - call.since > patience.arrival().toNanos()) {
        call.expire();
      }
    }
  }

  /**
   * Callbacks come one at a time; only {@link #expire} may come at the same time as one of them.
   * Whoever sets {@code taken} answers, and is the only one to use the server call from then on.
   */
  private final class Call extends ServerCall.Listener<Received> {
    private final ServerCall<Received, byte[]> serverCall;
    private final long since;
    private final AtomicBoolean taken = new AtomicBoolean();
    private boolean hasTicket = true; // owned by the thread of the callbacks

    Call(ServerCall<Received, byte[]> serverCall, long since) {
      this.serverCall = serverCall;
      this.since = since;
    }

    @Override
    public void onMessage(Received received) {
      hasTicket = false; // the reader has turned it into what the message needs
      arriving.remove(this);
      if (taken.compareAndSet(false, true)) {
        intake.take(received).send(serverCall);
      } else {
        intake.discard(received);
      }
    }

    @Override
    public void onHalfClose() {
      if (taken.compareAndSet(false, true)) {
        intake.refuse(NO_MESSAGE).send(serverCall);
      }
    }

    @Override
    public void onCancel() {
      end();
    }

    @Override
    public void onComplete() {
      end();
    }

    private void end() {
      arriving.remove(this);
      if (hasTicket) {
        hasTicket = false;
        budget.release(ticket);
      }
    }

    private void expire() {
      if (taken.compareAndSet(false, true)) {
        intake.refuse(TOO_SLOW).send(serverCall);
      }
    }
  }
}
