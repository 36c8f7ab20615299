package dev.tollspan.pipelineconfig;

import dev.tollspan.processors.content.DropContentConfig;
import dev.tollspan.processors.content.Profile;
import dev.tollspan.processors.cost.EstimateCostConfig;
import java.util.Locale;

/** One entry below {@code processors}. */
sealed interface ProcessorSettings {
  /** {@code estimate_cost}. */
  record EstimateCost(EstimateCostConfig config) implements ProcessorSettings {}

  /** {@code drop_content}: the gate. */
  record DropContent(DropContentConfig config) implements ProcessorSettings {
    /** The word for how much it keeps. */
    String profile() {
      return config.profile().name().toLowerCase(Locale.ROOT);
    }

    /** Whether prompts are behind it, so that what follows must be private and must forget. */
    boolean keepsContent() {
      return config.profile() == Profile.PASSTHROUGH;
    }
  }
}
