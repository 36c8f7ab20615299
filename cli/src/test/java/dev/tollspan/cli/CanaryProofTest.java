package dev.tollspan.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollspan.canary.Mark;
import dev.tollspan.canary.Matrix;
import dev.tollspan.canary.Store;
import dev.tollspan.cli.CanaryFile.End;
import dev.tollspan.cli.CanaryFile.Profile;
import dev.tollspan.cli.CanaryProof.Finding;
import dev.tollspan.cli.CanaryProof.Sight;
import dev.tollspan.cli.CanaryProof.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a mark in a file means depends on whose file it is. */
class CanaryProofTest {
  private static final List<Mark> MARKS = Matrix.of(4_000, 1);
  private static final Mark SHORT =
      MARKS.stream().filter(Mark::shortText).findFirst().orElseThrow();
  private static final Mark SENTENCE =
      MARKS.stream()
          .filter(mark -> !mark.shortText() && mark.stores().contains(Store.NDJSON))
          .findFirst()
          .orElseThrow();

  @TempDir private Path directory;

  @Test
  void onlyStrictMeansNothingAtAll() throws IOException {
    assertEquals(Verdict.FOUND, found("strict/a", SHORT).get("strict/a"));
    assertEquals(Verdict.FOUND, found("strict/b", SENTENCE).get("strict/b"));
  }

  @Test
  void balancedMayHoldShortTextsAndNothingElse() throws IOException {
    assertEquals(Verdict.ALLOWED, found("balanced/a", SHORT).get("balanced/a"));
    assertEquals(Verdict.FOUND, found("balanced/b", SENTENCE).get("balanced/b"));
  }

  @Test
  void aPipelineThatKeepsEverythingKeepsItInItsOwnFilesAlone() throws IOException {
    assertEquals(Verdict.KEPT, found("open/a", SENTENCE).get("open/a"));
    assertEquals(Verdict.FOUND, found("open-too/a", SENTENCE).get("open-too/a"));
    assertEquals(Verdict.FOUND, found("pipeline.log", SHORT).get("pipeline.log"));
    String name = "open/" + SENTENCE.word();
    assertEquals(Verdict.FOUND, found(name, SENTENCE).get(name));
  }

  @Test
  void theSearchSeesOnlyIfItFindsWhatIsThere() throws IOException {
    long there = MARKS.stream().filter(mark -> mark.stores().contains(Store.NDJSON)).count();
    assertTrue(there > 1_000, "only " + there);
    found("open/a", SENTENCE);
    assertEquals(List.of(new Sight("ndjson", 1, there, false)), sights());
    assertFalse(sights().getFirst().sees());
    StringBuilder all = new StringBuilder();
    MARKS.forEach(mark -> all.append(mark.word()).append('\n'));
    Files.writeString(directory.resolve("elsewhere"), all);
    assertEquals(1, sights().getFirst().seen());
    Files.writeString(directory.resolve("open/b"), all);
    assertTrue(sights().getFirst().sees());
  }

  private List<Sight> sights() throws IOException {
    List<End> open = List.of(end("ndjson", "open", Profile.PASSTHROUGH));
    CanaryProof.Result result = new CanaryProof(MARKS).search(directory, open);
    return CanaryProof.behindOpenGates(result, open, directory);
  }

  /** Writes the mark as it was sent, and says where it was found, and what that means. */
  private Map<String, Verdict> found(String file, Mark mark) throws IOException {
    Path path = directory.resolve(file);
    Files.createDirectories(path.getParent());
    Files.write(path, mark.request());
    List<End> ends =
        List.of(
            end("ndjson/strict", "strict", Profile.STRICT),
            end("ndjson/balanced", "balanced", Profile.BALANCED),
            end("ndjson/open", "open", Profile.PASSTHROUGH));
    Map<String, Verdict> found = new TreeMap<>();
    for (Finding finding : new CanaryProof(List.of(mark)).search(directory, ends).findings()) {
      found.put(finding.file(), finding.verdict());
    }
    return found;
  }

  private End end(String id, String path, Profile profile) {
    Path journal = directory.resolve("journal-" + path);
    return new End(id, Store.NDJSON, profile, directory.resolve(path), journal, Set.of("otlp"));
  }

  @Test
  void aGateInFrontMayTakeSomeWords() {
    assertTrue(new Sight("tempo", 10, 20, true).sees());
    assertFalse(new Sight("tempo", 9, 20, true).sees());
    assertFalse(new Sight("ndjson", 997, 999, false).sees());
  }
}
