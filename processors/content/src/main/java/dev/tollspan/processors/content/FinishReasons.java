package dev.tollspan.processors.content;

/** Why models stop: the words that vendors and servers use, in any case. */
final class FinishReasons {
  private static final byte[][] KNOWN = {
    Names.ascii("stop"),
    Names.ascii("length"),
    Names.ascii("max_tokens"),
    Names.ascii("error"),
    Names.ascii("content_filter"),
    Names.ascii("tool_calls"),
    Names.ascii("tool_call"),
    Names.ascii("tool_use"),
    Names.ascii("tool-calls"),
    Names.ascii("function_call"),
    Names.ascii("end_turn"),
    Names.ascii("stop_sequence"),
    Names.ascii("pause_turn"),
    Names.ascii("refusal"),
    Names.ascii("safety"),
    Names.ascii("recitation"),
    Names.ascii("abort"),
    Names.ascii("cancelled"),
    Names.ascii("canceled"),
    Names.ascii("completed"),
    Names.ascii("complete"),
    Names.ascii("incomplete"),
    Names.ascii("failed"),
    Names.ascii("eos"),
    Names.ascii("eos_token"),
    Names.ascii("other"),
    Names.ascii("unknown"),
  };

  private FinishReasons() {}

  static boolean isKnown(byte[] bytes, int from, int length) {
    for (byte[] word : KNOWN) {
      if (word.length == length && equalsIgnoringCase(word, bytes, from)) {
        return true;
      }
    }
    return false;
  }

  private static boolean equalsIgnoringCase(byte[] word, byte[] bytes, int from) {
    for (int i = 0; i < word.length; i++) {
      int c = bytes[from + i];
      int lower = c >= 'A' && c <= 'Z' ? c + 32 : c;
      if (lower != word[i]) {
        return false;
      }
    }
    return true;
  }
}
