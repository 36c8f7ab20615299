package dev.tollspan.priceimport;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a clause that asks for a part of a name says of whole names.
 *
 * <p>A part is the front of many names and mostly a name itself ({@code claude-3-5-haiku}), but it
 * may also end within a date or a number, and then no model has that name. The names that it stands
 * for are those that one of the catalogues writes out somewhere, under any provider, provided that
 * they go on with digits and dates alone: {@code gemini-2.0-flash-001}, {@code
 * claude-sonnet-4-20250514}. Another word, or another version, may be another model.
 */
final class Fragments {
  private static final Pattern CUT =
      Pattern.compile(
          ".*[^a-z0-9]|.*-20\\d\\d|.*[a-z]-0|ft:.*-0|.*\\.claude.*-v\\d|claude-.*-v\\d"
              + "|.*instruct-v0");

  private static final Pattern REST =
      Pattern.compile("[-@]?(?:20\\d\\d-?)?(?:0[1-9]|1[0-2])-?(?:[0-2]\\d|3[01])|[-@]?\\d{3}");
  private static final Pattern BEDROCK =
      Pattern.compile("(?:[a-z-]+\\.)?anthropic\\.(claude-.*?)(?:-v\\d(?::\\d)?)?");
  private static final Pattern BACK_TO_SEPARATOR = Pattern.compile("[-@](?:20\\d\\d|0)$");

  private Fragments() {}

  /** A name without folders, and without what Bedrock puts around it. */
  static List<String> plain(String name) {
    String last = name.substring(name.lastIndexOf('/') + 1);
    Matcher bedrock = BEDROCK.matcher(last);
    String bare = bedrock.matches() ? bedrock.group(1) : last;
    return List.of(bare, bare.replace('@', '-'));
  }

  /** Whether a part ends where no name does. */
  static boolean isCut(String part) {
    return CUT.matcher(part).matches();
  }

  /** Whether a name is the part and after it a number of three digits, or a date, alone. */
  static boolean completes(String part, String name) {
    String front = BACK_TO_SEPARATOR.matcher(part).replaceFirst("");
    return name.startsWith(part)
        && REST.matcher(name.substring(front.length())).matches()
        && name.length() > part.length();
  }
}
