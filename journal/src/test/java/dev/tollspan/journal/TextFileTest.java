package dev.tollspan.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.tollspan.journal.FaultyDisk.Kind;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** What is saved in turns is there, or what was saved before it. */
class TextFileTest {
  private final FaultyDisk disk = new FaultyDisk(new SplittableRandom(3));
  private final Parts parts =
      new Parts(disk, JournalConfig.defaults(), new FakePace(), FailPoint.NONE, () -> 7L);
  private final TextFile file = new TextFile(parts, "a", "cursor");

  @Test
  void theNewestIsRead() throws Exception {
    for (int i = 0; i < 7; i++) {
      List<String> lines = List.of("line " + i, "x".repeat(90 - 13 * i));
      file.write(lines);
      assertEquals(lines, TextFile.read(disk, "a"));
    }
  }

  @Test
  void theOneBeforeIsReadIfTheNewestIsDamaged() throws Exception {
    file.write(List.of("one"));
    file.write(List.of("two"));
    byte[] bytes = disk.content("a");
    bytes[4096]++;
    disk.put("a", bytes);
    assertEquals(List.of("one"), TextFile.read(disk, "a"));
    bytes[0]++;
    disk.put("a", bytes);
    assertNull(TextFile.read(disk, "a"));
  }

  @Test
  void aSaveTakesNoRoom() throws Exception {
    file.write(List.of("one"));
    disk.capacity = disk.bytes("");
    for (int i = 0; i < 3; i++) {
      file.write(List.of("two", "and more than before"));
    }
    assertEquals(List.of("two", "and more than before"), TextFile.read(disk, "a"));
  }

  @Test
  void whatFailedIsReplacedAndNotTouched() throws Exception {
    file.write(List.of("one"));
    disk.faults = (kind, _) -> kind == Kind.SYNC ? "Input/output error" : null;
    assertThrows(IOException.class, () -> file.write(List.of("two")));
    assertThrows(IOException.class, () -> file.write(List.of("three")));
    disk.faults = (_, _) -> null;
    file.write(List.of("four"));
    assertEquals(List.of("four"), TextFile.read(disk, "a"));
    assertFalse(disk.touchedAfterFailure);
  }

  @Test
  void moreThanAPlaceHoldsIsSavedToo() throws Exception {
    String[] many = new String[400];
    Arrays.fill(many, "rejected otlp for some reason 1");
    for (List<String> lines : List.of(List.of(many), List.of("few"), List.of(many))) {
      file.write(lines);
      assertEquals(lines, TextFile.read(disk, "a"));
    }
  }
}
