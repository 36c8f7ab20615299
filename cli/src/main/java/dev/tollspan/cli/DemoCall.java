package dev.tollspan.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * One call of the demo.
 *
 * @param simulate what the service is asked to do wrong: "", "fail" or "truncate"
 */
record DemoCall(
    String tenant, String model, String prompt, int maxTokens, String simulate, Marks marks) {
  static final List<String> TENANTS = List.of("acme", "globex", "initech", "umbrella");
  static final List<String> MODELS = List.of("gpt-4o-mini", "mistral-7b", "llama-3-8b");

  /** In no price book. */
  static final String UNKNOWN_MODEL = "house-blend-70b";

  /** Fewer could not show what goes wrong. */
  static final int CALLS_MIN = 12;

  private static final List<String> TASKS =
      List.of(
          "Write a kind answer to this complaint about a late parcel",
          "Sum up the patient's history for the ward round",
          "Draft the reference letter that was promised",
          "Explain the last invoice line by line and offer a payment plan",
          "Turn the notes of this job interview into a recommendation");

  /** So many calls, the same for the same seed; one fails, one is cut short, one is unpriced. */
  static List<DemoCall> make(int calls, long seed) {
    Random random = new Random(seed);
    List<DemoCall> made = new ArrayList<>(calls);
    for (int number = 1; number <= calls; number++) {
      Marks marks = Marks.of(number);
      String tenant = TENANTS.get((number - 1) % TENANTS.size());
      String model =
          number == calls / 2 ? UNKNOWN_MODEL : MODELS.get(random.nextInt(MODELS.size()));
      String simulate = number == calls / 4 ? "fail" : number == calls / 3 ? "truncate" : "";
      int maxTokens = 16 + random.nextInt(65);
      made.add(new DemoCall(tenant, model, prompt(marks, random), maxTokens, simulate, marks));
    }
    return made;
  }

  String json() {
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    body.put("model", model).put("prompt", prompt).put("max_tokens", maxTokens).put("user", tenant);
    if (!simulate.isEmpty()) {
      body.put("simulate", simulate);
    }
    return body.toString();
  }

  boolean fails() {
    return simulate.equals("fail");
  }

  private static String prompt(Marks marks, Random random) {
    StringBuilder prompt = new StringBuilder();
    prompt.append(TASKS.get(random.nextInt(TASKS.size()))).append(" for ").append(marks.name());
    prompt.append(" (").append(marks.email()).append(", phone ").append(marks.phone());
    prompt.append("), file number ").append(marks.code()).append('.');
    int notes = random.nextInt(4);
    for (int note = 0; note < notes; note++) {
      prompt.append(" Note ").append(note + 1).append(": ").append(marks.name());
      prompt.append(" called again and asked to be reached at ").append(marks.email()).append('.');
    }
    return prompt.toString();
  }
}
