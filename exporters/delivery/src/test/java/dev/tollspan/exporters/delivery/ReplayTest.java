package dev.tollspan.exporters.delivery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollspan.exporters.delivery.Replay.End;
import dev.tollspan.exporters.delivery.Replay.Listed;
import dev.tollspan.exporters.delivery.Replay.Result;
import dev.tollspan.pipeline.Outcome;
import dev.tollspan.pipeline.Outcome.Fault;
import dev.tollspan.pipeline.RefusedSpans;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReplayTest {
  private static final int MUTATIONS = 3_000;

  @TempDir Path folder;
  private final ScriptedExporter exporter = new ScriptedExporter();
  private final List<Duration> waits = new ArrayList<>();
  private String file;

  @BeforeEach
  void aLetterOfFiveSpans() throws IOException {
    new DeadLetters(folder, 1 << 20)
        .post(7, List.of(Given.numbered(1, 5)), List.of(new RefusedSpans(0, 0, 5, Fault.SENDER)))
        .write();
    file = listed().getFirst().file();
  }

  @Test
  void listsWhatThereIs() throws IOException {
    Files.writeString(folder.resolve("notes.txt"), "mine");
    Files.writeString(folder.resolve(file + ".tmp"), "half");
    List<Listed> listed = listed();
    assertEquals(2, listed.size());
    assertEquals(5, listed.getFirst().spans());
    assertEquals(Files.size(folder.resolve(file)), listed.getFirst().bytes());
    assertEquals("refused_sender", listed.getFirst().why());
    assertEquals("", listed.getLast().why());
    assertEquals(List.of(), Replay.list(folder.resolve("absent")));
  }

  @Test
  void removesALetterOnceItWasAccepted() throws IOException {
    exporter.next(
        batches -> {
          assertTrue(Files.exists(folder.resolve(file)));
          byte[] bytes = batches.getFirst().bytes();
          assertEquals(List.of(1, 2, 3, 4, 5), Given.ids(bytes));
          return Outcome.ACCEPTED;
        });
    assertEquals(new Result(End.SENT, 5, ""), replay().send(file));
    assertEquals(List.of(), listed());
    assertEquals(new Result(End.GONE, 0, ""), replay().send(file));
    assertEquals(1, exporter.calls.size());
  }

  @Test
  void keepsWhatIsRefused() throws IOException {
    exporter.next(batches -> new Outcome.Refused("bad"));
    exporter.next(batches -> new Outcome.Refused(Fault.SENDER, "who are you?"));
    exporter.next(batches -> new Outcome.PartlyAccepted(2, "two"));
    assertEquals(new Result(End.REFUSED, 0, "bad"), replay().send(file));
    assertEquals(new Result(End.IN_VAIN, 0, "who are you?"), replay().send(file));
    assertEquals(new Result(End.REFUSED, 3, "two, and did not say which"), replay().send(file));
    assertEquals(1, listed().size());
  }

  @Test
  void keepsOnlyWhatIsStillRefused() throws IOException {
    exporter.refused =
        List.of(new RefusedSpans(0, 1, 2, Fault.SPANS), new RefusedSpans(0, 4, 5, Fault.SPANS));
    exporter.next(batches -> new Outcome.PartlyAccepted(2, "bad"));
    assertEquals(new Result(End.SHORTENED, 3, "bad"), replay().send(file));
    assertEquals(1, listed().size());
    Listed left = listed().getFirst();
    assertEquals(2, left.spans());
    assertEquals("refused_spans", left.why());
    assertEquals(List.of(2, 5), Given.ids(Files.readAllBytes(folder.resolve(left.file()))));
    assertEquals(new Result(End.SENT, 2, ""), replay().send(left.file()));
    assertEquals(List.of(), listed());
  }

  @Test
  void triesFiveTimes() throws IOException {
    for (long seconds : new long[] {0, 3, 3_600, 1, 1}) {
      exporter.next(b -> new Outcome.RetryLater(Duration.ofSeconds(seconds), "later"));
    }
    assertEquals(new Result(End.IN_VAIN, 0, "later"), replay().send(file));
    assertEquals(List.of(1L, 3L, 30L, 1L), waits.stream().map(Duration::toSeconds).toList());
    assertEquals(5, exporter.calls.size());
    exporter.next(b -> ScriptedExporter.RETRY);
    assertEquals(new Result(End.SENT, 5, ""), replay().send(file));
  }

  @Test
  void sendsNothingThatWasChanged() throws IOException {
    byte[] good = Files.readAllBytes(folder.resolve(file));
    Random random = new Random(5);
    for (int i = 0; i < MUTATIONS; i++) {
      byte[] bad = mutated(good, random);
      if (!Arrays.equals(bad, good)) {
        Files.write(folder.resolve(file), bad);
        Result result = replay().send(file);
        assertEquals(new Result(End.UNREADABLE, 0, "it is damaged or was changed"), result);
      }
    }
    Files.write(folder.resolve(file), good);
    for (int i = 0; i < MUTATIONS; i++) {
      char[] name = file.toCharArray();
      name[random.nextInt(name.length)] = "0123456789abcdef-_.x".charAt(random.nextInt(20));
      String renamed = new String(name);
      if (!renamed.equals(file)) {
        Files.move(folder.resolve(file), folder.resolve(renamed));
        assertEquals(End.UNREADABLE, replay().send(renamed).end(), renamed);
        Files.move(folder.resolve(renamed), folder.resolve(file));
      }
    }
    assertEquals(List.of(), exporter.calls);
    assertEquals(End.SENT, replay().send(file).end());
    assertFalse(Files.exists(folder.resolve(file)));
  }

  private static byte[] mutated(byte[] good, Random random) {
    byte[] bad = good.clone();
    switch (random.nextInt(4)) {
      case 0 -> bad[random.nextInt(bad.length)] ^= (byte) (1 << random.nextInt(8));
      case 1 -> bad = Arrays.copyOf(bad, random.nextInt(bad.length));
      case 2 -> bad = Arrays.copyOf(bad, bad.length + 1 + random.nextInt(100));
      default -> {
        int from = random.nextInt(bad.length);
        Arrays.fill(bad, from, Math.min(bad.length, from + 1 + random.nextInt(50)), (byte) 0);
      }
    }
    return bad;
  }

  private Replay replay() {
    return new Replay(new RealLetterFolder(folder), exporter, waits::add);
  }

  private List<Listed> listed() throws IOException {
    return Replay.list(folder);
  }
}
