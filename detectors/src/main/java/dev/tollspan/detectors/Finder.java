package dev.tollspan.detectors;

import static dev.tollspan.detectors.Ascii.ALNUM;
import static dev.tollspan.detectors.Ascii.DIGIT;
import static dev.tollspan.detectors.Ascii.LETTER;

/**
 * Looks for personal data and secrets in one text after the other. One thread owns it; in steady
 * state a call makes no garbage, but for texts above 64 KiB that need unescaping.
 *
 * <p>The text may be plain, percent-encoded or escaped as JSON, once or twice; digits may be wide,
 * parted by separators, and have characters without width between them. Nothing of a text stays in
 * a finder behind the call.
 */
public final class Finder {
  private static final int PLAIN = 0;
  private static final int WORD = 1;
  private static final int SIGN = 2;
  private static final byte[] ACTIONS = actions();
  private static final int DATE_DIGITS_MIN = 4;
  private static final int ID_DIGITS_MIN = 8;
  private static final int ROW_BYTES = 24;

  private final Scan scan = new Scan();
  private final Folded folded = new Folded();
  private int looked; // behind the last value that was looked at as somebody's secret

  Finder(long kinds) {
    scan.kinds = kinds;
  }

  /**
   * Finds all there is in a text of UTF-8, broken UTF-8 included; {@link #start}, {@link #end} and
   * {@link #kind} tell it until the next call. Hits come in order, do not overlap, and lie within
   * from and to. Behind the 4096th hit, the last takes all the rest.
   *
   * @param context what the text's key tells, by {@link Detectors#context}
   * @return how many hits there are
   */
  public int find(byte[] text, int from, int to, long context) {
    run(text, from, to, context, Integer.MAX_VALUE);
    return scan.hits.count();
  }

  /** Whether {@link #find} would find anything; stops where it is sure. */
  public boolean any(byte[] text, int from, int to, long context) {
    run(text, from, to, context, 1);
    return scan.hits.count() > 0;
  }

  /** Whether a whole number, as it stands or without its sign, could be a payment card's. */
  public boolean isCard(long number) {
    Digits digits = scan.digits;
    digits.take(Math.max(0, Math.abs(number)));
    return Cards.isCard(digits, digits.count(0));
  }

  /** Where a hit begins in the text. */
  public int start(int hit) {
    return scan.hits.start(hit);
  }

  /** Where a hit ends in the text, exclusive. */
  public int end(int hit) {
    return scan.hits.end(hit);
  }

  /** What a hit is. */
  public Kind kind(int hit) {
    return scan.hits.kind(hit);
  }

  private void run(byte[] text, int from, int to, long context, int hitsMax) {
    try {
      if (Folded.firstOdd(text, from, to) == to) {
        scan.start(text, from, to, context);
        scan(hitsMax);
      } else {
        folded.fold(text, from, to);
        scan.start(folded.bytes(), 0, folded.length(), context);
        scan(hitsMax);
        scan.hits.map(folded.origins());
      }
    } finally {
      folded.clear();
      scan.clear();
    }
  }

  private void scan(int hitsMax) {
    byte[] text = scan.text;
    int end = scan.end;
    looked = scan.begin;
    if ((scan.words & Words.SECRETS) != 0 && scan.wants(Kind.GENERIC_SECRET)) {
      looked = Assignments.value(scan, scan.begin, scan.words);
    }
    int p = scan.begin;
    while (p < end && scan.hits.count() < hitsMax) {
      int action = ACTIONS[text[p] & 0xff];
      if (action == PLAIN) {
        p++;
      } else if (action == WORD) {
        p = word(text, p, end);
      } else {
        int behind = sign(p);
        p = behind > p ? behind : p + 1;
      }
      if (scan.hits.isFull()) {
        scan.hits.stretch(end);
        return;
      }
    }
  }

  /** Looks at the letters and digits that begin here; where to go on. */
  private int word(byte[] text, int from, int end) {
    int flags = 0;
    int p = from;
    int flag = Ascii.flags(text[p]);
    do {
      flags |= flag;
      p++;
      flag = p < end ? Ascii.flags(text[p]) : 0;
    } while ((flag & ALNUM) != 0);
    int found = -1;
    if ((flags & DIGIT) == 0) {
      found = Secrets.find(scan, from);
      found = found < 0 ? letters(from, p) : found;
    } else if (scan.is(from, LETTER)) {
      found = Secrets.find(scan, from);
      found = found < 0 ? mixed(from) : found;
    } else {
      found = digits(from);
      found = found < 0 && (flags & LETTER) != 0 ? Lettered.find(scan, from) : found;
      found = found < 0 && goesOn(flags, p) ? Tokens.findBeside(scan, from) : found;
    }
    return Math.max(found, p);
  }

  /** A word of letters alone may begin what goes on behind a hyphen or space. */
  private int letters(int from, int end) {
    int found = -1;
    if (scan.at(end) == '-' || scan.at(end) == ' ') {
      if (end - from == 2 || end - from == 6) {
        found = Lettered.mayBeSpaced(scan, end) ? Lettered.find(scan, from) : -1;
      }
      if (found < 0 && scan.wants(Kind.GENERIC_SECRET)) {
        found = Assignments.word(scan, from, end);
        looked = Math.max(looked, found);
        found = -1;
      }
    }
    found = found < 0 ? Tokens.find(scan, from) : found;
    found = found < 0 && scan.wants(Kind.PRIVATE_KEY) ? Keys.putty(scan, from) : found;
    return found < 0 && goesOn(LETTER, end) ? Tokens.findBeside(scan, from) : found;
  }

  private int mixed(int from) {
    int found = Tokens.find(scan, from);
    found = found < 0 ? Iban.find(scan, from) : found;
    found = found < 0 ? Lettered.find(scan, from) : found;
    found = found < 0 && scan.wants(Kind.PRIVATE_KEY) ? Keys.pkcs12(scan, from) : found;
    return found < 0 ? Tokens.findBeside(scan, from) : found;
  }

  /** Whether a word is mixed, or only the beginning of a run of base64. */
  private boolean goesOn(int flags, int end) {
    boolean mixed = (flags & LETTER) != 0 && (flags & DIGIT) != 0;
    return mixed || scan.is(end, Ascii.JOINER | Ascii.PLUS_SLASH);
  }

  /** A word nearby tells more than a form, so named ids come before cards. */
  private int digits(int from) {
    Digits digits = scan.digits;
    if (isMidOfRow(from)) {
      return -1;
    }
    digits.read(scan, from);
    int count = digits.count(digits.groups() - 1);
    if (count < DATE_DIGITS_MIN && digits.length(0) > 2) {
      return -1;
    }
    int found = scan.wants(Kind.IPV4) ? Addresses.ipv4(scan, digits) : -1;
    found = found < 0 && count >= ID_DIGITS_MIN ? id(digits) : found;
    found = found < 0 && scan.wants(Kind.BIRTH_DATE) ? Birthdays.find(scan, digits) : found;
    found = found < 0 && scan.wants(Kind.GEO) ? Places.find(scan, digits) : found;
    found = found < 0 && scan.wants(Kind.PHONE) ? Phones.find(scan, digits) : found;
    boolean hyphen = digits.groups() == 1 && digits.behind() == '-';
    return found < 0 && hyphen ? Lettered.find(scan, from) : found;
  }

  /** Decimals, or one or two digits in the midst of a row of numbers: nothing begins with them. */
  private boolean isMidOfRow(int from) {
    int before = scan.is(from - 2, DIGIT) ? scan.at(from - 1) : 0;
    boolean small = !scan.is(from + 1, DIGIT) || !scan.is(from + 2, DIGIT);
    if (before == '.' || (small && (before == '-' || before == '/'))) {
      return true;
    }
    if (scan.at(from + 1) == ' ' && scan.is(from + 2, DIGIT) && !scan.is(from + 3, DIGIT)) {
      return true;
    }
    return small && before == ' ' && !scan.isNumberNear(from, from + ROW_BYTES);
  }

  private int id(Digits digits) {
    int found = NationalIds.findNamed(scan, digits);
    found = found < 0 && scan.wants(Kind.CARD) ? card(digits) : found;
    return found < 0 ? NationalIds.findGrouped(scan, digits) : found;
  }

  private int card(Digits digits) {
    int group = Cards.lastGroup(digits);
    int start = digits.begin();
    if (group < 0 || scan.near(Words.TRACE, start, start, Scan.NEAR)) {
      return -1;
    }
    scan.hits.add(start, digits.end(group), Kind.CARD);
    return digits.end(group);
  }

  private int sign(int p) {
    int next = scan.at(p + 1);
    return switch (scan.text[p]) {
      case '@' -> scan.wants(Kind.EMAIL) ? Mail.find(scan, p) : -1;
      case '+' -> scan.wants(Kind.PHONE) ? Phones.plus(scan, p) : -1;
      case '(' -> scan.wants(Kind.PHONE) ? Phones.bracket(scan, p) : -1;
      case '~' -> scan.wants(Kind.AZURE_SECRET) ? Tokens.azure(scan, p) : -1;
      case '-' -> next == '-' ? block(p) : Addresses.mac(scan, p - 2, '-');
      case ':' -> colon(p, next);
      case '=', '>' -> assignment(p);
      default -> -1;
    };
  }

  private int block(int p) {
    return scan.wants(Kind.PRIVATE_KEY) ? Keys.find(scan, p) : -1;
  }

  private int colon(int p, int next) {
    if (next == '/' && scan.at(p + 2) == '/') {
      return scan.wants(Kind.URL_CREDENTIALS) ? Urls.find(scan, p) : -1;
    }
    int found = scan.is(next == ':' ? p + 2 : p + 1, Ascii.HEX) ? Addresses.colon(scan, p) : -1;
    return found < 0 ? assignment(p) : found;
  }

  /** Values do not overlap: no byte is looked at twice as somebody's secret. */
  private int assignment(int p) {
    if (p >= looked && scan.wants(Kind.GENERIC_SECRET)) {
      looked = Math.max(looked, Assignments.find(scan, p));
    }
    return -1;
  }

  private static byte[] actions() {
    byte[] actions = new byte[256];
    for (int c = 0; c < 128; c++) {
      boolean word = (Ascii.flags((byte) c) & ALNUM) != 0;
      actions[c] = (byte) (word ? WORD : "@+(~-:=>".indexOf(c) >= 0 ? SIGN : PLAIN);
    }
    return actions;
  }
}
