package dev.tollspan.receiver;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ComplaintsTest {
  private static final InetSocketAddress OURS = new InetSocketAddress("127.0.0.1", 4317);
  private static final InetSocketAddress OTHER = new InetSocketAddress("127.0.0.1", 4318);
  private static final InetSocketAddress PEER = new InetSocketAddress("192.0.2.7", 50_000);

  @Test
  void saysEachReasonOfEachPortOnceAMinuteAndHowManyCameSince() {
    AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5);
    Complaints complaints = new Complaints(nanos::get);
    try (LogLines lines = new LogLines()) {
      complaints.add(OURS, PEER, "noise");
      complaints.add(OURS, PEER, "noise");
      nanos.addAndGet(Duration.ofSeconds(59).toNanos());
      complaints.add(OURS, PEER, "noise");
      complaints.add(OTHER, PEER, "noise");
      complaints.add(OURS, PEER, "silence");
      nanos.addAndGet(Duration.ofSeconds(1).toNanos());
      complaints.add(OURS, PEER, "noise");
      nanos.addAndGet(Duration.ofSeconds(60).toNanos());
      complaints.add(OURS, PEER, "noise");
      assertEquals(
          List.of(
              "port 4317: a client at 192.0.2.7 is cut off: noise",
              "port 4318: a client at 192.0.2.7 is cut off: noise",
              "port 4317: a client at 192.0.2.7 is cut off: silence",
              "port 4317: a client at 192.0.2.7 is cut off: noise; so were 2 more",
              "port 4317: a client at 192.0.2.7 is cut off: noise"),
          lines.said);
    }
  }
}
