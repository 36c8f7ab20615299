package dev.tollspan.pipelineconfig;

import dev.tollspan.gpuledger.GpuLedgerConfig;
import dev.tollspan.gpuledger.GpuRate;
import dev.tollspan.gpuledger.Sharing;
import dev.tollspan.pipelineconfig.Section.Word;
import dev.tollspan.processors.cost.SelfHosted;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads and writes the rules for self-hosted models. */
final class HostedReader {
  private static final String BUSY_INTERVALS = "busy_intervals";
  private static final String TOKENS = "tokens";
  private static final String SLOT_SECONDS = "slot_seconds";
  private static final List<String> SHARINGS = List.of(BUSY_INTERVALS, TOKENS, SLOT_SECONDS);

  private HostedReader() {}

  static List<SelfHosted> read(Section section) {
    List<SelfHosted> rules = new ArrayList<>();
    for (String name : List.copyOf(section.keys())) {
      Section below = section.section(name);
      rule(name, below).ifPresent(rules::add);
      below.finish();
    }
    return rules;
  }

  /** Empty if something is wrong with it; that has been said then. */
  private static Optional<SelfHosted> rule(String name, Section section) {
    GpuLedgerConfig standard = GpuLedgerConfig.defaults();
    Map<String, String> match = section.section("match").texts();
    Optional<BigDecimal> gpus = decimal(section, "gpus");
    Optional<BigDecimal> price = decimal(section, "price_per_gpu_hour");
    if (gpus.isPresent() != price.isPresent()) {
      section.problem(
          gpus.isPresent() ? "gpus" : "price_per_gpu_hour",
          "gpus and price_per_gpu_hour come together");
    }
    String model = section.text("model", "", text -> text);
    List<String> replicas =
        section.has("replica_attributes")
            ? Word.texts(section.words("replica_attributes"))
            : SelfHosted.REPLICA_ATTRIBUTES;
    String sharing = section.choice("sharing", SHARINGS, List.of());
    Duration window = section.value("window", standard.window(), Units::duration);
    Duration lateness =
        section.value("allowed_lateness", standard.allowedLateness(), Units::duration);
    if (section.isUnreadable("gpus") || section.isUnreadable("price_per_gpu_hour")) {
      return Optional.empty();
    }
    return section.checked(
        Optional.empty(),
        () -> {
          boolean both = gpus.isPresent() && price.isPresent();
          GpuRate rate = both ? new GpuRate(gpus.orElseThrow(), price.orElseThrow()) : null;
          GpuLedgerConfig books = SelfHosted.books(sharing(sharing), window, lateness);
          return Optional.of(new SelfHosted(name, match, rate, model, replicas, books));
        });
  }

  /** The section again, with everything that was left out. */
  static Map<String, Object> write(List<SelfHosted> rules) {
    Map<String, Object> section = new LinkedHashMap<>();
    for (SelfHosted rule : rules) {
      Map<String, Object> match = new LinkedHashMap<>();
      rule.match().forEach((key, value) -> match.put(key, YamlWriter.text(value)));
      Map<String, Object> below = YamlWriter.map("match", match);
      GpuRate rate = rule.rate();
      if (rate != null) {
        below.put("gpus", rate.gpuCount().toPlainString());
        below.put("price_per_gpu_hour", rate.pricePerGpuHour().toPlainString());
      }
      below.put("model", YamlWriter.text(rule.model()));
      below.put("replica_attributes", YamlWriter.texts(rule.replicaAttributes()));
      below.put("sharing", word(rule.books().sharing()));
      below.put("window", Units.text(rule.books().window()));
      below.put("allowed_lateness", Units.text(rule.books().allowedLateness()));
      section.put(rule.name(), below);
    }
    return section;
  }

  /** The word for a way to share. */
  static String word(Sharing sharing) {
    return switch (sharing) {
      case Sharing.BusyIntervals _ -> BUSY_INTERVALS;
      case Sharing.Tokens _ -> TOKENS;
      case Sharing.SlotSeconds _ -> SLOT_SECONDS;
    };
  }

  private static Sharing sharing(String word) {
    return switch (word) {
      case TOKENS -> Sharing.Tokens.defaults();
      case SLOT_SECONDS -> new Sharing.SlotSeconds();
      default -> Sharing.busyIntervals();
    };
  }

  private static Optional<BigDecimal> decimal(Section section, String key) {
    return section.value(key, Optional.empty(), text -> Optional.of(decimal(text)));
  }

  private static BigDecimal decimal(String text) {
    if (!text.matches("[+-]?[0-9]{1,9}([.][0-9]{1,18})?")) {
      throw new IllegalArgumentException("expected a decimal number such as 2 or 4.50");
    }
    return new BigDecimal(text);
  }
}
