package dev.tollspan.detectors;

import static dev.tollspan.detectors.Ascii.LETTER;
import static dev.tollspan.detectors.Ascii.LOWER;
import static dev.tollspan.detectors.Ascii.UPPER;

/**
 * Words that tell what stands beside them: "ssn", "phone number", "apiKey". Case does not matter,
 * nor whether the words of a phrase are joined, humped or parted by one separator.
 *
 * <p>A set of words is a long: bits up to 59 are those of {@link Kind}, the rest are named here. A
 * phrase is known by its 64-bit hash alone: two of a few hundred meet once in 10^16.
 */
final class Words {
  /** Numbers with dots near it are versions. */
  static final int VERSION = 60;

  /** Digits near it are somebody's random or counted id. */
  static final int TRACE = 61;

  static final int PASSWORD = 62;

  /** A word after which even hexadecimal digits are a secret. */
  static final int STRONG = 63;

  static final long SECRETS =
      1L << PASSWORD | 1L << STRONG | Kind.GENERIC_SECRET.bit() | Kind.AWS_SECRET.bit();

  /** Words of national ids, phone numbers and dates. */
  static final long NUMBERS =
      (Kind.EMAIL.bit() - Kind.US_SSN.bit()) | Kind.PHONE.bit() | Kind.BIRTH_DATE.bit();

  private static final int PHRASE_BYTES_MAX = 40;
  private static final int SLOTS = 2048;
  private static final long SEED = 0xcbf29ce484222325L;
  private static final long PRIME = 0x100000001b3L;

  private static final long[] HASHES = new long[SLOTS];
  private static final long[] SETS = new long[SLOTS]; // 0 for what only begins a phrase
  private static final boolean[] SECRET_ENDS = new boolean[26 * 26]; // last two letters

  static {
    for (Kind kind : Kind.values()) {
      learn(kind.words(), kind.place());
    }
    learn("version|ver|release|build|firmware|user agent|chrome|safari|driver", VERSION);
    learn("trace id|span id|parent id|parent span id|dd trace id|dd span id", TRACE);
    learn(
        "password|passwd|pwd|passphrase|pass|passcode|passwort|contrasena|mot de passe", PASSWORD);
    learn(
        "secret|api key|access key|private key|client secret|secret key|subscription key", STRONG);
    learn("access token|refresh token|auth token|api token|bearer|api secret|signing key", STRONG);
    learn("encryption key|master key|session token|id token|account key|bot token", STRONG);
  }

  private Words() {}

  /**
   * The words of a name, such as an attribute's key. Those of secrets count only at its end:
   * "api_key" has a secret for a value, "api_key_id" and "token_expires_at" have none.
   */
  static long of(byte[] text, int from, int to) {
    int end = to;
    while (end > from && (Ascii.flags(text[end - 1]) & LETTER) == 0) {
      end--;
    }
    long anywhere = 0;
    long atEnd = 0;
    for (int p = from; p < end; ) {
      if ((Ascii.flags(text[p]) & LETTER) == 0) {
        p++;
      } else {
        anywhere |= phrases(text, p, end, false);
        atEnd |= phrases(text, p, end, true);
        p = endOfWord(text, p, end);
      }
    }
    return (anywhere & ~SECRETS) | (atEnd & SECRETS);
  }

  /** Whether a name that ends here might end in a word for a secret, by its last two letters. */
  static boolean mayEndSecret(byte[] text, int from, int to) {
    int end = to;
    while (end > from && (Ascii.flags(text[end - 1]) & Ascii.DIGIT) != 0) {
      end--;
    }
    if (end - from < 2) {
      return false;
    }
    int letters = ((text[end - 2] | 0x20) - 'a') * 26 + (text[end - 1] | 0x20) - 'a';
    return letters >= 0 && letters < SECRET_ENDS.length && SECRET_ENDS[letters];
  }

  /** The phrases that begin with the word that begins here; whole: only the one up to the end. */
  static long phrases(byte[] text, int from, int end, boolean whole) {
    long found = 0;
    long hash = SEED;
    int p = from;
    int limit = Math.min(end, from + PHRASE_BYTES_MAX);
    while (p < limit && (Ascii.flags(text[p]) & LETTER) != 0) {
      long singular = hash;
      int stop = endOfWord(text, p, limit);
      for (; p < stop; p++) {
        singular = hash;
        hash = (hash ^ (text[p] | 0x20)) * PRIME;
      }
      int slot = slot(hash);
      if (!whole || p == end) {
        found |= SETS[slot] | ((text[p - 1] | 0x20) == 's' ? SETS[slot(singular)] : 0);
      }
      if (HASHES[slot] == 0) {
        break;
      }
      p += p < limit && joins(text[p]) ? 1 : 0;
    }
    return found;
  }

  /** Where the word ends that goes on here; a hump begins a new one. */
  static int endOfWord(byte[] text, int from, int end) {
    int p = from + 1;
    while (p < end && (Ascii.flags(text[p]) & LETTER) != 0) {
      if ((Ascii.flags(text[p]) & UPPER) != 0 && (Ascii.flags(text[p - 1]) & LOWER) != 0) {
        break;
      }
      p++;
    }
    return p;
  }

  private static boolean joins(byte character) {
    return character == ' ' || character == '_' || character == '-' || character == '.';
  }

  /** Where a hash stands, or the empty slot that ends the search for it. */
  private static int slot(long hash) {
    int slot = (int) hash & SLOTS - 1;
    while (HASHES[slot] != 0 && HASHES[slot] != hash) {
      slot = slot + 1 & SLOTS - 1;
    }
    return slot;
  }

  private static void learn(String phrases, int bit) {
    for (String phrase : phrases.isEmpty() ? new String[0] : phrases.split("\\|", -1)) {
      long hash = SEED;
      for (int i = 0; i < phrase.length(); i++) {
        if (phrase.charAt(i) == ' ') {
          HASHES[slot(hash)] = hash;
        } else {
          hash = (hash ^ phrase.charAt(i)) * PRIME;
        }
      }
      int slot = slot(hash);
      HASHES[slot] = hash;
      SETS[slot] |= 1L << bit;
      if ((SECRETS >>> bit & 1) != 0) {
        int end = phrase.length();
        int last = phrase.charAt(end - 1) - 'a';
        SECRET_ENDS[(phrase.charAt(end - 2) - 'a') * 26 + last] = true;
        SECRET_ENDS[last * 26 + 's' - 'a'] |= !phrase.endsWith("token"); // tokens are counted
      }
    }
  }
}
