package dev.tollspan.pipelineconfig;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tollspan.pipeline.SpanExporter;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RelayTest {
  /** What has a default is easily forgotten. */
  @Test
  void passesOnAllThatAnExporterCanBeAsked() throws NoSuchMethodException {
    List<Method> kept = new ArrayList<>();
    for (Method asked : SpanExporter.class.getMethods()) {
      Method relayed = Relay.class.getMethod(asked.getName(), asked.getParameterTypes());
      if (!relayed.getDeclaringClass().equals(Relay.class)) {
        kept.add(asked);
      }
    }
    assertEquals(List.of(), kept);
  }
}
