package dev.tollspan.exporters.delivery;

import dev.tollspan.exporters.delivery.Stopping.Pace;
import java.lang.System.Logger.Level;

/**
 * Logs changes of state, at most once a second. What others wrote never gets here. All that changes
 * is owned by the delivery's thread.
 */
final class Voice {
  private static final System.Logger LOG = System.getLogger(Delivery.class.getName());
  private static final long SAY_NANOS = 1_000_000_000L;
  private static final String WELL = "well";

  private final String name;
  private final Pace pace;
  private String said = WELL;
  private long saidNanos;

  Voice(String name, Pace pace) {
    this.name = name;
    this.pace = pace;
    this.saidNanos = pace.nanos() - SAY_NANOS;
  }

  void well() {
    say(WELL);
  }

  void say(String state) {
    long now = pace.nanos();
    if (!state.equals(said) && now - saidNanos >= SAY_NANOS) {
      said = state;
      saidNanos = now;
      LOG.log(state.equals(WELL) ? Level.INFO : Level.WARNING, name + ": " + state);
    }
  }
}
