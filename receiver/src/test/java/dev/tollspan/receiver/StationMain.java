package dev.tollspan.receiver;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tollspan.pipeline.Ledger;
import dev.tollspan.pipeline.Outcome;
import dev.tollspan.pipeline.SpanConsumer;
import dev.tollspan.receiver.OtlpReceiverConfig.Http;
import dev.tollspan.receiver.OtlpReceiverConfig.Listen;
import dev.tollspan.spans.Attributes;
import dev.tollspan.spans.BatchEditor;
import dev.tollspan.spans.BatchPool;
import dev.tollspan.spans.Batches;
import dev.tollspan.spans.CleanBatch;
import dev.tollspan.spans.SpanBatch;
import dev.tollspan.spans.SpanView;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * A receiver in a process of its own: the one that is attacked. The port of gRPC asks for TLS, that
 * of HTTP does not, and each takes both protocols. Answers each line with one of figures, and ends
 * with its input.
 */
final class StationMain {
  /** A line that asks for figures without what is garbage; collecting it holds everybody up. */
  static final String SETTLE = "settle";

  private static final int LONG_BYTES = 1 << 10;
  private static final Duration SHORT = Duration.ofSeconds(2);

  private StationMain() {}

  /**
   * Arguments: bytes in flight (0: what the heap gives), spans a second that the consumer takes (0:
   * all), and whether times are short.
   */
  public static void main(String[] arguments) throws IOException {
    long inFlight = Long.parseLong(arguments[0]);
    long rate = Long.parseLong(arguments[1]);
    boolean hasty = Boolean.parseBoolean(arguments[2]);
    Ledger ledger = new Ledger();
    OtlpReceiver receiver =
        new OtlpReceiver(
            config(inFlight == 0 ? Runtime.getRuntime().maxMemory() / 4 : inFlight, hasty),
            Batches.keys(),
            new BatchPool(Runtime.getRuntime().maxMemory() / 8),
            ledger,
            patience(hasty));
    receiver.start(rate == 0 ? StationMain::take : slow(rate));
    System.out.println(receiver.grpcPort() + " " + receiver.httpPort());
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in, UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      if (line.equals(SETTLE)) {
        System.gc();
      }
      System.out.println(figures(receiver, ledger));
    }
    receiver.close();
  }

  private static OtlpReceiverConfig config(long inFlightBytes, boolean hasty) throws IOException {
    ServerTls tls = ServerTls.of(pem("server"), pem("server-key"), null);
    Http usual = Http.at(new Listen("127.0.0.1", 0));
    Http http =
        new Http(
            usual.listen(),
            usual.requestBytesMax(),
            usual.path(),
            true,
            true,
            Cors.OFF,
            Map.of(),
            hasty ? SHORT : usual.readTimeout(),
            hasty ? SHORT : usual.readHeaderTimeout(),
            usual.idleTimeout());
    return new OtlpReceiverConfig(
        OtlpReceiverConfig.Grpc.at(new Listen("127.0.0.1", 0, tls, null)),
        http,
        inFlightBytes,
        OtlpReceiverConfig.CONNECTIONS_MAX,
        OtlpReceiverConfig.ADDRESS_CONNECTIONS_MAX);
  }

  private static Pem pem(String name) throws IOException {
    try (InputStream in = StationMain.class.getResourceAsStream("tls/" + name + ".pem")) {
      return new Pem(null, new String(in.readAllBytes(), UTF_8));
    }
  }

  private static Patience patience(boolean hasty) {
    Patience usual = Patience.usual(System::nanoTime);
    return hasty
        ? new Patience(usual.admission(), SHORT, SHORT, usual.closing(), SHORT, System::nanoTime)
        : usual;
  }

  private static Outcome take(SpanBatch batch) {
    anew(batch).release();
    return Outcome.ACCEPTED;
  }

  /** As the gate does, it writes the batch anew without its long texts. */
  private static CleanBatch anew(SpanBatch batch) {
    try {
      BatchEditor editor = BatchEditor.of(batch);
      SpanView span = batch.view();
      for (int s = 0; s < batch.spanCount(); s++) {
        Attributes attributes = span.moveTo(s).attributes();
        for (int i = 0; i < attributes.count(); i++) {
          if (attributes.end(i) - attributes.start(i) > LONG_BYTES) {
            editor.delete(attributes.start(i), attributes.end(i));
          }
        }
      }
      return editor.splice(batch);
    } finally {
      batch.release();
    }
  }

  /** Keeps what the gate made of each request until its spans have had their time. */
  private static SpanConsumer slow(long spansPerSecond) {
    AtomicLong free = new AtomicLong(System.nanoTime());
    return batch -> {
      long cost = batch.spanCount() * 1_000_000_000L / spansPerSecond;
      CleanBatch clean = anew(batch);
      long end = free.updateAndGet(at -> Math.max(at, System.nanoTime()) + cost);
      for (long left = end - System.nanoTime(); left > 0; left = end - System.nanoTime()) {
        LockSupport.parkNanos(left);
      }
      clean.release();
      return Outcome.ACCEPTED;
    };
  }

  /** In the order of {@link StationProcess.Figures}. */
  private static String figures(OtlpReceiver receiver, Ledger ledger) {
    Runtime runtime = Runtime.getRuntime();
    long[] figures = {
      receiver.inFlightBytes(),
      receiver.openConnections(),
      runtime.totalMemory() - runtime.freeMemory(),
      ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
          .mapToLong(BufferPoolMXBean::getTotalCapacity)
          .sum(),
      ManagementFactory.getThreadMXBean().getThreadCount(),
      ledger.accepted(),
      receiver.refusedConnections()
    };
    String row = Arrays.toString(figures).replaceAll("[^0-9 ]", "");
    return row + " " + (ledger.unbalanced().isEmpty() ? 0 : 1);
  }
}
