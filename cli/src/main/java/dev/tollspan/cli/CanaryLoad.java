package dev.tollspan.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tollspan.canary.Around;
import dev.tollspan.canary.Mark;
import dev.tollspan.canary.Sender;
import dev.tollspan.canary.Sender.Answer;
import dev.tollspan.canary.Sender.Request;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Marks on one way into one receiver, and what came back. One thread. */
final class CanaryLoad {
  private static final int BATCH = 25;
  private static final List<String> PACKINGS = List.of("", "gzip", "zstd");

  private final String receiver;
  private final Sender sender;
  private final CanaryTally tally;
  private final ByteArrayOutputStream sent = new ByteArrayOutputStream();
  private final StringBuilder answers = new StringBuilder();

  /** Counts in the tally what becomes of spans that this receiver is sent. */
  CanaryLoad(String receiver, Sender sender, CanaryTally tally) {
    this.receiver = receiver;
    this.sender = sender;
    this.tally = tally;
  }

  /** Every body that was sent, as it was before it was packed, with its headers and its path. */
  byte[] sent() {
    return sent.toByteArray();
  }

  /** All that came back. */
  String answers() {
    return answers.toString();
  }

  /** Those that go this way, in requests of one kind of place each, so that it is known of each. */
  void send(List<Mark> marks) throws InterruptedException {
    Map<String, List<Mark>> byKind = new LinkedHashMap<>();
    for (Mark mark : marks) {
      if (mark.transport() == sender.transport()) {
        byKind.computeIfAbsent(mark.kind(), _ -> new ArrayList<>()).add(mark);
      }
    }
    int requests = 0;
    for (List<Mark> all : byKind.values()) {
      for (int from = 0; from < all.size(); from += BATCH) {
        List<Mark> batch = all.subList(from, Math.min(from + BATCH, all.size()));
        Answer answer = send(batch, PACKINGS.get(requests++ % PACKINGS.size()));
        if (answer.ok()) {
          tally.count(receiver, batch.getFirst(), batch.size(), answer);
          continue;
        }
        // One of them is why it was refused, or how it was packed; each gets another chance, alone.
        for (Mark mark : batch) {
          tally.count(receiver, mark, 1, send(List.of(mark), ""));
        }
      }
    }
  }

  private Answer send(List<Mark> batch, String packing) throws InterruptedException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    batch.forEach(mark -> all.writeBytes(mark.request()));
    byte[] body = sender.transport().encode(all.toByteArray());
    sent.writeBytes(body);
    Request request =
        new Request(sender.exportMethod(), packing, Map.of(), Around.packed(packing, body));
    return answered(request);
  }

  void sendAround(List<Around> around) throws InterruptedException {
    for (Around each : around) {
      tally.count(receiver, each.mark(), each.spans(), answered(each.request()));
      sent.writeBytes(each.request().body());
      sent.writeBytes(each.request().headers().toString().getBytes(UTF_8));
      sent.writeBytes(each.request().method().getBytes(UTF_8));
    }
  }

  private Answer answered(Request request) throws InterruptedException {
    Answer answer = sender.send(request);
    answers.append(answer.text()).append("\n\n");
    return answer;
  }
}
