package dev.tollspan.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MarkSearchTest {
  private static final Marks SEVEN = Marks.of(7);
  private static final String PROMPT = "for " + String.join(" and ", SEVEN.texts()) + ".";
  private static final Set<String> ALL = new HashSet<>(SEVEN.texts());

  private final MarkSearch search = new MarkSearch(List.of(SEVEN, Marks.of(8)));

  @Test
  void findsEachMarkOfAPrompt() {
    assertEquals(ALL, search.find(PROMPT));
    assertEquals(8, search.marks());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "x", "xy", "xyz"})
  void findsMarksInsideOfBase64(String before) {
    byte[] bytes = (before + PROMPT).getBytes(UTF_8);
    assertEquals(ALL, search.find(Base64.getEncoder().encodeToString(bytes)));
    assertEquals(ALL, search.find(Base64.getUrlEncoder().encodeToString(bytes)));
  }

  @Test
  void findsMarksThatAreEscaped() throws IOException {
    JsonMapper ascii = JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();
    assertEquals(ALL, search.find(ascii.writeValueAsString(PROMPT).replace("\\u00EB", "\\u00eb")));
    assertEquals(ALL, search.find(URLEncoder.encode(PROMPT, UTF_8)));
    assertEquals(ALL, search.find(URLEncoder.encode(PROMPT, UTF_8).replace("+", "%20")));
  }

  @Test
  void seesNoMarkOfACallThatItDoesNotSearch() {
    assertEquals(Set.of(), search.find("TOLLSPAN-MARK-00009-Z, TOLLSPAN-MARK-0000"));
    assertEquals(Set.of(), search.find(""));
  }

  @Test
  void findsAMarkAtEachPlaceAroundTheEndOfAPiece(@TempDir Path directory) throws IOException {
    Path file = directory.resolve("large");
    byte[] mark = SEVEN.code().getBytes(UTF_8);
    for (int before = 0; before <= mark.length; before++) {
      byte[] bytes = new byte[(1 << 20) + mark.length];
      System.arraycopy(mark, 0, bytes, (1 << 20) - before, mark.length);
      Files.write(file, bytes);
      assertEquals(Set.of(SEVEN.code()), search.find(file));
    }
  }
}
