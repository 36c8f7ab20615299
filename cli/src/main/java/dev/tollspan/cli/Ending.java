package dev.tollspan.cli;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Lets a command finish its work after SIGTERM, SIGHUP or Ctrl-C. A second signal ends the process
 * at once.
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
   * Does the work of a command that starts processes and has an end of its own. The first signal
   * interrupts it, and it ends with the code of the signal, or with its own where that is not 0;
   * they ignore Ctrl-C and would outlive it, so the second signal ends them too.
   *
   * @param name what the command calls itself when it has to say so
   */
  static int ofParent(Console console, String name, Work work) {
    AtomicInteger first = new AtomicInteger();
    Thread working = Thread.currentThread();
    int code =
        of(
            number -> {
              first.set(number);
              working.interrupt();
            },
            () -> {
              ProcessHandle.current().children().forEach(ProcessHandle::destroyForcibly);
              console.err().println("tollspan: " + name + " was ended by a second signal");
            },
            null,
            () -> {
              try {
                return work.run();
              } catch (FailedException failure) {
                return console.fail(failure);
              } catch (InterruptedException _) {
                return ExitCode.OK; // the process ends with the code of the signal
              }
            });
    return code == ExitCode.OK && first.get() != 0 ? BY_SIGNAL + first.get() : code;
  }

  /**
   * Does the work on the calling thread.
   *
   * @param onFirst what the first signal does while the work lasts, on a thread of its own, which
   *     knows its number
   * @param onSecond what is left to do at the second, before the process ends as failed
   * @param onHangUp what each SIGHUP does instead of ending the work, on a thread of its own; it
   *     may come at once with itself and the others; null if it ends the work like the others
   * @return the code of the work
   */
  static int of(
      IntConsumer onFirst, Runnable onSecond, @Nullable Runnable onHangUp, IntSupplier work) {
    AtomicBoolean asked = new AtomicBoolean();
    try (Signals _ =
        Signals.take(
            number -> {
              if (number == Signals.HANG_UP && onHangUp != null) {
                onHangUp.run();
              } else if (asked.compareAndSet(false, true)) {
                onFirst.accept(number);
              } else {
                onSecond.run();
                Runtime.getRuntime().halt(ExitCode.FAILED);
              }
            })) {
      return work.getAsInt();
    }
  }
}
