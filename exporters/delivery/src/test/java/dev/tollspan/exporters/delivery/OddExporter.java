package dev.tollspan.exporters.delivery;

import dev.tollspan.pipeline.Outcome;
import dev.tollspan.pipeline.SpanExporter;
import dev.tollspan.spans.CleanBatch;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * An exporter that does at random all that one may, and knows what became of each span. It forwards
 * at once, or keeps spans in a file until that ends. Owned by the thread of its delivery; a test
 * looks while that waits for its turn.
 */
final class OddExporter implements SpanExporter {
  private final Far far;
  private final SplittableRandom random;
  private final List<Taken> open = new ArrayList<>();
  private final boolean early;
  private long held;
  private long settled;
  private volatile boolean dead;

  /**
   * How an exporter is: how often, of a hundred calls, it does what.
   *
   * @param answerLost of the calls that are put off: all had arrived
   * @param rotate ends its file inside of a call and begins another
   */
  record Habits(
      int partly, int retry, int fail, int lose, int answerLost, int rotate, boolean poison) {
    static final Habits WELL = new Habits(0, 0, 0, 0, 0, 0, false);

    static Habits of(SplittableRandom random) {
      return new Habits(
          random.nextInt(20),
          random.nextInt(30),
          random.nextInt(10),
          random.nextInt(20),
          random.nextInt(10),
          random.nextInt(30),
          random.nextBoolean());
    }
  }

  /** What became of a span, as far as anybody has said. */
  enum Fate {
    TAKEN,
    /** Stands in no file, but its sequence was passed by one that was finished before a kill. */
    PASSED_BY,
    REJECTED,
    REFUSED,
    FAILED,
    FILE_LOST,
    /** "Retry later": given up, if it does not come again. */
    PUT_OFF,
    /** A limit of the journal took it. */
    LIMIT
  }

  /** The spans of one batch that were taken. */
  private record Taken(long sequence, List<Integer> spans) {}

  /** The destination, which outlives any process. */
  static final class Far {
    final boolean files;
    final Map<Integer, Integer> arrived = new HashMap<>();
    final Map<Integer, Fate> fates = new HashMap<>();
    final List<String> wrong = new ArrayList<>();
    boolean exact = true;
    Habits habits = Habits.WELL;
    private long last;
    private long finished;

    Far(boolean files) {
      this.files = files;
    }

    /** Up to which sequence files are finished. */
    long finished() {
      return finished;
    }

    void fate(Iterable<Integer> spans, Fate fate) {
      spans.forEach(s -> fates.merge(s, fate, (old, now) -> old == Fate.LIMIT ? old : now));
    }

    private void arrive(Taken taken) {
      for (int span : taken.spans) {
        boolean first = arrived.merge(span, 1, Integer::sum) == 1;
        if (first && (files || exact) && taken.sequence < last) {
          wrong.add("a span of " + taken.sequence + " came behind " + last);
        }
      }
      last = Math.max(last, taken.sequence);
    }
  }

  /**
   * One life of it.
   *
   * @param early whether what it holds counts as delivered
   */
  OddExporter(Far far, boolean early, SplittableRandom random) {
    this.far = far;
    this.early = early;
    this.random = random;
  }

  /** From here on nothing that it does has an effect: the process was killed. */
  void kill() {
    dead = true;
  }

  @Override
  public long resume(long epoch, long sequence) {
    held = far.files ? Math.max(sequence, far.finished) : sequence;
    settled = held;
    return held;
  }

  @Override
  public long held() {
    return held;
  }

  @Override
  public long settled() {
    return settled;
  }

  @Override
  public Outcome export(List<CleanBatch> batches) {
    if (dead) {
      return new Outcome.RetryLater(Duration.ZERO, "dead");
    }
    List<Taken> taken = new ArrayList<>();
    List<Integer> all = new ArrayList<>();
    long before = held;
    for (CleanBatch batch : batches) {
      List<Integer> spans = Messages.numbers(batch);
      if (batch.sequence() < before || spans.size() != batch.spanCount()) {
        far.wrong.add(batch.sequence() + " was given behind " + before);
      }
      before = batch.sequence();
      taken.add(new Taken(batch.sequence(), spans));
      all.addAll(spans);
    }
    Habits habits = far.habits;
    if (habits.poison && all.stream().anyMatch(span -> span % 61 == 0)) {
      far.fate(all, Fate.REFUSED);
      return new Outcome.Refused("poison");
    }
    if (of(habits.fail)) {
      far.fate(all, Fate.FAILED);
      throw new IllegalStateException("a bug");
    }
    if (of(habits.retry)) {
      return retry(taken, all);
    }
    if (far.files && of(habits.rotate)) {
      finishFile();
    }
    long rejected = of(habits.partly) ? random.nextInt(all.size() + 1) : 0;
    List<Integer> left = all.subList(all.size() - (int) rejected, all.size());
    far.fate(all, Fate.TAKEN);
    far.fate(left, Fate.REJECTED);
    taken.forEach(each -> each.spans.removeAll(left));
    take(taken);
    return rejected > 0 ? new Outcome.PartlyAccepted(rejected, "some") : Outcome.ACCEPTED;
  }

  private boolean of(int hundred) {
    return random.nextInt(100) < hundred;
  }

  private Outcome retry(List<Taken> taken, List<Integer> all) {
    far.fate(all, Fate.PUT_OFF);
    if (far.files && of(far.habits.lose)) {
      loseFile();
    } else if (!far.files && of(far.habits.answerLost)) {
      taken.forEach(far::arrive);
      far.exact = false;
    }
    return new Outcome.RetryLater(Duration.ofMillis(random.nextInt(3000)), "down");
  }

  private void take(List<Taken> taken) {
    held = taken.getLast().sequence;
    if (far.files) {
      open.addAll(taken);
    } else {
      taken.forEach(far::arrive);
      settled = held;
    }
  }

  @Override
  public void flush() throws IOException {
    if (far.files && !dead) {
      if (of(far.habits.lose)) {
        loseFile();
        throw new IOException("no space");
      }
      if (of(40)) {
        finishFile();
      }
    }
  }

  @Override
  public void finish() throws IOException {
    flush();
    if (far.files && !dead) {
      finishFile();
    }
  }

  @Override
  public void close() throws IOException {
    finish();
  }

  private void finishFile() {
    open.forEach(far::arrive);
    open.clear();
    far.finished = Math.max(far.finished, held);
    settled = held;
  }

  private void loseFile() {
    if (early) {
      open.forEach(each -> far.fate(each.spans, Fate.FILE_LOST));
    }
    open.clear();
    held = settled;
  }
}
