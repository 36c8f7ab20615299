package dev.tollspan.usage;

import dev.tollspan.spans.SpanView;
import org.jspecify.annotations.Nullable;

/** The forms of spans that were seen in a batch, the last few of them. One thread. */
final class Forms {
  private static final int KEPT = 8;

  /** A batch of fewer spans is read before a form has paid. */
  private static final int SPANS_MIN = 4;

  /** Where forms do not come again, only each so manieth is learnt. */
  private static final int PATIENCE = 8;

  private final Form[] forms = new Form[KEPT];
  private @Nullable SpanView view; // this and all below: the reading thread's
  private int recent;
  private int known;
  private int missed;

  Forms(KeyMeanings meanings) {
    for (int i = 0; i < KEPT; i++) {
      forms[i] = new Form(meanings);
    }
  }

  /** Forgets the batch. */
  void forget() {
    view = null;
    for (int i = 0; i < known; i++) {
      forms[i].forget();
    }
    known = 0;
    missed = 0;
  }

  /** The form that fits, or null. */
  @Nullable Form find(SpanView span) {
    if (span != view) {
      forget();
      view = span;
    }
    if (forms[recent].fits(span)) {
      return forms[recent];
    }
    for (int i = 0; i < known; i++) {
      if (i != recent && forms[i].fits(span)) {
        recent = i;
        return forms[i];
      }
    }
    return null;
  }

  /** Learns from a span that no form fitted and that was just read; null: it is not worth it. */
  @Nullable Form learn(SpanView span, Scan scan, Collector collector, Reading read) {
    boolean rare = known == KEPT && ++missed % PATIENCE != 0;
    if (rare || span.spanCount() < SPANS_MIN || !collector.isPlain()) {
      return null;
    }
    int place = known < KEPT ? known : (recent + 1) % KEPT;
    if (!forms[place].learn(span, scan, collector, read)) {
      return null;
    }
    known = Math.max(known, place + 1);
    recent = place;
    return forms[place];
  }
}
