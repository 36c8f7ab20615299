package dev.tollspan.cli;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.tollspan.prices.Count;
import dev.tollspan.prices.Fact;
import dev.tollspan.prices.PriceBook;
import dev.tollspan.prices.PriceRules;
import dev.tollspan.prices.Quote;
import dev.tollspan.prices.Step;
import dev.tollspan.prices.Usage;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Prices one call that is described by options. Filled by picocli, on the main thread. */
@Command(
    name = "price",
    description = "Says what a call costs: to the last digit, and by which price.",
    sortOptions = false,
    exitCodeList = {
      ExitCode.OK_TEXT,
      "1:No price is known for it; the reason is printed.",
      ExitCode.USAGE_TEXT,
      "3:Wrong price books."
    })
final class PriceCommand implements Callable<Integer> {
  private final Console console;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(paramLabel = "MODEL", description = "The model, as a span names it.")
  private String model = "";

  @Option(
      names = "--in",
      required = true,
      paramLabel = "N",
      description = "Input tokens, cached ones among them.")
  private long input;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "N",
      description = "Output tokens, reasoning among them.")
  private long output;

  @Option(names = "--cached", paramLabel = "N", description = "Input tokens read from a cache.")
  private @Nullable Long cached;

  @Option(
      names = "--cache-write",
      paramLabel = "N",
      description = "Input tokens written to a cache.")
  private @Nullable Long cacheWrite;

  @Option(names = "--reasoning", paramLabel = "N", description = "Output tokens of reasoning.")
  private @Nullable Long reasoning;

  @Option(names = "--provider", paramLabel = "P", description = "Who bills it: openai, bedrock.")
  private String provider = "";

  @Option(
      names = "--at",
      paramLabel = "TIME",
      description = "When: 2026-03-01 or 2026-03-01T12:00:00Z. Default: now.")
  private @Nullable String at;

  @Option(names = "--tier", paramLabel = "T", description = "Service tier: batch, flex, priority.")
  private String tier = "";

  @Option(names = "--region", paramLabel = "R", description = "Region, as the vendor names it.")
  private String region = "";

  @Mixin private PricesOption prices = new PricesOption();

  @Option(names = "--explain", description = "Print each step on the way to the cost.")
  private boolean explain;

  @Option(names = "--output", paramLabel = "FORM", description = "text or json. Default: text.")
  private Form form = Form.TEXT;

  /** How the answer is printed. */
  enum Form {
    TEXT,
    JSON
  }

  PriceCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    Usage usage = usage();
    Optional<PriceBook> book = prices.load(PriceRules.defaults(), console);
    if (book.isEmpty()) {
      return ExitCode.INVALID;
    }
    Quote quote = book.get().price(usage);
    List<Step> steps = explain ? book.get().explain(usage) : List.of();
    console
        .out()
        .print(
            switch (form) {
              case TEXT -> QuoteText.of(model, quote, steps);
              case JSON -> QuoteJson.of(model, quote, steps, JsonMapper.builder().build()) + "\n";
            });
    return quote.isPriced() ? ExitCode.OK : ExitCode.FAILED;
  }

  private Usage usage() {
    Usage usage =
        new Usage()
            .text(Fact.RESPONSE_MODEL, model)
            .text(Fact.PROVIDER, provider)
            .text(Fact.SERVICE_TIER, tier)
            .text(Fact.REGION, region)
            .at(nanos());
    count(usage, Count.IN_TOTAL, "--in", input);
    count(usage, Count.OUT_TOTAL, "--out", output);
    count(usage, Count.CACHE_READ, "--cached", cached);
    count(usage, Count.CACHE_WRITE, "--cache-write", cacheWrite);
    count(usage, Count.REASONING, "--reasoning", reasoning);
    return usage;
  }

  private void count(Usage usage, Count count, String option, @Nullable Long amount) {
    if (amount != null && amount < 0) {
      throw new ParameterException(spec.commandLine(), option + " must be at least 0");
    }
    if (amount != null) {
      usage.count(count, amount);
    }
  }

  private long nanos() {
    Instant time =
        at == null
            ? InstantSource.system().instant()
            : Times.instant(at)
                .orElseThrow(
                    () ->
                        new ParameterException(
                            spec.commandLine(),
                            "--at must be a date or an instant in UTC: 2026-03-01,"
                                + " 2026-03-01T12:00:00Z"));
    return Times.epochNanos(time);
  }
}
