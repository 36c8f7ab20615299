package dev.tollspan.canary;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Every field that can hold text has a policy, and the page on privacy shows it. */
class PoliciesTest {
  private static final Pattern ROW = Pattern.compile("(?m)^\\| `([\\w.]+)` \\| ([a-z ]+) \\|");

  @Test
  void eachFieldThatCanHoldTextHasAPolicy() {
    Set<String> fields = new TreeSet<>();
    collect(ExportTraceServiceRequest.getDescriptor(), fields, new HashSet<>());
    assertEquals(fields, new TreeSet<>(Policies.read().keySet()));
    assertTrue(fields.size() > 20, "only " + fields);
  }

  @Test
  void thePageOnPrivacyShowsThem() throws IOException {
    Path page = Path.of(System.getProperty("tollspan.root"), "docs/reference/privacy.md");
    Map<String, String> shown = new TreeMap<>();
    for (Matcher row = ROW.matcher(Files.readString(page, UTF_8)); row.find(); ) {
      shown.put(row.group(1), row.group(2).strip());
    }
    Map<String, String> declared = new TreeMap<>();
    Policies.read()
        .forEach(
            (field, policy) ->
                declared.put(
                    field.replaceFirst("opentelemetry\\.proto\\.\\w+\\.v1\\.", ""),
                    policy.policy()));
    assertEquals(declared, shown);
  }

  private static void collect(Descriptor type, Set<String> fields, Set<Descriptor> seen) {
    if (!seen.add(type)) {
      return;
    }
    for (FieldDescriptor field : type.getFields()) {
      switch (field.getJavaType()) {
        case STRING, BYTE_STRING -> fields.add(field.getFullName());
        case MESSAGE -> collect(field.getMessageType(), fields, seen);
        default -> {}
      }
    }
  }
}
