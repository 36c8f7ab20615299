package dev.tollspan.processors.content;

import dev.tollspan.detectors.Detectors;
import dev.tollspan.detectors.Finder;
import dev.tollspan.detectors.Kind;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a word may not be that its grammar admits: a card, a key, a bank account, a social security
 * number, a sentence. In every profile, for names as for values. One thread.
 */
final class KeptWords {
  private static final int HUMPS = (1 << Sentences.DIGITS) - 1;
  private static final int SSN_DIGITS = 9;
  private static final int SSN_BYTES = 11;
  private static final int[] SSN_GROUPS = {3, 2, 4};

  private final Cards cards;
  private final @Nullable Rule off;
  private final Finder secrets = Detectors.of(secrets()).finder();

  KeptWords(Cards cards, @Nullable Rule off) {
    this.cards = cards;
    this.off = off;
  }

  /** What speaks against a name; null: nothing does. */
  @Nullable Rule againstName(byte[] bytes, int from, int to) {
    if (to - from < SSN_BYTES) {
      return null;
    }
    int counts = Sentences.humpsAndDigits(bytes, from, to);
    Rule broken = against(bytes, from, to, counts);
    return broken == null && off != Rule.SECRET && holdsSecret(bytes, from, to, counts)
        ? Rule.SECRET
        : broken;
  }

  /** The same of a value in which detectors look for more than secrets. */
  @Nullable Rule againstSearched(byte[] bytes, int from, int to) {
    return to - from < SSN_BYTES
        ? null
        : against(bytes, from, to, Sentences.humpsAndDigits(bytes, from, to));
  }

  private @Nullable Rule against(byte[] bytes, int from, int to, int counts) {
    if (counts >>> Sentences.DIGITS >= Cards.DIGITS_MIN
        && off != Rule.CARD
        && cards.holdsCard(bytes, from, to)) {
      return Rule.CARD;
    }
    return (counts & HUMPS) > Sentences.WORDS_MAX
            && off != Rule.SENTENCE
            && Sentences.isSentence(bytes, from, to)
        ? Rule.SENTENCE
        : null;
  }

  private boolean holdsSecret(byte[] bytes, int from, int to, int counts) {
    return (counts >>> Sentences.DIGITS >= SSN_DIGITS && holdsSsn(bytes, from, to))
        || (Detectors.mayHoldSecret(bytes, from, to) && secrets.any(bytes, from, to, 0));
  }

  /** Three digits, two and four, whatever parts them, and whether or not they were issued. */
  private static boolean holdsSsn(byte[] bytes, int from, int to) {
    int group = 0;
    int digits = 0;
    for (int p = from; p <= to; p++) {
      int kind = p < to ? Grammar.Characters.of(bytes[p]) : 0;
      if (kind == Grammar.Characters.DIGIT) {
        digits++;
        continue;
      }
      boolean parted = kind != Grammar.Characters.LETTER;
      boolean fits = parted && digits == SSN_GROUPS[group];
      if (fits && group == 2) {
        return true;
      }
      boolean first = parted && digits == SSN_GROUPS[0];
      group = fits ? group + 1 : first ? 1 : 0;
      digits = parted ? 0 : SSN_BYTES; // digits behind a letter are of another thing
    }
    return false;
  }

  /** What looks like nothing else, wherever it stands. */
  private static Set<Kind> secrets() {
    Set<Kind> kinds = EnumSet.range(Kind.JWT, Kind.PLATFORM_KEY);
    kinds.removeAll(EnumSet.of(Kind.AWS_SECRET, Kind.DATADOG));
    kinds.add(Kind.IBAN);
    return kinds;
  }
}
