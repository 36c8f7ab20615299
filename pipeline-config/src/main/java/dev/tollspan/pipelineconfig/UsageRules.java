package dev.tollspan.pipelineconfig;

import dev.tollspan.usage.BasisRule;
import dev.tollspan.usage.CacheBasis;
import dev.tollspan.usage.ClassRule;
import dev.tollspan.usage.ReasoningBasis;
import dev.tollspan.usage.SpanClass;
import dev.tollspan.usage.UsageReader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads and writes {@code usage_rules} and {@code span_classes}. */
final class UsageRules {
  private static final String ANY = "*";
  private static final List<SpanClass> CLASSES =
      List.of(SpanClass.CALL, SpanClass.WRAPPER, SpanClass.STAGE);

  private UsageRules() {}

  static List<BasisRule> bases(List<Section> sections) {
    List<BasisRule> rules = new ArrayList<>();
    for (Section section : sections) {
      String scope = section.text("scope", "", text -> text);
      String from = section.text("version_from", "", text -> text);
      String to = section.text("version_to", "", text -> text);
      String provider = section.choice("provider", UsageReader.providers());
      String cache = section.choice("cache", words(CacheBasis.values()));
      String reasoning = section.choice("reasoning", words(ReasoningBasis.values()));
      boolean says = section.has("cache") || section.has("reasoning");
      if (!section.has("scope")) {
        section.problem("scope", "missing: the instrumentation scope that is meant");
      }
      if (!says) {
        section.problem("cache", "missing: cache, reasoning, or both");
      }
      section.finish();
      if (section.has("scope") && (cache != null || reasoning != null)) {
        CacheBasis cached = cache == null ? null : CacheBasis.valueOf(upper(cache));
        ReasoningBasis reasons =
            reasoning == null ? null : ReasoningBasis.valueOf(upper(reasoning));
        add(
            rules,
            section,
            () -> new BasisRule(scope, given(from), given(to), provider, cached, reasons));
      }
    }
    return rules;
  }

  static List<ClassRule> classes(List<Section> sections) {
    List<ClassRule> rules = new ArrayList<>();
    for (Section section : sections) {
      String scope = section.text("scope", ANY, text -> text);
      String span = section.text("span", ANY, text -> text);
      String word = section.choice("class", words(CLASSES.toArray(SpanClass[]::new)));
      if (!section.has("scope") && !section.has("span")) {
        section.problem("scope", "missing: scope, span, or both");
      }
      if (!section.has("class")) {
        section.problem("class", "missing: what such a span is: call, wrapper or stage");
      }
      section.finish();
      if (word != null) {
        add(rules, section, () -> new ClassRule(scope, span, SpanClass.valueOf(upper(word))));
      }
    }
    return rules;
  }

  private static @Nullable String given(String text) {
    return text.isEmpty() ? null : text;
  }

  private static <T> void add(List<T> rules, Section section, Supplier<T> maker) {
    section
        .<Optional<T>>checked(Optional.empty(), () -> Optional.of(maker.get()))
        .ifPresent(rules::add);
  }

  static List<Map<String, Object>> writeBases(List<BasisRule> rules) {
    List<Map<String, Object>> list = new ArrayList<>();
    for (BasisRule rule : rules) {
      Map<String, Object> map = YamlWriter.map("scope", YamlWriter.text(rule.scope()));
      put(map, "version_from", rule.versionFrom());
      put(map, "version_to", rule.versionTo());
      put(map, "provider", rule.provider());
      put(map, "cache", rule.cache() == null ? null : word(rule.cache()));
      put(map, "reasoning", rule.reasoning() == null ? null : word(rule.reasoning()));
      list.add(map);
    }
    return list;
  }

  static List<Map<String, Object>> writeClasses(List<ClassRule> rules) {
    List<Map<String, Object>> list = new ArrayList<>();
    for (ClassRule rule : rules) {
      Map<String, Object> map = new LinkedHashMap<>();
      put(map, "scope", rule.scope());
      put(map, "span", rule.span());
      put(map, "class", word(rule.spanClass()));
      list.add(map);
    }
    return list;
  }

  private static void put(Map<String, Object> map, String key, @Nullable String value) {
    if (value != null) {
      map.put(key, YamlWriter.text(value));
    }
  }

  private static List<String> words(Enum<?>[] constants) {
    return Stream.of(constants).map(UsageRules::word).toList();
  }

  private static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  private static String upper(String word) {
    return word.toUpperCase(Locale.ROOT);
  }
}
