package dev.tollspan.pipelineconfig;

import java.util.List;

/** One entry below {@code processors}. */
public sealed interface ProcessorSettings {
  /** {@code estimate_cost}: price books, the first match wins. */
  record EstimateCost(List<String> prices, boolean defaultPrice) implements ProcessorSettings {
    public EstimateCost {
      prices = List.copyOf(prices);
    }
  }

  /** {@code drop_content}: the gate; {@code allow} names more attribute keys to keep. */
  record DropContent(String profile, List<String> allow) implements ProcessorSettings {
    public DropContent {
      allow = List.copyOf(allow);
    }
  }
}
