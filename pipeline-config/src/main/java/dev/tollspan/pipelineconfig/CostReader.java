package dev.tollspan.pipelineconfig;

import dev.tollspan.pipelineconfig.ProcessorSettings.EstimateCost;
import dev.tollspan.pipelineconfig.Section.Word;
import dev.tollspan.prices.Count;
import dev.tollspan.processors.cost.EstimateCostConfig;
import dev.tollspan.processors.cost.EstimateCostConfig.ReportedCost;
import dev.tollspan.processors.cost.SelfHosted;
import dev.tollspan.usage.BasisRule;
import dev.tollspan.usage.ClassRule;
import dev.tollspan.usage.UsageConfig;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Reads and writes the section of {@code estimate_cost}. */
final class CostReader {
  private static final List<String> REPORTED = List.of("fallback", "prefer", "ignore");
  private static final long COUNT_MAX = 1_000_000_000_000L;

  private CostReader() {}

  static ProcessorSettings read(Section section) {
    EstimateCostConfig standard = EstimateCostConfig.defaults();
    List<String> prices =
        section.has("prices") ? Word.texts(section.words("prices")) : standard.prices();
    boolean defaultPrice = section.flag("default_price", standard.defaultPrice());
    Map<String, String> overrides = section.section("model_overrides").texts();
    String reported = section.choice("reported_cost", REPORTED, List.of());
    boolean alias = section.flag("alias", standard.alias());
    Map<Count, List<String>> attributes = attributes(section.section("usage_attributes"));
    List<BasisRule> rules = UsageRules.bases(section.sections("usage_rules"));
    List<ClassRule> classes = UsageRules.classes(section.sections("span_classes"));
    List<SelfHosted> selfHosted = HostedReader.read(section.section("self_hosted"));
    Path gpuLedger = directory(section.section("gpu_ledger"), standard.gpuLedger());
    long countMax = section.number("count_max", standard.usage().countMax(), 1, COUNT_MAX);
    return new EstimateCost(
        section.checked(
            standard,
            () ->
                new EstimateCostConfig(
                    prices,
                    defaultPrice,
                    overrides,
                    ReportedCost.valueOf(reported.toUpperCase(Locale.ROOT)),
                    alias,
                    new UsageConfig(attributes, rules, classes, countMax),
                    selfHosted,
                    gpuLedger)));
  }

  private static Path directory(Section section, Path standard) {
    Path path = section.text("path", standard, ComponentReader::parsePath);
    section.finish();
    return path;
  }

  /** The section again, with everything that was left out. */
  static Map<String, Object> write(EstimateCostConfig config) {
    Map<String, Object> attributes = new TreeMap<>();
    config.usage().attributes().forEach((count, keys) -> attributes.put(word(count), keys));
    return YamlWriter.map(
        "prices", YamlWriter.texts(config.prices()),
        "default_price", config.defaultPrice(),
        "model_overrides", new TreeMap<String, Object>(config.modelOverrides()),
        "reported_cost", config.reportedCost().name().toLowerCase(Locale.ROOT),
        "alias", config.alias(),
        "usage_attributes", attributes,
        "usage_rules", UsageRules.writeBases(config.usage().rules()),
        "span_classes", UsageRules.writeClasses(config.usage().classes()),
        "count_max", config.usage().countMax(),
        "self_hosted", HostedReader.write(config.selfHosted()),
        "gpu_ledger", YamlWriter.map("path", YamlWriter.text(config.gpuLedger())));
  }

  private static Map<Count, List<String>> attributes(Section section) {
    Map<Count, List<String>> attributes = new EnumMap<>(Count.class);
    for (Count count : Count.values()) {
      if (section.has(word(count))) {
        attributes.put(count, Word.texts(section.words(word(count))));
      }
    }
    section.finish();
    return attributes;
  }

  /** Seconds are what a configuration speaks of. */
  private static String word(Count count) {
    return count.name().toLowerCase(Locale.ROOT).replace("_micros", "_seconds");
  }
}
