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

/** Marks on their way into one receiver, and what came back. One thread. */
final class CanaryLoad {
  private static final int BATCH = 25;

  private final String receiver;
  private final CanaryTally tally;
  private final ByteArrayOutputStream sent = new ByteArrayOutputStream();
  private final StringBuilder answers = new StringBuilder();
  private List<Around> around = List.of();

  /** Counts in the tally what becomes of spans that this receiver is sent. */
  CanaryLoad(String receiver, CanaryTally tally) {
    this.receiver = receiver;
    this.tally = tally;
  }

  /** Every body that was sent, as it was before it was packed, with its headers and its path. */
  byte[] sent() {
    return sent.toByteArray();
  }

  /** What was sent around requests. */
  List<Around> around() {
    return around;
  }

  /** All that came back. */
  String answers() {
    return answers.toString();
  }

  /** Requests of one kind of place each, so that it is known of each kind what became of it. */
  void send(Sender sender, List<Mark> marks) throws InterruptedException {
    Map<String, List<Mark>> byKind = new LinkedHashMap<>();
    for (Mark mark : marks) {
      byKind.computeIfAbsent(mark.kind(), _ -> new ArrayList<>()).add(mark);
    }
    int requests = 0;
    for (Map.Entry<String, List<Mark>> kind : byKind.entrySet()) {
      List<Mark> all = kind.getValue();
      for (int from = 0; from < all.size(); from += BATCH) {
        List<Mark> batch = all.subList(from, Math.min(from + BATCH, all.size()));
        boolean packed = requests++ % 2 == 1;
        Answer answer = send(sender, batch, packed);
        if (answer.ok() || batch.size() == 1) {
          tally.count(receiver, kind.getKey(), batch.size(), answer);
          continue;
        }
        // One of them is why the request was refused; the others get another chance, alone.
        for (Mark mark : batch) {
          tally.count(receiver, kind.getKey(), 1, send(sender, List.of(mark), packed));
        }
      }
    }
  }

  private Answer send(Sender sender, List<Mark> batch, boolean packed) throws InterruptedException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    batch.forEach(mark -> body.writeBytes(mark.request()));
    byte[] bytes = body.toByteArray();
    Request request =
        packed
            ? new Request(sender.exportMethod(), "gzip", Map.of(), Around.gzip(bytes))
            : new Request(sender.exportMethod(), "", Map.of(), bytes);
    sent.writeBytes(bytes);
    return answered(sender, request);
  }

  void sendAround(Sender sender, int requestBytesMax, long seed) throws InterruptedException {
    around = Around.all(sender.exportMethod(), requestBytesMax, seed);
    for (Around each : around) {
      Answer answer = answered(sender, each.request());
      tally.count(receiver, each.mark().place(), each.spans(), answer);
      sent.writeBytes(each.request().body());
      sent.writeBytes(each.request().headers().toString().getBytes(UTF_8));
      sent.writeBytes(each.request().method().getBytes(UTF_8));
    }
  }

  private Answer answered(Sender sender, Request request) throws InterruptedException {
    Answer answer = sender.send(request);
    answers.append(answer.text()).append("\n\n");
    return answer;
  }
}
