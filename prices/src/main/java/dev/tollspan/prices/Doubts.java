package dev.tollspan.prices;

import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a found model's name leaves open until a call's time and counts are known.
 *
 * @param searches whether the model searches the web in each call, for a fee of its own
 * @param seenNanos the day on which the book saw to which model the name leads, if it leads to
 *     another from time to time; else the beginning of time
 */
record Doubts(boolean searches, long seenNanos) {
  private static final long NANOS_PER_SECOND = 1_000_000_000;
  private static final String DATE = "[-@](?:\\d{4}-\\d{2}-\\d{2}|\\d{8}|\\d{4})";
  private static final Pattern DATED = Pattern.compile(DATE + "(?!\\d)");
  private static final Pattern SNAPSHOT = Pattern.compile(".+" + DATE);
  private static final Pattern LATEST = Pattern.compile(".*[-@]latest");
  private static final Pattern SEARCHING =
      Pattern.compile(".*(?:-search-(?:preview|api)|deep-research|sonar).*");

  /** The doubts about a model that was found. */
  static Doubts of(ModelSearch.Found found) {
    Model model = found.models().getFirst();
    String asked = found.asked().toLowerCase(Locale.ROOT);
    String name = model.name().toLowerCase(Locale.ROOT);
    boolean searches = SEARCHING.matcher(asked).matches() || SEARCHING.matcher(name).matches();
    return new Doubts(searches, isMoving(asked, name) ? seenNanos(model.rows()) : Long.MIN_VALUE);
  }

  /** The notes that they make on a call, one bit each. */
  int notes(Usage usage) {
    int notes = usage.atEpochNanos() < seenNanos ? Note.ALIAS_UNDATED.bit() : 0;
    boolean free = usage.count(Count.WEB_SEARCH) < 0 && usage.count(Count.REQUESTS) < 0;
    return searches && free ? notes | Note.FEE_UNREPORTED.bit() : notes;
  }

  /** Whether a name without a date leads to a model with one, or to whatever is the latest. */
  private static boolean isMoving(String asked, String name) {
    if (LATEST.matcher(asked).matches()) {
      return true;
    }
    boolean leads = SNAPSHOT.matcher(name).matches() || LATEST.matcher(name).matches();
    return leads && !asked.isEmpty() && !DATED.matcher(asked).find();
  }

  private static long seenNanos(List<Row> rows) {
    LocalDate last = null;
    for (Row row : rows) {
      LocalDate day = day(row.told().checkedAt());
      last = last == null || (day != null && day.isAfter(last)) ? day : last;
    }
    return last == null
        ? Long.MIN_VALUE
        : last.atStartOfDay().toEpochSecond(ZoneOffset.UTC) * NANOS_PER_SECOND;
  }

  private static @Nullable LocalDate day(String text) {
    try {
      return text.isEmpty() ? null : LocalDate.parse(text);
    } catch (DateTimeParseException e) {
      return null; // a remark of the book's author, not a day
    }
  }
}
