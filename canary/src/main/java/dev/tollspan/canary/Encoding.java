package dev.tollspan.canary;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * In which clothes a word is sent. A prompt is words with spaces, so the word stands in a sentence;
 * the sentence is so long that also what makes one word of it (base64, hex) is longer than the 128
 * characters of the longest grammar that strict knows.
 */
enum Encoding {
  PLAIN(Encoding::sentence),
  JSON(word -> "{\"role\":\"user\",\"content\":\"" + sentence(word) + "\"}"),
  JSON_IN_JSON(word -> "{\"body\":\"{\\\"content\\\":\\\"" + sentence(word) + "\\\"}\"}"),
  JSON_ESCAPES(word -> Forms.escaped(sentence(word)), Forms::escaped),
  PERCENT(word -> Forms.percent(sentence(word)), Forms::percent),
  BASE64(word -> base64(sentence(word)), word -> base64Digits(word, 0)),
  BASE64_SHIFTED_1(word -> base64("-" + sentence(word)), word -> base64Digits(word, 1)),
  BASE64_SHIFTED_2(word -> base64("--" + sentence(word)), word -> base64Digits(word, 2)),
  BASE64_URL(
      word -> Base64.getUrlEncoder().encodeToString(sentence(word).getBytes(UTF_8)),
      word -> base64Digits(word, 0)),
  HEX(word -> hex(sentence(word)), Encoding::hex),
  /** The first digits are those of every gzip. */
  GZIP_BASE64(word -> gzipBase64(sentence(word)), word -> gzipBase64(sentence(word)).substring(16)),
  UTF16_LE(word -> bytes16(sentence(word), false), word -> bytes16(word, false)),
  UTF16_BE(word -> bytes16(sentence(word), true), word -> bytes16(word, true)),
  ZERO_WIDTH_JOINERS(word -> sentence(joined(word)), Encoding::joined),
  FULL_WIDTH(word -> wide(sentence(word)), Encoding::wide),
  UPPER_CASE(word -> upper(sentence(word)), Encoding::upper),
  /** With {@link #BROKEN} before and behind it. */
  BROKEN_UTF8(word -> sentence(Encoding.BROKEN + word + Encoding.BROKEN)),
  /** Without a sentence, for places where nothing at all may stay. */
  WORD_ONLY(word -> word),
  /** Half of the word, as long as a number may be. */
  HALF_WORD(word -> half(word, 0)),
  /** Half of it in one item of a list, half in the next. */
  SPLIT(Encoding::sentence),
  /** The numbers of its letters, as token ids are. */
  NUMBERS(Encoding::sentence);

  /** Stands for three bytes that are not UTF-8, which take its place on the wire. */
  static final String BROKEN = "\ue000";

  private static final char JOINER = '\u200d';

  @SuppressWarnings("ImmutableEnumChecker") // functions without state
  private final UnaryOperator<String> text;

  @SuppressWarnings("ImmutableEnumChecker")
  private final UnaryOperator<String> core;

  Encoding(UnaryOperator<String> text) {
    this(text, word -> word);
  }

  Encoding(UnaryOperator<String> text, UnaryOperator<String> core) {
    this.text = text;
    this.core = core;
  }

  /** For reading. */
  String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** What is sent. */
  String text(String word) {
    return text.apply(word);
  }

  /** Whether it is one word, which may stay in some places. */
  boolean isWord() {
    return this == WORD_ONLY || this == HALF_WORD;
  }

  /** What to look for: see {@link Forms}. */
  Set<String> forms(String word) {
    Set<String> forms = new LinkedHashSet<>();
    if (this == SPLIT || this == HALF_WORD) {
      forms.addAll(Forms.of(half(word, 0)));
      forms.addAll(Forms.of(half(word, 1)));
    } else if (this == NUMBERS) {
      forms.addAll(numbers(word));
    }
    String sent = core.apply(word);
    forms.addAll(Forms.of(word));
    forms.addAll(Forms.of(sent));
    if (this == JSON_ESCAPES) { // within JSON each backslash is two, and within that four
      forms.add(sent.replace("\\", "\\\\"));
      forms.add(sent.replace("\\", "\\\\\\\\"));
    }
    return forms;
  }

  static String half(String word, int number) {
    int middle = word.length() / 2;
    return number == 0 ? word.substring(0, middle) : word.substring(middle);
  }

  /** As lists of JSON, and as an ArrayValue of int_value, also in the JSON of OTLP. */
  private static List<String> numbers(String word) {
    String list = word.chars().mapToObj(Integer::toString).collect(Collectors.joining(","));
    StringBuilder wire = new StringBuilder();
    word.chars().forEach(c -> wire.append("\n\u0002\u0018").append((char) c));
    return List.of(
        list,
        list.replace(",", ", "),
        list.replace(",", "\",\""),
        list.replace(",", "\"},{\"intValue\":\""),
        wire.substring(1));
  }

  private static String sentence(String word) {
    return "Please remember that the word "
        + word
        + " is what Anna told the nurse about her sister on the phone last night";
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(UTF_8));
  }

  /** The digits in a sentence's base64 that the word alone decides. */
  private static String base64Digits(String word, int shift) {
    int before = sentence("").indexOf("  ") + 1 + shift;
    return Forms.base64(word.getBytes(UTF_8), before % 3);
  }

  private static String hex(String text) {
    return HexFormat.of().formatHex(text.getBytes(UTF_8));
  }

  private static String gzipBase64(String text) {
    return Base64.getEncoder().encodeToString(Around.gzip(text.getBytes(UTF_8)));
  }

  /** The bytes of UTF-16 as characters. */
  private static String bytes16(String text, boolean bigEndian) {
    return new String(text.getBytes(bigEndian ? UTF_16BE : UTF_16LE), ISO_8859_1);
  }

  private static String joined(String word) {
    return word.replaceAll("(?<=.)(?=.)", String.valueOf(JOINER));
  }

  private static String wide(String text) {
    StringBuilder wide = new StringBuilder();
    text.chars().forEach(c -> wide.append((char) (c == ' ' ? 0x3000 : c + 0xfee0)));
    return wide.toString();
  }

  private static String upper(String text) {
    return text.toUpperCase(Locale.ROOT);
  }
}
