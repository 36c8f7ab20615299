package dev.tollspan.benchmarks.crash;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentMap;
import java.util.logging.LogManager;

/**
 * The oracle: lets a pipeline live and die so many times, then lets it drain and compares what it
 * acknowledged with all that it wrote and forwarded. Exit code 0: nothing is lost, doubled, altered
 * or invented, the books agree, and each end was as it should be.
 *
 * <p>Arguments: cycles, seed, modes with commas between, a folder for configuration and log, a
 * folder for the pipeline's data, then the command that starts Tollspan.
 */
final class Crash {
  private static final long DRAIN_MILLIS_MAX = 120_000;
  private static final int SPANS_MAX = 32;
  private static final int SPANS_MAX_TO_FILL = 1_000;
  private static final List<String> EXPORTERS = List.of("ndjson", "parquet", "otlp_grpc");

  private final long seed;
  private final List<Mode> modes;
  private final Path folder;
  private final Path data;
  private final List<String> command;
  private final Random random;
  private final Obligations obligations = new Obligations();
  private final Deaths deaths;
  private final List<Tally> tallies = new ArrayList<>();
  private final Map<Mode, Integer> lives = new EnumMap<>(Mode.class);
  private final Sink sink;
  private volatile Victim victim; // set by the main thread
  private long readyNanosMax; // owned by the main thread

  private Crash(long seed, List<Mode> modes, Path folder, Path data, List<String> command)
      throws IOException {
    this.seed = seed;
    this.modes = modes;
    this.folder = folder;
    this.data = data;
    this.command = command;
    this.random = new Random(seed);
    this.deaths = new Deaths(folder, data, random, modes.contains(Mode.CORRUPT));
    ConcurrentMap<Integer, Long> costs = Tally.noCosts();
    for (String exporter : EXPORTERS) {
      tallies.add(new Tally(exporter, seed, obligations, costs));
    }
    this.sink = new Sink(tallies.getLast(), Ports.next(random));
    this.victim = start();
    Runtime.getRuntime().addShutdownHook(new Thread(() -> victim.kill()));
  }

  public static void main(String[] args) throws IOException, InterruptedException {
    LogManager.getLogManager().reset(); // of connections that break, which is what they are for
    int cycles = Integer.parseInt(args[0]);
    List<Mode> modes = new ArrayList<>();
    for (String mode : args[2].split(",", -1)) {
      modes.add(Mode.valueOf(mode.toUpperCase(Locale.ROOT)));
    }
    List<String> command = List.of(args).subList(5, args.length);
    Path folder = Path.of(args[3]);
    Crash crash = new Crash(Long.parseLong(args[1]), modes, folder, Path.of(args[4]), command);
    System.exit(crash.run(cycles) ? 0 : 1);
  }

  private boolean run(int cycles) throws IOException, InterruptedException {
    long start = System.nanoTime();
    for (int i = 0; i < cycles; i++) {
      Mode mode = modes.get(i % modes.size());
      lives.merge(mode, 1, Integer::sum);
      live(mode);
      victim = start();
    }
    Health health = lastLife();
    Written.ndjson(data.resolve("ndjson"), tallies.get(0));
    Written.parquet(data.resolve("lake"), tallies.get(1));
    sink.close();
    sink.settle();
    return report(cycles, health, (System.nanoTime() - start) / 1_000_000_000);
  }

  private Victim start() throws IOException {
    Ports ports = Ports.free(random);
    return new Victim(command, folder, config(data, ports, sink.port()), ports);
  }

  private static String config(Path data, Ports ports, int sinkPort) {
    return """
        receivers:
          otlp:
            protocols: {grpc: {endpoint: "127.0.0.1:%d"}, http: {endpoint: "127.0.0.1:%d"}}
        processors: {estimate_cost: {}, drop_content: {profile: strict}}
        exporters:
          ndjson: {path: %s/ndjson, rotate: {max_age: 1s}}
          parquet: {path: %s/lake, rotate: {max_age: 2s}}
          otlp_grpc:
            endpoint: http://127.0.0.1:%d
            timeout: 1s
            retry_on_failure: {initial_interval: 100ms, max_interval: 500ms}
        extensions:
          health_check: {endpoint: "127.0.0.1:%d"}
          journal: {directory: %s/journal, max_size: 128MiB}
        service:
          extensions: [health_check, journal]
          pipelines:
            traces:
              receivers: [otlp]
              processors: [estimate_cost, drop_content]
              exporters: [ndjson, parquet, otlp_grpc]
        """
        .formatted(ports.grpc(), ports.http(), data, data, sinkPort, ports.health(), data);
  }

  private void live(Mode mode) throws IOException, InterruptedException {
    sink.mood(mood(mode));
    if (mode == Mode.KILL && random.nextInt(6) == 0) {
      Thread.sleep(random.nextInt(1_500));
      victim.kill();
      victim.awaitEnd(10);
      return;
    }
    ready();
    int spans = fills(mode) ? SPANS_MAX_TO_FILL : SPANS_MAX;
    Feeder feeder = new Feeder(seed, random, victim.ports(), spans, obligations);
    Thread.sleep(50 + random.nextInt(1_500));
    if (!victim.alive()) {
      throw new IOException("the pipeline ended by itself, see victim.log");
    }
    deaths.end(mode, victim, feeder);
  }

  /**
   * A journal whose readers have passed everything cannot be damaged: then somebody must wait. Of a
   * full disk only the disk may be the reason, not a full journal.
   */
  private Sink.Mood mood(Mode mode) {
    if (fills(mode)) {
      return Sink.Mood.TAKES;
    }
    return switch (random.nextInt(mode == Mode.CORRUPT ? 4 : 8)) {
      case 0 -> Sink.Mood.REFUSES;
      case 1 -> Sink.Mood.HANGS;
      case 2 -> Sink.Mood.GONE;
      default -> Sink.Mood.TAKES;
    };
  }

  /** Whether a segment must be filled before the disk's trouble shows. */
  private static boolean fills(Mode mode) {
    return mode == Mode.ENOSPC || mode == Mode.READONLY;
  }

  private void ready() throws IOException, InterruptedException {
    readyNanosMax = Math.max(readyNanosMax, victim.awaitReady());
  }

  /** The last one has no end before everything has arrived. */
  private Health lastLife() throws IOException, InterruptedException {
    sink.mood(Sink.Mood.TAKES);
    ready();
    Feeder feeder = new Feeder(seed, random, victim.ports(), SPANS_MAX, obligations);
    Thread.sleep(300);
    feeder.stop();
    long deadline = System.nanoTime() + DRAIN_MILLIS_MAX * 1_000_000;
    Health health = Health.ask(victim.ports().health());
    while (!health.settled(EXPORTERS) && System.nanoTime() < deadline) {
      Thread.sleep(100);
      health = Health.ask(victim.ports().health());
    }
    deaths.drain(victim, feeder);
    return health;
  }

  private boolean report(int cycles, Health health, long seconds) throws IOException {
    System.out.printf(
        Locale.ROOT,
        "seed %d: %d cycles %s in %d s; sent %,d, acknowledged %,d, in the books %,d%n",
        seed,
        cycles,
        lives,
        seconds,
        obligations.sent(),
        obligations.acknowledged(),
        health.accepted());
    boolean good = health.settled(EXPORTERS) && deaths.wrong() == 0;
    for (Tally tally : tallies) {
      good &= report(tally, health);
    }
    System.out.printf(
        Locale.ROOT,
        "ready at most %.1f s after the start; bad ends %d; books %s%n",
        readyNanosMax / 1e9,
        deaths.wrong(),
        health.balance());
    System.out.println("from SIGTERM to the end: " + deaths.drains());
    if (deaths.troubles() > 0) {
      System.out.printf(
          Locale.ROOT,
          "trouble with the disk %d times; from its end to an acknowledgement, where it had stopped"
              + " them: %s%n",
          deaths.troubles(),
          deaths.resumptions());
    }
    System.out.println(good ? "pass" : "FAIL; the log is " + folder.resolve("victim.log"));
    return good;
  }

  /**
   * What is damaged may be lost if it is told: at least all that is owed and not here, at most what
   * was damaged. A power cut may leave holes of spans that nobody was told of. What stands in a
   * file may be told as damaged too, if its record was damaged before the place was saved.
   */
  private boolean report(Tally tally, Health health) {
    String id = tally.destination();
    long told = health.number(id, "dropped/journal_damaged");
    long excused = modes.contains(Mode.CORRUPT) ? Math.min(told, deaths.hitSpans()) : 0;
    long toldMax = deaths.hitSpans();
    if (modes.contains(Mode.POWERLOSS)) {
      toldMax += obligations.sent() - obligations.acknowledged();
    }
    long lost = Math.max(0, tally.missing() - excused);
    boolean once = !id.startsWith("otlp");
    long doubled = once ? tally.doubled() : 0;
    long more = tally.spans() - health.number(id, "delivered");
    boolean agrees = !once || (more >= 0 && more <= (modes.contains(Mode.CORRUPT) ? told : 0));
    System.out.printf(
        Locale.ROOT,
        "%-9s  lost %d, doubled %d%s, altered %d, invented %d; here %,d, delivered by the books"
            + " %,d, damaged by the books %,d (at most %,d)%s%n",
        id,
        lost,
        doubled,
        once ? "" : " (sent again " + tally.doubled() + ")",
        tally.altered(),
        tally.invented(),
        tally.spans(),
        health.number(id, "delivered"),
        told,
        toldMax,
        agrees && told <= toldMax ? "" : ": the books are WRONG");
    if (lost > 0) {
      System.err.println(id + ": the first that is lost is number " + tally.firstMissing());
    }
    return lost == 0
        && doubled == 0
        && tally.altered() == 0
        && tally.invented() == 0
        && agrees
        && told <= toldMax;
  }
}
