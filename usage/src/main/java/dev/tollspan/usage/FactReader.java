package dev.tollspan.usage;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.tollspan.prices.Fact;
import dev.tollspan.prices.Usage;
import dev.tollspan.spans.Attributes;
import dev.tollspan.spans.SpanView;

/** Reads the texts that decide which price holds, and the cost that a span reports. One thread. */
final class FactReader {
  /** What few spans tell. */
  static final long RARE =
      Meaning.bits(
          Meaning.DEPLOYMENT,
          Meaning.REGION,
          Meaning.TIER_REQUEST,
          Meaning.TIER_RESPONSE,
          Meaning.SPEED,
          Meaning.INFERENCE_GEO,
          Meaning.BATCH,
          Meaning.CACHE_HIT,
          Meaning.COST);

  private static final byte[] BATCH = "batch".getBytes(US_ASCII);

  private final UsageTables tables;
  private final Scan scan;
  private final Scan resource;
  private final Collector collector;
  private int provider; // of the reading thread, good until the next span

  FactReader(UsageTables tables, Scan scan, Scan resource, Collector collector) {
    this.tables = tables;
    this.scan = scan;
    this.resource = resource;
    this.collector = collector;
  }

  /** The provider's id in the price books; empty if it is unknown. */
  String vendor() {
    return tables.providers.vendor(provider);
  }

  /** The number of the provider, for {@link #repeat}. */
  int provider() {
    return provider;
  }

  /** Takes the provider over from another span. */
  void repeat(int known) {
    provider = known;
  }

  void read(SpanView span, Reading reading, Usage into) {
    byte[] bytes = span.bytes();
    provider(span, into);
    boolean modelOnSpan = scan.has(Meaning.MODEL_RESPONSE) || scan.has(Meaning.MODEL_REQUEST);
    Scan models = modelOnSpan ? scan : resource;
    reading.modelOnSpan = modelOnSpan;
    reading.modelOnResource =
        resource.has(Meaning.MODEL_RESPONSE) || resource.has(Meaning.MODEL_REQUEST);
    text(into, Fact.RESPONSE_MODEL, models, Meaning.MODEL_RESPONSE, bytes);
    text(into, Fact.REQUEST_MODEL, models, Meaning.MODEL_REQUEST, bytes);
    if (resource.hasAny(RARE)) {
      text(into, Fact.DEPLOYMENT, resource, Meaning.DEPLOYMENT, bytes);
      if (resource.has(Meaning.REGION) && isVendorsRegion(bytes)) {
        text(into, Fact.REGION, resource, Meaning.REGION, bytes);
      }
    }
    reading.fromCache = reading.operation() == Operation.CACHED;
    if (scan.hasAny(RARE)) {
      rare(bytes, reading, into);
    }
    reading.family(family(bytes, models));
  }

  private void rare(byte[] bytes, Reading reading, Usage into) {
    text(into, Fact.DEPLOYMENT, scan, Meaning.DEPLOYMENT, bytes);
    text(into, Fact.REGION, scan, Meaning.REGION, bytes);
    text(into, Fact.SERVICE_TIER, scan, Meaning.TIER_REQUEST, bytes);
    text(into, Fact.SERVICE_TIER, scan, Meaning.TIER_RESPONSE, bytes);
    text(into, Fact.SPEED, scan, Meaning.SPEED, bytes);
    text(into, Fact.INFERENCE_GEO, scan, Meaning.INFERENCE_GEO, bytes);
    if (scan.has(Meaning.BATCH)) {
      into.text(Fact.SERVICE_TIER, BATCH, 0, BATCH.length);
    }
    reading.fromCache |= scan.has(Meaning.CACHE_HIT);
    cost(bytes, reading);
  }

  /**
   * The caller's region says where the vendor runs only if both are in one cloud: if the resource
   * says so, or else if the vendor's own regions have such names.
   */
  private boolean isVendorsRegion(byte[] bytes) {
    String cloud =
        switch (vendor()) {
          case "bedrock" -> "aws";
          case "azure" -> "azure";
          case "google" -> "gcp";
          default -> "";
        };
    int at = resource.offset(Meaning.CLOUD);
    int length = resource.length(Meaning.CLOUD);
    if (cloud.isEmpty() || length > 0) {
      return cloud.isEmpty() || Numbers.isWord(bytes, at, at + length, cloud);
    }
    int from = resource.offset(Meaning.REGION);
    return Providers.isRegionOf(cloud, bytes, from, resource.length(Meaning.REGION));
  }

  private static void text(Usage into, Fact fact, Scan from, Meaning meaning, byte[] bytes) {
    if (from.has(meaning)) {
      into.text(fact, bytes, from.offset(meaning), from.length(meaning));
    }
  }

  private void provider(SpanView span, Usage into) {
    byte[] bytes = span.bytes();
    provider = collector.provider();
    Scan from = scan;
    if (tables.providers.isFramework(provider)) {
      framework(span);
    } else if (!scan.has(Meaning.PROVIDER) && resource.has(Meaning.PROVIDER)) {
      from = resource;
      provider = find(bytes, resource);
    }
    if (!from.has(Meaning.PROVIDER)) {
      splitModel(bytes);
    }
    byte[] vendor = tables.providers.vendorBytes(provider);
    if (vendor.length > 0) {
      into.text(Fact.PROVIDER, vendor, 0, vendor.length);
    } else {
      text(into, Fact.PROVIDER, from, Meaning.PROVIDER, bytes);
    }
  }

  private int find(byte[] bytes, Scan from) {
    return tables.providers.find(
        bytes, from.offset(Meaning.PROVIDER), from.length(Meaning.PROVIDER));
  }

  /** The span names a framework: takes the most trusted other name instead, if there is one. */
  private void framework(SpanView span) {
    if (!scan.has(Meaning.FRAMEWORK)) {
      scan.text(Meaning.FRAMEWORK, scan.offset(Meaning.PROVIDER), scan.length(Meaning.PROVIDER));
    }
    scan.drop(Meaning.PROVIDER);
    provider = Providers.UNKNOWN;
    Attributes attributes = span.attributes();
    for (int i = 0; i < attributes.count(); i++) {
      int code = tables.meanings.codes[attributes.keyId(i)];
      if (Code.tells(code, Meaning.PROVIDER)) {
        int length = attributes.type(i) == Attributes.STRING ? attributes.valueLength(i) : 0;
        int found = tables.providers.find(span.bytes(), attributes.valueOffset(i), length);
        if (length > 0 && !tables.providers.isFramework(found)) {
          scan.take(code, attributes, i);
        }
      }
    }
    if (scan.has(Meaning.PROVIDER)) {
      provider = find(span.bytes(), scan);
    }
  }

  /** Takes the vendor out of a model that is written as vendor/model. */
  private void splitModel(byte[] bytes) {
    if ((scan.code(Meaning.MODEL_REQUEST) & Code.VENDOR_AND_MODEL) == 0) {
      return;
    }
    int offset = scan.offset(Meaning.MODEL_REQUEST);
    int length = scan.length(Meaning.MODEL_REQUEST);
    for (int i = 1; i < length - 1; i++) {
      if (bytes[offset + i] == '/') {
        int found = tables.providers.find(bytes, offset, i);
        if (found != Providers.UNKNOWN && !tables.providers.isFramework(found)) {
          provider = found;
          scan.text(Meaning.MODEL_REQUEST, offset + i + 1, length - i - 1);
        }
        return;
      }
    }
  }

  private Family family(byte[] bytes, Scan models) {
    Family family = tables.providers.family(provider);
    if (family == Family.UNKNOWN) {
      return familyOfModel(bytes, models);
    }
    boolean hosts = family == Family.GEMINI || vendor().equals("azure");
    boolean claude = hosts && familyOfModel(bytes, models) == Family.ANTHROPIC;
    return claude ? Family.HOSTED_CLAUDE : family;
  }

  private static Family familyOfModel(byte[] bytes, Scan models) {
    Family family = familyOfModel(bytes, models, Meaning.MODEL_RESPONSE);
    return family == Family.UNKNOWN ? familyOfModel(bytes, models, Meaning.MODEL_REQUEST) : family;
  }

  private static Family familyOfModel(byte[] bytes, Scan models, Meaning model) {
    return Providers.familyOfModel(bytes, models.offset(model), models.length(model));
  }

  private void cost(byte[] bytes, Reading reading) {
    if (scan.has(Meaning.COST) && scan.amount() >= 0 && scan.amount() < Double.MAX_VALUE) {
      int from = scan.offset(Meaning.CURRENCY);
      int length = scan.length(Meaning.CURRENCY);
      if (length == 0 || Numbers.isWord(bytes, from, from + length, "usd")) {
        reading.reportedCostUsd = scan.amount();
      }
    }
  }
}
