package dev.tollspan.cli;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * The marked personal data of one call: texts that stand nowhere else in the world, so that a file
 * that holds one of them holds a piece of a prompt.
 */
record Marks(String name, String email, String phone, String code) {
  /** The marks of the call with this number. */
  static Marks of(int call) {
    String number = String.format(Locale.ROOT, "%05d", call);
    // The number stands within, so that in base64 no digit of it shares bits with what follows.
    return new Marks(
        "Zo\u00eb-" + number + " Quillfeather",
        "zoe.quillfeather+" + number + "@example.com",
        "+1 555 " + number + " 0100",
        "TOLLSPAN-MARK-" + number + "-Z");
  }

  List<String> texts() {
    return List.of(name, email, phone, code);
  }

  /** How a text may look in a file: as it is, escaped, or inside of something encoded. */
  static Set<String> forms(String text) {
    Set<String> forms = new LinkedHashSet<>();
    forms.add(text);
    forms.add(escaped(text));
    String url = URLEncoder.encode(text, StandardCharsets.UTF_8);
    forms.add(url);
    forms.add(url.replace("+", "%20"));
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    for (int before = 0; before < 3; before++) {
      String base64 = base64(bytes, before);
      forms.add(base64);
      forms.add(base64.replace('+', '-').replace('/', '_'));
    }
    return forms;
  }

  private static String escaped(String text) {
    StringBuilder escaped = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      escaped.append(c < 0x7f ? String.valueOf(c) : String.format(Locale.ROOT, "\\u%04x", (int) c));
    }
    return escaped.toString();
  }

  /** The digits that the bytes alone decide if so many other bytes stand before them. */
  private static String base64(byte[] bytes, int before) {
    byte[] shifted = new byte[before + bytes.length];
    System.arraycopy(bytes, 0, shifted, before, bytes.length);
    byte[] digits = Base64.getEncoder().withoutPadding().encode(shifted);
    int first = (before * 8 + 5) / 6;
    int end = shifted.length * 8 / 6;
    return new String(Arrays.copyOfRange(digits, first, end), StandardCharsets.US_ASCII);
  }
}
