package dev.tollspan.pipelineconfig;

import dev.tollspan.exporters.delivery.Delivery;
import dev.tollspan.exporters.delivery.FanOut;
import dev.tollspan.pipeline.Ledger;
import dev.tollspan.pipeline.ProcessingChain;
import dev.tollspan.pipeline.SpanProcessor;
import dev.tollspan.pipelineconfig.HealthReport.Figure;
import dev.tollspan.pipelineconfig.HealthReport.Phase;
import dev.tollspan.pipelineconfig.HealthReport.Watched;
import dev.tollspan.pipelineconfig.ReceiverSettings.Grpc;
import dev.tollspan.prices.BadPricesException;
import dev.tollspan.prices.PriceBook;
import dev.tollspan.processors.content.DropContent;
import dev.tollspan.processors.cost.EstimateCost;
import dev.tollspan.processors.cost.EstimateCostConfig;
import dev.tollspan.receiver.OtlpReceiver;
import dev.tollspan.spans.BatchPool;
import dev.tollspan.spans.KeyTable;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * The house, put together: receivers, processors, gate, fan-out, deliveries with their exporters,
 * and health beside them. Starts back to front, so that whoever hands over finds the next room
 * open; closes front to back, so that what was accepted still gets out.
 *
 * <p>Threads: the thread that starts it owns all fields until it runs. {@code close} may come from
 * any thread; a second call waits for the first. The other methods are safe for all threads.
 */
public final class Pipeline implements AutoCloseable {
  /** How long {@link #close} lets exporters deliver what is pending. */
  public static final Duration DRAIN_LIMIT = Duration.ofSeconds(10);

  private static final Duration DRAIN_LEAST = Duration.ofSeconds(1);
  private static final String COST = "estimate_cost";
  private static final String MISMATCHES = "reported_cost_mismatches";

  private final Ledger ledger = new Ledger();
  private final List<OtlpReceiver> receivers = new ArrayList<>();
  private final Deque<Runnable> closing = new ArrayDeque<>();
  private final HealthReport report;
  private @Nullable HealthServer health;
  private @Nullable EstimateCost cost;
  private long closeNanos; // owned by the closing thread

  private Pipeline(Plan plan) {
    report = new HealthReport(ledger, plan.profile(), this::inFlightBytes, System::nanoTime);
  }

  /**
   * Opens every room and returns once the receivers listen.
   *
   * @throws IOException with one sentence for the operator, if a room cannot be opened; those that
   *     were open by then are closed again
   */
  public static Pipeline start(PipelineConfig config) throws IOException {
    return start(config, Optional.empty(), InstantSource.system());
  }

  /** The same with price books that {@link StartCheck} has read; else they are read here. */
  public static Pipeline start(PipelineConfig config, Optional<PriceBook> prices)
      throws IOException {
    return start(config, prices, InstantSource.system());
  }

  /** The same, with another clock for the books of GPU time. */
  static Pipeline start(PipelineConfig config, Optional<PriceBook> prices, InstantSource clock)
      throws IOException {
    Plan plan = Plan.of(config);
    Pipeline pipeline = new Pipeline(plan);
    boolean open = false;
    try {
      pipeline.open(plan, prices, clock);
      open = true;
      return pipeline;
    } catch (IllegalArgumentException e) {
      throw new IOException(e.getMessage(), e);
    } finally {
      if (!open) {
        pipeline.close();
      }
    }
  }

  private void open(Plan plan, Optional<PriceBook> prices, InstantSource clock) throws IOException {
    KeyTable keys = plan.keys();
    BatchPool pool = new BatchPool(Plan.poolBytesMax());
    List<SpanProcessor> processors = new ArrayList<>();
    if (plan.cost().isPresent()) {
      EstimateCostConfig config = plan.cost().get();
      PriceBook book = prices.isPresent() ? prices.get() : EstimateCost.load(config);
      cost = openCost(config, keys, book, clock);
      processors.add(cost);
    }
    DropContent gate = new DropContent(plan.gate(), keys);
    for (Grpc grpc : plan.receivers()) {
      receivers.add(new OtlpReceiver(plan.receiver(grpc), keys, pool, ledger, System::nanoTime));
    }
    report.show(
        "connections",
        List.of(
            connections("open", OtlpReceiver::openConnections),
            connections("refused", OtlpReceiver::refusedConnections),
            connections("http1", OtlpReceiver::http1Connections),
            connections("other_protocol", OtlpReceiver::otherConnections)));
    if (plan.health().isPresent()) {
      health = HealthServer.start(plan.health().get(), report);
      closing.push(health::close);
    }
    ProcessingChain chain = new ProcessingChain(processors, gate, openDeliveries(plan, keys));
    for (OtlpReceiver receiver : receivers) {
      receiver.start(chain);
      closing.push(receiver::close);
    }
    report.phase(Phase.RUNNING);
  }

  private EstimateCost openCost(
      EstimateCostConfig config, KeyTable keys, PriceBook prices, InstantSource clock)
      throws IOException {
    if (!config.keepsBooks()) {
      EstimateCost plain = new EstimateCost(config, keys, prices);
      report.show(COST, List.of(new Figure(MISMATCHES, plain::reportedMismatches)));
      return plain;
    }
    GpuLedgerFiles books = new GpuLedgerFiles(config.gpuLedger(), clock);
    closing.push(books::close);
    EstimateCost booked = new EstimateCost(config, keys, prices, books, clock);
    closing.push(booked::close);
    report.show(
        COST,
        List.of(
            new Figure(MISMATCHES, booked::reportedMismatches),
            new Figure("gpu_records_lost", books::lost),
            new Figure("gpu_requests_without_record", booked::unbookedGpuRequests)));
    return booked;
  }

  private FanOut openDeliveries(Plan plan, KeyTable keys) throws IOException {
    List<Delivery> deliveries = new ArrayList<>();
    for (String id : plan.exporters().keySet()) {
      Destination destination =
          new Destination(plan.exporter(id, keys), plan.address(id), System::nanoTime);
      Delivery delivery =
          new Delivery(id, destination, plan.delivery(id), ledger.account(id), System::nanoTime);
      report.watch(
          id,
          new Watched(
              destination::retryingSeconds, delivery::pendingBatches, delivery::memoryBytes));
      deliveries.add(delivery);
      closing.push(() -> delivery.close(drainTime()));
    }
    FanOut fanOut = new FanOut(deliveries);
    closing.push(() -> fanOut.close(drainTime()));
    return fanOut;
  }

  /** The port of the first receiver; the system's choice if the configuration says 0. */
  public int grpcPort() {
    return receivers.getFirst().port();
  }

  /** The port that health is served on; 0 if the configuration names no health_check. */
  public int healthPort() {
    return health == null ? 0 : health.port();
  }

  /**
   * Reads the price books again, for the spans that come from now on.
   *
   * @return the books that are in use now; empty if this pipeline does not price
   * @throws BadPricesException with every problem; the books in use stay
   */
  public Optional<PriceBook> reloadPrices() {
    return cost == null ? Optional.empty() : Optional.of(cost.reload());
  }

  /** The books of this pipeline. */
  public Ledger ledger() {
    return ledger;
  }

  /** What {@code GET /health} answers. */
  public String healthJson() {
    return report.json();
  }

  /**
   * Takes no more requests, answers those under way, lets exporters deliver what is pending, and
   * closes them. What is not delivered ten seconds after the call is dropped and counted.
   */
  @Override
  public void close() {
    synchronized (closing) {
      report.phase(Phase.STOPPING);
      closeNanos = System.nanoTime();
      while (!closing.isEmpty()) {
        closing.pop().run();
      }
    }
  }

  private Duration drainTime() {
    Duration left = DRAIN_LIMIT.minusNanos(System.nanoTime() - closeNanos);
    return left.compareTo(DRAIN_LEAST) > 0 ? left : DRAIN_LEAST;
  }

  private long inFlightBytes() {
    return sum(OtlpReceiver::inFlightBytes);
  }

  private Figure connections(String name, ToLongFunction<OtlpReceiver> counted) {
    return new Figure(name, () -> sum(counted));
  }

  private long sum(ToLongFunction<OtlpReceiver> counted) {
    return receivers.stream().mapToLong(counted).sum();
  }
}
