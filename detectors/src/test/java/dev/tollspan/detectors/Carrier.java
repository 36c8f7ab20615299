package dev.tollspan.detectors;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tollspan.detectors.Samples.Sample;
import java.util.Locale;

/** How a value travels. {} is the value, # the word that may belong to it, _ the same as a name. */
enum Carrier {
  BARE("{}"),
  SENTENCE("As agreed on the call, the # {} was passed on to the team."),
  JSON("{\"id\":17,\"_\":\"{}\",\"ok\":true}"),
  JSON_IN_JSON("{\\\"id\\\":17,\\\"_\\\":\\\"{}\\\",\\\"ok\\\":true}"),
  URL_QUERY("https://api.example.net/v1/find?page=2&_={}&sort=asc"),
  LOG_LINE("2026-03-01T10:20:30.123Z INFO [main-1] c.e.app.Service - #: {} took 12ms"),
  CSV("id,_,status\n17,{},done\n"),
  XML("<row id=\"17\"><_>{}</_></row>"),
  LOGFMT("level=info _={} dur=12ms"),
  QUOTED("the # is \"{}\"."),
  MARKDOWN("* **#**: `{}`\n* next"),
  LINES("Hello,\n\n#:\n{}\n\nBest regards");

  private final String template;

  Carrier(String template) {
    this.template = template;
  }

  /** A text with the place of a value in it. */
  record Text(byte[] bytes, int start, int end, long context) {}

  /** The sample in this carrier; a bare one has its word in the key. */
  Text carry(Sample sample) {
    String name = sample.label().toLowerCase(Locale.ROOT).replaceAll("[^a-z]+", "_");
    int place = template.indexOf("{}");
    String label = sample.label().isEmpty() ? "note" : sample.label();
    String word = name.isEmpty() ? "note" : name;
    String before = fill(template.substring(0, place), label, word);
    String behind = fill(template.substring(place + 2), label, word);
    byte[] start = (before + encode(sample.before())).getBytes(UTF_8);
    byte[] value = encode(sample.value()).getBytes(UTF_8);
    byte[] rest = (encode(sample.behind()) + behind).getBytes(UTF_8);
    byte[] all = new byte[start.length + value.length + rest.length];
    System.arraycopy(start, 0, all, 0, start.length);
    System.arraycopy(value, 0, all, start.length, value.length);
    System.arraycopy(rest, 0, all, start.length + value.length, rest.length);
    byte[] key = name.getBytes(UTF_8);
    long context = this == BARE ? Detectors.context(key, 0, key.length) : 0;
    return new Text(all, start.length, start.length + value.length, context);
  }

  private static String fill(String text, String label, String name) {
    return text.replace("_", name).replace("#", label);
  }

  private String encode(String text) {
    return switch (this) {
      case JSON -> escaped(text);
      case JSON_IN_JSON -> escaped(escaped(text));
      case URL_QUERY -> percent(text);
      default -> text;
    };
  }

  private static String escaped(String text) {
    return text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
  }

  static String percent(String text) {
    StringBuilder encoded = new StringBuilder();
    for (byte b : text.getBytes(UTF_8)) {
      boolean plain = Character.isLetterOrDigit(b & 0xff) && b > 0 || "-._~".indexOf(b) >= 0;
      encoded.append(plain ? String.valueOf((char) b) : "%%%02X".formatted(b & 0xff));
    }
    return encoded.toString();
  }
}
