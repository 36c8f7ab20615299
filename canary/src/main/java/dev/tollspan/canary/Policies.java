package dev.tollspan.canary;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.Descriptors.FieldDescriptor;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** What is declared of each field that can hold text: policies.tsv. */
final class Policies {
  /** A single word may be what belongs there, so it proves nothing if it stays. */
  private static final Set<String> ADMIT_A_WORD = Set.of("shape", "by key");

  /**
   * A row.
   *
   * @param policy of profile strict
   * @param files that hold the field where the gate lets everything pass
   */
  record Policy(String policy, Set<Store> files) {
    Policy {
      files = Set.copyOf(files);
    }
  }

  private Policies() {}

  /** The declared policies by the full name of their field, in the order of the file. */
  static Map<String, Policy> read() {
    Map<String, Policy> policies = new LinkedHashMap<>();
    try (InputStream in = Policies.class.getResourceAsStream("policies.tsv");
        BufferedReader lines = new BufferedReader(new InputStreamReader(in, UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (!line.startsWith("#")) {
          String[] cells = line.split("\t", -1);
          policies.put(cells[0], new Policy(cells[1], files(cells[2])));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return policies;
  }

  private static Set<Store> files(String kinds) {
    return switch (kinds) {
      case "all" -> EnumSet.of(Store.NDJSON, Store.PARQUET);
      case "parquet" -> EnumSet.of(Store.PARQUET);
      case "none" -> EnumSet.noneOf(Store.class);
      default -> throw new IllegalStateException("no kind of files: " + kinds);
    };
  }

  /** Whether nothing at all may stay in this field; so it is of a field of which nobody knows. */
  static boolean isRemovedWhole(FieldDescriptor field, Map<String, Policy> policies) {
    Policy policy = policies.get(field.getFullName());
    return policy == null || !ADMIT_A_WORD.contains(policy.policy());
  }
}
