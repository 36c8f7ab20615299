package dev.tollspan.receiver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollspan.pipeline.Ledger;
import dev.tollspan.pipeline.Outcome;
import dev.tollspan.spans.BatchPool;
import dev.tollspan.spans.Batches;
import io.grpc.Attributes;
import io.grpc.Context;
import io.grpc.KnownLength;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** What a call holds while its message comes, piece by piece, and when it is ended. */
class ExportHandlerTest {
  private static final int LIMIT = 1 << 20;
  private static final long BUDGET = 4 << 20;
  private static final long IDLE = 4 << 10;

  private final ByteBudget budget = new ByteBudget(BUDGET);
  private final Shares shares = new Shares(BUDGET * 3 / 4);
  private final Ledger ledger = new Ledger();
  private final BatchPool pool = new BatchPool(1 << 20);
  private final AtomicLong nanos = new AtomicLong();
  private final AtomicBoolean closed = new AtomicBoolean();
  private Executor threads = Runnable::run; // these are owned by the test
  private Outcome outcome = Outcome.ACCEPTED;
  private Runnable atWork = () -> {};
  private Runnable onTick = () -> {};
  private final Unpackers unpackers = new Unpackers(1, Hindered::new, Hindered::new);
  private final Patience patience =
      Station.patience(Duration.ofMillis(20), Duration.ofSeconds(10), this::tick);
  private final Reception reception =
      new Reception(
          budget,
          new Intake(
              Batches.keys(),
              pool,
              ledger,
              batch -> {
                batch.release();
                return outcome;
              },
              1 << 20),
          task -> threads.execute(task),
          patience);
  private final ExportHandler handler =
      new ExportHandler(
          reception,
          new RequestReader(pool, unpackers, new Lane(Duration.ZERO), LIMIT),
          new GrpcAnswers(Response.BYTES_MAX),
          patience);

  /** An unpacker to which something happens while it works. */
  private final class Hindered implements Unpacker {
    @Override
    public Result unpack(byte[] packed, int size, Inflated out) {
      assertTrue(out.grow(1000));
      atWork.run();
      return Result.BROKEN;
    }

    @Override
    public void close() {
      closed.set(true);
    }
  }

  private static class Plain extends ByteArrayInputStream implements KnownLength {
    Plain(byte[] message) {
      super(message);
    }
  }

  /** A plain message that the transport cannot hand over. */
  private static final class Unreadable extends Plain {
    Unreadable(byte[] message) {
      super(message);
    }

    @Override
    public byte[] readAllBytes() {
      throw new OutOfMemoryError();
    }

    @Override
    public int readNBytes(byte[] target, int offset, int length) {
      throw new OutOfMemoryError();
    }
  }

  /** One call as the transport sees it. */
  private final class FakeCall extends ServerCall<InputStream, byte[]> {
    private final Attributes connection;
    private final ServerStreamTracer wire =
        WireTracer.factory(ledger).newServerStreamTracer("any", new Metadata());
    private ServerCall.Listener<InputStream> listener;
    private Status status;
    private int requested;

    FakeCall(Attributes connection) {
      this.connection = connection;
    }

    FakeCall start() {
      wire.filterContext(Context.ROOT)
          .run(() -> listener = handler.startCall(this, new Metadata()));
      return this;
    }

    Status.Code code() {
      return status.getCode();
    }

    @Override
    public Attributes getAttributes() {
      return connection;
    }

    @Override
    public void close(Status status, Metadata trailers) {
      this.status = status;
    }

    @Override
    public boolean isCancelled() {
      return false;
    }

    @Override
    public MethodDescriptor<InputStream, byte[]> getMethodDescriptor() {
      throw new AssertionError("nobody asks");
    }

    @Override
    public void request(int messages) {
      requested += messages;
    }

    @Override
    public void sendHeaders(Metadata headers) {}

    @Override
    public void sendMessage(byte[] message) {}
  }

  private long tick() {
    onTick.run();
    return nanos.get();
  }

  private Attributes connection() {
    return shares.transportReady(Attributes.EMPTY);
  }

  private void passSeconds(long seconds) {
    nanos.addAndGet(Duration.ofSeconds(seconds).toNanos());
    reception.expire();
  }

  @Test
  void paysForAMessageAsItComes() {
    FakeCall call = new FakeCall(connection()).start();
    assertEquals(1, call.requested);
    assertEquals(IDLE, budget.heldBytes());
    call.wire.inboundWireSize(100 << 10);
    call.wire.inboundWireSize(100 << 10);
    assertEquals(200 << 10, budget.heldBytes());
    call.listener.onCancel();
    call.listener.onComplete();
    assertEquals(0, budget.heldBytes());
  }

  @Test
  void holdsWhatAThreadWorksOnThoughTheCallIsCancelled() {
    Queue<Runnable> work = new ArrayDeque<>();
    threads = work::add;
    FakeCall call = new FakeCall(connection()).start();
    call.wire.inboundWireSize(100 << 10);
    call.listener.onMessage(new Plain(new byte[100 << 10]));
    call.listener.onCancel();
    assertEquals(100 << 10, budget.heldBytes());
    work.remove().run();
    assertEquals(0, budget.heldBytes());
  }

  @Test
  void answersAndGivesBackWhatNoThreadTakes() {
    threads = ExportHandlerTest::rejected;
    byte[] array = pool.acquire(100 << 10);
    pool.release(array, 0);
    FakeCall call = new FakeCall(connection()).start();
    call.wire.inboundWireSize(100 << 10);
    call.listener.onMessage(new Plain(new byte[100 << 10]));
    assertEquals(Status.Code.UNAVAILABLE, call.code());
    assertEquals(1, ledger.refusedRequests());
    assertEquals(0, budget.heldBytes());
    assertSame(array, pool.acquire(100 << 10));
  }

  @Test
  void answersACallThatGetsNoThreadToWaitOn() {
    threads = ExportHandlerTest::rejected;
    assertTrue(budget.acquire(BUDGET, 0));
    assertEquals(Status.Code.UNAVAILABLE, new FakeCall(connection()).start().code());
    assertEquals(1, ledger.refusedRequests());
    assertEquals(BUDGET, budget.heldBytes());
  }

  @Test
  void forgetsACallThatIsCancelledRightAfterItsTurn() {
    Queue<Runnable> waiting = new ArrayDeque<>();
    threads = waiting::add;
    assertTrue(budget.acquire(BUDGET, 0));
    FakeCall call = new FakeCall(connection()).start();
    budget.release(BUDGET);
    onTick = call.listener::onCancel; // the clock is read between the turn and the message
    waiting.remove().run();
    assertEquals(0, reception.arrivingRequests());
    assertEquals(0, call.requested);
    assertEquals(0, budget.heldBytes());
  }

  private static void rejected(Runnable task) {
    throw new RejectedExecutionException();
  }

  @Test
  void endsACallWhoseNextBytesHaveNoRoom() {
    assertTrue(budget.acquire(BUDGET - LIMIT, 0));
    FakeCall call = new FakeCall(connection()).start();
    assertTrue(budget.acquire(LIMIT / 2, 0));
    call.wire.inboundWireSize(LIMIT / 2 - 1024);
    assertNull(call.status);
    call.wire.inboundWireSize(4096);
    assertEquals(Status.Code.UNAVAILABLE, call.code());
    assertEquals(1, ledger.refusedRequests());
    assertEquals(BUDGET - LIMIT / 2, budget.heldBytes());
    call.wire.inboundWireSize(4096);
    call.listener.onComplete();
    assertEquals(BUDGET - LIMIT / 2, budget.heldBytes());
  }

  @Test
  void letsNoConnectionHoldMoreThanItsShare() {
    Attributes greedy = connection();
    FakeCall last = null;
    for (int i = 0; i < 4; i++) {
      last = new FakeCall(greedy).start();
      last.wire.inboundWireSize(LIMIT - 4 * IDLE);
    }
    assertEquals(Status.Code.UNAVAILABLE, last.code());
    FakeCall honest = new FakeCall(connection()).start();
    honest.wire.inboundWireSize(LIMIT / 2);
    assertNull(honest.status);
  }

  @Test
  void endsACallThatFallsSilent() {
    FakeCall call = new FakeCall(connection()).start();
    passSeconds(4);
    call.wire.inboundWireSize(1);
    passSeconds(4);
    assertNull(call.status);
    passSeconds(2);
    assertEquals(Status.Code.UNAVAILABLE, call.code());
    assertEquals(1, ledger.refusedRequests());
  }

  @Test
  void endsACallThatDripsForever() {
    FakeCall call = new FakeCall(connection()).start();
    for (int seconds = 0; seconds < 60; seconds += 4) {
      assertNull(call.status);
      call.wire.inboundWireSize(4 << 10);
      passSeconds(4);
    }
    call.wire.inboundWireSize(4 << 10);
    passSeconds(1);
    assertEquals(Status.Code.UNAVAILABLE, call.code());
  }

  @Test
  void endsACallThatIsSlowerThanAKibibyteASecond() {
    FakeCall call = new FakeCall(connection()).start();
    for (int seconds = 0; seconds < 8; seconds += 4) {
      call.wire.inboundWireSize(1 << 10);
      passSeconds(4);
      assertNull(call.status);
    }
    call.wire.inboundWireSize(1 << 10);
    passSeconds(4);
    assertEquals(Status.Code.UNAVAILABLE, call.code());
  }

  @Test
  void doesNotEndACallWhoseMessageWaitsForAProcessor() {
    FakeCall call = new FakeCall(connection()).start();
    call.wire.inboundWireSize(1);
    call.wire.inboundMessageRead(0, 1, 1);
    passSeconds(100);
    assertNull(call.status);
    call.listener.onHalfClose();
    assertEquals(Status.Code.INVALID_ARGUMENT, call.code());
  }

  @Test
  void holdsNothingAfterAnErrorWhileReading() {
    FakeCall call = new FakeCall(connection()).start();
    call.wire.inboundWireSize(100 << 10);
    InputStream message = new Unreadable(new byte[100 << 10]);
    call.listener.onMessage(message);
    assertEquals(Status.Code.INTERNAL, call.code());
    assertEquals(1, ledger.refusedRequests());
    assertEquals(0, budget.heldBytes());
  }

  @Test
  void keepsNoUnpackerThatMetAnError() throws Exception {
    atWork =
        () -> {
          throw new StackOverflowError();
        };
    assertDies();
  }

  @Test
  void answersARequestWhoseUnpackerMetAnException() throws Exception {
    atWork =
        () -> {
          throw new IllegalStateException();
        };
    assertDies();
  }

  private void assertDies() throws Exception {
    FakeCall call = unpack();
    assertEquals(Status.Code.INTERNAL, call.code());
    assertEquals(1, ledger.refusedRequests());
    assertTrue(closed.get());
    assertEquals(0, budget.heldBytes());
  }

  @Test
  void closesAnUnpackerThatWasAtWorkWhenTheOthersWereClosed() throws Exception {
    unpack();
    assertFalse(closed.get());
    atWork = unpackers::close;
    assertEquals(Status.Code.INVALID_ARGUMENT, unpack().code());
    assertTrue(closed.get());
  }

  /** An outcome whose reason cannot even be read stands for any defect behind the books. */
  @Test
  void answersWhateverHappensAfterTheConsumer() {
    outcome = new Outcome.Refused(null);
    FakeCall call = new FakeCall(connection()).start();
    byte[] message = Requests.message(1).toByteArray();
    call.wire.inboundWireSize(message.length);
    call.listener.onMessage(new Plain(message));
    assertEquals(Status.Code.INTERNAL, call.code());
    assertEquals("", ledger.unbalanced());
    assertEquals(0, budget.heldBytes());
  }

  private FakeCall unpack() throws Exception {
    FakeCall call = new FakeCall(connection()).start();
    call.wire.inboundWireSize(1000);
    InputStream message =
        Unpackers.registry()
            .lookupDecompressor("gzip")
            .decompress(new ByteArrayInputStream(new byte[1000]));
    call.listener.onMessage(message);
    return call;
  }
}
