package dev.tollspan.usage;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tollspan.spans.KeyTable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SortedSet;
import java.util.TreeSet;

/** Who is meant by a provider's name: providers.tsv. Immutable. */
final class Providers {
  /** The number of a name that nobody knows. */
  static final int UNKNOWN = 0;

  private static final String FRAMEWORK = "-";

  private final KeyTable names;
  private final byte[][] vendors;
  private final String[] vendorNames;
  private final Family[] families;
  private final int[] dialectRows;
  private final int[] answering;

  Providers(Dialects dialects) {
    List<String[]> rows = Rows.read("providers.tsv");
    List<String> all = new ArrayList<>();
    rows.forEach(row -> all.add(row[0]));
    names = KeyTable.of(all);
    vendors = new byte[names.size() + 1][0];
    vendorNames = new String[names.size() + 1];
    families = new Family[names.size() + 1];
    dialectRows = new int[names.size() + 1];
    Arrays.fill(dialectRows, Patterns.NONE);
    dialects.providers.forEach((name, row) -> dialectRows[names.id(name)] = row);
    answering = dialects.answering.stream().mapToInt(this::known).toArray();
    vendorNames[UNKNOWN] = "";
    families[UNKNOWN] = Family.UNKNOWN;
    for (String[] row : rows) {
      int id = names.id(row[0]);
      vendorNames[id] = row[1];
      vendors[id] = row[1].getBytes(UTF_8);
      families[id] =
          row[2].isEmpty() ? Family.UNKNOWN : Family.valueOf(row[2].toUpperCase(Locale.ROOT));
    }
  }

  /** The number of a name: as it is, else of what stands before its first point. */
  int find(byte[] bytes, int offset, int length) {
    int id = names.find(bytes, offset, length);
    if (id != 0) {
      return id;
    }
    for (int i = 1; i < length; i++) {
      if (bytes[offset + i] == '.') {
        return names.find(bytes, offset, i);
      }
    }
    return UNKNOWN;
  }

  private int known(String name) {
    return name.isEmpty() ? UNKNOWN : names.id(name);
  }

  /** Who answers where a span that a row of dialects.tsv fits names nobody, or UNKNOWN. */
  int answering(int row) {
    return answering[row];
  }

  /** The row of the dialect that the name tells, or Patterns.NONE. */
  int dialectRow(int provider) {
    return dialectRows[provider];
  }

  /** Whether the name is a framework's. */
  boolean isFramework(int provider) {
    return vendorNames[provider].equals(FRAMEWORK);
  }

  /** The provider ids of the price books that names are known for. */
  static SortedSet<String> vendors() {
    SortedSet<String> vendors = new TreeSet<>();
    Rows.read("providers.tsv").forEach(row -> vendors.add(row[1]));
    vendors.remove(FRAMEWORK);
    return vendors;
  }

  /** The provider id of the price books; empty for an unknown one. */
  String vendor(int provider) {
    return vendorNames[provider];
  }

  byte[] vendorBytes(int provider) {
    return vendors[provider];
  }

  Family family(int provider) {
    return families[provider];
  }

  /** Whose counts a model's are, told by its name alone. */
  static Family familyOfModel(byte[] bytes, int offset, int length) {
    if (holds(bytes, offset, length, "claude")) {
      boolean bedrock =
          holds(bytes, offset, length, "anthropic.") || holds(bytes, offset, length, "arn:aws:");
      return bedrock ? Family.BEDROCK : Family.ANTHROPIC;
    }
    if (holds(bytes, offset, length, "gemini")) {
      return Family.GEMINI;
    }
    if (holds(bytes, offset, length, "grok-")) {
      return Family.XAI;
    }
    return holds(bytes, offset, length, "amazon.") ? Family.BEDROCK : Family.UNKNOWN;
  }

  /** Whether a model at Google may reason: all of Gemini's do since 2.5, but for embeddings. */
  static boolean mayThink(byte[] bytes, int offset, int length) {
    return holds(bytes, offset, length, "gemini")
        && !holds(bytes, offset, length, "gemini-1.")
        && !holds(bytes, offset, length, "gemini-2.0-")
        && !holds(bytes, offset, length, "embedding");
  }

  /**
   * Whether a region has a name such as eu-west-1 at aws, europe-west1 at gcp, westus2 at azure.
   */
  static boolean isRegionOf(String cloud, byte[] bytes, int offset, int length) {
    int end = offset + length;
    while (end > offset && bytes[end - 1] >= '0' && bytes[end - 1] <= '9') {
      end--;
    }
    boolean numbered = end > offset && end < offset + length;
    boolean apart = numbered && bytes[end - 1] == '-';
    return switch (cloud) {
      case "aws" -> apart;
      case "gcp" -> numbered && !apart && holds(bytes, offset, length, "-");
      default -> !holds(bytes, offset, length, "-");
    };
  }

  /** Whether a text holds these lower-case letters, in whatever case. */
  static boolean holds(byte[] bytes, int offset, int length, String part) {
    char first = part.charAt(0);
    for (int i = 0; i <= length - part.length(); i++) {
      if ((bytes[offset + i] | 0x20) == first && matches(bytes, offset + i, part)) {
        return true;
      }
    }
    return false;
  }

  private static boolean matches(byte[] bytes, int at, String part) {
    for (int i = 0; i < part.length(); i++) {
      byte b = bytes[at + i];
      if ((b >= 'A' && b <= 'Z' ? b | 0x20 : b) != part.charAt(i)) {
        return false;
      }
    }
    return true;
  }
}
