package dev.tollspan.priceimport;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Fees and multipliers of one entry of LiteLLM's map, and how it writes hours and weekdays. */
final class LiteLlmFees {
  private static final List<String> DAYS = List.of("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun");

  private final String key;
  private final Map<String, Object> entry;
  private final Lints lints;

  LiteLlmFees(String key, Map<String, Object> entry, Lints lints) {
    this.key = key;
    this.entry = entry;
    this.lints = lints;
  }

  void addTo(List<Rate> rates) {
    webSearch(rates);
    fee(rates, TokenClass.CODE_EXEC, "code_interpreter_cost_per_session", 0);
    fee(rates, TokenClass.FILE_SEARCH, "file_search_cost_per_1k_calls", 3);
    multiplier(rates, "regional_processing_uplift_multiplier_eu", "eu_residency");
    multiplier(rates, "regional_processing_uplift_multiplier_us", "us_residency");
    if (entry.get("regional_endpoint_uplift_multiplier") instanceof BigDecimal number) {
      lints.add(
          Defect.NO_REGION_FOR_MULTIPLIER, key + "/regional_endpoint_uplift_multiplier", number);
    }
    Map<String, Object> specific = Json.object(entry, "provider_specific_entry");
    if (specific.get("us") instanceof BigDecimal number) {
      rates.add(Rate.of(TokenClass.ALL_TOKENS, Rate.ANY, number).withRegion("geo_us"));
    }
    if (specific.get("fast") instanceof BigDecimal number) {
      rates.add(Rate.of(TokenClass.ALL_TOKENS, "fast", number));
    }
    dropFineFactors(rates);
  }

  /** A token's price times all factors must be a whole number of 10^-18 USD. */
  private void dropFineFactors(List<Rate> rates) {
    int factors = 0;
    int prices = 0;
    boolean positive = true;
    for (Rate rate : rates) {
      if (rate.tokenClass() == TokenClass.ALL_TOKENS) {
        factors += rate.price().scale();
        positive &= rate.price().signum() > 0;
      } else if (rate.tokenClass().isTokens()) {
        prices = Math.max(prices, rate.price().scale());
      }
    }
    boolean fine = factors > 0 && factors + prices > TokenClass.INPUT.decimalsMax();
    if (fine || !positive) {
      lints.add(Defect.BAD_MULTIPLIER, key);
      rates.removeIf(rate -> rate.tokenClass() == TokenClass.ALL_TOKENS);
    }
  }

  private void fee(List<Rate> rates, TokenClass tokenClass, String name, int pointLeft) {
    if (entry.get(name) instanceof BigDecimal number && number.signum() > 0) {
      rates.add(Rate.of(tokenClass, Rate.ANY, number.movePointLeft(pointLeft)));
    }
  }

  private void multiplier(List<Rate> rates, String name, String region) {
    if (entry.get(name) instanceof BigDecimal number) {
      rates.add(Rate.of(TokenClass.ALL_TOKENS, Rate.ANY, number).withRegion(region));
    }
  }

  private void webSearch(List<Rate> rates) {
    Map<String, Object> bySize = Json.object(entry, "search_context_cost_per_query");
    TreeSet<BigDecimal> prices = new TreeSet<>();
    for (Object price : bySize.values()) {
      if (price instanceof BigDecimal number) {
        prices.add(number);
      }
    }
    if (prices.size() > 1) {
      lints.add(Defect.BY_SEARCH_CONTEXT, key + "/search_context_cost_per_query", prices);
    } else if (prices.size() == 1 && prices.getFirst().signum() > 0) {
      rates.add(Rate.of(TokenClass.WEB_SEARCH, Rate.ANY, prices.getFirst()));
    }
  }

  /** Windows such as "16:30-00:30"; one from an hour to the same hour is the whole day. */
  static Optional<Hours> hours(@Nullable Object windows, String weekdays) {
    List<String> spans = new ArrayList<>();
    for (Object window : windows instanceof List<?> list ? list : listOf(windows)) {
      String text = window.toString();
      String end = text.substring(text.indexOf('-') + 1);
      spans.add((text.equals(end + "-" + end) ? "00:00-24:00" : text) + "Z");
    }
    return spans.isEmpty()
        ? Optional.empty()
        : Optional.of(new Hours(String.join(",", spans), weekdays));
  }

  private static List<Object> listOf(@Nullable Object value) {
    return value == null ? List.of() : List.of(value);
  }

  /** Days counted from Monday as 1; none for every day. */
  static String weekdays(@Nullable Object days) {
    TreeSet<Integer> sorted = new TreeSet<>();
    for (Object day : days instanceof List<?> list ? list : List.of()) {
      for (int i = 1; i <= DAYS.size(); i++) {
        if (day instanceof BigDecimal number && number.compareTo(BigDecimal.valueOf(i)) == 0) {
          sorted.add(i);
        }
      }
    }
    if (sorted.isEmpty() || sorted.size() == DAYS.size()) {
      return "";
    }
    boolean neighbours = sorted.last() - sorted.first() == sorted.size() - 1;
    return neighbours && sorted.size() > 1
        ? name(sorted.first()) + "-" + name(sorted.last())
        : String.join(",", sorted.stream().map(LiteLlmFees::name).toList());
  }

  private static String name(int day) {
    return DAYS.get(day - 1);
  }
}
