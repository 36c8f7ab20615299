package dev.tollspan.canary;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URLEncoder;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.IntPredicate;

/**
 * How a text may look in a file: as it is, in another encoding, escaped, or inside of something
 * encoded. A form is a string whose characters are bytes (ISO 8859-1).
 */
public final class Forms {
  private static final HexFormat UPPER = HexFormat.of().withUpperCase();

  private Forms() {}

  /** All forms of a text. */
  public static Set<String> of(String text) {
    byte[] bytes = text.getBytes(UTF_8);
    Set<String> forms = new LinkedHashSet<>();
    forms.add(new String(bytes, ISO_8859_1));
    forms.add(new String(text.getBytes(UTF_16LE), ISO_8859_1));
    forms.add(new String(text.getBytes(UTF_16BE), ISO_8859_1));
    forms.add(HexFormat.of().formatHex(bytes));
    forms.add(UPPER.formatHex(bytes));
    forms.add(percent(text));
    forms.add(HexFormat.of().withPrefix("%").formatHex(bytes));
    String url = URLEncoder.encode(text, UTF_8);
    forms.add(url);
    forms.add(url.replace("+", "%20"));
    for (IntPredicate escaped : new IntPredicate[] {c -> true, c -> c < ' ' || c >= 0x7f}) {
      for (HexFormat digits : new HexFormat[] {HexFormat.of(), UPPER}) {
        forms.add(new String(escaped(text, digits, escaped).getBytes(UTF_8), ISO_8859_1));
      }
    }
    for (int before = 0; before < 3; before++) {
      String base64 = base64(bytes, before);
      forms.add(base64);
      forms.add(base64.replace('+', '-').replace('/', '_'));
    }
    return forms;
  }

  /** Every byte as a percent escape. */
  static String percent(String text) {
    return UPPER.withPrefix("%").formatHex(text.getBytes(UTF_8));
  }

  /** Every character as an escape of JSON. */
  static String escaped(String text) {
    return escaped(text, HexFormat.of(), c -> true);
  }

  private static String escaped(String text, HexFormat digits, IntPredicate isEscaped) {
    StringBuilder escaped = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      escaped.append(isEscaped.test(c) ? "\\u" + digits.toHexDigits(c) : String.valueOf(c));
    }
    return escaped.toString();
  }

  /** The digits that the bytes alone decide if so many other bytes stand before them. */
  static String base64(byte[] bytes, int before) {
    byte[] shifted = new byte[before + bytes.length];
    System.arraycopy(bytes, 0, shifted, before, bytes.length);
    byte[] digits = Base64.getEncoder().withoutPadding().encode(shifted);
    int first = (before * 8 + 5) / 6;
    int end = shifted.length * 8 / 6;
    return new String(Arrays.copyOfRange(digits, first, end), ISO_8859_1);
  }
}
