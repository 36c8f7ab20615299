package dev.tollspan.spans;

import static dev.tollspan.spans.JsonMappingTest.request;
import static dev.tollspan.spans.Requests.decodeJson;
import static dev.tollspan.spans.Requests.takeJson;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What hostile JSON may cost. */
class JsonLimitsTest {
  private static final int MIB = 1 << 20;
  private static final String IDS =
      "\"traceId\":\"5b8efff798038103d269b633813fc60c\",\"spanId\":\"eee19b7ec3c1b174\"";

  @Test
  @Tag("C14")
  void aMillionNestedArraysAreRefusedWithoutGoingThere() {
    long best = Long.MAX_VALUE;
    for (int i = 0; i < 3; i++) {
      for (String one : List.of("[", "{\"a\":", "{\"arrayValue\":{\"values\":[")) {
        for (String name : List.of("\"value\":", "\"other\":")) {
          String deep =
              "{" + IDS + ",\"attributes\":[{" + name + one.repeat(1_000_000 / one.length());
          byte[] json = request(deep).getBytes(UTF_8);
          long before = System.nanoTime();
          Decoded decoded = decodeJson(json);
          best = Math.min(best, System.nanoTime() - before);
          if (decoded instanceof Decoded.Malformed malformed) {
            assertTrue(malformed.reason().contains("deeper than 500"), malformed.reason());
          } else {
            throw new AssertionError(decoded);
          }
        }
      }
    }
    assertTrue(best < 50_000_000, best + " ns");
  }

  @ParameterizedTest
  @ValueSource(strings = {"arrayValue", "kvlistValue"})
  @Tag("C14")
  void depthMeansTheSameInBothEncodings(String type) throws Exception {
    for (int depth : new int[] {1, 31, 32, 33, 40, 48, 60, 100}) {
      String attributes = "\"attributes\":[" + DeepJson.attribute(type, depth) + "]";
      for (String members : List.of(attributes, "\"events\":[{" + attributes + "}]")) {
        String json = request("{" + IDS + "},{" + IDS + "," + members + "}");
        Requests.Taken taken = takeJson(json);
        Requests.Taken binary = Requests.take(protobuf(json));
        assertTrue(binary.means(taken), type + " " + depth);
        boolean isLegal = depth <= 32;
        assertEquals(isLegal ? 0 : 1, taken.rejected() + taken.repairs().count(Repair.DEPTH));
      }
    }
  }

  @Test
  @Tag("C14")
  void textsAndNumbersHaveALimit() {
    String text = "x".repeat((16 << 20) + 1);
    for (String member : List.of("\"name\":\"" + text + "\"", "\"" + text + "\":1")) {
      assertEquals("holds a text above 16 MiB", refusal("{" + IDS + "," + member + "}"));
    }
    String fits = text.substring(1);
    Requests.Taken taken = takeJson(request("{" + IDS + ",\"name\":\"" + fits + "\"}"));
    assertEquals(fits, only(taken).getName());
    String digits = "1".repeat(401);
    for (String member : List.of("\"kind\":" + digits, "\"x\":-0." + digits)) {
      assertTrue(refusal("{" + IDS + "," + member + "}").contains("400 digits"));
    }
    taken = takeJson(request("{" + IDS + ",\"kind\":\"" + digits + "\"}"));
    assertEquals(1, taken.rejected());
  }

  /** Names that one hash function makes equal, and names that only begin like ours. */
  @Test
  void namesMadeToCollideCostNoMoreThanOthers() {
    StringBuilder same = new StringBuilder("{" + IDS);
    StringBuilder other = new StringBuilder("{" + IDS);
    SplittableRandom random = new SplittableRandom(5);
    for (int i = 0; i < 40_000; i++) {
      String bits = Integer.toBinaryString(1 << 16 | i).replace("0", "Aa").replace("1", "BB");
      same.append(",\"traceId").append(bits).append("spanId\":1");
      other.append(",\"");
      for (int j = 0; j < bits.length() + 13; j++) {
        other.append((char) random.nextInt('a', 'z'));
      }
      other.append("\":1");
    }
    byte[] colliding = request(same.append('}').toString()).getBytes(UTF_8);
    byte[] plain = request(other.append('}').toString()).getBytes(UTF_8);
    long[] best = {Long.MAX_VALUE, Long.MAX_VALUE};
    for (int i = 0; i < 20; i++) {
      best[0] = Math.min(best[0], time(colliding));
      best[1] = Math.min(best[1], time(plain));
    }
    assertTrue(best[0] < 2 * best[1], best[0] + " ns against " + best[1] + " ns");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"text", "members", "backwards", "attributes", "deep", "negative", "escaped"})
  void asksForAllThatItTakes(String what) {
    byte[] json = large(what);
    BatchPool pool = new BatchPool(0);
    decode(pool, request("{" + IDS + "}").getBytes(UTF_8), new ArrayList<>(), Long.MAX_VALUE);
    com.sun.management.ThreadMXBean threads =
        (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    List<Long> asked = new ArrayList<>();
    long before = threads.getCurrentThreadAllocatedBytes();
    Decoded decoded = decode(pool, json, asked, Long.MAX_VALUE);
    long allocated = threads.getCurrentThreadAllocatedBytes() - before - json.length;
    assertInstanceOf(Decoded.Whole.class, decoded);
    long most = asked.stream().mapToLong(Long::longValue).max().orElseThrow();
    // Arrays of the pool are powers of two; what is garbage before the last is made comes on top.
    assertTrue(allocated < 4 * most + MIB, allocated + " bytes, but asked for " + most);
    asked.clear();
    assertInstanceOf(Decoded.NoRoom.class, decode(pool, json, asked, json.length / 2));
  }

  /** Each byte of a text moves a bounded number of times, however deep it lies. */
  @Test
  void aLargeTextDeepDownCostsNoMoreThanAtTheTop() {
    String text = "x".repeat(8 * MIB);
    byte[] deep =
        request(
                "{"
                    + IDS
                    + ",\"attributes\":["
                    + DeepJson.attribute("kvlistValue", 32).replace("\"x\"", "\"" + text + "\"")
                    + "]}")
            .getBytes(UTF_8);
    byte[] top = request("{" + IDS + ",\"name\":\"" + text + "\"}").getBytes(UTF_8);
    long[] best = {Long.MAX_VALUE, Long.MAX_VALUE};
    for (int i = 0; i < 10; i++) {
      best[0] = Math.min(best[0], time(deep));
      best[1] = Math.min(best[1], time(top));
    }
    assertTrue(best[0] < 10 * best[1], best[0] + " ns against " + best[1] + " ns");
  }

  /** Putting fields in order moves what they hold: not once for each depth that it lies at. */
  @Test
  void aLargeTextDeepDownBehindItsKeysOnlyIsNotMovedForEver() {
    String deep = "{\"value\":{\"kvlistValue\":{\"values\":[";
    String text = "{\"stringValue\":\"" + "x".repeat(8 * MIB) + "\"}";
    String attribute =
        deep.repeat(31)
            + "{\"value\":"
            + text
            + ",\"key\":\"k\"}"
            + "]}},\"key\":\"k\"}".repeat(31);
    assertTrue(
        refusal("{" + IDS + ",\"attributes\":[" + attribute + "]}").contains("another order"));
    String small = attribute.replace("x".repeat(8 * MIB), "x".repeat(MIB));
    Requests.Taken taken = takeJson(request("{" + IDS + ",\"attributes\":[" + small + "]}"));
    assertEquals(1, Rules.spans(taken.message()));
    assertEquals(0, taken.odd());
  }

  /** A parser that many use says the same of what is JSON and what is not. */
  @Test
  void takesAsJsonWhatIsJson() throws IOException {
    long seed = System.nanoTime();
    SplittableRandom random = new SplittableRandom(seed);
    String odd = "{}[]\",:\\/u0123456789abcdefnrt+-.eE \t\n\r\"\"\\\\trufalsn\u0001\u001f\u007f";
    byte[] request = JsonTraces.inOrder(Traces.full());
    byte[] values =
        "[-0.5e+7,[],{\"a\\u0041\":\"\\ud83d\\n\"},true,false , null,1E9,{}]".getBytes(UTF_8);
    int whole = 0;
    for (int i = 0; i < 20_000; i++) {
      byte[] json = i % 4 == 0 ? request : values;
      for (int j = random.nextInt(3); j >= 0; j--) {
        json = mutate(json, random, (byte) odd.charAt(random.nextInt(odd.length())));
      }
      boolean is = isJson(json);
      whole += is ? 1 : 0;
      String text = new String(json, UTF_8);
      assertEquals(is, isReadable(json), () -> "with seed " + seed + "L: " + text);
    }
    assertTrue(whole > 500, "only " + whole + " stayed whole");
  }

  private static byte[] mutate(byte[] json, SplittableRandom random, byte odd) {
    int at = random.nextInt(json.length);
    byte[] out = json.clone();
    switch (random.nextInt(3)) {
      case 0 -> out[at] = odd;
      case 1 -> {
        System.arraycopy(json, at + 1, out, at, json.length - at - 1);
        out = Arrays.copyOf(out, json.length - 1);
      }
      default -> {
        out = Arrays.copyOf(json, json.length + 1);
        System.arraycopy(json, at, out, at + 1, json.length - at);
        out[at] = odd;
      }
    }
    return out;
  }

  private static boolean isReadable(byte[] json) {
    try {
      JsonReader reader = new JsonReader(json, 0, json.length);
      reader.skip();
      reader.end();
      return true;
    } catch (OtlpJsonException wrong) {
      return false;
    }
  }

  private static boolean isJson(byte[] json) throws IOException {
    try (JsonParser parser = new JsonFactory().createParser(json)) {
      if (parser.nextToken() == null) {
        return false;
      }
      parser.skipChildren();
      parser.finishToken();
      return parser.nextToken() == null;
    } catch (com.fasterxml.jackson.core.JacksonException broken) {
      return false;
    }
  }

  private static byte[] large(String what) {
    String head = "{" + IDS + ",";
    return request(
            switch (what) {
              case "text" -> head + "\"name\":\"" + "x".repeat(4 * MIB) + "\"}";
              case "members" -> head + "\"kind\":1,".repeat(400_000) + "\"kind\":2}";
              case "negative" -> head + "\"kind\":-1,".repeat(400_000) + "\"kind\":2}";
              case "backwards" -> "{\"name\":\"" + "x".repeat(4 * MIB) + "\"," + IDS + "}";
              case "escaped" -> head + "\"name\":\"" + "\\u20ac".repeat(700_000) + "\"}";
              case "deep" ->
                  head
                      + "\"attributes\":["
                      + (DeepJson.attribute("arrayValue", 20)
                                  .replace("\"x\"", "\"" + "x".repeat(200) + "\"")
                              + ",")
                          .repeat(1000)
                      + "{}]}";
              default -> head + "\"attributes\":[" + "{},".repeat(1_000) + "{}]}";
            })
        .getBytes(UTF_8);
  }

  private static long time(byte[] json) {
    long before = System.nanoTime();
    Decoded decoded = decodeJson(json);
    long nanos = System.nanoTime() - before;
    assertInstanceOf(Decoded.Whole.class, decoded).batch().release();
    return nanos;
  }

  private static Decoded decode(BatchPool pool, byte[] json, List<Long> asked, long max) {
    byte[] bytes = Arrays.copyOf(json, json.length);
    return OtlpJson.decode(
        pool,
        Requests.KEYS,
        bytes,
        json.length,
        beside -> {
          asked.add(beside);
          return beside <= max;
        });
  }

  private static String refusal(String span) {
    Decoded.Malformed refused =
        assertInstanceOf(Decoded.Malformed.class, decodeJson(request(span).getBytes(UTF_8)));
    assertTrue(refused.reason().startsWith("line 1, column "), refused.reason());
    return refused.reason().replaceFirst("line 1, column [0-9]+: ", "");
  }

  private static byte[] protobuf(String json) throws OtlpJsonException {
    byte[] bytes = json.getBytes(UTF_8);
    OtlpJson.Protobuf protobuf =
        OtlpJson.toProtobuf(new BatchPool(0), bytes, 0, bytes.length, OtlpJson.Reading.STRICT);
    return Arrays.copyOf(protobuf.bytes(), protobuf.length());
  }

  private static Span only(Requests.Taken taken) {
    return taken.message().getResourceSpans(0).getScopeSpans(0).getSpans(0);
  }
}
