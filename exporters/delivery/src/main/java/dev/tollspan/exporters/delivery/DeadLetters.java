package dev.tollspan.exporters.delivery;

import dev.tollspan.exporters.delivery.LetterFolder.Entry;
import dev.tollspan.pipeline.Outcome.Fault;
import dev.tollspan.pipeline.RefusedSpans;
import dev.tollspan.spans.CleanBatch;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The folder where spans lie that one exporter's destination refused: files that hold a plain
 * TracesData message each. Spans come here as they were sent, so they have passed the gate.
 *
 * <p>A letter is durable before the place in the journal goes on, so a disk that fails keeps the
 * place where it is; only spans beyond the limit of size are lost. What an earlier life wrote and
 * did not come to commit is deleted at the start, because its spans come again.
 *
 * <p>Threads: belongs to the thread of its delivery, but for {@link #count} and {@link #spans}.
 */
public final class DeadLetters {
  static final String KEPT = "dead_letter";
  static final String LOST = "refused_by_destination";

  /** So that a letter is one call, unless one span is larger. */
  static final int LETTER_BYTES_MAX = 7 << 19;

  private static final System.Logger LOG = System.getLogger(DeadLetters.class.getName());
  private static final long LOOK_NANOS = 10_000_000_000L;
  private static final long SAY_NANOS = 60_000_000_000L;

  private final String place;
  private final LetterFolder folder;
  private final long bytesMax;
  private volatile Standing standing = new Standing(0, 0, 0); // written by the delivery's thread
  private long lost; // since it was said, owned by that thread as well, like all below
  private long said; // so many letters
  private @Nullable Long lookedNanos;
  private @Nullable Long saidNanos;

  private record Standing(long letters, long spans, long bytes) {}

  /** What is to be written to one file; grows while the others are cut. */
  private static final class Draft {
    private final Letter begun;
    private final List<ByteBuffer> content = new ArrayList<>();
    private long last;
    private int spans;
    private long bytes;

    Draft(Letter begun) {
      this.begun = begun;
    }

    boolean takes(Fault fault, int more) {
      return begun.fault() == fault && bytes + more <= LETTER_BYTES_MAX;
    }

    void add(ByteBuffer part, long sequence, int count) {
      content.add(part);
      bytes += part.remaining();
      last = sequence;
      spans += count;
    }

    Letter letter() {
      return new Letter(begun.epoch(), begun.first(), last, begun.part(), spans, begun.fault(), 0)
          .with(content);
    }
  }

  /** Spans on their way to letters, while their batches are at hand. */
  final class Post {
    private final Deque<Draft> drafts = new ArrayDeque<>();
    private final Map<String, Long> dropped = new HashMap<>();

    /**
     * Writes what is not written yet, as far as there is room.
     *
     * @return how many spans are kept, and how many are lost, by reason
     * @throws IOException if the disk does not take a letter; a later call goes on with it
     */
    Map<String, Long> write() throws IOException {
      for (Draft next = drafts.peek(); next != null; next = drafts.peek()) {
        boolean kept = DeadLetters.this.write(next);
        dropped.merge(kept ? KEPT : LOST, (long) next.spans, Long::sum);
        drafts.remove();
      }
      return dropped;
    }
  }

  /**
   * Letters of one exporter in a folder, which is made with the first one.
   *
   * @param bytesMax how much all of them may take; zero keeps none
   */
  public DeadLetters(Path folder, long bytesMax) {
    this(folder.toString(), new RealLetterFolder(folder), bytesMax);
  }

  DeadLetters(String place, LetterFolder folder, long bytesMax) {
    this.place = place;
    this.folder = folder;
    this.bytesMax = bytesMax;
  }

  /** Where nothing is kept. */
  public static DeadLetters none() {
    return new DeadLetters(Path.of(""), 0);
  }

  /** How many letters lie there, known to ten seconds. */
  public long count() {
    return standing.letters();
  }

  /** How many spans they hold. */
  public long spans() {
    return standing.spans();
  }

  LetterFolder folder() {
    return folder;
  }

  /** Deletes what comes again: all letters of this epoch that end behind this sequence. */
  void begin(long epoch, long committed) {
    if (bytesMax == 0) {
      return;
    }
    try {
      for (Entry each : folder.entries()) {
        Letter letter = Letter.of(each.name());
        boolean again = letter != null && letter.epoch() == epoch && letter.last() > committed;
        if (again || each.name().endsWith(RealLetterFolder.TEMP)) {
          folder.delete(each.name());
        }
      }
      look();
    } catch (IOException e) {
      LOG.log(Level.WARNING, "dead letters in {0} cannot be looked at", place);
    }
  }

  /**
   * Cuts refused spans into letters, and writes none of them yet.
   *
   * @param refused of these batches, in their order
   */
  Post post(long epoch, List<CleanBatch> batches, List<RefusedSpans> refused) {
    Post post = new Post();
    Draft open = null;
    for (RefusedSpans each : refused) {
      CleanBatch batch = batches.get(each.batch());
      long sequence = batch.sequence();
      ByteBuffer bytes = bytes(batch, each);
      if (open == null || !open.takes(each.fault(), bytes.remaining())) {
        int part = post.drafts.size();
        open = new Draft(new Letter(epoch, sequence, sequence, part, 0, each.fault(), 0));
        post.drafts.add(open);
      }
      open.add(bytes, sequence, each.count());
    }
    return post;
  }

  /** All spans of these batches. */
  static List<RefusedSpans> all(List<CleanBatch> batches, Fault fault) {
    List<RefusedSpans> all = new ArrayList<>();
    for (int i = 0; i < batches.size(); i++) {
      all.add(new RefusedSpans(i, 0, batches.get(i).spanCount(), fault));
    }
    return all;
  }

  private static ByteBuffer bytes(CleanBatch batch, RefusedSpans refused) {
    return refused.count() == batch.spanCount()
        ? ByteBuffer.wrap(batch.bytes(), batch.offset(), batch.byteSize())
        : ByteBuffer.wrap(batch.part(refused.from(), refused.to()));
  }

  /** False if there is no room. */
  private boolean write(Draft draft) throws IOException {
    if (standing.bytes() + draft.bytes > bytesMax) {
      lost += draft.spans;
      return false;
    }
    folder.write(draft.letter().file(), draft.content);
    Standing now = standing;
    standing =
        new Standing(now.letters() + 1, now.spans() + draft.spans, now.bytes() + draft.bytes);
    return true;
  }

  /** Counts the letters anew from time to time, as a replay takes them, and says that there are. */
  void look(String exporter, long nowNanos) {
    if (bytesMax == 0) {
      return;
    }
    if (lookedNanos == null || nowNanos - lookedNanos >= LOOK_NANOS) {
      lookedNanos = nowNanos;
      try {
        look();
      } catch (IOException e) {
        // What was known last holds.
      }
    }
    boolean news = standing.letters() > said || lost > 0;
    said = news ? said : standing.letters();
    if (news && (saidNanos == null || nowNanos - saidNanos >= SAY_NANOS)) {
      saidNanos = nowNanos;
      say(exporter);
      said = standing.letters();
      lost = 0;
    }
  }

  private void look() throws IOException {
    long letters = 0;
    long spans = 0;
    long bytes = 0;
    for (Entry each : folder.entries()) {
      Letter letter = Letter.of(each.name());
      if (letter != null) {
        letters++;
        spans += letter.spans();
        bytes += each.bytes();
      }
    }
    standing = new Standing(letters, spans, bytes);
  }

  private void say(String exporter) {
    LOG.log(
        Level.WARNING,
        "delivery {0}: {1} spans that the destination refused are kept in {2}; `tollspan replay"
            + " --list` shows them{3}",
        exporter,
        Long.toString(standing.spans()),
        place,
        lost > 0 ? "; " + lost + " more did not fit into dead_letters_max_size, and are lost" : "");
  }
}
