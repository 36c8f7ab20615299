package dev.tollspan.pipelineconfig;

import dev.tollspan.exporters.delivery.DeadLetters;
import dev.tollspan.exporters.delivery.Delivery;
import dev.tollspan.exporters.delivery.Delivery.Source;
import dev.tollspan.pipeline.Ledger;
import dev.tollspan.pipeline.ProcessingChain;
import dev.tollspan.pipeline.ProcessingChain.Branch;
import dev.tollspan.pipeline.SpanExporter;
import dev.tollspan.pipeline.SpanProcessor;
import dev.tollspan.pipelineconfig.HealthReport.Figure;
import dev.tollspan.pipelineconfig.HealthReport.Phase;
import dev.tollspan.pipelineconfig.HealthReport.Shown;
import dev.tollspan.pipelineconfig.HealthReport.Watched;
import dev.tollspan.pipelineconfig.Plan.Line;
import dev.tollspan.prices.BadPricesException;
import dev.tollspan.prices.PriceBook;
import dev.tollspan.processors.content.DropContent;
import dev.tollspan.processors.content.DropContentConfig;
import dev.tollspan.processors.cost.EstimateCost;
import dev.tollspan.processors.cost.EstimateCostConfig;
import dev.tollspan.receiver.OtlpReceiver;
import dev.tollspan.spans.BatchPool;
import dev.tollspan.spans.BatchRestorer;
import dev.tollspan.spans.KeyTable;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * The house, put together: receivers, the processors and the gate of each pipeline, its journal,
 * deliveries with their exporters, and health beside them. Starts back to front, so that whoever
 * hands over finds the next room open; closes front to back, so that what was accepted still gets
 * out, but for the receivers: they refuse until all else is closed.
 *
 * <p>Threads: the thread that starts it owns all fields until it runs. {@code close} may come from
 * any thread; a second call waits for the first. The other methods are safe for all threads.
 */
public final class Pipeline implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Pipeline.class.getName());

  /** How long {@link #close} lets exporters deliver what is pending. */
  public static final Duration DRAIN_LIMIT = Duration.ofSeconds(10);

  /** What of it the last deliveries leave for the rest of the house, and get in any case. */
  private static final Duration DRAIN_REST = Duration.ofSeconds(1);

  private static final String MISMATCHES = "reported_cost_mismatches";

  private final Ledger ledger = new Ledger();
  private final Plan plan;
  private final Map<String, Ledger> entrances = new LinkedHashMap<>(); // by receiver, as the next
  private final Map<String, OtlpReceiver> receivers = new LinkedHashMap<>();
  private final Map<String, EstimateCost> costs = new LinkedHashMap<>();
  private final List<Turnstile> turnstiles = new ArrayList<>();
  private final Map<String, Delivery> deliveries = new LinkedHashMap<>();
  private final Deque<Runnable> closing = new ArrayDeque<>();
  private final HealthReport report;
  private @Nullable HealthServer health;
  private long closeNanos; // owned by the closing thread

  private Pipeline(Plan plan) {
    this.plan = plan;
    report = new HealthReport(ledger, this::inFlightBytes, System::nanoTime);
  }

  /**
   * Opens every room and returns once the receivers listen.
   *
   * @throws IOException with one sentence for the operator, if a room cannot be opened; those that
   *     were open by then are closed again
   */
  public static Pipeline start(PipelineConfig config) throws IOException {
    return start(config, Map.of());
  }

  /** The same with price books that {@link StartCheck} has read; others are read here. */
  public static Pipeline start(PipelineConfig config, Map<String, PriceBook> prices)
      throws IOException {
    return start(Plan.of(config), prices, InstantSource.system());
  }

  /** The same, with another clock for the books of GPU time. */
  static Pipeline start(Plan plan, Map<String, PriceBook> prices, InstantSource clock)
      throws IOException {
    Pipeline pipeline = new Pipeline(plan);
    boolean open = false;
    try {
      pipeline.open(prices, clock);
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

  private void open(Map<String, PriceBook> prices, InstantSource clock) throws IOException {
    KeyTable keys = plan.keys();
    BatchPool pool = new BatchPool(Plan.poolBytesMax());
    for (Map.Entry<String, EstimateCostConfig> cost : plan.costs().entrySet()) {
      PriceBook read = prices.get(cost.getKey());
      PriceBook book = read == null ? EstimateCost.load(cost.getValue()) : read;
      costs.put(cost.getKey(), openCost(cost.getKey(), keys, book, clock));
    }
    Map<String, DropContent> gates = new HashMap<>();
    plan.gates().forEach((id, gate) -> gates.put(id, openGate(id, gate.config(), keys)));
    for (String id : plan.receivers().keySet()) {
      Ledger entrance = ledger.entrance();
      entrances.put(id, entrance);
      receivers.put(
          id, new OtlpReceiver(plan.receiver(id), keys, pool, entrance, System::nanoTime));
    }
    report.show(
        "connections",
        List.of(
            connections("open", OtlpReceiver::openConnections),
            connections("refused", OtlpReceiver::refusedConnections),
            connections("grpc", OtlpReceiver::grpcConnections),
            connections("http", OtlpReceiver::httpConnections),
            connections("failed_handshakes", OtlpReceiver::failedHandshakes),
            connections("other_protocol", OtlpReceiver::otherConnections)));
    if (plan.health().isPresent()) {
      health = HealthServer.start(plan.health().get(), report);
      closing.push(health::close);
    }
    closing.push(() -> receivers.values().forEach(each -> each.close(timeLeft())));
    Journals journals = Journals.open(plan, System::nanoTime, clock);
    closing.push(journals::close);
    journals.keepBooks(plan, entrances);
    report.journals(plan.durability(), journals::status);
    openDeliveries(journals, new BatchRestorer(pool, keys), keys);
    closing.push(this::letNobodyIn);
    for (Map.Entry<String, OtlpReceiver> receiver : receivers.entrySet()) {
      Turnstile turnstile = new Turnstile(chain(receiver.getKey(), gates, journals));
      turnstiles.add(turnstile);
      receiver.getValue().start(turnstile);
    }
    report.phase(Phase.RUNNING);
  }

  private EstimateCost openCost(String id, KeyTable keys, PriceBook prices, InstantSource clock)
      throws IOException {
    EstimateCostConfig config = Objects.requireNonNull(plan.costs().get(id));
    if (!config.keepsBooks()) {
      EstimateCost plain = new EstimateCost(config, keys, prices);
      report.show(id, List.of(new Figure(MISMATCHES, plain::reportedMismatches)));
      return plain;
    }
    GpuLedgerFiles books = new GpuLedgerFiles(config.gpuLedger(), clock);
    closing.push(books::close);
    EstimateCost booked = new EstimateCost(config, keys, prices, books, clock);
    closing.push(booked::close);
    report.show(
        id,
        List.of(
            new Figure(MISMATCHES, booked::reportedMismatches),
            new Figure("gpu_records_lost", books::lost),
            new Figure("gpu_requests_without_record", booked::unbookedGpuRequests)));
    return booked;
  }

  private DropContent openGate(String id, DropContentConfig config, KeyTable keys) {
    DropContent gate = new DropContent(config, keys);
    List<Figure> counted = new ArrayList<>();
    counted.add(new Figure("removed_values", gate::removedValues));
    for (String kind : gate.removedBytesByKind().keySet()) {
      counted.add(
          new Figure("removed_" + kind + "_bytes", () -> gate.removedBytesByKind().get(kind)));
    }
    counted.add(new Figure("hashed_values", gate::hashedValues));
    counted.add(new Figure("failures", gate::failures));
    report.show(id, counted);
    return gate;
  }

  private void openDeliveries(Journals journals, BatchRestorer restorer, KeyTable keys)
      throws IOException {
    for (Map.Entry<String, Line> line : plan.pipelines().entrySet()) {
      Line pipeline = line.getValue();
      ProcessorSettings.DropContent gate = plan.gate(pipeline);
      report.pipeline(
          line.getKey(), new Shown(gate.profile(), gate.keepsContent(), pipeline.exporters()));
      List<Ledger> feeders = pipeline.receivers().stream().map(this::entrance).toList();
      for (String id : pipeline.exporters()) {
        journals.account(ledger, line.getKey(), id, feeders);
        long leftovers = plan.leftovers(id);
        DeadLetters letters = plan.letters(line.getKey(), id);
        Source source =
            new Source(journals.of(line.getKey()), restorer, letters, plan.dedupeSpans());
        openDelivery(id, plan.exporter(id, gate.keepsContent(), keys), source);
        plan.sayRecovered(id, leftovers - plan.leftovers(id));
      }
    }
    closing.push(() -> Delivery.closeAll(deliveries.values(), drainTime()));
  }

  private void openDelivery(String id, SpanExporter exporter, Source source) throws IOException {
    Sweep sweep = plan.sweep(id);
    SpanExporter swept = sweep == null ? exporter : new SweptExporter(exporter, sweep);
    Destination destination = new Destination(swept, plan.address(id), System::nanoTime);
    Delivery delivery = delivery(id, destination, source);
    List<Figure> figures = new ArrayList<>();
    if (sweep != null) {
      figures.add(new Figure("files_deleted", sweep::deleted));
      figures.add(new Figure("files_overdue", sweep::overdue));
    }
    if (plan.address(id) != null) {
      figures.add(new Figure("dead_letters", source.letters()::count));
      figures.add(new Figure("dead_letter_spans", source.letters()::spans));
    }
    report.watch(
        id,
        new Watched(
            () -> destination.trouble(delivery.failing()),
            () -> delivery.status().pendingBytes(),
            figures));
    deliveries.put(id, delivery);
    closing.push(() -> delivery.close(drainTime()));
  }

  private Delivery delivery(String id, Destination destination, Source source) throws IOException {
    boolean begun = false;
    try {
      Delivery delivery =
          new Delivery(id, destination, plan.delivery(id), source, System::nanoTime);
      begun = true;
      return delivery;
    } finally {
      if (!begun) {
        destination.close();
      }
    }
  }

  private Ledger entrance(String receiver) {
    return Objects.requireNonNull(entrances.get(receiver));
  }

  /** What stands behind a receiver. */
  private ProcessingChain chain(
      String receiver, Map<String, DropContent> gates, Journals journals) {
    List<Branch> branches = new ArrayList<>();
    List<String> fed = new ArrayList<>();
    plan.pipelines()
        .forEach(
            (id, pipeline) -> {
              if (pipeline.receivers().contains(receiver)) {
                List<SpanProcessor> processors = new ArrayList<>();
                pipeline
                    .processors()
                    .forEach(each -> processors.add(Objects.requireNonNull(costs.get(each))));
                DropContent gate = Objects.requireNonNull(gates.get(pipeline.gate()));
                branches.add(new Branch(processors, gate));
                fed.add(id);
              }
            });
    return new ProcessingChain(branches, journals.group(fed));
  }

  /** The port of gRPC of the first receiver; the system's choice if the configuration says 0. */
  public int grpcPort() {
    return receivers.values().iterator().next().grpcPort();
  }

  /** The same of HTTP. */
  public int httpPort() {
    return receivers.values().iterator().next().httpPort();
  }

  /** The port of gRPC of this receiver; 0 if that is off. */
  int grpcPort(String receiver) {
    return Objects.requireNonNull(receivers.get(receiver)).grpcPort();
  }

  /** The same of HTTP. */
  int httpPort(String receiver) {
    return Objects.requireNonNull(receivers.get(receiver)).httpPort();
  }

  /** The port that health is served on; 0 if the configuration names no health_check. */
  public int healthPort() {
    return health == null ? 0 : health.port();
  }

  /**
   * Reads the price books again, for the spans that come from now on. Of two calls at once the
   * second waits, so that the books are never older than the last call.
   *
   * @return the books that are in use now, those of each {@code estimate_cost} together; empty if
   *     nothing is priced
   * @throws BadPricesException with every problem of the first that has any; all books in use stay
   */
  public List<PriceBook> reloadPrices() {
    synchronized (costs) {
      Map<EstimateCost, PriceBook> books = new LinkedHashMap<>();
      costs.forEach(
          (id, cost) ->
              books.put(cost, EstimateCost.load(Objects.requireNonNull(plan.costs().get(id)))));
      books.forEach(EstimateCost::use);
      return List.copyOf(books.values());
    }
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
   * Takes no more spans, answers the requests under way, and lets exporters deliver what is
   * pending; meanwhile whoever sends is told to come again. Then closes everything, at the latest
   * ten seconds after the call if nothing hangs. What is not delivered by then waits in the journal
   * for the next start; if that is in memory, it is dropped and counted.
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

  /** What is inside still gets its acknowledgement, and a place before the last delivery. */
  private void letNobodyIn() {
    turnstiles.forEach(Turnstile::close);
    for (Turnstile turnstile : turnstiles) {
      if (!turnstile.awaitEmpty(drainTime())) {
        LOG.log(Level.WARNING, "pipeline: requests under way hang behind their receiver");
      }
    }
  }

  private Duration drainTime() {
    return atLeast(timeLeft().minus(DRAIN_REST), DRAIN_REST);
  }

  private Duration timeLeft() {
    return atLeast(DRAIN_LIMIT.minusNanos(System.nanoTime() - closeNanos), Duration.ZERO);
  }

  private static Duration atLeast(Duration time, Duration least) {
    return time.compareTo(least) > 0 ? time : least;
  }

  private long inFlightBytes() {
    return sum(OtlpReceiver::inFlightBytes);
  }

  private Figure connections(String name, ToLongFunction<OtlpReceiver> counted) {
    return new Figure(name, () -> sum(counted));
  }

  private long sum(ToLongFunction<OtlpReceiver> counted) {
    return receivers.values().stream().mapToLong(counted).sum();
  }
}
