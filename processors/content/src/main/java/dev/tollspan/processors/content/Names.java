package dev.tollspan.processors.content;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.tollspan.spans.BatchEditor;

/**
 * What strict makes of names. People and frameworks put task texts, URLs and user names into span
 * names, so a name is kept only if it is one identifier, an operation and a model, or a method and
 * a route of known words; otherwise the span is called after its method or kind.
 */
final class Names {
  private static final int LENGTH_MAX = 64;
  private static final int SEGMENT_MAX = 32;
  private static final int DIGITS_MAX = 6;
  private static final int KEY_MAX = 100;
  private static final int KEY_DIGITS_MAX = 8;
  private static final int KEY_WORDS_MAX = 10;

  /** Operations of the GenAI conventions that a model's name may follow. */
  private static final byte[][] OPERATIONS = {
    ascii("chat "),
    ascii("text_completion "),
    ascii("embeddings "),
    ascii("generate_content "),
    ascii("invoke_agent "),
    ascii("create_agent "),
    ascii("execute_tool "),
  };

  /** HTTP spans are often called after method and path; a path can hold anything. */
  private static final byte[][] METHODS = {
    ascii("GET "), ascii("POST "), ascii("PUT "), ascii("PATCH "), ascii("DELETE "),
  };

  private static final byte[][] METHOD_FIELDS = fields("GET", "POST", "PUT", "PATCH", "DELETE");
  private static final byte[][] KIND_FIELDS =
      fields("span", "internal", "server", "client", "producer", "consumer");

  private final byte[] event = BatchEditor.textField(2, "event");

  /** The name field of a span that may not keep its name: its HTTP method, or its kind. */
  byte[] insteadOf(byte[] bytes, int from, int to, int kind) {
    for (int i = 0; i < METHODS.length; i++) {
      if (startsWith(bytes, from, to, METHODS[i])) {
        return METHOD_FIELDS[i];
      }
    }
    return ofKind(kind);
  }

  /** The name field of a span that is called after its kind alone. */
  byte[] ofKind(int kind) {
    return KIND_FIELDS[kind < KIND_FIELDS.length ? kind : 0];
  }

  /** The name field of an event that may not keep its name. */
  byte[] ofEvent() {
    return event;
  }

  /** Whether a span may keep its name. */
  boolean keepsSpanName(byte[] bytes, int from, int to) {
    return isIdentifier(bytes, from, to)
        || isOperationAndModel(bytes, from, to)
        || isMethodAndRoute(bytes, from, to);
  }

  /**
   * Whether a text is one identifier: words of letters, digits and underscores that begin with a
   * letter, with dots, slashes, colons or dashes between, and few digits in all.
   */
  boolean isIdentifier(byte[] bytes, int from, int to) {
    if (to - from > LENGTH_MAX) {
      return false;
    }
    int digits = 0;
    int segment = 0;
    for (int p = from; p < to; p++) {
      int kind = Grammar.Characters.of(bytes[p]);
      if (kind == Grammar.Characters.LETTER || bytes[p] == '_') {
        segment++;
      } else if (kind == Grammar.Characters.DIGIT && segment > 0 && digits < DIGITS_MAX) {
        segment++;
        digits++;
      } else if ((kind & (Grammar.Characters.DOT | Grammar.Characters.SLASH)) != 0 && segment > 0) {
        segment = 0;
      } else {
        return false;
      }
      if (segment > SEGMENT_MAX) {
        return false;
      }
    }
    return to > from;
  }

  /**
   * Whether a text could be a key that a program was written with: few words of letters, digits and
   * underscores, signs between them, and no longer than such keys are.
   */
  static boolean isKey(byte[] bytes, int from, int to) {
    if (to - from > KEY_MAX || to == from) {
      return false;
    }
    int digits = 0;
    int words = 1;
    int word = 0;
    for (int p = from; p < to; p++) {
      int kind = Grammar.Characters.of(bytes[p]);
      if (kind == Grammar.Characters.LETTER) {
        word++;
      } else if (kind == Grammar.Characters.DIGIT && digits < KEY_DIGITS_MAX) {
        word++;
        digits++;
      } else if ((kind & (Grammar.Characters.DOT | Grammar.Characters.SLASH)) != 0) {
        words += word > 0 ? 1 : 0;
        word = 0;
      } else {
        return false;
      }
      if (word > SEGMENT_MAX || words > KEY_WORDS_MAX) {
        return false;
      }
    }
    return true;
  }

  private static boolean isOperationAndModel(byte[] bytes, int from, int to) {
    int model = behindOperation(bytes, from, to);
    return model > from && to - model <= LENGTH_MAX && Grammar.MODEL.admits(bytes, model, to);
  }

  /** Where the model begins behind an operation; the beginning, if there is none. */
  static int behindOperation(byte[] bytes, int from, int to) {
    for (byte[] operation : OPERATIONS) {
      if (startsWith(bytes, from, to, operation)) {
        return from + operation.length;
      }
    }
    return from;
  }

  private static boolean isMethodAndRoute(byte[] bytes, int from, int to) {
    for (byte[] method : METHODS) {
      if (startsWith(bytes, from, to, method)) {
        return to - from <= LENGTH_MAX && Urls.isRoute(bytes, from + method.length, to);
      }
    }
    return false;
  }

  static boolean startsWith(byte[] bytes, int from, int to, byte[] prefix) {
    if (to - from < prefix.length) {
      return false;
    }
    for (int i = 0; i < prefix.length; i++) {
      if (bytes[from + i] != prefix[i]) {
        return false;
      }
    }
    return true;
  }

  private static byte[][] fields(String... names) {
    byte[][] fields = new byte[names.length][];
    for (int i = 0; i < names.length; i++) {
      fields[i] = BatchEditor.textField(5, names[i]);
    }
    return fields;
  }

  static byte[] ascii(String text) {
    return text.getBytes(US_ASCII);
  }
}
