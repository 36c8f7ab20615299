package dev.tollspan.priceimport;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Reads the prices of one entry of LiteLLM's map. One entry, one thread.
 *
 * <p>Prices are USD per single unit there; thresholds are on all input and move the whole request.
 */
final class LiteLlmEntry {
  private static final Set<String> CHAT = Set.of("chat", "completion", "responses", "");
  private static final Set<TokenClass> MAIN = EnumSet.of(TokenClass.INPUT, TokenClass.OUTPUT);
  private static final String OLD_CACHE_READ = "input_cost_per_token_cache_hit";
  private static final String CACHE_READ = "cache_read_input_token_cost";

  /** Prices in another currency beside those in USD, and fees that are read elsewhere. */
  private static final Set<String> READ_ELSEWHERE =
      Set.of(
          "input_dbu_cost_per_token",
          "output_dbu_cost_per_token",
          "code_interpreter_cost_per_session",
          "file_search_cost_per_1k_calls");

  private final String key;
  private final Map<String, Object> entry;
  private final String mode;
  private final boolean inclusive;
  private final Lints lints;
  private final Decimals decimals;
  private final List<Rate> rates = new ArrayList<>();

  LiteLlmEntry(String key, Map<String, Object> entry, boolean inclusive, Lints lints) {
    this.key = key;
    this.entry = entry;
    this.mode = Json.text(entry, "mode");
    this.inclusive = inclusive;
    this.lints = lints;
    this.decimals = new Decimals(lints);
  }

  /** The rates; none if the model is left out, which a lint then says. */
  List<Rate> rates() {
    for (Map.Entry<String, Object> member : new TreeMap<>(entry).entrySet()) {
      if (member.getValue() instanceof BigDecimal number && isPrice(member.getKey())) {
        price(member.getKey(), number);
      }
    }
    bands();
    ranges();
    pieces();
    if (!Plausible.dropDear(rates, lints, key) || !complete()) {
      return List.of();
    }
    offPeak();
    new LiteLlmFees(key, entry, lints).addTo(rates);
    if (!Plausible.dropDear(rates, lints, key)) {
      return List.of();
    }
    children();
    Groups.dropDoubles(rates, lints, key);
    return List.copyOf(rates);
  }

  private boolean isPrice(String name) {
    return name.contains("cost")
        && !READ_ELSEWHERE.contains(name)
        && !(name.equals(OLD_CACHE_READ) && entry.containsKey(CACHE_READ))
        && !(name.equals("input_cost_per_image") && entry.containsKey("output_cost_per_image"));
  }

  private void price(String name, BigDecimal number) {
    String path = key + "/" + name;
    switch (LiteLlmKey.read(name.equals(OLD_CACHE_READ) ? CACHE_READ : name, mode)) {
      case LiteLlmKey.Reading.Refusal(Defect defect) -> {
        if (number.signum() != 0) {
          lints.add(defect, path, number);
        }
      }
      case LiteLlmKey.Reading.Meaning(LiteLlmKey meaning) -> {
        Rate rate = rate(meaning.tokenClass(), meaning.tier(), number, path);
        long threshold = meaning.threshold();
        if (kept(rate, path)) {
          rates.add(threshold == 0 ? rate : rate.withBand(Band.above(threshold, inclusive)));
        }
      }
    }
  }

  private Rate rate(TokenClass tokenClass, String tier, BigDecimal number, String path) {
    if (number.signum() < 0) {
      lints.add(Defect.DYNAMIC_PRICE, path, number);
      return Rate.of(tokenClass, tier, number);
    }
    int pointRight = tokenClass.isTokens() ? 6 : 0;
    return Rate.of(tokenClass, tier, decimals.price(number, pointRight, tokenClass, path));
  }

  /** A zero says that a class does not exist here, unless it is a main class of a chat model. */
  private boolean kept(Rate rate, String path) {
    if (rate.price().signum() != 0) {
      return true;
    }
    boolean main = MAIN.contains(rate.tokenClass()) && CHAT.contains(mode);
    boolean free = key.endsWith(":free") || key.endsWith("-free");
    if (!main && !free && CHAT.contains(mode)) {
      lints.add(Defect.ZERO_CLASS, path);
    }
    return main || free;
  }

  /** Gives the prices below thresholds the name of their band, and drops those above nothing. */
  private void bands() {
    Groups.dropDoubles(rates, lints, key);
    Map<Rate.Group, List<Rate>> groups = Groups.of(rates);
    rates.clear();
    for (Map.Entry<Rate.Group, List<Rate>> group : groups.entrySet()) {
      boolean base = group.getValue().stream().anyMatch(rate -> !rate.band().hasThreshold());
      if (!base) {
        lints.add(Defect.THRESHOLD_WITHOUT_BASE, key + "/" + Groups.words(group.getKey()));
      } else {
        rates.addAll(Groups.banded(group.getValue()));
      }
    }
  }

  /** {@code tiered_pricing}: ranges of all input, the upper bound inclusive. */
  private void ranges() {
    List<Map<String, Object>> ranges = Json.objects(entry, "tiered_pricing");
    Map<Rate.Group, List<Rate>> found = new HashMap<>();
    BigDecimal end = BigDecimal.ZERO;
    for (int i = 0; i < ranges.size(); i++) {
      Map<String, Object> range = ranges.get(i);
      String path = key + "/tiered_pricing/" + i;
      List<BigDecimal> bounds = bounds(range);
      if (bounds.size() != 2
          || bounds.getFirst().compareTo(end) != 0
          || bounds.getLast().compareTo(end) <= 0
          || !Band.isThreshold(bounds.getLast())) {
        lints.add(Defect.BANDS_UNCLEAR, path, bounds);
        return;
      }
      end = bounds.getLast();
      for (Map.Entry<String, Object> member : new TreeMap<>(range).entrySet()) {
        if (member.getValue() instanceof BigDecimal number) {
          inRange(member.getKey(), number, bounds.getFirst().longValue(), path, found);
        }
      }
    }
    for (Map.Entry<Rate.Group, List<Rate>> group : found.entrySet()) {
      Groups.dropDoubles(group.getValue(), lints, key);
      if (group.getValue().getFirst().band().hasThreshold()) {
        lints.add(Defect.THRESHOLD_WITHOUT_BASE, key + "/" + Groups.words(group.getKey()));
      } else {
        rates.removeIf(rate -> rate.group().equals(group.getKey()));
        rates.addAll(Groups.banded(group.getValue()));
      }
    }
  }

  private void inRange(
      String name, BigDecimal number, long start, String path, Map<Rate.Group, List<Rate>> found) {
    String full = path + "/" + name;
    switch (LiteLlmKey.read(name, mode)) {
      case LiteLlmKey.Reading.Refusal(Defect defect) -> lints.add(defect, full, number);
      case LiteLlmKey.Reading.Meaning(LiteLlmKey meaning) -> {
        Rate rate = rate(meaning.tokenClass(), meaning.tier(), number, full);
        if (kept(rate, full)) {
          Band band = start == 0 ? Band.ANY : Band.above(start, inclusive);
          found.computeIfAbsent(rate.group(), _ -> new ArrayList<>()).add(rate.withBand(band));
        }
      }
    }
  }

  private static List<BigDecimal> bounds(Map<String, Object> range) {
    List<BigDecimal> bounds = new ArrayList<>();
    for (Object bound : range.get("range") instanceof List<?> list ? list : List.of()) {
      if (bound instanceof BigDecimal number) {
        bounds.add(number);
      }
    }
    return bounds;
  }

  /** Tokens are what a bill counts; the price of a piece is what they come to on the average. */
  private void pieces() {
    boolean tokens = positive(TokenClass.INPUT) || positive(TokenClass.OUTPUT);
    for (Rate rate : List.copyOf(rates)) {
      if (rate.tokenClass().isPiece() && tokens) {
        lints.add(Defect.PIECE_BESIDE_TOKENS, key + "/" + rate.tokenClass().word(), rate.price());
        rates.remove(rate);
      }
    }
  }

  /** Whether the model can be priced; if not, says why. */
  private boolean complete() {
    if (rates.stream().anyMatch(Rate::isDynamic)) {
      return true;
    }
    boolean input = positive(TokenClass.INPUT);
    boolean output = positive(TokenClass.OUTPUT);
    boolean free = key.endsWith(":free") || key.endsWith("-free");
    boolean chat = CHAT.contains(mode);
    boolean zero = rates.stream().anyMatch(rate -> rate.price().signum() == 0);
    if (rates.isEmpty() || rates.stream().noneMatch(rate -> rate.tier().equals(Rate.STANDARD))) {
      lints.add(Defect.NO_PRICE, key, mode);
    } else if (chat && zero && !input && !output && !free) {
      lints.add(Defect.ZERO_PRICE, key, mode);
    } else if (chat && input != output) {
      lints.add(Defect.HALF_PRICED, key, mode);
    } else {
      return true;
    }
    return false;
  }

  private boolean positive(TokenClass tokenClass) {
    return rates.stream()
        .anyMatch(
            rate ->
                rate.tokenClass() == tokenClass
                    && rate.tier().equals(Rate.STANDARD)
                    && rate.price().signum() > 0);
  }

  /** Replacement rates on certain hours of certain days. */
  private void offPeak() {
    Map<String, Object> offPeak = Json.object(entry, "off_peak_pricing");
    String path = key + "/off_peak_pricing";
    if (!Json.text(offPeak, "weekday_timezone").isEmpty()) {
      lints.add(Defect.WEEKDAYS_IN_OTHER_ZONE, path, Json.text(offPeak, "weekday_timezone"));
      return;
    }
    List<Hours> hours = new ArrayList<>();
    LiteLlmFees.hours(offPeak.get("hours_utc"), "").ifPresent(hours::add);
    for (Map<String, Object> window : Json.objects(offPeak, "windows")) {
      String weekdays = LiteLlmFees.weekdays(window.get("weekdays"));
      LiteLlmFees.hours(window.get("hours_utc"), weekdays).ifPresent(hours::add);
    }
    if (!hours.stream().allMatch(Hours::isClear)) {
      lints.add(Defect.DATES_UNCLEAR, path, hours);
      return;
    }
    for (Map.Entry<String, Object> member : new TreeMap<>(offPeak).entrySet()) {
      if (member.getValue() instanceof BigDecimal number
          && LiteLlmKey.read(member.getKey(), mode)
              instanceof LiteLlmKey.Reading.Meaning(LiteLlmKey meaning)) {
        Rate rate =
            rate(meaning.tokenClass(), meaning.tier(), number, path + "/" + member.getKey());
        hours.forEach(each -> rates.add(rate.withHours(each)));
      }
    }
  }

  /** What the model's other prices promise but do not give. */
  private void children() {
    boolean read = has(TokenClass.CACHE_READ);
    if (Boolean.TRUE.equals(entry.get("supports_prompt_caching")) && !read) {
      lints.add(Defect.CACHE_READ_MISSING, key);
    }
    boolean claude = key.contains("claude");
    if (claude && has(TokenClass.CACHE_WRITE) && !has(TokenClass.CACHE_WRITE_1H)) {
      lints.add(Defect.CACHE_WRITE_1H_MISSING, key);
    }
    Map<Rate.Group, List<Rate>> groups = Groups.of(rates);
    for (Rate.Group group : groups.keySet()) {
      Optional<TokenClass> parent = group.tokenClass().parent();
      List<Rate> parents = parent.map(each -> groups.get(group.of(each))).orElse(List.of());
      if (parents.size() > 1 && groups.get(group).size() == 1) {
        withoutBand(groups.get(group).getFirst(), parents.getFirst());
      }
    }
    Plausible.dropDearReads(rates, lints, key);
    Groups.dropCheapWrites(rates, lints, key);
    Groups.addFiveMinutes(rates);
  }

  private void withoutBand(Rate rate, Rate parent) {
    String path = key + "/" + Groups.words(rate.group());
    boolean restated = rate.price().compareTo(parent.price()) == 0;
    lints.add(restated ? Defect.BAND_RESTATED : Defect.BAND_INCOMPLETE, path, rate.price());
    if (restated) {
      rates.remove(rate);
    }
  }

  private boolean has(TokenClass tokenClass) {
    return rates.stream().anyMatch(rate -> rate.tokenClass() == tokenClass);
  }
}
