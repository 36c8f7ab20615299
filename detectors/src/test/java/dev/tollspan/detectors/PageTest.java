package dev.tollspan.detectors;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tollspan.detectors.Samples.Sample;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** docs/reference/detectors.md tells of every kind, and tells the truth about words nearby. */
class PageTest {
  private static final int SAMPLES = 20;

  private final Finder finder = Detectors.all().finder();

  @Test
  void namesEveryKindInOrder() throws IOException {
    List<String> kinds = Arrays.stream(Kind.values()).map(PageTest::name).toList();
    assertEquals(kinds, rows().stream().map(r -> r[1].strip().replace("`", "")).toList());
  }

  @Test
  void tellsWhichKindsNeedAWord() throws IOException {
    Map<Kind, String> words = new EnumMap<>(Kind.class);
    for (String[] row : rows()) {
      words.put(Kind.of(words.size()), row[4].strip());
    }
    for (Kind kind : Kind.values()) {
      assertEquals(kind.words().isEmpty(), words.get(kind).equals("never"), kind.name());
      Samples samples = new Samples(new SplittableRandom(5));
      for (int i = 0; i < SAMPLES; i++) {
        Sample sample = samples.canonical(kind).labelled("");
        boolean found = isFound(sample, kind == Kind.URL_CREDENTIALS ? sample.before() : "");
        boolean expected = !words.get(kind).equals("always");
        if (!words.get(kind).equals("some forms")) {
          assertEquals(expected, found, () -> kind + " " + sample.value());
        }
      }
    }
  }

  private boolean isFound(Sample sample, String before) {
    byte[] text = (before + sample.value() + sample.behind()).getBytes(UTF_8);
    int hits = finder.find(text, 0, text.length, 0);
    return hits == 1 && finder.kind(0) == sample.kind();
  }

  private static String name(Kind kind) {
    return kind.token().substring(1, kind.token().length() - 1);
  }

  private static List<String[]> rows() throws IOException {
    Path page = Path.of(System.getProperty("tollspan.root"), "docs/reference/detectors.md");
    return Files.readAllLines(page, UTF_8).stream()
        .filter(l -> l.startsWith("| `"))
        .map(l -> l.split("\\|"))
        .toList();
  }
}
