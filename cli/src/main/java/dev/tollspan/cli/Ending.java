package dev.tollspan.cli;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntSupplier;

/**
 * Lets a command finish its work after SIGTERM, SIGHUP or Ctrl-C. It then ends with the code of the
 * signal, or with its own code where that is not 0. A second signal ends the process at once.
 */
final class Ending {
  private static final int BY_SIGNAL = 128;

  private Ending() {}

  /**
   * Does the work on the calling thread.
   *
   * @param onFirst what the first signal does while the work lasts, on a thread of its own
   * @param onSecond what is left to do at the second, before the process ends as failed
   * @return the code to end with
   */
  static int of(Runnable onFirst, Runnable onSecond, IntSupplier work) {
    AtomicInteger first = new AtomicInteger();
    try (Signals _ =
        Signals.take(
            number -> {
              if (first.compareAndSet(0, number)) {
                onFirst.run();
              } else {
                onSecond.run();
                Runtime.getRuntime().halt(ExitCode.FAILED);
              }
            })) {
      int code = work.getAsInt();
      return code == ExitCode.OK && first.get() != 0 ? BY_SIGNAL + first.get() : code;
    }
  }
}
