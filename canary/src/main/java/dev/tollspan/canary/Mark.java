package dev.tollspan.canary;

import java.util.Set;
import java.util.regex.Pattern;

/**
 * A word that stands nowhere else in the world, and a request of one span that holds it in one
 * place. Whatever holds the word holds a piece of a prompt.
 *
 * @param transport the way that it is sent
 * @param place where it stands: fields from the request down, and how
 * @param encoding in which clothes
 * @param request an ExportTraceServiceRequest of one resource and one span; requests put one after
 *     the other are one request of all their spans
 * @param forms how the word may look in a file
 * @param shortText whether it is a short text, or a key, that no family of content holds: what
 *     profile balanced does not promise to remove
 * @param stores those that hold it behind a gate that is as open as may be
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record Mark(
    String word,
    Transport transport,
    String place,
    String encoding,
    byte[] request,
    Set<String> forms,
    boolean shortText,
    Set<Store> stores) {
  private static final Pattern IN_VALUE =
      Pattern.compile("attributes\\.value\\.(?!string_value|bytes_value|\\(unknown).*");

  public Mark {
    forms = Set.copyOf(forms);
    stores = Set.copyOf(stores);
  }

  /** The place without its details: those of one kind are alike to whoever removes them. */
  public String kind() {
    String once = place.replace(" (sent twice)", "");
    String kind = IN_VALUE.matcher(once).replaceFirst("attributes.value (lists, maps)");
    return kind.replaceFirst("attributes\\.value\\.\\w+", "attributes.value")
        .replaceFirst("(attributes\\.)?(value\\.)?\\(unknown field\\)", "(unknown fields)");
  }
}
