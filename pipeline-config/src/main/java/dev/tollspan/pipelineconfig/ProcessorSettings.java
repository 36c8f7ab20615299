package dev.tollspan.pipelineconfig;

import dev.tollspan.processors.content.DropContentConfig;
import dev.tollspan.processors.cost.EstimateCostConfig;

/** One entry below {@code processors}. */
sealed interface ProcessorSettings {
  /** {@code estimate_cost}. */
  record EstimateCost(EstimateCostConfig config) implements ProcessorSettings {}

  /** {@code drop_content}: the gate. */
  record DropContent(DropContentConfig config) implements ProcessorSettings {}
}
