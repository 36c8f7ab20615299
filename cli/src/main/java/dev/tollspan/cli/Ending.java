package dev.tollspan.cli;

import java.util.concurrent.CountDownLatch;
import java.util.function.IntSupplier;

/**
 * Lets a command finish its work after SIGTERM or Ctrl-C. The process then ends with the code of
 * the signal, or with the command's own code where that is not 0.
 *
 * <p>The hook's thread waits for the command without a limit: who sent the signal decides how long
 * to wait before killing.
 */
final class Ending {
  private final CountDownLatch finished = new CountDownLatch(1);
  private volatile int code = ExitCode.FAILED; // set by the thread that works, read by the hook

  private Ending() {}

  /**
   * Does the work on the calling thread.
   *
   * @param onSignal what a signal does while the work lasts, on a thread of its own
   * @return the code of the work
   */
  static int of(Runnable onSignal, IntSupplier work) {
    Ending ending = new Ending();
    Thread hook =
        new Thread(
            () -> {
              onSignal.run();
              ending.awaitFinish();
            },
            "tollspan-ending");
    Runtime.getRuntime().addShutdownHook(hook);
    try {
      ending.code = work.getAsInt();
      return ending.code;
    } finally {
      ending.finished.countDown();
      remove(hook);
    }
  }

  private static void remove(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException _) {
      // A signal came first, and the hook is at work.
    }
  }

  private void awaitFinish() {
    try {
      finished.await();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    if (code != ExitCode.OK) {
      Runtime.getRuntime().halt(code);
    }
  }
}
