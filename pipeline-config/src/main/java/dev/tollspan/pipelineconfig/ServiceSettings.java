package dev.tollspan.pipelineconfig;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What lies below {@code service}: which of the defined components run, and in which order. */
record ServiceSettings(List<String> extensions, Map<String, Traces> pipelines) {
  public ServiceSettings {
    extensions = List.copyOf(extensions);
    pipelines = Collections.unmodifiableMap(new LinkedHashMap<>(pipelines));
  }

  /** A pipeline as lists of component ids. */
  public record Traces(List<String> receivers, List<String> processors, List<String> exporters) {
    public Traces {
      receivers = List.copyOf(receivers);
      processors = List.copyOf(processors);
      exporters = List.copyOf(exporters);
    }
  }
}
