package dev.tollspan.processors.content;

import static dev.tollspan.processors.content.Given.attribute;
import static dev.tollspan.processors.content.Given.clean;
import static dev.tollspan.processors.content.Given.integer;
import static dev.tollspan.processors.content.Given.kept;
import static dev.tollspan.processors.content.Given.keptText;
import static dev.tollspan.processors.content.Given.keys;
import static dev.tollspan.processors.content.Given.message;
import static dev.tollspan.processors.content.Given.onlySpan;
import static dev.tollspan.processors.content.Given.span;
import static dev.tollspan.processors.content.Given.text;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollspan.spans.KeyTable;
import dev.tollspan.spans.SpanView;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.TracesData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class HashTest {
  private static final String KEY = "0123456789abcdef0123456789abcdef";
  private static final String LONG_KEY = KEY.repeat(4);

  @TempDir private Path folder;

  @ParameterizedTest
  @EnumSource(value = Profile.class, mode = EnumSource.Mode.EXCLUDE, names = "PASSTHROUGH")
  void anIdOfAPersonBecomesTheHmacOfKeyAndValue(Profile profile) throws Exception {
    for (String key : List.of(KEY, LONG_KEY)) {
      DropContentConfig config = keyed(profile, file(key + "\n"), "k7");
      assertEquals(
          "hmac:k7:" + hmac(key, "user.id", "Ann Smith"),
          keptText(config, "user.id", "Ann Smith").orElseThrow());
      assertEquals(
          "hmac:k7:" + hmac(key, "session.id", "42"),
          kept(config, "session.id", integer(42)).orElseThrow().getStringValue());
      assertEquals(
          "hmac:k7:" + hmac(key, "enduser.id", Long.toString(Long.MIN_VALUE)),
          kept(config, "enduser.id", integer(Long.MIN_VALUE)).orElseThrow().getStringValue());
    }
  }

  @Test
  void aKeyWithoutAnIdIsToldByItsFingerprint() throws Exception {
    String digest =
        HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(KEY.getBytes(UTF_8)));
    DropContentConfig config = keyed(Profile.STRICT, file(KEY), null);
    String hash = keptText(config, "user.id", "ann").orElseThrow();
    assertEquals("hmac:" + digest.substring(0, 8) + ":" + hmac(KEY, "user.id", "ann"), hash);
  }

  @Test
  void withoutAKeyEachProcessHasItsOwn() {
    DropContentConfig config = DropContentConfig.defaults();
    String one = keptText(config, "user.id", "ann").orElseThrow();
    String other = keptText(config, "user.id", "ann").orElseThrow();
    assertTrue(one.matches("hmac:run-[0-9a-f]{8}:[0-9a-f]{32}"), one);
    assertEquals(one, other, "two gates of one process");
    assertFalse(Arrays.equals(HashKey.random().prefix(), HashKey.random().prefix()));
  }

  @Test
  void anOlderKeyTellsEachHashASecondTime() throws Exception {
    String newer = "fedcba9876543210".repeat(2);
    DropContentConfig config =
        new DropContentConfig(
            Profile.BALANCED,
            List.of(),
            List.of(),
            List.of(),
            new HashKeySource(file(newer), null, "new"),
            new HashKeySource(file(KEY), null, "old"));
    Span in =
        span("chat").toBuilder()
            .addAttributes(text("user.id", "ann"))
            .addAttributes(text("user.id.previous", "a sender's own"))
            .build();
    Span out = onlySpan(clean(config, message(in)));
    assertEquals(
        "hmac:new:" + hmac(newer, "user.id", "ann"),
        Given.value(out, "user.id").orElseThrow().getStringValue());
    assertEquals(
        List.of("hmac:old:" + hmac(KEY, "user.id", "ann")),
        out.getAttributesList().stream()
            .filter(a -> a.getKey().equals("user.id.previous"))
            .map(a -> a.getValue().getStringValue())
            .toList());
  }

  /** As many as a sender may send, each told by two keys, and what was removed is told beside. */
  @ParameterizedTest
  @EnumSource(value = Profile.class, mode = EnumSource.Mode.EXCLUDE, names = "PASSTHROUGH")
  void fullListsOfIdsAreReadableWithTheirOlderHashes(Profile profile) throws Exception {
    HashKeySource source = new HashKeySource(file(KEY), null, "k7");
    HashKeySource older =
        new HashKeySource(file("another key, of at least 32 characters"), null, "k6");
    DropContentConfig config =
        new DropContentConfig(
            profile, List.of(), List.of(), List.of("/app\\.id\\..*/"), source, older);
    List<KeyValue> ids = new ArrayList<>();
    for (int i = 0; i < 1023; i++) {
      ids.add(text("app.id." + i, "ann"));
    }
    ids.add(text("gen_ai.prompt", "how do I"));
    Span.Builder span = span("chat").toBuilder().addAllAttributes(ids);
    span.addEvents(Span.Event.newBuilder().addAllAttributes(ids))
        .addLinks(
            Span.Link.newBuilder()
                .setTraceId(span.getTraceId())
                .setSpanId(span.getSpanId())
                .addAllAttributes(ids));
    TracesData.Builder full = message(span.build()).toBuilder();
    ResourceSpans.Builder resource = full.getResourceSpansBuilder(0);
    resource.getResourceBuilder().addAllAttributes(ids);
    resource.getScopeSpansBuilder(0).getScopeBuilder().addAllAttributes(ids);
    SpanView view = clean(config, full.build()).view().moveTo(0);
    assertEquals(2046, view.resourceAttributes().count());
    assertEquals(2046, view.scopeAttributes().count());
    assertEquals(2046 + 3, view.attributes().count());
    assertEquals(2046, view.event(0).attributes().count());
    assertEquals(2046, view.link(0).attributes().count());
    assertEquals(1, view.droppedAttributesCount());
  }

  /** Neighbours with equal and unequal values, in all orders. */
  @Test
  void eachValueHasItsOwnHash() throws Exception {
    DropContentConfig config = keyed(Profile.STRICT, file(KEY), "k");
    KeyTable keys = keys(config);
    DropContent gate = new DropContent(config, keys);
    List<AnyValue> values = new ArrayList<>();
    for (String value : List.of("ann", "ann", "bob", "ann", "5", "bob", "bobby")) {
      values.add(Given.string(value));
    }
    values.add(integer('5')); // on the wire the same byte as the text 5
    for (int round = 0; round < 2; round++) {
      ScopeSpans.Builder scope = ScopeSpans.newBuilder();
      values.forEach(
          v -> scope.addSpans(span("a").toBuilder().addAttributes(attribute("user.id", v))));
      TracesData message =
          TracesData.newBuilder()
              .addResourceSpans(ResourceSpans.newBuilder().addScopeSpans(scope))
              .build();
      TracesData out = dev.tollspan.spans.Batches.message(clean(gate, keys, message));
      for (int i = 0; i < values.size(); i++) {
        AnyValue in = values.get(i);
        String text = in.hasIntValue() ? Long.toString(in.getIntValue()) : in.getStringValue();
        Span span = out.getResourceSpans(0).getScopeSpans(0).getSpans(i);
        assertEquals(
            "hmac:k:" + hmac(KEY, "user.id", text),
            Given.value(span, "user.id").orElseThrow().getStringValue());
      }
    }
    assertEquals(2 * values.size(), gate.hashedValues());
  }

  @Test
  void whatIsNoIdIsRemoved() {
    Span in =
        span("chat").toBuilder()
            .addAttributes(attribute("user.id", Given.array(Given.string("ann"))))
            .build();
    Span out = onlySpan(clean(DropContentConfig.defaults(), message(in)));
    assertEquals(1, out.getDroppedAttributesCount());
    assertTrue(Given.number(out, "content.removed.person.bytes") > 0);
  }

  @ParameterizedTest
  @CsvSource({
    "tenant.id, chat, true",
    "organization.id, chat, true",
    "llm.user, inference.request, true",
    "llm.user, chat, false",
    "gen_ai.conversation.id, chat, false",
    "gen_ai.request.id, chat, false",
    "client.address, chat, false",
    "lk.participant_identity, chat, false",
    "metadata.user_api_key_user_email, chat, false",
    "metadata.user_api_key_team_id, chat, true",
    "metadata.user_api_key_alias, chat, false",
    "request_id, chat, false",
    "rid, chat, false",
    "mcp.request.id, chat, false",
    "gen_ai.prompt.0.tool_call_id, chat, false",
    "gen_ai.tool.call.id, chat, true",
    "retrieval.documents.3.document.id, chat, false",
  })
  void tenantsStayReadableAndPeopleDoNot(String key, String name, boolean readable) {
    Span in = span(name).toBuilder().addAttributes(text(key, "acme-7")).build();
    for (Profile profile : List.of(Profile.STRICT, Profile.BALANCED)) {
      Span out = onlySpan(clean(DropContentConfig.of(profile), message(in)));
      String value = Given.value(out, key).orElseThrow().getStringValue();
      assertEquals(readable, value.equals("acme-7"), value);
      assertEquals(!readable, value.startsWith("hmac:run-"), value);
    }
  }

  /** The peer of a server is who called it. */
  @ParameterizedTest
  @ValueSource(strings = {"net.peer.name", "net.peer.ip", "network.peer.address"})
  void aPeerIsReadableWhereItIsCalled(String key) {
    for (int kind = 0; kind <= 5; kind++) {
      Span in = span("chat").toBuilder().setKindValue(kind).addAttributes(text(key, "::1")).build();
      for (Profile profile : List.of(Profile.STRICT, Profile.BALANCED)) {
        Span out = onlySpan(clean(DropContentConfig.of(profile), message(in)));
        String value = Given.value(out, key).orElseThrow().getStringValue();
        assertEquals(kind >= 3, value.equals("::1"), value);
        assertEquals(kind < 3, value.startsWith("hmac:run-"), value);
      }
    }
  }

  @Test
  void aKeyThatCannotBeReadOrIsWeakIsAProblemOfTheStart() throws IOException {
    Path shorter = file(KEY.substring(1) + "\r\n");
    Path missing = folder.resolve("missing");
    Path repeated = file("ab".repeat(32));
    for (Path path : List.of(shorter, missing, repeated)) {
      DropContentConfig config = keyed(Profile.STRICT, path, null);
      KeyTable keys = keys(config);
      String message =
          assertThrows(IllegalArgumentException.class, () -> new DropContent(config, keys))
              .getMessage();
      assertTrue(message.contains("key for hashes"), message);
      assertFalse(message.contains(KEY.substring(0, 8)), message);
      assertThrows(IllegalArgumentException.class, config.hashKey()::check);
    }
  }

  @Test
  void theOlderKeyIsAnother() throws IOException {
    HashKeySource one = new HashKeySource(file(KEY), null, "new");
    HashKeySource two = new HashKeySource(one.file(), null, "old");
    List<String> none = List.of();
    assertThrows(
        IllegalArgumentException.class,
        () -> new DropContentConfig(Profile.STRICT, none, none, none, one, two));
    DropContentConfig config =
        new DropContentConfig(
            Profile.STRICT,
            List.of(),
            List.of(),
            List.of(),
            new HashKeySource(file(KEY), null, "new"),
            new HashKeySource(file(KEY + "\n"), null, "old"));
    KeyTable keys = keys(config);
    String message =
        assertThrows(IllegalArgumentException.class, () -> new DropContent(config, keys))
            .getMessage();
    assertTrue(message.contains("older key for hashes"), message);
  }

  @Test
  void aKeyMayComeFromTheEnvironment() {
    Map<String, String> environment = Map.of("IDS", KEY);
    HashKeySource source = new HashKeySource(null, "IDS", null);
    assertTrue(HashKey.load(source, environment::get).prefix().length > "hmac::".length());
    HashKeySource unset = new HashKeySource(null, "OTHER", null);
    assertThrows(IllegalArgumentException.class, () -> HashKey.load(unset, environment::get));
    assertThrows(IllegalArgumentException.class, () -> new HashKeySource(folder, "IDS", null));
    assertThrows(IllegalArgumentException.class, () -> new HashKeySource(null, null, "id"));
    assertThrows(IllegalArgumentException.class, () -> new HashKeySource(null, "IDS", "an id"));
  }

  private DropContentConfig keyed(Profile profile, Path file, String id) {
    return new DropContentConfig(
        profile,
        List.of(),
        List.of(),
        List.of(),
        new HashKeySource(file, null, id),
        HashKeySource.NONE);
  }

  private Path file(String key) throws IOException {
    return Files.writeString(Files.createTempFile(folder, "key", ""), key);
  }

  private static String hmac(String secret, String key, String value)
      throws GeneralSecurityException {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(secret.getBytes(UTF_8), "HmacSHA256"));
    byte[] digest = mac.doFinal((key + "\0" + value).getBytes(UTF_8));
    return HexFormat.of().formatHex(digest, 0, 16);
  }
}
