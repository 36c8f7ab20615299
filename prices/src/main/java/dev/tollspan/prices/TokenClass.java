package dev.tollspan.prices;

import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a row of a price book can have a price for: the column {@code token_class}.
 *
 * <p>Text is what the plain classes price; only audio and images have classes of their own. The
 * order of the constants is the order in which tokens stand in a context window (cached ones
 * first), which decides what lies above the threshold of a marginal price.
 */
public enum TokenClass {
  CACHE_READ(Component.CACHE_READ, "token"),
  CACHE_READ_AUDIO(Component.MODALITY, "token"),
  CACHE_READ_IMAGE(Component.MODALITY, "token"),
  /** Writes of the usual lifetime, and those whose lifetime was not told. */
  CACHE_WRITE(Component.CACHE_WRITE, "token"),
  CACHE_WRITE_5M(Component.CACHE_WRITE, "token"),
  CACHE_WRITE_1H(Component.CACHE_WRITE, "token"),
  INPUT(Component.INPUT, "token"),
  TOOL_INPUT(Component.INPUT, "token"),
  INPUT_AUDIO(Component.MODALITY, "token"),
  INPUT_IMAGE(Component.MODALITY, "token"),
  OUTPUT(Component.OUTPUT, "token"),
  REASONING(Component.REASONING, "token"),
  OUTPUT_AUDIO(Component.MODALITY, "token"),
  OUTPUT_IMAGE(Component.MODALITY, "token"),
  CITATION(Component.INPUT, "token"),
  WEB_SEARCH(Count.WEB_SEARCH, "search", "query", "call"),
  FILE_SEARCH(Count.FILE_SEARCH, "search", "query", "call"),
  CODE_EXEC(Count.CODE_EXEC, "session", "call", "container"),
  SEARCH(Count.SEARCHES, "search", "query", "call"),
  IMAGE(Count.IMAGES, "image"),
  PAGE(Count.PAGES, "page"),
  CHARACTER(Count.CHARACTERS, "character"),
  AUDIO_SECOND(Count.AUDIO_MICROS, "second", "minute", "hour"),
  VIDEO_SECOND(Count.VIDEO_MICROS, "second", "minute", "hour"),
  REQUEST(Count.REQUESTS, "request", "call"),
  /** Time of a machine; no call is priced with it, the GPU ledger is. */
  GPU_TIME(null, Component.FEES, "gpu-hour", "replica-hour"),
  /** All token classes; the class of multipliers. */
  ALL_TOKENS(null, Component.INPUT);

  private final String label = name().toLowerCase(Locale.ROOT);
  private final @Nullable Count count;
  private final Component component;
  private final String nouns;

  TokenClass(Component component, String noun) {
    this(null, component, noun);
  }

  TokenClass(Count count, String... nouns) {
    this(count, Component.FEES, nouns);
  }

  TokenClass(@Nullable Count count, Component component, String... nouns) {
    this.count = count;
    this.component = component;
    this.nouns = String.join(" ", nouns);
  }

  /** The word for the column {@code token_class}. */
  public String label() {
    return label;
  }

  /** Where its cost is told. */
  public Component component() {
    return component;
  }

  /** Whether it is billed by the token, and multipliers act on it. */
  boolean isTokens() {
    return component != Component.FEES && this != ALL_TOKENS;
  }

  /** Whether it is something else that a call is billed for. */
  boolean isFee() {
    return count != null;
  }

  /** Whether it is a tool's fee, which comes on top; other fees are another way to bill a call. */
  boolean isTool() {
    return this == WEB_SEARCH || this == FILE_SEARCH || this == CODE_EXEC;
  }

  /** What its fee is counted by; only for fees. */
  Count count() {
    return Objects.requireNonNull(count, label);
  }

  /** What its price may be for one of, in the singular. */
  List<String> nouns() {
    return nouns.isEmpty() ? List.of() : List.of(nouns.split(" ", -1));
  }

  /** The class that it is a part of, and whose price it takes if it has none; null for the rest. */
  @Nullable TokenClass parent() {
    return switch (this) {
      case CACHE_READ, CACHE_WRITE, TOOL_INPUT, INPUT_AUDIO, INPUT_IMAGE, CITATION -> INPUT;
      case CACHE_READ_AUDIO, CACHE_READ_IMAGE -> CACHE_READ;
      case CACHE_WRITE_5M, CACHE_WRITE_1H -> CACHE_WRITE;
      case REASONING, OUTPUT_AUDIO, OUTPUT_IMAGE -> OUTPUT;
      default -> null;
    };
  }

  /** The other class of which a join is a part. */
  @Nullable TokenClass otherParent() {
    return switch (this) {
      case CACHE_READ_AUDIO -> INPUT_AUDIO;
      case CACHE_READ_IMAGE -> INPUT_IMAGE;
      default -> null;
    };
  }

  /**
   * Whether vendors bill it as its parent unless they say otherwise, so that nothing is missing.
   */
  boolean isBilledAsParent() {
    return this == REASONING || this == TOOL_INPUT || this == CACHE_WRITE_5M;
  }

  /** The class of that name. */
  static @Nullable TokenClass of(String label) {
    for (TokenClass each : values()) {
      if (each.label.equals(label)) {
        return each;
      }
    }
    return null;
  }
}
