package dev.tollspan.receiver;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.protobuf.ByteString;
import dev.tollspan.pipeline.Ledger;
import dev.tollspan.pipeline.Outcome;
import dev.tollspan.spans.BatchPool;
import dev.tollspan.spans.Batches;
import dev.tollspan.spans.SpanBatch;
import io.grpc.Attributes;
import io.grpc.ServerStreamTracer;
import io.grpc.netty.shaded.io.netty.util.concurrent.ImmediateEventExecutor;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;

/** All of a receiver but its sockets and threads: work is done when it is asked for. */
final class Lab {
  /** Small, so that what is too large is found easily. */
  static final int LIMIT = 3 << 10;

  private static final long BUDGET = 64 << 20;

  final Ledger ledger = new Ledger();
  final Port port = new Port(Port.Home.HTTP, new OtlpReceiverConfig.Listen("127.0.0.1", 0));
  private final ByteBudget budget = new ByteBudget(BUDGET);
  private final BatchPool pool = new BatchPool(4 << 20);
  private final Queue<Runnable> work = new ArrayDeque<>();
  private final List<ByteString> batches = new ArrayList<>();
  private final RequestReader reader =
      new RequestReader(
          pool,
          new Unpackers(1, GzipUnpacker::new, ZstdUnpacker::new),
          new Lane(Duration.ZERO),
          LIMIT);
  private final Reception reception =
      new Reception(
          budget,
          new Intake(Batches.keys(), pool, ledger, this::take, BUDGET),
          work::add,
          Station.PATIENCE);

  /** A hold of an address of its own, for which nobody gives way. */
  static Hold hold(ByteBudget budget, ByteBudget share) {
    Shortage none = new Shortage(budget, Set.of(), 0, Station.STOPPED);
    return new Hold(budget, new Share(share, new Household()), none);
  }

  private Outcome take(SpanBatch batch) {
    batches.add(Fate.bytes(batch));
    return Outcome.ACCEPTED;
  }

  ExportHandler grpc() {
    return new ExportHandler(
        reception, reader, new GrpcAnswers(Response.BYTES_MAX), Station.PATIENCE);
  }

  ServerStreamTracer.Factory tracers() {
    return WireTracer.factory(ledger);
  }

  Attributes connection() {
    return new Shares(BUDGET).transportReady(Attributes.EMPTY);
  }

  HttpService http() {
    return new HttpService(
        Station.http(port.listen(), LIMIT),
        reception,
        reader,
        new HttpAnswers(Response.BYTES_MAX, Map.of()),
        new HttpService.Scope(ledger, Station.PATIENCE, BUDGET, ImmediateEventExecutor.INSTANCE));
  }

  /** Does the work that there is; false if there is none. */
  boolean work() {
    Runnable task = work.poll();
    if (task != null) {
      task.run();
    }
    return task != null;
  }

  /** The batches that were handed on since the last time; nothing may be held any more. */
  List<ByteString> end() {
    assertEquals(0, work.size());
    assertEquals(0, budget.heldBytes());
    assertEquals(0, reception.arrivingRequests());
    assertEquals("", ledger.unbalanced());
    List<ByteString> all = List.copyOf(batches);
    batches.clear();
    return all;
  }
}
