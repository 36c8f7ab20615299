package dev.tollspan.cli;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tollspan.prices.Component;
import dev.tollspan.prices.Quote;
import dev.tollspan.prices.Step;
import dev.tollspan.prices.Terms;
import java.math.BigDecimal;
import java.util.List;

/** What a call costs, and why, for programs. Amounts are texts, so that no digit is lost. */
final class QuoteJson {
  private QuoteJson() {}

  static ObjectNode of(String model, Quote quote, List<Step> steps, JsonMapper mapper) {
    ObjectNode json = mapper.createObjectNode();
    json.put("model", model);
    Terms terms = quote.terms();
    if (terms == null) {
      json.putNull("estimated_cost_usd");
      json.put("unpriced_reason", QuoteText.reason(quote));
    } else {
      json.put("estimated_cost_usd", Figures.plain(quote.exactUsd()));
      json.put("estimated_cost_nanousd", quote.nanoUsd());
      ObjectNode parts = json.putObject("components");
      for (Component part : Component.values()) {
        BigDecimal usd = quote.exactUsd(part);
        if (usd.signum() != 0) {
          parts.put(QuoteText.word(part), Figures.plain(usd));
        }
      }
      json.put("price_id", terms.id());
      json.put("price_source", terms.source());
      json.put("price_version", terms.version());
      json.put("effective_from", terms.effectiveFrom());
      json.put("tier", terms.tier());
      json.put("region", terms.region());
      json.put("band", terms.band());
      json.put("match", terms.match().label());
      json.put("quality", QuoteText.quality(quote));
    }
    ArrayNode notes = json.putArray("notes");
    QuoteText.notes(quote).forEach(notes::add);
    if (!steps.isEmpty()) {
      ArrayNode told = json.putArray("steps");
      for (Step step : steps) {
        ObjectNode each = told.addObject();
        each.put("kind", QuoteText.word(step.kind())).put("text", step.text());
      }
    }
    return json;
  }
}
