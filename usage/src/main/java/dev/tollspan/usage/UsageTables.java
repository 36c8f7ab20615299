package dev.tollspan.usage;

import dev.tollspan.spans.KeyTable;
import java.util.List;

/** All that readers of one key table and configuration share. Immutable. */
final class UsageTables {
  final UsageConfig config;
  final Dialects dialects = new Dialects();
  final Signals signals = new Signals(dialects);
  final Bases bases = new Bases(dialects);
  final Providers providers = new Providers(dialects);
  final KeyMeanings meanings;
  final List<Patterns> ruleScopes; // in the order of the configuration's rules
  final List<Patterns> classScopes; // in the order of its classes, as is the next
  final List<Patterns> classSpans;

  UsageTables(KeyTable keys, UsageConfig config) {
    this.config = config;
    meanings = new KeyMeanings(keys, config, dialects, signals);
    ruleScopes = config.rules().stream().map(rule -> pattern(rule.scope())).toList();
    classScopes = config.classes().stream().map(rule -> pattern(rule.scope())).toList();
    classSpans = config.classes().stream().map(rule -> pattern(rule.span())).toList();
  }

  private static Patterns pattern(String text) {
    return new Patterns(List.of(new Patterns.Row(text, 0)));
  }
}
