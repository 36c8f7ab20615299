package dev.tollspan.pipelineconfig;

import dev.tollspan.gpuledger.Correction;
import dev.tollspan.gpuledger.Interval;
import dev.tollspan.gpuledger.Part;
import dev.tollspan.gpuledger.Window;
import dev.tollspan.gpuledger.WindowRecord;
import java.math.BigDecimal;
import java.util.HexFormat;

/**
 * The books of GPU time as lines of JSON. Amounts are text: USD with twelve decimals, so that each
 * is a whole number of pico-dollars. Of the telemetry there are ids and numbers only.
 */
final class GpuLedgerJson {
  private static final int PICO_SCALE = 12;

  private final StringBuilder json = new StringBuilder(1024);

  private GpuLedgerJson() {}

  /** A closed window. */
  static String line(WindowRecord record) {
    Window window = record.window();
    GpuLedgerJson line = new GpuLedgerJson();
    line.head("window", window.replica());
    line.number("revision", record.revision());
    line.number("start_unix_nano", window.startNanos());
    line.number("end_unix_nano", window.endNanos());
    line.text("gpus", window.rate().gpuCount().toPlainString());
    line.text("price_per_gpu_hour", window.rate().pricePerGpuHour().toPlainString());
    line.text("sharing", HostedReader.word(window.sharing()));
    line.usd("bill_usd", window.billPico());
    line.usd("busy_usd", record.busyPico());
    line.usd("idle_usd", record.idlePico());
    line.number("busy_nanos", record.busyNanos());
    line.key("utilisation").append(record.utilisation());
    line.key("factor").append(record.factor());
    line.key("parts").append('[');
    String separator = "";
    for (Part part : record.parts()) {
      line.json.append(separator).append('{');
      line.interval(part.interval());
      line.number("gpu_nanos", part.gpuNanos());
      line.usd("cost_usd", part.costPico());
      line.usd("provisional_part_usd", part.provisionalPico());
      line.json.append('}');
      separator = ",";
    }
    line.json.append(']');
    return line.end();
  }

  /** A request that is missing from windows. */
  static String line(Correction correction) {
    GpuLedgerJson line = new GpuLedgerJson();
    line.head("correction", correction.replica());
    line.number("until_unix_nano", correction.untilNanos());
    line.interval(correction.interval());
    return line.end();
  }

  private void head(String type, String replica) {
    json.append('{');
    text("type", type);
    text("replica", replica);
  }

  private String end() {
    return json.append("}\n").toString();
  }

  private void interval(Interval interval) {
    HexFormat hex = HexFormat.of();
    text(
        "trace_id",
        hex.toHexDigits(interval.traceIdHigh()) + hex.toHexDigits(interval.traceIdLow()));
    text("span_id", hex.toHexDigits(interval.spanId()));
    number("request_start_unix_nano", interval.startNanos());
    number("prefill_end_unix_nano", interval.prefillEndNanos());
    number("request_end_unix_nano", interval.endNanos());
    number("prompt_tokens", interval.promptTokens());
    number("output_tokens", interval.outputTokens());
    usd("provisional_usd", interval.provisionalPico());
    key("approximate").append(interval.approximate());
  }

  private void usd(String key, long pico) {
    text(key, BigDecimal.valueOf(pico, PICO_SCALE).toPlainString());
  }

  private void number(String key, long value) {
    key(key).append(value);
  }

  private void text(String key, String value) {
    key(key).append('"');
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c < ' ' || c == '"' || c == '\\' || c > '~') {
        json.append("\\u").append(HexFormat.of().toHexDigits(c));
      } else {
        json.append(c);
      }
    }
    json.append('"');
  }

  private StringBuilder key(String key) {
    if (json.charAt(json.length() - 1) != '{') {
      json.append(',');
    }
    return json.append('"').append(key).append("\":");
  }
}
