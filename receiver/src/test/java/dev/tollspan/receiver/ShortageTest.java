package dev.tollspan.receiver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollspan.pipeline.Ledger;
import dev.tollspan.pipeline.Outcome;
import dev.tollspan.spans.BatchPool;
import dev.tollspan.spans.Batches;
import io.grpc.Status;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who gets in, and who is sent away, when uploads under way hold all of the budget. */
@Timeout(60)
class ShortageTest {
  private static final int KIB = 1 << 10;
  private static final int MIB = 1 << 20;
  private static final long BUDGET = 16 * MIB;

  private final AtomicLong nanos = new AtomicLong();
  private final Patience patience =
      Station.patience(Duration.ofMillis(1), Duration.ofSeconds(10), nanos::get);
  private final ByteBudget budget = new ByteBudget(BUDGET);
  private final Ledger ledger = new Ledger();
  private final BatchPool pool = new BatchPool(0);
  private final RequestReader reader =
      new RequestReader(
          pool,
          new Unpackers(1, GzipUnpacker::new, ZstdUnpacker::new),
          new Lane(Duration.ZERO),
          (int) BUDGET);
  private final Reception reception =
      new Reception(
          budget,
          new Intake(Batches.keys(), pool, ledger, batch -> Outcome.ACCEPTED, BUDGET),
          Runnable::run,
          patience);
  private final Household one = new Household();
  private final Household other = new Household();
  private final List<Upload> all = new ArrayList<>();

  /** One request that has begun. */
  private final class Upload implements Reception.Sender {
    private final Reception.Visit visit;
    private Answer answer;

    Upload(Household household, long bytes) {
      Share share = new Share(new ByteBudget(BUDGET), household);
      visit = reception.visit(this, share, reader, patience.arrival());
      visit.enter();
      visit.buffered(bytes);
      all.add(this);
    }

    @Override
    public void goOn() {}

    @Override
    public void answer(Answer told) {
      answer = told;
    }

    boolean isUnderWay() {
      return answer == null;
    }
  }

  /** Time goes by, and each upload brings so many bytes a second. */
  private void pass(int seconds, long secondBytes) {
    for (int i = 0; i < seconds; i++) {
      nanos.addAndGet(Duration.ofSeconds(1).toNanos());
      all.forEach(upload -> upload.visit.buffered(secondBytes));
      reception.expire();
    }
  }

  private long underWay() {
    return all.stream().filter(Upload::isUnderWay).count();
  }

  @AfterEach
  void givesEverythingBack() {
    all.forEach(upload -> upload.visit.leave());
    assertEquals(0, budget.heldBytes());
    assertEquals(0, one.heldBytes());
    assertEquals(0, other.heldBytes());
    assertEquals(0, reception.arrivingRequests());
  }

  @Test
  void endsAnUploadThatGetsSlowThoughItBeganFast() {
    Upload fast = new Upload(one, 2 * MIB);
    Upload steady = new Upload(one, KIB);
    Upload slow = new Upload(one, 4 * MIB);
    for (int second = 0; second < 21; second++) {
      fast.visit.buffered(100 * KIB);
      steady.visit.buffered(2 * KIB);
      pass(1, 1);
    }
    assertInstanceOf(Answer.ComeAgain.class, slow.answer);
    assertTrue(steady.isUnderWay());
    assertTrue(fast.isUnderWay());
  }

  /** Two large ones and a crowd of small ones, uploaded fast and then dripping. */
  @Test
  void uploadsThatDripGiveWayToAnHonestOneOfTheSameAddress() {
    List<Upload> large = List.of(new Upload(one, 5 * MIB), new Upload(one, 5 * MIB));
    for (int i = 0; i < 7; i++) { // what is left is too little for a turn
      var _ = new Upload(one, 700 * KIB);
    }
    pass(4, 1);
    long before = underWay();
    Upload honest = new Upload(one, 3 * MIB);
    assertTrue(honest.isUnderWay());
    assertEquals(1, large.stream().filter(Upload::isUnderWay).count());
    assertEquals(before, underWay()); // one came and one went
    assertEquals(2, ledger.refusedRequests());
  }

  @Test
  void uploadsThatComeOnStayAndTheNewcomerIsSentAway() {
    for (int i = 0; i < 3; i++) {
      var _ = new Upload(one, 4 * MIB);
    }
    pass(3, 300 * KIB);
    long before = underWay();
    Upload late = new Upload(one, 3 * MIB);
    assertInstanceOf(Answer.ComeAgain.class, late.answer);
    assertEquals(before, underWay());
  }

  @Test
  void oneAddressAloneMayFillTheBudget() {
    Upload first = new Upload(one, 9 * MIB);
    Upload second = new Upload(one, 6 * MIB);
    assertTrue(first.isUnderWay() && second.isUnderWay());
  }

  @Test
  void anAddressAboveHalfGivesWayToAnotherAndThenGetsNoMoreThanHalf() {
    for (int i = 0; i < 5; i++) {
      var _ = new Upload(one, 3 * MIB);
    }
    assertEquals(0, all.stream().filter(upload -> !upload.isUnderWay()).count());
    Upload honest = new Upload(other, 4 * MIB);
    assertTrue(honest.isUnderWay());
    assertTrue(one.heldBytes() >= BUDGET / 2);
    Upload more = new Upload(one, 2 * MIB);
    assertFalse(more.isUnderWay());
    honest.visit.leave();
    nanos.addAndGet(Duration.ofSeconds(2).toNanos());
    assertTrue(new Upload(one, 2 * MIB).isUnderWay());
  }

  @Test
  void severalAddressesThatHoldAllGiveWayToOneMore() {
    for (int i = 0; i < 3; i++) {
      Household each = new Household();
      for (int j = 0; j < 5; j++) {
        var _ = new Upload(each, MIB);
      }
    }
    pass(3, 20 * KIB);
    long before = underWay();
    Upload honest = new Upload(one, 2 * MIB);
    assertTrue(honest.isUnderWay());
    assertTrue(underWay() < before + 1);
    Upload large = new Upload(one, 4 * MIB);
    assertFalse(large.isUnderWay(), "its part is a quarter");
  }

  @Test
  void whoHoldsNoMoreThanHalfStaysWhateverOthersAskFor() {
    Upload modest = new Upload(one, 7 * MIB);
    Upload greedy = new Upload(other, 8 * MIB);
    pass(1, 300 * KIB);
    Upload more = new Upload(other, 4 * MIB);
    assertTrue(modest.isUnderWay());
    assertTrue(greedy.isUnderWay());
    assertFalse(more.isUnderWay());
  }

  private static Socket from(String address, int port) throws IOException {
    return new Socket(InetAddress.getLoopbackAddress(), port, InetAddress.getByName(address), 0);
  }

  /** The same over sockets: addresses are known in both protocols. */
  @Test
  void servesOtherAddressesThoughOneHoldsAllItMay() throws Exception {
    OtlpReceiverConfig config = Station.config(8 * MIB, BUDGET);
    Patience stopped =
        Station.patience(Duration.ofMillis(50), Duration.ofSeconds(10), Station.STOPPED);
    byte[] good = Requests.message(3).toByteArray();
    List<RawHttp> greedy = new ArrayList<>();
    try (Station station = new Station(config, stopped, message -> Outcome.ACCEPTED)) {
      int port = station.receiver.httpPort();
      String head =
          "POST /v1/traces HTTP/1.1\r\nHost: h\r\nContent-Type: application/x-protobuf\r\n";
      for (int i = 0; i < 3; i++) {
        greedy.add(new RawHttp(from("127.0.0.3", port)));
        greedy.getLast().send(head + "Content-Length: " + 5 * MIB + "\r\n\r\n");
        greedy.getLast().send(new byte[5 * MIB - 1]);
        awaitHold(station, (i + 1) * 5L * MIB);
      }
      try (RawHttp same = new RawHttp(from("127.0.0.3", port));
          RawHttp honest = new RawHttp(from("127.0.0.2", port))) {
        assertEquals(503, same.post("application/x-protobuf", good).answer().status());
        assertEquals(200, honest.post("application/x-protobuf", good).answer().status());
        greedy.add(new RawHttp(from("127.0.0.3", port)));
        greedy.getLast().send(head + "Content-Length: " + 5 * MIB + "\r\n\r\n");
        greedy.getLast().send(new byte[5 * MIB - 1]);
        assertEquals(Status.Code.OK, station.client.export(Requests.ofSize(5 * MIB)).code());
      }
      for (RawHttp each : greedy) {
        each.close();
      }
    }
  }

  private static void awaitHold(Station station, long bytes) {
    long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (station.receiver.inFlightBytes() < bytes) {
      assertTrue(System.nanoTime() < end, "not so many bytes are held");
      Thread.onSpinWait();
    }
  }
}
