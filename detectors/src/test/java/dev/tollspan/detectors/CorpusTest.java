package dev.tollspan.detectors;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollspan.detectors.Carrier.Text;
import dev.tollspan.detectors.Negatives.Shape;
import dev.tollspan.detectors.Samples.Sample;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * How much is found of what is there, and how much of what is not: values of every kind in twelve
 * carriers against text as telemetry is full of it. The same values in each run.
 *
 * <p>A sample of it by default; all of it with {@code -Dtollspan.corpus=full}. The tables are on
 * standard output, in docs/reference/detectors.md those of the whole.
 */
class CorpusTest {
  private static final boolean FULL = "full".equals(System.getProperty("tollspan.corpus"));
  private static final int POSITIVES = FULL ? 100_000 : 10_000;
  private static final int NEGATIVES = FULL ? 1_000_000 : 100_000;
  private static final double VARIED_RECALL_MIN = 0.995;
  private static final double FALSE_MAX = 0.0005;
  private static final int EXAMPLES = 10;

  private final Finder finder = Detectors.all().finder();

  /** What was found of how many. */
  private static final class Score {
    int tried;
    int found;

    void count(boolean hit) {
      tried++;
      found += hit ? 1 : 0;
    }

    double share() {
      return tried == 0 ? 1 : (double) found / tried;
    }

    @Override
    public String toString() {
      return "%6d of %6d  %8.4f %%".formatted(found, tried, 100 * share());
    }
  }

  @Test
  void findsAllCanonicalFormsAndNearlyAllOthers() {
    Map<Kind, Score> canonical = new EnumMap<>(Kind.class);
    Map<Kind, Score> varied = new EnumMap<>(Kind.class);
    List<String> missed = new ArrayList<>();
    for (Kind kind : Kind.values()) {
      canonical.put(kind, new Score());
      varied.put(kind, new Score());
    }
    SplittableRandom random = new SplittableRandom(1);
    Samples samples = new Samples(random);
    for (int i = 0; i < POSITIVES; i++) {
      Kind kind = Kind.of(i % Kind.values().length);
      Carrier carrier = samples.pick(Carrier.values());
      Disguise disguise = random.nextBoolean() ? Disguise.NONE : samples.pick(Disguise.values());
      boolean plain = disguise == Disguise.NONE && random.nextBoolean();
      Sample sample = plain ? samples.canonical(kind) : samples.varied(kind);
      Text text = carrier.carry(disguised(sample, disguise));
      boolean found = isFound(finder, kind, text);
      (plain ? canonical : varied).get(kind).count(found);
      if (!found) {
        missed.add(kind + " " + carrier + " " + disguise + " " + new String(text.bytes(), UTF_8));
      }
    }
    print("kind", canonical, varied);
    for (Kind kind : Kind.values()) {
      assertTrue(canonical.get(kind).tried > 0, kind.name());
      assertEquals(1.0, canonical.get(kind).share(), () -> kind + " " + some(missed, kind.name()));
      double share = varied.get(kind).share();
      assertTrue(share >= VARIED_RECALL_MIN, () -> kind + " " + some(missed, kind.name()));
    }
  }

  @Test
  void leavesTelemetryAlone() {
    Map<Shape, Score> scores = new EnumMap<>(Shape.class);
    Map<String, Integer> kinds = new TreeMap<>();
    List<String> wrong = new ArrayList<>();
    Negatives negatives = new Negatives(new SplittableRandom(2));
    Score all = new Score();
    for (int i = 0; i < NEGATIVES; i++) {
      Shape shape = Shape.values()[i % Shape.values().length];
      String text = negatives.text(shape);
      byte[] bytes = text.getBytes(UTF_8);
      int hits = finder.find(bytes, 0, bytes.length, negatives.context(shape));
      all.count(hits > 0);
      scores.computeIfAbsent(shape, s -> new Score()).count(hits > 0);
      if (hits > 0) {
        kinds.merge(finder.kind(0).name(), 1, Integer::sum);
        wrong.add(finder.kind(0) + " " + shape + " " + text);
      }
    }
    print("telemetry", scores, Map.of());
    System.out.println("all telemetry " + all + "  by kind " + kinds);
    assertTrue(all.share() <= FALSE_MAX, () -> all + "\n" + some(wrong, ""));
  }

  /** Long decimal ids under keys that do not tell are the price: one number in about thirty. */
  @Test
  void takesFewLongNumbersForCards() {
    Score score = new Score();
    SplittableRandom random = new SplittableRandom(4);
    for (int i = 0; i < NEGATIVES; i++) {
      score.count(finder.isCard(random.nextLong(1_000_000_000_000L, Long.MAX_VALUE)));
    }
    Score sixteen = new Score();
    for (int i = 0; i < NEGATIVES; i++) {
      sixteen.count(finder.isCard(random.nextLong(1_000_000_000_000_000L, 9_999_999_999_999_999L)));
    }
    System.out.println("random numbers of 16 digits " + sixteen + "   of up to 63 bits " + score);
    assertTrue(sixteen.share() < 0.05, sixteen::toString);
    assertTrue(score.share() < 0.05, score::toString);
  }

  /** The corpus would notice if any one kind stopped being found. */
  @ParameterizedTest
  @EnumSource(Kind.class)
  void noticesAKindThatIsOff(Kind kind) {
    Set<Kind> others = EnumSet.complementOf(EnumSet.of(kind));
    Finder without = Detectors.of(others).finder();
    Finder alone = Detectors.of(Set.of(kind)).finder();
    Samples samples = new Samples(new SplittableRandom(3));
    for (Carrier carrier : Carrier.values()) {
      Text text = carrier.carry(samples.canonical(kind));
      assertTrue(isFound(finder, kind, text), () -> new String(text.bytes(), UTF_8));
      assertTrue(isFound(alone, kind, text), () -> new String(text.bytes(), UTF_8));
      assertEquals(false, isFound(without, kind, text), () -> new String(text.bytes(), UTF_8));
    }
  }

  private static Sample disguised(Sample sample, Disguise disguise) {
    String value = disguise.of(sample.value());
    return new Sample(sample.kind(), sample.label(), sample.before(), value, sample.behind());
  }

  /** Whether one hit of the kind takes all of the value. */
  private static boolean isFound(Finder finder, Kind kind, Text text) {
    int hits = finder.find(text.bytes(), 0, text.bytes().length, text.context());
    for (int i = 0; i < hits; i++) {
      boolean whole = finder.start(i) <= text.start() && finder.end(i) >= text.end();
      if (whole && finder.kind(i) == kind) {
        return true;
      }
    }
    return false;
  }

  private static String some(List<String> all, String prefix) {
    List<String> some = all.stream().filter(s -> s.startsWith(prefix)).limit(EXAMPLES).toList();
    return String.join("\n", some);
  }

  private static <K extends Enum<K>> void print(
      String title, Map<K, Score> left, Map<K, Score> right) {
    System.out.println(title + ", found of all");
    left.forEach(
        (k, score) ->
            System.out.printf(
                "%-20s %s   %s%n", k, score, right.containsKey(k) ? right.get(k) : ""));
  }
}
