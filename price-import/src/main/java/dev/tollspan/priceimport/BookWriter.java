package dev.tollspan.priceimport;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Writes a book: tab-separated, one price a line, sorted, so that two versions can be compared. */
public final class BookWriter {
  /** The head line. */
  static final String COLUMNS =
      String.join(
          "\t",
          "provider",
          "model",
          "token_class",
          "service_tier",
          "region_class",
          "context_band",
          "context_threshold",
          "context_operator",
          "context_mode",
          "daily_window",
          "weekdays",
          "effective_from",
          "effective_to",
          "price",
          "unit",
          "source",
          "checked_at",
          "status",
          "notes");

  private record Line(String provider, String model, String text) {}

  private BookWriter() {}

  /**
   * The text of a book.
   *
   * @param remarks the lines of its head without their {@code #}; the first is {@code source=NAME
   *     version=TEXT}
   */
  public static String text(Report report, List<String> remarks) {
    List<Line> lines = new ArrayList<>();
    for (PriceRow row : report.rows()) {
      lines.add(new Line(row.provider(), row.model(), line(row)));
    }
    for (Report.Alias alias : report.aliases()) {
      lines.add(new Line(alias.provider(), alias.name(), line(alias)));
    }
    // The sort is stable: the rows of a model keep the order of the report.
    lines.sort(Comparator.comparing(Line::provider).thenComparing(Line::model));
    StringBuilder text = new StringBuilder();
    remarks.forEach(remark -> text.append("# ").append(remark).append('\n'));
    text.append(COLUMNS).append('\n');
    lines.forEach(line -> text.append(line.text()).append('\n'));
    return text.toString();
  }

  private static String line(PriceRow row) {
    Rate rate = row.rate();
    Band band = rate.band();
    return String.join(
        "\t",
        row.provider(),
        row.model(),
        rate.tokenClass().word(),
        rate.tier(),
        rate.region(),
        band.name(),
        band.hasThreshold() ? String.valueOf(band.threshold()) : "",
        band.operator(),
        band.hasThreshold() ? "whole_request" : "",
        rate.hours().window(),
        rate.hours().weekdays(),
        rate.validity().fromText(),
        rate.validity().toText(),
        rate.isDynamic() ? "dynamic" : rate.price().toPlainString(),
        rate.tokenClass().unit(),
        row.source(),
        row.checkedAt(),
        rate.estimated() ? "estimated" : "list",
        rate.notes());
  }

  private static String line(Report.Alias alias) {
    return String.join(
        "\t",
        alias.provider(),
        alias.name(),
        "alias",
        "",
        "",
        "",
        "",
        "",
        "",
        "",
        "",
        "",
        "",
        alias.model(),
        "model",
        alias.source(),
        alias.checkedAt(),
        "",
        "");
  }
}
