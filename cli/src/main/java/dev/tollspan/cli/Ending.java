package dev.tollspan.cli;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Lets a command finish its work after SIGTERM, SIGHUP or Ctrl-C. It then ends with the code of the
 * signal, or with its own code where that is not 0. A second signal ends the process at once.
 */
final class Ending {
  private static final int BY_SIGNAL = 128;

  private Ending() {}

  /** What a command does with processes that it starts. */
  interface Work {
    /** Does it, and returns the code to end with. */
    int run() throws FailedException, InterruptedException;
  }

  /**
   * Does the work of a command that starts processes. The first signal interrupts it; they ignore
   * Ctrl-C and would outlive it, so the second signal ends them too.
   *
   * @param name what the command calls itself when it has to say so
   */
  static int ofParent(Console console, String name, Work work) {
    return of(
        Thread.currentThread()::interrupt,
        () -> {
          ProcessHandle.current().children().forEach(ProcessHandle::destroyForcibly);
          console.err().println("tollspan: " + name + " was ended by a second signal");
        },
        () -> {
          try {
            return work.run();
          } catch (FailedException failure) {
            return console.fail(failure);
          } catch (InterruptedException _) {
            return ExitCode.OK; // the process ends with the code of the signal
          }
        });
  }

  /**
   * Does the work on the calling thread; a hang-up ends it like the others.
   *
   * @param onFirst what the first signal does while the work lasts, on a thread of its own
   * @param onSecond what is left to do at the second, before the process ends as failed
   * @return the code to end with
   */
  static int of(Runnable onFirst, Runnable onSecond, IntSupplier work) {
    return of(onFirst, onSecond, null, work);
  }

  /**
   * The same.
   *
   * @param onHangUp what each SIGHUP does instead of ending the work, on a thread of its own; it
   *     may come at once with itself and the others
   */
  static int of(
      Runnable onFirst, Runnable onSecond, @Nullable Runnable onHangUp, IntSupplier work) {
    AtomicInteger first = new AtomicInteger();
    try (Signals _ =
        Signals.take(
            number -> {
              if (number == Signals.HANG_UP && onHangUp != null) {
                onHangUp.run();
              } else if (first.compareAndSet(0, number)) {
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
