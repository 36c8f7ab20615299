package dev.tollspan.cli;

import dev.tollspan.canary.Search;
import java.util.List;
import java.util.Locale;

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

  /** A search for all marks of these calls. */
  static Search search(List<DemoCall> calls) {
    return Search.forTexts(calls.stream().flatMap(call -> call.marks().texts().stream()).toList());
  }

  List<String> texts() {
    return List.of(name, email, phone, code);
  }
}
