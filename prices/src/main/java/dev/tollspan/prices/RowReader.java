package dev.tollspan.prices;

import dev.tollspan.prices.BookFile.Cell;
import dev.tollspan.prices.PriceRow.Mode;
import dev.tollspan.prices.PriceRow.Status;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Makes a row of its cells, or says what is wrong with them. One thread, which owns the fields that
 * change: they tell of the row in hand.
 */
final class RowReader {
  private static final Pattern DECIMAL = Pattern.compile("\\d{1,20}(\\.\\d{1,60})?");
  private static final Pattern NEGATIVE = Pattern.compile("-\\d{1,20}(\\.\\d{1,60})?");
  private static final Pattern SPAN = Pattern.compile("(\\d\\d):(\\d\\d)-(\\d\\d):(\\d\\d)(Z?)");
  private static final List<String> DAYS = List.of("mon", "tue", "wed", "thu", "fri", "sat", "sun");
  private static final int EVERY_DAY = 0x7f;
  private static final int NAME_CHARS_MAX = 500;
  private static final BigDecimal FACTOR_MAX = BigDecimal.valueOf(1000);
  private static final List<String> FIRST_BANDS = List.of("any", "base", "band1");

  private final Book book;
  private final Problems problems;
  private int line;
  private boolean bad;
  private Map<String, Cell> cells = Map.of();

  RowReader(Book book, Problems problems) {
    this.book = book;
    this.problems = problems;
  }

  /** The row, or null if there was a problem. */
  @Nullable Row read(int line, Map<String, Cell> cells) {
    this.line = line;
    this.cells = cells;
    bad = false;
    TokenClass priced = TokenClass.of(text("token_class"));
    if (priced == null) {
      problem("token_class", Problems.shown(text("token_class")) + " is no token class");
      return null;
    }
    String provider = provider(line, cells.getOrDefault("provider", Cell.NONE));
    String tier = text("service_tier");
    if (tier.isEmpty()) {
      tier = priced.isTokens() ? Tiers.STANDARD : Tiers.ANY;
    }
    String region = text("region_class").toLowerCase(Locale.ROOT);
    boolean multiplier = text("unit").equals(Units.MULTIPLIER);
    BigDecimal value = multiplier ? factor(priced) : price(priced);
    long above = above();
    Mode mode = choice("context_mode", Mode.class, Mode.WHOLE_REQUEST);
    Status status = choice("status", Status.class, Status.LIST);
    Instant from = instant("effective_from");
    Instant to = instant("effective_to");
    if (from != null && to != null && !from.isBefore(to)) {
      problem("effective_to", "is not after effective_from");
    }
    DailyWindow window = window();
    checkRest();
    PriceRow told =
        new PriceRow(
            provider,
            name("model"),
            priced,
            Tiers.id(provider, tier),
            region.isEmpty() ? Regions.ANY : region,
            text("context_band").isEmpty() ? "any" : text("context_band"),
            above,
            mode,
            String.join(" ", text("daily_window"), text("weekdays"), text("zone")).strip(),
            from,
            to,
            text("price"),
            text("unit"),
            text("source"),
            text("checked_at"),
            status,
            text("notes"),
            book.source(),
            line);
    return bad
        ? null
        : new Row(told, value, multiplier, nanos(from, true), nanos(to, false), window);
  }

  /** The provider's id; a framework is refused. */
  String provider(int line, Cell cell) {
    String text = cell.text();
    String id = text.equals(Providers.ANY) ? text : Providers.id(text);
    if (id.equals(Providers.ANY) && !text.isEmpty() && !text.equals(id)) {
      problems.error(
          new Problem(book.file(), line, cell.column(), "provider: " + text + " bills nobody"));
      bad = true;
    }
    return id;
  }

  private String name(String column) {
    String name = text(column);
    if (name.length() > NAME_CHARS_MAX) {
      problem(column, "has more than " + NAME_CHARS_MAX + " characters");
    }
    return name;
  }

  private @Nullable BigDecimal decimal() {
    String text = text("price");
    if (NEGATIVE.matcher(text).matches()) {
      problem("price", text + " is negative");
    } else if (!DECIMAL.matcher(text).matches()) {
      problem("price", Problems.shown(text) + " is no decimal");
    } else {
      return new BigDecimal(text).stripTrailingZeros();
    }
    return null;
  }

  private @Nullable BigDecimal factor(TokenClass priced) {
    if (priced != TokenClass.ALL_TOKENS) {
      problem("unit", "a multiplier acts on all_tokens");
    }
    BigDecimal factor = decimal();
    if (factor != null && (factor.signum() == 0 || factor.compareTo(FACTOR_MAX) > 0)) {
      problem("price", "a multiplier is above 0 and at most " + FACTOR_MAX);
    }
    return factor;
  }

  private @Nullable BigDecimal price(TokenClass priced) {
    if (priced == TokenClass.ALL_TOKENS) {
      problem("unit", "the unit of all_tokens is multiplier");
      return null;
    }
    long size = Units.size(text("unit"), priced);
    if (size == 0) {
      String unit = Problems.shown(text("unit"));
      problem("unit", unit + " is no unit of " + priced.label() + ": " + Units.allowed(priced));
    }
    if (text("price").equals(Row.DYNAMIC)) {
      return null;
    }
    BigDecimal usd = decimal();
    if (usd == null || size == 0) {
      return null;
    }
    if (priced == TokenClass.GPU_TIME) {
      return usd; // for the ledger, which has its own arithmetic
    }
    BigDecimal atto = Units.atto(usd, size);
    if (atto == null) {
      problem("price", "one costs no whole number of 10^-18 USD, so sums would not be exact");
    } else if (!Units.fits(atto)) {
      problem("price", "one costs more than 9 USD; is the unit right?");
    }
    return atto;
  }

  private long above() {
    String band = text("context_band");
    String threshold = text("context_threshold");
    String operator = text("context_operator");
    boolean first = band.isEmpty() || FIRST_BANDS.contains(band);
    if (threshold.isEmpty()) {
      if (!first) {
        problem("context_band", Problems.shown(band) + " has no context_threshold");
      }
      if (!operator.isEmpty()) {
        problem("context_operator", "there is no context_threshold");
      }
      return -1;
    }
    if (first) {
      problem("context_threshold", "the first band has none");
    }
    boolean inclusive = operator.equals("gte");
    if (!inclusive && !operator.equals("gt")) {
      problem("context_operator", "must be gt or gte");
    }
    if (!threshold.matches("[1-9]\\d{0,14}")) {
      problem("context_threshold", Problems.shown(threshold) + " is no number of tokens");
      return 0;
    }
    return Long.parseLong(threshold) - (inclusive ? 1 : 0);
  }

  private <E extends Enum<E>> E choice(String column, Class<E> type, E otherwise) {
    String text = text(column);
    if (text.isEmpty()) {
      return otherwise;
    }
    for (E each : type.getEnumConstants()) {
      if (each.name().toLowerCase(Locale.ROOT).equals(text)) {
        return each;
      }
    }
    List<String> names = new ArrayList<>();
    for (E each : type.getEnumConstants()) {
      names.add(each.name().toLowerCase(Locale.ROOT));
    }
    problem(column, Problems.shown(text) + " is none of " + String.join(", ", names));
    return otherwise;
  }

  private @Nullable Instant instant(String column) {
    String text = text(column);
    if (text.isEmpty()) {
      return null;
    }
    try {
      Instant instant =
          text.indexOf('T') < 0
              ? LocalDate.parse(text).atStartOfDay().toInstant(ZoneOffset.UTC)
              : OffsetDateTime.parse(text).toInstant();
      int year = instant.atOffset(ZoneOffset.UTC).getYear();
      if (year >= 1970 && year < 2200) {
        return instant;
      }
    } catch (DateTimeException e) {
      // said below
    }
    problem(column, Problems.shown(text) + " is no date like 2026-03-13 or 2026-03-13T00:00:00Z");
    return null;
  }

  private static long nanos(@Nullable Instant instant, boolean from) {
    if (instant == null) {
      return from ? Long.MIN_VALUE : Long.MAX_VALUE;
    }
    return instant.getEpochSecond() * 1_000_000_000 + instant.getNano();
  }

  private @Nullable DailyWindow window() {
    String hours = text("daily_window");
    String days = text("weekdays");
    if (hours.isEmpty() && days.isEmpty()) {
      if (!text("zone").isEmpty()) {
        problem("zone", "there is neither a daily_window nor weekdays");
      }
      return null;
    }
    List<int[]> spans = new ArrayList<>();
    boolean utc = hours.endsWith("Z");
    for (String span : hours.isEmpty() ? List.<String>of() : List.of(hours.split(",", -1))) {
      Matcher matcher = SPAN.matcher(span.strip());
      int begin = matcher.matches() ? minute(matcher.group(1), matcher.group(2)) : -1;
      int end = begin < 0 ? -1 : minute(matcher.group(3), matcher.group(4));
      if (begin < 0 || end < 0 || begin == end || begin == DailyWindow.DAY) {
        problem("daily_window", Problems.shown(span) + " is no window like 16:30-00:30Z");
      } else if (utc == matcher.group(5).isEmpty()) {
        problem("daily_window", "some end in Z, some do not");
      }
      spans.add(new int[] {begin, end});
    }
    if (spans.isEmpty()) {
      spans.add(new int[] {0, DailyWindow.DAY});
    }
    int weekdays = weekdays(days);
    ZoneId zone = zone(utc);
    return bad || zone == null ? null : new DailyWindow(spans, weekdays, zone);
  }

  private static int minute(String hour, String minute) {
    int h = Integer.parseInt(hour);
    int m = Integer.parseInt(minute);
    return m < 60 && h * 60 + m <= DailyWindow.DAY ? h * 60 + m : -1;
  }

  private int weekdays(String text) {
    int bits = text.isEmpty() ? EVERY_DAY : 0;
    for (String part : text.isEmpty() ? List.<String>of() : List.of(text.split(",", -1))) {
      String[] ends = part.strip().toLowerCase(Locale.ROOT).split("-", -1);
      int first = DAYS.indexOf(ends[0]);
      int last = DAYS.indexOf(ends[ends.length - 1]);
      if (ends.length > 2 || first < 0 || last < 0) {
        problem("weekdays", Problems.shown(part) + " is no day like Mon, and no days like Mon-Fri");
        return EVERY_DAY;
      }
      for (int day = first; ; day = (day + 1) % 7) {
        bits |= 1 << day;
        if (day == last) {
          break;
        }
      }
    }
    return bits;
  }

  private @Nullable ZoneId zone(boolean utc) {
    String text = text("zone");
    if (text.isEmpty() && utc) {
      return ZoneOffset.UTC;
    }
    if (text.isEmpty()) {
      problem("daily_window", "a window needs a zone: a Z behind its hours, or the column zone");
      return null;
    }
    try {
      ZoneId zone = ZoneId.of(text).normalized();
      if (utc && !zone.equals(ZoneOffset.UTC)) {
        problem("zone", "the hours end in Z already");
      }
      return zone;
    } catch (DateTimeException e) {
      problem("zone", Problems.shown(text) + " is no zone like Asia/Shanghai");
      return null;
    }
  }

  private void checkRest() {
    String currency = text("currency");
    if (!currency.isEmpty() && !currency.equals("USD")) {
      problem("currency", Problems.shown(currency) + " is not USD");
    }
    if (!text("checked_at").isEmpty()) {
      instant("checked_at");
    }
  }

  private String text(String column) {
    return cells.getOrDefault(column, Cell.NONE).text();
  }

  private void problem(String column, String cause) {
    bad = true;
    int at = cells.getOrDefault(column, Cell.NONE).column();
    problems.error(new Problem(book.file(), line, at, column + ": " + cause));
  }
}
