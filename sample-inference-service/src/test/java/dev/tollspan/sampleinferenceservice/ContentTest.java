package dev.tollspan.sampleinferenceservice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.opentelemetry.sdk.trace.data.SpanData;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Prompts stand on spans only when asked for, and then where real libraries put them. */
class ContentTest {
  private static final String MARK = "zebra-7f3a1c";

  @Test
  void noPromptLeavesTheServiceUnlessAskedFor(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("spans.ndjson");
    Settings.Telemetry telemetry =
        new Settings.Telemetry(true, null, file, true, false, true, Map.of());
    TestService service = TestService.start(telemetry);
    try (service) {
      for (String simulate : new String[] {"null", "\"truncate\"", "\"fail\"", "\"odd\""}) {
        String body = service.complete(call(simulate)).body();
        assertFalse(body.contains(MARK), body);
      }
    }

    String console = service.console.toString(StandardCharsets.UTF_8);
    assertEquals(14, console.lines().count());
    assertFalse(console.contains(MARK));
    assertEquals(14, Files.readAllLines(file).size());
    assertFalse(Files.readString(file).contains(MARK));
    assertFalse(service.exported.getFinishedSpanItems().toString().contains(MARK));
    assertFalse(service.notices.toString().contains(MARK));
  }

  @Test
  void capturesPromptAndCompletionInEachPlace() throws Exception {
    try (TestService service = TestService.start(TestService.telemetry(true, false))) {
      service.complete(call("null"));

      SpanData root = service.root();
      String prompt = "say " + MARK;
      assertEquals(prompt, root.getAttributes().get(Keys.PROMPT));
      assertTrue(root.getAttributes().get(Keys.COMPLETION).startsWith("token token"));
      assertEquals(
          "[{\"role\":\"user\",\"parts\":[{\"type\":\"text\",\"content\":\"" + prompt + "\"}]}]",
          root.getAttributes().get(Keys.INPUT_MESSAGES));
      assertEquals(1, root.getEvents().size());
      assertEquals("gen_ai.content.prompt", root.getEvents().getFirst().getName());
      assertEquals(prompt, root.getEvents().getFirst().getAttributes().get(Keys.PROMPT));
    }
  }

  @Test
  void capturesThePromptInTheStatusOfAFailedCall() throws Exception {
    try (TestService service = TestService.start(TestService.telemetry(true, false))) {
      String body = service.complete(call("\"fail\"")).body();

      assertTrue(service.root().getStatus().getDescription().contains(MARK));
      assertFalse(body.contains(MARK), body);
    }
  }

  private static String call(String simulate) {
    return "{\"prompt\":\"say " + MARK + "\",\"simulate\":" + simulate + "}";
  }
}
