package dev.tollspan.priceimport;

import static java.util.Map.entry;

import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a price key of LiteLLM's map means.
 *
 * <p>A key is a base, then {@code _above_1hr}, then {@code _above_200k_tokens}, then a service
 * tier, each but the base optional and the last two in either order.
 *
 * @param threshold tokens; 0 if there is none
 */
record LiteLlmKey(TokenClass tokenClass, String tier, long threshold) {
  private static final Map<String, TokenClass> TOKENS =
      Map.ofEntries(
          entry("input_cost_per_token", TokenClass.INPUT),
          entry("output_cost_per_token", TokenClass.OUTPUT),
          entry("output_cost_per_reasoning_token", TokenClass.REASONING),
          entry("citation_cost_per_token", TokenClass.CITATION),
          entry("cache_read_input_token_cost", TokenClass.CACHE_READ),
          entry("cache_read_input_audio_token_cost", TokenClass.CACHE_READ_AUDIO),
          entry("cache_read_input_image_token_cost", TokenClass.CACHE_READ_IMAGE),
          entry("cache_creation_input_token_cost", TokenClass.CACHE_WRITE),
          entry("input_cost_per_audio_token", TokenClass.INPUT_AUDIO),
          entry("output_cost_per_audio_token", TokenClass.OUTPUT_AUDIO),
          entry("input_cost_per_image_token", TokenClass.INPUT_IMAGE),
          entry("output_cost_per_image_token", TokenClass.OUTPUT_IMAGE));

  /** Units that mean something in certain modes only. */
  private static final Map<String, TokenClass> BY_MODE =
      Map.ofEntries(
          entry("image_generation input_cost_per_image", TokenClass.IMAGE),
          entry("image_generation output_cost_per_image", TokenClass.IMAGE),
          entry("image_edit output_cost_per_image", TokenClass.IMAGE),
          entry("audio_transcription input_cost_per_second", TokenClass.AUDIO_SECOND),
          entry("audio_speech input_cost_per_character", TokenClass.CHARACTER),
          entry("video_generation output_cost_per_second", TokenClass.VIDEO_SECOND),
          entry("video_generation output_cost_per_video_per_second", TokenClass.VIDEO_SECOND),
          entry("rerank input_cost_per_query", TokenClass.SEARCH),
          entry("ocr ocr_cost_per_page", TokenClass.PAGE),
          entry("chat input_cost_per_request", TokenClass.REQUEST));

  private static final Set<String> UNKNOWN_CLASSES =
      Set.of("input_cost_per_video_token", "output_cost_per_video_token");
  private static final String SWAPPED = "cache_creation_input_audio_token_cost";
  private static final Map<String, String> TIERS =
      Map.of(
          "", Rate.STANDARD,
          "_batches", "batch",
          "_flex", "flex",
          "_priority", "priority",
          "_ultrafast", "ultrafast",
          "_balanced", "",
          "_decisions", "");
  private static final String TIER =
      "(?<%s>_batches|_flex|_priority|_ultrafast|_balanced|_decisions)?";
  private static final Pattern KEY =
      Pattern.compile(
          "(?<base>.*?)(?<ttl>_above_\\d+hr)?"
              + TIER.formatted("first")
              + "(?:_above_(?<above>[1-9]\\d{0,8})k_tokens)?"
              + TIER.formatted("last"));

  /** Either a meaning or the defect that keeps the price out. */
  sealed interface Reading {
    record Meaning(LiteLlmKey key) implements Reading {}

    record Refusal(Defect defect) implements Reading {}
  }

  /** Reads a key of a model of this mode. */
  static Reading read(String key, String mode) {
    Matcher matcher = KEY.matcher(key);
    if (!matcher.matches()) {
      return new Reading.Refusal(Defect.NON_TOKEN_UNIT);
    }
    String base = matcher.group("base");
    if (base.equals(SWAPPED)) {
      return new Reading.Refusal(Defect.SWAPPED_AUDIO_CACHE);
    }
    if (UNKNOWN_CLASSES.contains(base)) {
      return new Reading.Refusal(Defect.UNKNOWN_CLASS);
    }
    TokenClass tokenClass = TOKENS.get(base);
    if (tokenClass == null) {
      tokenClass = BY_MODE.get(mode + " " + base);
    }
    if (tokenClass == null) {
      return new Reading.Refusal(Defect.NON_TOKEN_UNIT);
    }
    String tier = TIERS.getOrDefault(text(matcher, "first") + text(matcher, "last"), "");
    if (tier.isEmpty()) {
      return new Reading.Refusal(Defect.UNKNOWN_TIER);
    }
    String ttl = text(matcher, "ttl");
    if (ttl.equals("_above_1hr") && tokenClass == TokenClass.CACHE_WRITE) {
      tokenClass = TokenClass.CACHE_WRITE_1H;
    } else if (!ttl.isEmpty()) {
      return new Reading.Refusal(Defect.UNKNOWN_CLASS);
    }
    String above = text(matcher, "above");
    long threshold = above.isEmpty() ? 0 : Long.parseLong(above) * 1000;
    return new Reading.Meaning(new LiteLlmKey(tokenClass, tier, threshold));
  }

  private static String text(Matcher matcher, String group) {
    String text = matcher.group(group);
    return text == null ? "" : text;
  }
}
