package dev.tollspan.exporters.delivery;

import dev.tollspan.journal.Turns;

/** The waits of a delivery between two tries, as its journal's. */
record TurnPace(Turns turns) implements Stopping.Pace {
  @Override
  public long nanos() {
    return turns.nanos();
  }

  @Override
  public void await(Stopping stopping, boolean begunKnown, long wait) {
    if (turns.free() && !begunKnown) {
      Given.await(stopping::begun); // who ended the turns is about to say so
    } else {
      turns.await(wait);
    }
  }
}
