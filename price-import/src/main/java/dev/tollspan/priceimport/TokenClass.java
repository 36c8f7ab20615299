package dev.tollspan.priceimport;

import java.util.Optional;

/** What a price is for, in the words and in the order of a book. */
public enum TokenClass {
  INPUT("input", Unit.MILLION_TOKENS),
  CACHE_READ("cache_read", Unit.MILLION_TOKENS),
  /** Also prices cache writes whose time to live is unknown. */
  CACHE_WRITE("cache_write", Unit.MILLION_TOKENS),
  CACHE_WRITE_5M("cache_write_5m", Unit.MILLION_TOKENS),
  CACHE_WRITE_1H("cache_write_1h", Unit.MILLION_TOKENS),
  INPUT_AUDIO("input_audio", Unit.MILLION_TOKENS),
  CACHE_READ_AUDIO("cache_read_audio", Unit.MILLION_TOKENS),
  INPUT_IMAGE("input_image", Unit.MILLION_TOKENS),
  CACHE_READ_IMAGE("cache_read_image", Unit.MILLION_TOKENS),
  OUTPUT("output", Unit.MILLION_TOKENS),
  REASONING("reasoning", Unit.MILLION_TOKENS),
  OUTPUT_AUDIO("output_audio", Unit.MILLION_TOKENS),
  OUTPUT_IMAGE("output_image", Unit.MILLION_TOKENS),
  CITATION("citation", Unit.MILLION_TOKENS),
  /** A factor on all token classes, never on fees. */
  ALL_TOKENS("all_tokens", Unit.MULTIPLIER),
  WEB_SEARCH("web_search", Unit.SEARCH),
  FILE_SEARCH("file_search", Unit.SEARCH),
  CODE_EXEC("code_exec", Unit.SESSION),
  SEARCH("search", Unit.SEARCH),
  PAGE("page", Unit.PAGE),
  CHARACTER("character", Unit.CHARACTER),
  IMAGE("image", Unit.IMAGE),
  AUDIO_SECOND("audio_second", Unit.SECOND),
  VIDEO_SECOND("video_second", Unit.SECOND),
  REQUEST("request", Unit.REQUEST);

  private final String word;
  private final Unit unit;

  TokenClass(String word, Unit unit) {
    this.word = word;
    this.unit = unit;
  }

  /** The word in a book's column {@code token_class}. */
  public String word() {
    return word;
  }

  /** The words in a book's column {@code unit}. */
  public String unit() {
    return unit.words;
  }

  /** The class that it is a part of. */
  Optional<TokenClass> parent() {
    return switch (this) {
      case CACHE_READ, CACHE_WRITE, INPUT_AUDIO, INPUT_IMAGE -> Optional.of(INPUT);
      case REASONING, OUTPUT_AUDIO, OUTPUT_IMAGE -> Optional.of(OUTPUT);
      default -> Optional.empty();
    };
  }

  /** What it is the cached part of, or itself. */
  TokenClass uncached() {
    return switch (this) {
      case CACHE_READ -> INPUT;
      case CACHE_READ_AUDIO -> INPUT_AUDIO;
      case CACHE_READ_IMAGE -> INPUT_IMAGE;
      default -> this;
    };
  }

  /** Whether it counts tokens that a model gives back. */
  boolean isOutput() {
    return this == OUTPUT || parent().filter(OUTPUT::equals).isPresent();
  }

  /** Whether it is a fee for a tool, which no service tier changes. */
  boolean isToolFee() {
    return this == WEB_SEARCH || this == FILE_SEARCH || this == CODE_EXEC;
  }

  /** Whether it is another measure for what tokens may measure too. */
  boolean isPiece() {
    return this == CHARACTER || this == IMAGE || this == AUDIO_SECOND || this == VIDEO_SECOND;
  }

  /** Whether its price is by the token. */
  boolean isTokens() {
    return unit == Unit.MILLION_TOKENS;
  }

  /**
   * Decimals that a price may have, so that count times price is a whole number of 10^-18 USD:
   * seconds are counted in millionths.
   */
  int decimalsMax() {
    return unit.decimalsMax;
  }

  private enum Unit {
    MILLION_TOKENS("USD per 1M tokens", 12),
    MULTIPLIER("multiplier", 6),
    SEARCH("USD per search", 18),
    SESSION("USD per session", 18),
    PAGE("USD per page", 18),
    CHARACTER("USD per character", 18),
    IMAGE("USD per image", 18),
    SECOND("USD per second", 12),
    REQUEST("USD per request", 18);

    private final String words;
    private final int decimalsMax;

    Unit(String words, int decimalsMax) {
      this.words = words;
      this.decimalsMax = decimalsMax;
    }
  }
}
