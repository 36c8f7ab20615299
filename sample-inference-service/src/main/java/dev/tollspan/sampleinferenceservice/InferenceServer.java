package dev.tollspan.sampleinferenceservice;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A running inference service. It owns one dispatcher thread, one virtual thread per request and
 * the threads of its exporters; {@link #close()} ends them all. Safe for threads.
 */
public final class InferenceServer implements AutoCloseable {
  private static final int DRAIN_SECONDS = 60;
  private static final Duration LAST_WRITE = Duration.ofMillis(250);

  private final HttpServer server;
  private final InFlight inFlight;
  private final ExecutorService requests;
  private final Tracing tracing;
  private final AtomicBoolean closed = new AtomicBoolean();

  private InferenceServer(
      HttpServer server, InFlight inFlight, ExecutorService requests, Tracing tracing) {
    this.server = server;
    this.inFlight = inFlight;
    this.requests = requests;
    this.tracing = tracing;
  }

  /** Runs the command until a signal ends it. */
  public static void main(String[] args) {
    System.exit(run(args));
  }

  /**
   * The command: reads the arguments and the environment, serves until SIGTERM or Ctrl-C, then
   * answers what is in flight and sends the last spans. Blocks the calling thread.
   *
   * @return the exit code: 0 done, 1 cannot serve (one sentence on standard error), 2 wrong usage
   */
  public static int run(String[] args) {
    return run(List.of(args), System.getenv(), System.out, System.err);
  }

  /** The options of the command, one a line, as its help shows them. */
  public static String options() {
    return Arguments.OPTIONS;
  }

  /**
   * Starts a service inside of this process; sentences for the operator go to standard error.
   *
   * @throws IOException if the address is taken or not ours, or the traces file cannot be opened;
   *     the message is a sentence for the operator
   */
  public static InferenceServer start(Settings settings) throws IOException {
    return start(settings, Surroundings.real(System.out, System.err));
  }

  static InferenceServer start(Settings settings, Surroundings surroundings) throws IOException {
    HttpServer server = bind(settings);
    try {
      Ids ids = Ids.of(settings.simulation().seed());
      Tracing tracing = Tracing.open(settings.telemetry(), ids, surroundings);
      ExecutorService requests = Executors.newVirtualThreadPerTaskExecutor();
      Engine engine = new Engine(settings.simulation(), Tokenizer.cl100k(), surroundings.clock());
      CallSpans spans = new CallSpans(tracing.tracer(), ids, settings.telemetry());
      InFlight inFlight = new InFlight();
      server.createContext("/", new HttpFront(spans, engine, inFlight));
      server.setExecutor(requests);
      server.start();
      return new InferenceServer(server, inFlight, requests, tracing);
    } catch (IOException failure) {
      server.stop(0);
      throw failure;
    }
  }

  /** The port that the service listens on, chosen by the system where the settings say 0. */
  public int port() {
    return server.getAddress().getPort();
  }

  /**
   * Stops listening, answers what is in flight (for at most 60 s), sends the last spans (for at
   * most 10 s) and returns. Calls after the first do nothing.
   */
  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    stopServer();
    requests.shutdownNow();
    requests.close();
    tracing.close();
  }

  /**
   * The JDK's server can miss the end of its last exchange and then waits for the whole delay, so
   * it is woken once nothing is being answered any more.
   */
  private void stopServer() {
    Thread stopping = Thread.ofVirtual().start(() -> server.stop(DRAIN_SECONDS));
    try {
      inFlight.awaitNone(Duration.ofSeconds(DRAIN_SECONDS));
      if (!stopping.join(LAST_WRITE)) {
        stopping.interrupt();
        stopping.join();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  static int run(
      List<String> args, Map<String, String> environment, PrintStream out, PrintStream err) {
    try {
      Settings settings = Arguments.parse(args, environment).orElse(null);
      if (settings == null) {
        out.print(Arguments.HELP);
        return 0;
      }
      serve(settings, out, err);
      return 0;
    } catch (UsageException wrong) {
      err.println(wrong.getMessage() + "; --help lists the options");
      return 2;
    } catch (IOException failure) {
      err.println(failure.getMessage());
      return 1;
    } catch (InterruptedException ignored) {
      Thread.currentThread().interrupt();
      return 1;
    }
  }

  private static void serve(Settings settings, PrintStream out, PrintStream err)
      throws IOException, InterruptedException {
    InferenceServer server = start(settings, Surroundings.real(out, err));
    CountDownLatch ended = new CountDownLatch(1);
    Thread closing =
        new Thread(
            () -> {
              server.close();
              ended.countDown();
            },
            "inference-close");
    Runtime.getRuntime().addShutdownHook(closing);
    // With --console, standard output belongs to the spans.
    (settings.telemetry().console() ? err : out)
        .println("inference service listening on " + settings.host() + ":" + server.port());
    ended.await();
  }

  private static HttpServer bind(Settings settings) throws IOException {
    InetSocketAddress address = new InetSocketAddress(settings.host(), settings.port());
    String where = "cannot listen on " + settings.host() + ":" + settings.port() + ": ";
    if (address.isUnresolved()) {
      throw new IOException(where + "the host is unknown");
    }
    try {
      return HttpServer.create(address, 0);
    } catch (SocketException taken) {
      throw new IOException(where + taken.getMessage(), taken);
    }
  }
}
