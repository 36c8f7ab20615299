package dev.tollspan.pipelineconfig;

import static dev.tollspan.pipelineconfig.Configs.SMALL;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollspan.pipelineconfig.ProcessorSettings.EstimateCost;
import dev.tollspan.usage.BasisRule;
import dev.tollspan.usage.CacheBasis;
import dev.tollspan.usage.ClassRule;
import dev.tollspan.usage.ReasoningBasis;
import dev.tollspan.usage.SpanClass;
import dev.tollspan.usage.UsageConfig;
import java.util.List;
import org.junit.jupiter.api.Test;

/** {@code usage_rules} and {@code span_classes}: what they read as, and every kind of problem. */
class UsageRulesTest {
  private static final String RULES =
      """
          usage_rules:
            - scope: acme.llm*
              version_from: 1.2
              version_to: "2"
              provider: anthropic
              cache: exclusive
            - {scope: 'my$$app', reasoning: beside}
          span_classes:
            - {scope: acme.*, span: "root *", class: call}
            - {span: warm-up, class: stage}
      """;

  @Test
  void readsRulesAndClassesInTheirOrder() {
    UsageConfig usage = usage(with(RULES));
    assertEquals(
        List.of(
            new BasisRule("acme.llm*", "1.2", "2", "anthropic", CacheBasis.EXCLUSIVE, null),
            new BasisRule("my$app", null, null, null, null, ReasoningBasis.BESIDE)),
        usage.rules());
    assertEquals(
        List.of(
            new ClassRule("acme.*", "root *", SpanClass.CALL),
            new ClassRule("*", "warm-up", SpanClass.STAGE)),
        usage.classes());
  }

  @Test
  void writesThemSoThatTheyReadAsTheSame() {
    PipelineConfig config = Configs.valid(with(RULES));
    assertEquals(config, Configs.valid(config.toYaml(true)));
    assertTrue(config.toYaml(true).contains("- scope: acme.llm*"), config.toYaml(true));
  }

  @Test
  void areEmptyWhereTheyAreLeftOut() {
    UsageConfig usage = usage(with("    usage_rules:\n    span_classes: []\n"));
    assertEquals(UsageConfig.defaults(), usage);
  }

  @Test
  void reportsWhatIsWrongWithARuleToTheColumn() {
    expect(
        "usage_rules: {scope: a, cache: inclusive}",
        "7:18: usage_rules: expected a list of maps, each behind a dash");
    expect("usage_rules: [a]", "7:19: usage_rules[0]: expected a map of keys");
    expect(
        "usage_rules: [{scope: a, cache: exklusive}]",
        "7:37: usage_rules[0].cache: not a word for this key; did you mean \"exclusive\"?"
            + " allowed: inclusive, exclusive");
    expect(
        "usage_rules: [{scope: a, cache: inclusive}, {scope: b, reasoning: outside}]",
        "7:71: usage_rules[1].reasoning: not a word for this key; allowed: inside, beside");
    expect(
        "usage_rules: [{scope: a, cach: inclusive, cache: inclusive}]",
        "7:30: usage_rules[0].cach: unknown key; did you mean \"cache\"? allowed: cache, provider,"
            + " reasoning, scope, version_from, version_to");
    expect(
        "usage_rules: [{cache: inclusive}]",
        "7:19: usage_rules[0].scope: missing: the instrumentation scope that is meant");
    expect(
        "usage_rules: [{scope: a}]",
        "7:19: usage_rules[0].cache: missing: cache, reasoning, or both");
    expect(
        "usage_rules: [{scope: a*b, cache: inclusive}]",
        "7:27: usage_rules[0].scope: must have its * at the end");
    expect(
        "usage_rules: [{scope: '', cache: inclusive}]",
        "7:27: usage_rules[0].scope: must not be empty");
    expect(
        "usage_rules: [{scope: a, version_to: v2, cache: inclusive}]",
        "7:42: usage_rules[0].version_to: must begin with a digit, such as 1.2");
    expect(
        "span_classes: [{scope: a, class: cal}]",
        "7:38: span_classes[0].class: not a word for this key; did you mean \"call\"? allowed:"
            + " call, wrapper, stage");
    expect(
        "span_classes: [{class: call}]",
        "7:20: span_classes[0].scope: missing: scope, span, or both");
    expect(
        "span_classes: [{span: a}]",
        "7:20: span_classes[0].class: missing: what such a span is: call, wrapper or stage");
    expect(
        "span_classes: [{span: 'a*b', class: call}]",
        "7:27: span_classes[0].span: must have its * at the end");
  }

  @Test
  void suggestsTheProviderThatWasMeant() {
    String problem =
        Configs.problems(
                with("    usage_rules: [{scope: a, provider: antropic, cache: exclusive}]\n"))
            .getFirst();
    String start =
        "t.yaml:7:40: processors.estimate_cost.usage_rules[0].provider: not a word for this key;"
            + " did you mean \"anthropic\"? allowed: anthropic, azure, bedrock, ";
    assertEquals(start, problem.substring(0, start.length()));
  }

  @Test
  void hasALimitOnTheNumberOfRules() {
    String rule = "{scope: a, cache: inclusive}, ";
    expect(
        "usage_rules: [" + rule.repeat(257) + "]",
        "7:18: usage_rules: must have at most 256 rules");
  }

  private static String with(String lines) {
    return SMALL.replace("  drop_content:", "  estimate_cost:\n" + lines + "  drop_content:");
  }

  private static UsageConfig usage(String text) {
    return ((EstimateCost) Configs.valid(text).processors().get("estimate_cost")).config().usage();
  }

  private static void expect(String line, String problem) {
    int path = problem.indexOf(' ') + 1;
    assertEquals(
        List.of(
            "t.yaml:"
                + problem.substring(0, path)
                + "processors.estimate_cost."
                + problem.substring(path)),
        Configs.problems(with("    " + line + "\n")));
  }
}
