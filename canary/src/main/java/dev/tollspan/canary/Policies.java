package dev.tollspan.canary;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.Descriptors.FieldDescriptor;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** What is declared of each field that can hold text: policies.tsv. */
final class Policies {
  /** A single word may be what belongs there, so it proves nothing if it stays. */
  private static final Set<String> ADMIT_A_WORD = Set.of("shape", "by key");

  private Policies() {}

  /** The declared policies by the full name of their field, in the order of the file. */
  static Map<String, String> read() {
    Map<String, String> policies = new LinkedHashMap<>();
    try (InputStream in = Policies.class.getResourceAsStream("policies.tsv");
        BufferedReader lines = new BufferedReader(new InputStreamReader(in, UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (!line.startsWith("#")) {
          int tab = line.indexOf('\t');
          policies.put(line.substring(0, tab), line.substring(tab + 1));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return policies;
  }

  /** Whether nothing at all may stay in this field; so it is of a field of which nobody knows. */
  static boolean isRemovedWhole(FieldDescriptor field, Map<String, String> policies) {
    return !ADMIT_A_WORD.contains(policies.getOrDefault(field.getFullName(), ""));
  }
}
