package dev.tollspan.receiver;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollspan.receiver.RawHttp2.Frame;
import io.grpc.CallOptions;
import io.grpc.Status;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.IntFunction;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Attacks on a receiver in a process of its own with a heap of 256 MiB. Meanwhile an honest client
 * sends small requests all the time: 99 of 100 are answered within a second, all of them with
 * success or "come again".
 *
 * <p>Figures stand in {@code target/surefire-reports}. In every build the sizes of single attacks
 * are those of production, but each goes on for 0.3 s instead of 10, there are 40 connections that
 * flood instead of 400, ten slow clients of each kind instead of 40, 50 without a window instead of
 * 700, and slow ones have 2 s instead of 10 to 60. At full size:
 *
 * <pre>
 * mvn -B -pl receiver -am verify -Dspotless.check.skip \
 *   -Dtest='HostileTest,OverloadTest,LimitTest' \
 *   -Dsurefire.failIfNoSpecifiedTests=false -Dtollspan.hostile=full
 * </pre>
 */
@Timeout(300)
class HostileTest {
  private static final boolean FULL = StationProcess.FULL;
  private static final int MEBIBYTE = 1 << 20;
  private static final Duration LATENCY_MAX = Duration.ofSeconds(1);
  private static final long ATTACK_NANOS_MIN = Duration.ofMillis(FULL ? 10_000 : 300).toNanos();
  private static final int CONNECTIONS = FULL ? 400 : 40;

  @TempDir private static Path directory;
  private static StationProcess process;
  private static Honest honest;

  /** One way to be hostile. */
  private interface Attack {
    void run() throws Exception;
  }

  @BeforeAll
  static void start() throws IOException {
    process = new StationProcess(directory.resolve("log"), 0, 0);
    honest = new Honest(process.port);
  }

  /** Nothing that attackers left behind is still held. */
  @AfterAll
  static void end() throws Exception {
    honest.close();
    try (StationProcess ending = process) {
      StationProcess.Figures figures = ending.settledFigures();
      long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
      while (figures.openConnections() > 0 && System.nanoTime() < end) {
        figures = ending.settledFigures();
      }
      System.out.println("at the end: " + figures + ", log:\n" + ending.log());
      assertEquals(0, figures.openConnections());
      assertEquals(0, figures.inFlightBytes());
      assertFalse(figures.unbalanced());
      assertTrue(figures.heapBytes() < 128L * MEBIBYTE, figures::toString);
      assertTrue(figures.threads() < 40, figures::toString);
      String log = ending.log();
      for (String bad : List.of("OutOfMemory", "OutOfDirectMemory", "StackOverflow", " failed: ")) {
        assertFalse(log.contains(bad), log);
      }
    }
  }

  /**
   * Attacks again and again for a while, ten seconds at full size; nobody else may notice. Has
   * three tries to show it, because other processes may take the machine's processors meanwhile.
   */
  private static void under(String name, Attack attack) throws Exception {
    under(name, false, attack);
  }

  /** For attacks that take long by themselves. */
  private static void attackOnce(String name, Attack attack) throws Exception {
    under(name, true, attack);
  }

  private static void under(String name, boolean once, Attack attack) throws Exception {
    Honest.Sample met = attacked(name, once, attack);
    for (int tries = 1; tries < 3 && met.percentile(99).compareTo(LATENCY_MAX) >= 0; tries++) {
      met = attacked(name + ", again", once, attack);
    }
    assertTrue(met.percentile(99).compareTo(LATENCY_MAX) < 0, met::toString);
  }

  private static Honest.Sample attacked(String name, boolean once, Attack attack) throws Exception {
    honest.settle();
    Duration cpu = process.cpu();
    long start = System.nanoTime();
    int rounds = 0;
    do {
      attack.run();
      rounds++;
    } while (!once && (System.nanoTime() - start < ATTACK_NANOS_MIN || honest.count() < 30));
    Honest.Sample met = honest.take();
    System.out.printf(
        "%-34s %3d times in %5.1f s, %4.1f s of its processors, %3d MiB resident; %s%n",
        name,
        rounds,
        (System.nanoTime() - start) / 1e9,
        process.cpu().minus(cpu).toMillis() / 1e3,
        process.residentBytes() / MEBIBYTE,
        met);
    assertTrue(process.isAlive(), process.log());
    assertEquals("", met.trouble.get());
    assertTrue(met.accepted.sum() > 0, met::toString);
    return met;
  }

  /** From one of several addresses, because each may have 128 connections. */
  private static Socket socket(int port, int number) throws IOException {
    InetAddress from = InetAddress.getByName("127.0.1." + (1 + number / 100));
    Socket socket = new Socket();
    socket.setReceiveBufferSize(8 << 10);
    socket.bind(new java.net.InetSocketAddress(from, 0));
    socket.connect(new java.net.InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    socket.setSoTimeout(RawHttp2.WAIT_MILLIS_MAX);
    socket.setTcpNoDelay(true);
    return socket;
  }

  /** So many at once, on a thread each; what each of them met. */
  private static <T> List<T> atOnce(int count, Client<T> client) throws Exception {
    List<Future<T>> all = new ArrayList<>();
    List<T> met = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < count; i++) {
        int number = i;
        all.add(threads.submit(() -> client.run(number)));
      }
      for (Future<T> each : all) {
        met.add(each.get(60, TimeUnit.SECONDS));
      }
    } catch (ExecutionException | TimeoutException e) {
      throw new AssertionError("a client failed", e);
    }
    return met;
  }

  private interface Client<T> {
    T run(int number) throws Exception;
  }

  private static List<byte[]> bombs() throws IOException {
    return List.of(
        Requests.gzip(new byte[64 * MEBIBYTE]),
        BombTest.bomb(64 * MEBIBYTE),
        BombTest.bomb(40 * MEBIBYTE),
        BombTest.bomb(10 * MEBIBYTE));
  }

  @Test
  void livesThroughTwoHundredBombsAtOnceOverGrpc() throws Exception {
    List<byte[]> bombs = bombs();
    CallOptions gzip = CallOptions.DEFAULT.withCompression("gzip");
    Set<Status.Code> codes = ConcurrentHashMap.newKeySet();
    under(
        "200 bombs over gRPC",
        () -> {
          List<RawClient> clients = new ArrayList<>();
          try {
            for (int i = 0; i < 4; i++) {
              clients.add(new RawClient(process.port));
            }
            List<CompletableFuture<RawClient.Reply>> replies = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
              byte[] bomb = bombs.get(i / 4 % bombs.size());
              replies.add(clients.get(i % 4).send(RawClient.TRACES, gzip, bomb));
            }
            for (CompletableFuture<RawClient.Reply> reply : replies) {
              RawClient.Reply each = RawClient.await(reply);
              codes.add(each.code());
              assertEquals(
                  each.code() == Status.Code.UNAVAILABLE, isComeAgain(each), each::toString);
            }
          } finally {
            clients.forEach(RawClient::close);
          }
        });
    codes.removeAll(
        Set.of(
            Status.Code.UNAVAILABLE, Status.Code.RESOURCE_EXHAUSTED, Status.Code.INVALID_ARGUMENT));
    assertEquals(Set.of(), codes);
  }

  private static boolean isComeAgain(RawClient.Reply reply) {
    return reply.code() == Status.Code.UNAVAILABLE && reply.hasDetails();
  }

  @Test
  void livesThroughTwoHundredBombsAtOnceOverHttp() throws Exception {
    List<byte[]> bombs = new ArrayList<>(bombs());
    byte[] spaces = new byte[64 * MEBIBYTE];
    Arrays.fill(spaces, (byte) ' ');
    bombs.add(Requests.gzip(spaces));
    under(
        "200 bombs over HTTP",
        () -> {
          List<Integer> statuses =
              atOnce(
                  200,
                  i -> {
                    byte[] bomb = bombs.get(i % bombs.size());
                    try (RawHttp http = new RawHttp(socket(process.port, i))) {
                      String type = i % bombs.size() < 4 ? "x-protobuf" : "json";
                      http.post("application/" + type, bomb, "Content-Encoding: gzip\r\n");
                      return http.answer().status();
                    }
                  });
          assertEquals(List.of(), statuses.stream().filter(s -> !isRefusal(s)).toList());
        });
  }

  private static boolean isRefusal(int status) {
    return status == 400 || status == 413 || status == 503;
  }

  @Test
  void livesThroughDepth() throws Exception {
    int million = 1_000_000;
    List<byte[]> protobuf =
        packed(Depth.arrays(million), Depth.groups(million), Depth.lists(million));
    List<byte[]> json =
        packed(
            Depth.json("{\"x\":", "[", million),
            Depth.json("{\"x\":", "{\"x\":", million),
            Depth.jsonArrays(million));
    String gzip = "Content-Encoding: gzip\r\n";
    under(
        "depth of a million",
        () -> {
          try (RawClient client = new RawClient(process.port);
              RawHttp http = new RawHttp(socket(process.port, 0))) {
            for (byte[] each : protobuf) {
              RawClient.Reply reply = client.export("gzip", each);
              assertTrue(isHarmless(reply), reply::toString);
              int status = http.post("application/x-protobuf", each, gzip).answer().status();
              assertTrue(status == 200 || isRefusal(status), "" + status);
            }
            for (byte[] each : json) {
              int status = http.post("application/json", each, gzip).answer().status();
              assertTrue(status == 200 || isRefusal(status), "" + status);
            }
          }
        });
  }

  private static List<byte[]> packed(byte[]... requests) {
    return Arrays.stream(requests).map(Requests::gzip).toList();
  }

  private static boolean isHarmless(RawClient.Reply reply) {
    return reply.code() == Status.Code.OK
        || reply.code() == Status.Code.INVALID_ARGUMENT
        || isComeAgain(reply);
  }

  /** Sends the same on four connections as fast as it is read, for a while or until it is cut. */
  private static void flood(byte[] first, byte[] frame) throws Exception {
    byte[] piece =
        Requests.join(
            RawHttp2.times(1000, frame),
            RawHttp2.frame(RawHttp2.SETTINGS, 0, 0, RawHttp2.NONE)); // is answered
    int answers = frame[3] == RawHttp2.SETTINGS ? 1001 : 1;
    long end = System.nanoTime() + ATTACK_NANOS_MIN;
    atOnce(
        4,
        i -> {
          int pieces = 0;
          try (RawHttp2 wire = RawHttp2.open(process.port, RawHttp2.NONE)) {
            wire.send(first);
            boolean isOpen = true;
            while (isOpen && System.nanoTime() < end) {
              wire.send(piece);
              for (int a = 0; a < answers && isOpen; a++) {
                isOpen = !wire.next(RawHttp2.SETTINGS).isEnd();
              }
              pieces++;
            }
          } catch (SocketException _) {
            pieces++; // cut off
          }
          return pieces;
        });
  }

  /** Sends this on one connection after the other, and each must be ended. */
  private static void assertEnded(int connections, byte[] piece) throws IOException {
    for (int i = 0; i < connections; i++) {
      try (RawHttp2 wire = RawHttp2.open(process.port, RawHttp2.NONE)) {
        try {
          wire.send(piece);
        } catch (IOException _) {
          continue; // while we were at it
        }
        assertTrue(wire.isEnded());
      }
    }
  }

  @Test
  void livesThroughFloodsOfControlFrames() throws Exception {
    byte[] settings =
        RawHttp2.frame(RawHttp2.SETTINGS, 0, 0, RawHttp2.setting(RawHttp2.CALLS_MAX, 100));
    under("flood of SETTINGS", () -> flood(RawHttp2.NONE, settings));
    byte[] data = RawHttp2.frame(RawHttp2.DATA, 0, 1, RawHttp2.NONE);
    byte[] call = RawHttp2.frame(RawHttp2.HEADERS, RawHttp2.END_HEADERS, 1, RawHttp2.post());
    under("flood of empty DATA", () -> flood(call, data));
    byte[] window = RawHttp2.frame(RawHttp2.WINDOW_UPDATE, 0, 0, new byte[] {0, 0, 0, 1});
    under("flood of WINDOW_UPDATE", () -> flood(RawHttp2.NONE, window));
    byte[] ping = RawHttp2.frame(RawHttp2.PING, 0, 0, new byte[8]);
    under("flood of PING", () -> assertEnded(CONNECTIONS, RawHttp2.times(1000, ping)));
  }

  @Test
  void livesThroughRapidResets() throws Exception {
    byte[] ours = resets(RawHttp2.RST_STREAM, new byte[] {0, 0, 0, 8});
    under("flood of RST_STREAM", () -> assertEnded(CONNECTIONS, ours));
    byte[] theirs = resets(RawHttp2.WINDOW_UPDATE, new byte[4]); // by nothing: an error
    under("flood of what must be reset", () -> assertEnded(CONNECTIONS, theirs));
  }

  private static byte[] resets(int type, byte[] payload) {
    byte[] post = RawHttp2.post();
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (int stream = 1; stream < 500; stream += 2) {
      all.writeBytes(RawHttp2.frame(RawHttp2.HEADERS, RawHttp2.END_HEADERS, stream, post));
      all.writeBytes(RawHttp2.frame(type, 0, stream, payload));
    }
    return all.toByteArray();
  }

  /** The client never says that it has seen our settings, among them how many calls it may have. */
  @Test
  void opensNoMoreStreamsThanItAllowsThoughItsSettingsAreNotAcknowledged() throws Exception {
    byte[] post = RawHttp2.post();
    under(
        "10,000 streams before the ack",
        () -> {
          try (RawHttp2 wire = RawHttp2.open(process.port, RawHttp2.NONE)) {
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            for (int i = 0; i < 10_000; i++) {
              all.writeBytes(
                  RawHttp2.frame(RawHttp2.HEADERS, RawHttp2.END_HEADERS, 2 * i + 1, post));
            }
            try {
              wire.send(all.toByteArray());
            } catch (IOException _) {
              assertTrue(process.isAlive()); // cut off
            }
            assertTrue(process.figures().inFlightBytes() <= 110 * (4 << 10));
          }
        });
  }

  @Test
  void livesThroughHeadersWithoutEndAndHeadersThatGrow() throws Exception {
    byte[] endless =
        Requests.join(
            RawHttp2.frame(RawHttp2.HEADERS, 0, 1, RawHttp2.post()),
            RawHttp2.times(5000, RawHttp2.frame(RawHttp2.CONTINUATION, 0, 1, RawHttp2.NONE)));
    under("flood of empty CONTINUATION", () -> assertEnded(CONNECTIONS, endless));
    ByteArrayOutputStream block = new ByteArrayOutputStream();
    block.writeBytes(RawHttp2.post());
    block.write(0x40); // a field for the table ...
    RawHttp2.text(block, "x");
    RawHttp2.text(block, "y".repeat(3900));
    for (int i = 0; i < 10_000; i++) {
      block.write(0x80 | 62); // ... and the same again
    }
    byte[] bomb = block.toByteArray();
    under(
        "HPACK bombs",
        () ->
            atOnce(
                50,
                i -> {
                  try (RawHttp2 wire = new RawHttp2(socket(process.port, i))) {
                    wire.send(
                        RawHttp2.PREFACE.getBytes(US_ASCII),
                        RawHttp2.frame(RawHttp2.SETTINGS, 0, 0, RawHttp2.NONE));
                    wire.send(RawHttp2.frame(RawHttp2.HEADERS, 5, 1, bomb));
                    Frame frame = wire.next();
                    while (!frame.isEnd()
                        && frame.stream() != 1
                        && frame.type() != RawHttp2.GOAWAY) {
                      frame = wire.next();
                    }
                    return frame.type();
                  }
                }));
  }

  /** What two servers might read differently; see {@link HttpWireTest}. */
  @Test
  void livesThroughSmuggling() throws Exception {
    List<String> corpus = HttpWireTest.smuggled();
    under(
        "smuggling corpus",
        () ->
            atOnce(
                corpus.size(),
                i -> {
                  try (RawHttp http = new RawHttp(socket(process.port, i))) {
                    assertEquals(400, http.send(corpus.get(i)).answer().status());
                    return 0;
                  }
                }));
  }

  /** Each ends with the end of its connection, or with the answer that it has not earned. */
  @Test
  void cutsOffSlowClients() throws Exception {
    String head = "POST /v1/traces HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\n";
    byte[] begun =
        Requests.join(
            RawHttp2.PREFACE.getBytes(US_ASCII),
            RawHttp2.frame(RawHttp2.SETTINGS, 0, 0, RawHttp2.NONE),
            RawHttp2.frame(RawHttp2.HEADERS, RawHttp2.END_HEADERS, 1, RawHttp2.post()));
    byte[] message =
        Requests.join(begun, RawHttp2.frame(RawHttp2.DATA, 0, 1, new byte[] {0, 0, 1, 0, 0}));
    byte[] more = RawHttp2.frame(RawHttp2.DATA, 0, 1, new byte[1]);
    byte[] hello = {22, 3, 1, 2, 0, 1, 0, 1, (byte) 0xfc, 3, 3};
    List<Slow> kinds =
        List.of(
            new Slow(process.port, "", ""),
            new Slow(process.port, "POST /v1", "/"),
            new Slow(process.port, head + "X: y", "y"),
            new Slow(process.port, head + "Content-Length: 99999\r\n\r\n", ""),
            new Slow(process.port, head + "Content-Length: 99999\r\n\r\n", " "),
            new Slow(process.port, head + "Transfer-Encoding: chunked\r\n\r\n", "1\r\n \r\n"),
            new Slow(process.port, "PRI * HTTP/2.0", ""),
            new Slow(process.port, begun, RawHttp2.NONE),
            new Slow(process.port, message, more),
            new Slow(process.tlsPort, "", ""),
            new Slow(process.tlsPort, hello, RawHttp2.NONE),
            new Slow(process.tlsPort, hello, new byte[1]));
    int each = FULL ? 40 : 10;
    attackOnce(
        "slow clients",
        () -> {
          List<Boolean> ended =
              atOnce(each * kinds.size(), i -> kinds.get(i % kinds.size()).isEnded(i));
          for (int i = 0; i < ended.size(); i++) {
            assertTrue(ended.get(i), "kind " + i % kinds.size());
          }
        });
  }

  /** Two large uploads and a crowd of small ones that come fast, and then nearly stop. */
  @Test
  void givesNoAddressTheWholeBudgetForUploadsThatDrip() throws Exception {
    String head = "POST /v1/traces HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\n";
    List<byte[]> begun = new ArrayList<>();
    for (int bytes : new int[] {26 * MEBIBYTE, 600 << 10}) {
      byte[] body = new byte[bytes - 1000];
      byte[] length = ("Content-Length: " + bytes + "\r\n\r\n").getBytes(US_ASCII);
      begun.add(Requests.join(head.getBytes(US_ASCII), length, body));
    }
    Honest.Sample met =
        attacked(
            "uploads that drip",
            true,
            () ->
                atOnce(
                    62,
                    i -> new Slow(process.port, begun.get(i < 2 ? 0 : 1), new byte[1]).isEnded(i)));
    assertTrue(met.accepted.sum() > 4 * met.sentAway.sum(), met::toString);
  }

  /** Says something, and then a little every fifth of a second. */
  private record Slow(int port, byte[] first, byte[] drip) {
    Slow(int port, String first, String drip) {
      this(port, first.getBytes(US_ASCII), drip.getBytes(US_ASCII));
    }

    /** Whether there is an answer, or the end of the connection, in time. */
    boolean isEnded(int number) throws Exception {
      try (Socket socket = socket(port, number);
          ExecutorService reader = Executors.newVirtualThreadPerTaskExecutor()) {
        RawHttp2 wire = new RawHttp2(socket);
        Future<?> answer =
            reader.submit(
                () ->
                    first.length > 1 && first[1] == (byte) 82
                        ? wire.next(RawHttp2.HEADERS)
                        : wire.end());
        socket.getOutputStream().write(first);
        while (!answer.isDone()) {
          try {
            answer.get(200, TimeUnit.MILLISECONDS);
          } catch (TimeoutException _) {
            socket.getOutputStream().write(drip);
          }
        }
        answer.get();
        return true;
      } catch (SocketException _) {
        return true; // cut off
      } catch (ExecutionException e) {
        return false;
      }
    }
  }

  /** Their answers would fill the memory, or their calls stay, if nobody ended them. */
  @Test
  void cutsOffClientsThatDoNotTakeTheirAnswers() throws Exception {
    byte[] requests = RawHttp2.times(1000, "GET / HTTP/1.1\r\nHost: h\r\n\r\n".getBytes(US_ASCII));
    attackOnce(
        "HTTP answers that are not read",
        () -> atOnce(8, i -> isCutOff(i, RawHttp2.NONE, piece -> requests)));
    attackOnce(
        "gRPC answers that are not read",
        () -> atOnce(8, i -> isCutOff(i, hello(RawHttp2.NONE), piece -> calls(piece, 50))));
    ByteArrayOutputStream good = new ByteArrayOutputStream();
    for (int stream = 1; stream < 20; stream += 2) {
      good.writeBytes(RawHttp2.call(stream, Requests.message(1).toByteArray()));
    }
    byte[] noWindow = hello(RawHttp2.setting(RawHttp2.WINDOW_BYTES, 0));
    attackOnce(
        "answers that have no window",
        () ->
            atOnce(
                FULL ? 700 : 50,
                i -> {
                  try (Socket socket = socket(process.port, i)) {
                    RawHttp2 wire = new RawHttp2(socket);
                    wire.send(noWindow, good.toByteArray());
                    assertTrue(wire.isEnded(), "never cut off");
                  } catch (SocketException _) {
                    return true;
                  }
                  return true;
                }));
  }

  private static byte[] hello(byte[] settings) {
    return Requests.join(
        RawHttp2.PREFACE.getBytes(US_ASCII), RawHttp2.frame(RawHttp2.SETTINGS, 0, 0, settings));
  }

  /** Writes, and never reads, until the connection is ended. */
  private static boolean isCutOff(int number, byte[] first, IntFunction<byte[]> pieces)
      throws IOException {
    try (Socket socket = socket(process.port, number)) {
      socket.getOutputStream().write(first);
      for (int piece = 0; piece < 100_000; piece++) {
        socket.getOutputStream().write(pieces.apply(piece));
      }
      throw new AssertionError("never cut off");
    } catch (SocketException _) {
      return true;
    }
  }

  /** Calls that have no message and are refused, each with a frame that no window holds back. */
  private static byte[] calls(int piece, int count) {
    byte[] post = RawHttp2.post();
    int flags = RawHttp2.END_HEADERS | RawHttp2.END_STREAM;
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (int i = 0; i < count; i++) {
      int stream = 2 * (piece * count + i) + 1;
      all.writeBytes(RawHttp2.frame(RawHttp2.HEADERS, flags, stream, post));
    }
    return all.toByteArray();
  }
}
