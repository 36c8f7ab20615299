package dev.tollspan.receiver;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tollspan.pipeline.Ledger;
import dev.tollspan.pipeline.Outcome;
import dev.tollspan.pipeline.SpanConsumer;
import dev.tollspan.spans.Attributes;
import dev.tollspan.spans.BatchEditor;
import dev.tollspan.spans.BatchPool;
import dev.tollspan.spans.Batches;
import dev.tollspan.spans.CleanBatch;
import dev.tollspan.spans.SpanBatch;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * A receiver on a port of its own, a client and a consumer that keeps what it gets. Closing it
 * checks what must hold after every test: the books balance and the budget is whole again.
 */
final class Station implements AutoCloseable {
  static final OtlpReceiverConfig CONFIG = config(8 << 20, 64 << 20);

  /** A clock by which no call is ever overdue, however slow the machine is. */
  static final LongSupplier STOPPED = () -> 0;

  static final Patience PATIENCE = patience(Duration.ofSeconds(5), Duration.ofSeconds(10), STOPPED);

  private static final int LONG_BYTES = 200 << 10;

  final Ledger ledger = new Ledger();
  final Queue<byte[]> taken = new ConcurrentLinkedQueue<>();
  final OtlpReceiver receiver;
  final RawClient client;

  static Patience patience(Duration admission, Duration closing, LongSupplier nanoTicker) {
    Duration silence = Duration.ofSeconds(5);
    Duration arrival = Duration.ofMinutes(1);
    return new Patience(admission, silence, arrival, closing, Duration.ofSeconds(10), nanoTicker);
  }

  /** Both protocols on free ports of the loopback interface. */
  static OtlpReceiverConfig config(int requestBytesMax, long inFlightBytesMax) {
    return config(requestBytesMax, inFlightBytesMax, OtlpReceiverConfig.CONNECTIONS_MAX);
  }

  static OtlpReceiverConfig config(int requestBytesMax, long inFlightBytesMax, int connectionsMax) {
    OtlpReceiverConfig.Listen free = new OtlpReceiverConfig.Listen("127.0.0.1", 0);
    return new OtlpReceiverConfig(
        grpc(free, requestBytesMax),
        http(free, requestBytesMax),
        inFlightBytesMax,
        connectionsMax,
        OtlpReceiverConfig.ADDRESS_CONNECTIONS_MAX);
  }

  static OtlpReceiverConfig.Grpc grpc(OtlpReceiverConfig.Listen listen, int requestBytesMax) {
    OtlpReceiverConfig.Grpc usual = OtlpReceiverConfig.Grpc.at(listen);
    return new OtlpReceiverConfig.Grpc(
        listen, requestBytesMax, usual.callsMax(), usual.keepAlive());
  }

  static OtlpReceiverConfig.Http http(OtlpReceiverConfig.Listen listen, int requestBytesMax) {
    OtlpReceiverConfig.Http usual = OtlpReceiverConfig.Http.at(listen);
    return new OtlpReceiverConfig.Http(
        listen,
        requestBytesMax,
        usual.path(),
        usual.takesGzip(),
        usual.takesZstd(),
        usual.cors(),
        usual.responseHeaders(),
        usual.readTimeout(),
        usual.readHeaderTimeout(),
        usual.idleTimeout());
  }

  Station() throws IOException {
    this(CONFIG, PATIENCE, message -> Outcome.ACCEPTED);
  }

  Station(Function<byte[], Outcome> answer) throws IOException {
    this(CONFIG, PATIENCE, answer);
  }

  Station(OtlpReceiverConfig config, Patience patience, Function<byte[], Outcome> answer)
      throws IOException {
    receiver = new OtlpReceiver(config, Batches.keys(), new BatchPool(64 << 20), ledger, patience);
    receiver.start(consumer(answer));
    client = new RawClient(config.grpc() == null ? receiver.httpPort() : receiver.grpcPort());
  }

  private SpanConsumer consumer(Function<byte[], Outcome> answer) {
    return batch -> {
      byte[] message = bytes(batch);
      taken.add(message);
      return answer.apply(message);
    };
  }

  /** As the gate does, it takes long texts out. */
  private static byte[] bytes(SpanBatch batch) {
    BatchEditor editor = BatchEditor.of(batch);
    Attributes attributes = batch.view().moveTo(0).attributes();
    for (int i = 0; i < attributes.count(); i++) {
      if (attributes.end(i) - attributes.start(i) > LONG_BYTES) {
        editor.delete(attributes.start(i), attributes.end(i));
      }
    }
    CleanBatch clean = editor.splice(batch);
    batch.release();
    int end = clean.offset() + clean.byteSize();
    byte[] bytes = Arrays.copyOfRange(clean.bytes(), clean.offset(), end);
    clean.release();
    return bytes;
  }

  @Override
  public void close() {
    client.close();
    receiver.close();
    assertEquals("", ledger.unbalanced());
    assertEquals(0, receiver.inFlightBytes(), "bytes still held of the budget");
  }
}
