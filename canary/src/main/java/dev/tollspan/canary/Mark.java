package dev.tollspan.canary;

import java.util.Set;
import java.util.regex.Pattern;

/**
 * A word that stands nowhere else in the world, and a request of one span that holds it in one
 * place. Whatever holds the word holds a piece of a prompt.
 *
 * @param place where it stands: fields from the request down, and how
 * @param encoding in which clothes
 * @param request an ExportTraceServiceRequest of one resource and one span; requests put one after
 *     the other are one request of all their spans
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record Mark(String word, String place, String encoding, byte[] request, Set<String> forms) {
  private static final Pattern IN_VALUE =
      Pattern.compile("attributes\\.value\\.(?!string_value|bytes_value|\\(unknown).*");

  public Mark {
    forms = Set.copyOf(forms);
  }

  /** The place without its details: those of one kind are alike to whoever removes them. */
  public String kind() {
    String once = place.replace(" (sent twice)", "");
    String kind = IN_VALUE.matcher(once).replaceFirst("attributes.value (lists, maps)");
    return kind.replaceFirst("attributes\\.value\\.\\w+", "attributes.value")
        .replaceFirst("(attributes\\.)?(value\\.)?\\(unknown field\\)", "(unknown fields)");
  }
}
