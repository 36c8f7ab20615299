package dev.tollspan.processors.content;

import org.jspecify.annotations.Nullable;

/**
 * What a text may look like that strict keeps: one word of a small alphabet and a bounded length.
 * None of them admits a space, the @ of a mail address, or anything outside of ASCII. Reads wire
 * bytes, allocates nothing.
 */
enum Grammar {
  /** Nothing at all: the attribute goes, whatever its type. */
  NOTHING(0, 0),
  /** Numbers and booleans; no text. */
  NUMBER(0, 0),
  /** Numbers that a clock or a division made, with all digits of a double; no text. */
  MEASURE(0, 0),
  /** Numbers, and digits sent as text, as some dialects write token counts. */
  TOKENS(Characters.DIGIT, 18),
  /** A word that somebody else may coin: a cloud, a provider, an operation. */
  WORD(Characters.LETTER | Characters.DIGIT | Characters.DOT | Characters.SLASH, 64),
  REASON(Vocabulary.REASONS),
  TIER(Vocabulary.TIERS),
  OUTPUT(Vocabulary.OUTPUTS),
  TOKEN_TYPE(Vocabulary.TOKEN_TYPES),
  SPAN_KIND(Vocabulary.SPAN_KINDS),
  PROTOCOL(Vocabulary.PROTOCOLS),
  METHOD(Vocabulary.METHODS),
  ROLE(Vocabulary.ROLES),
  LEVEL(Vocabulary.LEVELS),
  MIME(Vocabulary.MIMES),
  FLAG(Vocabulary.FLAGS),
  TOKENIZER(Vocabulary.TOKENIZERS),
  /** A class of errors, or a vendor's code for one; see {@link Shapes}. */
  ERROR(Characters.LETTER | Characters.DIGIT | Characters.DOT, 96),
  /** A list of known finish reasons, as an array or as JSON. */
  WORDS(0, 0),
  /** A model, with its vendor's path and tag; see {@link Shapes}. */
  MODEL(Characters.LETTER | Characters.DIGIT | Characters.DOT | Characters.SLASH, 128),
  /** An id that a machine made, or the name of a tenant. */
  ID(Characters.LETTER | Characters.DIGIT | Characters.DOT, 128),
  /** What only the operator's list knows: an ID, and in profile balanced a short text. */
  ALLOWED(Characters.LETTER | Characters.DIGIT | Characters.DOT, 128),
  /** The name of a service, a NAME, and in profile balanced a short text. */
  TITLE(Characters.LETTER | Characters.DIGIT | Characters.DOT | Characters.SLASH, 64),
  /** The name of a thing in a program or in a cluster. */
  NAME(Characters.LETTER | Characters.DIGIT | Characters.DOT | Characters.SLASH, 64),
  /** What tells a person: never kept as it is, see {@link Pseudonyms}. */
  PERSON(0, 0),
  /** The number of a thread; text under the same key is a session of another dialect. */
  THREAD(0, 0),
  /** An ID, where the span is of the dialect in which this key names the tenant. */
  TENANT(Characters.LETTER | Characters.DIGIT | Characters.DOT, 128),
  /** Numbers with dots, or a commit; see {@link Shapes}. */
  VERSION(Characters.LETTER | Characters.DIGIT | Characters.DOT | Characters.PLUS, 64),
  /** An amount of time with its unit, as programs print it. */
  DURATION(Characters.LETTER | Characters.DIGIT | Characters.DOT | Characters.MICRO, 24),
  /** A date with a time of day (ISO 8601). */
  TIME(Characters.LETTER | Characters.DIGIT | Characters.DOT | Characters.PLUS, 40),
  /** Scheme, host and a path of known words. */
  BASE(Characters.LETTER | Characters.DIGIT | Characters.DOT | Characters.SLASH, 128),
  HOST(Characters.LETTER | Characters.DIGIT | Characters.DOT, 128),
  /** A HOST, where the span calls it; where the span serves, its peer is the caller: a person. */
  PEER(Characters.LETTER | Characters.DIGIT | Characters.DOT, 128),
  /** A route with its parameters as templates. */
  ROUTE(
      Characters.LETTER | Characters.DIGIT | Characters.DOT | Characters.SLASH | Characters.BRACE,
      128);

  private final int characters;
  private final int lengthMax;
  private final @Nullable Vocabulary vocabulary;

  Grammar(int characters, int lengthMax) {
    this.characters = characters;
    this.lengthMax = lengthMax;
    vocabulary = null;
  }

  Grammar(Vocabulary vocabulary) {
    characters = 0;
    lengthMax = 0;
    this.vocabulary = vocabulary;
  }

  /** Whether it admits words that nobody has listed. */
  boolean isOpen() {
    return switch (this) {
      case NOTHING, NUMBER, MEASURE, TOKENS, WORDS, TIME, DURATION, PERSON, THREAD -> false;
      default -> vocabulary == null;
    };
  }

  /** Whether text that breaks it is judged as if nobody had listed the key. */
  boolean yields() {
    return this == ALLOWED || this == TITLE;
  }

  /** Whether text that breaks it is a URL or a path, of which a part may stay. */
  boolean namesPlaces() {
    return this == BASE || this == ROUTE;
  }

  /** Whether an address under such a key is a machine's. */
  boolean namesMachines() {
    return this == HOST || this == PEER || this == BASE || this == VERSION;
  }

  /** Whether the text in {@code [from, to)} is one word of this grammar. */
  boolean admits(byte[] bytes, int from, int to) {
    boolean quoted = to - from > 2 && bytes[from] == '"' && bytes[to - 1] == '"'; // as JSON
    return quoted ? admitsBare(bytes, from + 1, to - 1) : admitsBare(bytes, from, to);
  }

  private boolean admitsBare(byte[] bytes, int from, int to) {
    if (vocabulary != null) {
      return vocabulary.holds(bytes, from, to - from);
    }
    if (to - from > lengthMax || to == from) {
      return false;
    }
    for (int p = from; p < to; p++) {
      if ((Characters.of(bytes[p]) & characters) == 0
          && !(this == MODEL && Shapes.isMarkOfModel(bytes, from, p, to))) {
        return false;
      }
    }
    return switch (this) {
      case ERROR -> Shapes.isError(bytes, from, to);
      case VERSION -> Shapes.isVersion(bytes, from, to);
      case DURATION -> Shapes.isDuration(bytes, from, to);
      case TIME -> Shapes.isTime(bytes, from, to);
      case BASE -> Urls.isReduced(bytes, from, to);
      default -> true;
    };
  }

  /** Classes of ASCII characters; a byte outside of all of them has none. */
  static final class Characters {
    static final int LETTER = 1;
    static final int DIGIT = 2;
    static final int DOT = 4; // . _ - :
    static final int SLASH = 8;
    static final int PLUS = 16; // + ~
    static final int BRACE = 32; // { }
    static final int MICRO = 64; // the bytes of the sign for millionths
    private static final byte[] CLASSES = new byte[256];

    static {
      put("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", LETTER);
      put("0123456789", DIGIT);
      put("._-:", DOT);
      put("/", SLASH);
      put("+~", PLUS);
      put("{}", BRACE);
      put("\u00c2\u00b5\u00ce\u00bc", MICRO);
    }

    private Characters() {}

    static int of(byte character) {
      return CLASSES[character & 0xff];
    }

    private static void put(String characters, int kind) {
      for (int i = 0; i < characters.length(); i++) {
        CLASSES[characters.charAt(i)] = (byte) kind;
      }
    }
  }
}
