package dev.tollspan.priceimport;

import static java.util.Map.entry;

import java.math.BigDecimal;
import java.math.MathContext;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Reads the prices of one model of genai-prices. One model, one thread.
 *
 * <p>Prices are a map, or a list that is tried last to first, each with a start date, a daily
 * window, or neither. Variants hold for a service tier and replace single prices.
 */
final class GenaiModel {
  /** What a price key means: count times price divided by {@code per}, in the class's unit. */
  private record Meaning(TokenClass tokenClass, int per) {}

  private static final Map<String, Meaning> KEYS =
      Map.ofEntries(
          entry("input_mtok", new Meaning(TokenClass.INPUT, 1)),
          entry("cache_read_mtok", new Meaning(TokenClass.CACHE_READ, 1)),
          entry("cache_write_mtok", new Meaning(TokenClass.CACHE_WRITE, 1)),
          entry("cache_write_5m_mtok", new Meaning(TokenClass.CACHE_WRITE_5M, 1)),
          entry("cache_write_1h_mtok", new Meaning(TokenClass.CACHE_WRITE_1H, 1)),
          entry("input_audio_mtok", new Meaning(TokenClass.INPUT_AUDIO, 1)),
          entry("cache_audio_read_mtok", new Meaning(TokenClass.CACHE_READ_AUDIO, 1)),
          entry("input_image_mtok", new Meaning(TokenClass.INPUT_IMAGE, 1)),
          entry("cache_image_read_mtok", new Meaning(TokenClass.CACHE_READ_IMAGE, 1)),
          entry("output_mtok", new Meaning(TokenClass.OUTPUT, 1)),
          entry("output_reasoning_mtok", new Meaning(TokenClass.REASONING, 1)),
          entry("output_audio_mtok", new Meaning(TokenClass.OUTPUT_AUDIO, 1)),
          entry("output_image_mtok", new Meaning(TokenClass.OUTPUT_IMAGE, 1)),
          entry("output_citation_mtok", new Meaning(TokenClass.CITATION, 1)),
          entry("input_mchars", new Meaning(TokenClass.CHARACTER, 1_000_000)),
          entry("input_document_kpages", new Meaning(TokenClass.PAGE, 1000)),
          entry("rerank_searches_kcount", new Meaning(TokenClass.SEARCH, 1000)),
          entry("web_searches_kcount", new Meaning(TokenClass.WEB_SEARCH, 1000)),
          entry("storage_searches_kcount", new Meaning(TokenClass.FILE_SEARCH, 1000)),
          entry("code_executions_kcount", new Meaning(TokenClass.CODE_EXEC, 1000)),
          entry("audio_hours", new Meaning(TokenClass.AUDIO_SECOND, 3600)),
          entry("input_audio_hours", new Meaning(TokenClass.AUDIO_SECOND, 3600)));

  private static final Map<Map<String, Object>, String> TIERS =
      Map.of(
          Map.of("processing", "batch"), "batch",
          Map.of("service_tier", "flex"), "flex",
          Map.of("service_tier", "priority"), "priority",
          Map.of("service_tier", "fast"), "priority",
          Map.of("speed", "fast"), "fast");

  private static final Pattern TIME = Pattern.compile("\\d\\d:\\d\\d(:.*)?");
  private static final Pattern DATE = Pattern.compile("(19|20|21)\\d\\d-\\d\\d-\\d\\d");

  private final Map<String, Object> model;
  private final String path;
  private final Lints lints;
  private final Decimals decimals;
  private final List<Rate> rates = new ArrayList<>();
  private final List<LocalDate> starts = new ArrayList<>();
  private boolean feeLeftOut;

  GenaiModel(Map<String, Object> model, String path, Lints lints) {
    this.model = model;
    this.path = path;
    this.lints = lints;
    this.decimals = new Decimals(lints);
  }

  /** The rates; none if the model is left out, which a lint then says. */
  List<Rate> rates() {
    List<Map<String, Object>> dated = Json.objects(model, "prices");
    String remark = Json.text(model, "price_comments");
    if (remark.startsWith("Imported from OpenRouter") && !remark.contains("Verified against")) {
      lints.add(Defect.IMPORTED_ELSEWHERE, path);
      return List.of();
    }
    if (!isClear(dated)) {
      lints.add(Defect.DATES_UNCLEAR, path);
      return List.of();
    }
    if (dated.isEmpty()) {
      starts.add(LocalDate.MIN);
      rates.addAll(prices(Json.object(model, "prices"), Rate.STANDARD, path));
    } else if (!dated(dated)) {
      lints.add(Defect.WINDOW_WITHOUT_DATE, path);
      return List.of();
    }
    if (rates.isEmpty()) {
      lints.add(Defect.NO_PRICE, path);
      return List.of();
    }
    variants();
    if (!Plausible.dropDear(rates, lints, path)) {
      return List.of();
    }
    Plausible.dropDearReads(rates, lints, path);
    Groups.dropCheapWrites(rates, lints, path);
    Groups.addFiveMinutes(rates);
    if (feeLeftOut) {
      lints.add(Defect.FEE_LEFT_OUT, path);
      rates.replaceAll(rate -> rate.asEstimate("without the fee for each request"));
    }
    return Groups.joined(rates);
  }

  /** Whether all dates and hours are some, and the dates come in their order. */
  private static boolean isClear(List<Map<String, Object>> entries) {
    String last = null;
    for (Map<String, Object> entry : entries) {
      Map<String, Object> constraint = Json.object(entry, "constraint");
      String date = Json.text(constraint, "start_date");
      if (constraint.containsKey("start_time")) {
        if (!TIME.matcher(Json.text(constraint, "start_time")).matches()
            || !TIME.matcher(Json.text(constraint, "end_time")).matches()
            || !hours(constraint).isClear()) {
          return false;
        }
      } else if (!isDate(date) || (last != null && last.compareTo(date) >= 0)) {
        return false;
      } else {
        last = date;
      }
    }
    return entries.isEmpty() || last != null;
  }

  /** Whether it is a date that a book can hold, or empty for an open start. */
  private static boolean isDate(String text) {
    if (text.isEmpty()) {
      return true;
    }
    try {
      return DATE.matcher(text).matches() && LocalDate.parse(text).isAfter(LocalDate.EPOCH);
    } catch (DateTimeParseException e) {
      return false;
    }
  }

  /** Whether every daily window comes after a date from which it can be taken to hold. */
  private boolean dated(List<Map<String, Object>> entries) {
    for (Map<String, Object> entry : entries) {
      Map<String, Object> constraint = Json.object(entry, "constraint");
      if (!constraint.containsKey("start_time")) {
        starts.add(start(constraint));
      }
    }
    LocalDate last = starts.getLast();
    int place = 0;
    for (Map<String, Object> entry : entries) {
      Map<String, Object> constraint = Json.object(entry, "constraint");
      List<Rate> found = prices(Json.object(entry, "prices"), Rate.STANDARD, path);
      if (constraint.containsKey("start_time")) {
        if (last.equals(LocalDate.MIN)) {
          return false;
        }
        Hours hours = hours(constraint);
        lints.add(Defect.WINDOW_DATED, path, hours.window() + " from " + last);
        Validity validity = new Validity(last, LocalDate.MAX);
        found.forEach(rate -> rates.add(rate.withHours(hours).withValidity(validity)));
      } else {
        LocalDate end = place + 1 < starts.size() ? starts.get(place + 1) : LocalDate.MAX;
        Validity validity = new Validity(starts.get(place), end);
        found.forEach(rate -> rates.add(rate.withValidity(validity)));
        place++;
      }
    }
    return true;
  }

  private static LocalDate start(Map<String, Object> constraint) {
    String date = Json.text(constraint, "start_date");
    return date.isEmpty() ? LocalDate.MIN : LocalDate.parse(date);
  }

  private static Hours hours(Map<String, Object> constraint) {
    String start = Json.text(constraint, "start_time").substring(0, 5);
    String end = Json.text(constraint, "end_time").substring(0, 5);
    return new Hours(start + "-" + end + "Z", "");
  }

  private List<Rate> prices(Map<String, Object> prices, String tier, String where) {
    List<Rate> found = new ArrayList<>();
    Map<String, Object> sorted = new TreeMap<>(prices);
    if (sorted.containsKey("audio_hours")) {
      sorted.remove("input_audio_hours"); // the same hours by another name
    }
    for (Map.Entry<String, Object> member : sorted.entrySet()) {
      String full = where + "/" + member.getKey();
      Meaning meaning = KEYS.get(member.getKey());
      if (meaning == null) {
        // The fee of a request is the highest of those by search context size.
        boolean request = member.getKey().equals("requests_kcount");
        Defect defect = request ? Defect.BY_SEARCH_CONTEXT : Defect.NON_TOKEN_UNIT;
        lints.add(defect, full, member.getValue());
        feeLeftOut |= request;
      } else if (member.getValue() instanceof BigDecimal number) {
        found.add(rate(meaning, tier, number, full));
      } else {
        found.addAll(tiered(meaning, tier, Json.asObject(member.getValue()), full));
      }
    }
    return found;
  }

  private Rate rate(Meaning meaning, String tier, BigDecimal number, String full) {
    TokenClass tokenClass = meaning.tokenClass();
    BigDecimal per = BigDecimal.valueOf(meaning.per());
    BigDecimal price = number.divide(per, MathContext.DECIMAL128);
    Rate rate =
        Rate.of(
            tokenClass,
            tokenClass.isToolFee() && tier.equals(Rate.STANDARD) ? Rate.ANY : tier,
            decimals.fitted(price, tokenClass, full));
    boolean rounded = rate.price().multiply(per).compareTo(number) != 0;
    return rounded ? rate.withNotes("rounded, times " + per + " is " + number) : rate;
  }

  private List<Rate> tiered(Meaning meaning, String tier, Map<String, Object> tiers, String full) {
    List<Rate> bands = new ArrayList<>();
    if (tiers.get("base") instanceof BigDecimal base) {
      bands.add(rate(meaning, tier, base, full));
    } else {
      lints.add(Defect.THRESHOLD_WITHOUT_BASE, full);
      return bands;
    }
    for (Map<String, Object> step : Json.objects(tiers, "tiers")) {
      if (step.get("start") instanceof BigDecimal start
          && step.get("price") instanceof BigDecimal price
          && Band.isThreshold(start)) {
        bands.add(rate(meaning, tier, price, full).withBand(band(start.longValueExact(), full)));
      } else {
        lints.add(Defect.BANDS_UNCLEAR, full, step);
      }
    }
    Groups.dropDoubles(bands, lints, full);
    return Groups.banded(bands);
  }

  /** More than 199,999 tokens are 200,000 or more. */
  private Band band(long start, String full) {
    if (start % 1000 == 999) {
      lints.add(Defect.INCLUSIVE_THRESHOLD, full, start);
      return Band.above(start + 1, true);
    }
    return Band.above(start, false);
  }

  private void variants() {
    Map<String, NavigableMap<LocalDate, Map<String, Object>>> byTier = new TreeMap<>();
    for (Map<String, Object> variant : Json.objects(model, "price_variants")) {
      Map<String, Object> when = Json.object(variant, "when");
      Map<String, Object> prices = Json.object(variant, "prices");
      String tier = TIERS.get(when);
      if (!isDate(Json.text(Json.object(variant, "constraint"), "start_date"))) {
        lints.add(Defect.DATES_UNCLEAR, path + "/price_variants", when);
      } else if (tier != null && !prices.isEmpty()) {
        byTier
            .computeIfAbsent(tier, _ -> new TreeMap<>())
            .putIfAbsent(start(Json.object(variant, "constraint")), prices);
      } else if (!prices.isEmpty()) {
        lints.add(Defect.UNKNOWN_TIER, path + "/price_variants", when);
      }
    }
    byTier.forEach(this::variant);
  }

  /**
   * The first date of a tier is the day on which the catalogue learned to record tiers, so its
   * prices are taken to hold as long as the standard prices beside them.
   */
  private void variant(String tier, NavigableMap<LocalDate, Map<String, Object>> byDate) {
    String where = path + "/price_variants/" + tier;
    for (Map.Entry<LocalDate, Map<String, Object>> dated : byDate.entrySet()) {
      LocalDate from = dated.getKey();
      LocalDate next = byDate.higherKey(from);
      if (from.equals(byDate.firstKey())) {
        LocalDate opened = standardStart(from);
        if (!opened.equals(from)) {
          lints.add(Defect.OPENED_BACK, where, from);
          from = opened;
        }
      }
      Validity validity = new Validity(from, next == null ? LocalDate.MAX : next);
      for (Rate rate : prices(dated.getValue(), tier, where)) {
        rates.add(rate.withValidity(validity));
      }
    }
  }

  private LocalDate standardStart(LocalDate day) {
    return starts.stream()
        .filter(start -> !start.isAfter(day))
        .max(Comparator.naturalOrder())
        .orElse(day);
  }
}
