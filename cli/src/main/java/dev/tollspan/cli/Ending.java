package dev.tollspan.cli;

import java.util.concurrent.CountDownLatch;

/**
 * Lets a command finish its work after SIGTERM or Ctrl-C. The process then ends with the code of
 * the signal, or with the command's own code where that is not 0.
 *
 * <p>The hook's thread waits for the command without a limit: who sent the signal decides how long
 * to wait before killing.
 */
final class Ending {
  private final Thread hook;
  private final CountDownLatch finished = new CountDownLatch(1);
  private volatile int code;

  /** From now on a signal runs this, on a thread of its own. */
  Ending(Runnable onSignal) {
    hook =
        new Thread(
            () -> {
              onSignal.run();
              awaitFinish();
            },
            "tollspan-ending");
    Runtime.getRuntime().addShutdownHook(hook);
  }

  /** The work is done; says so to a signal that waits, and returns the code. */
  int finish(int exitCode) {
    code = exitCode;
    finished.countDown();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException _) {
      // A signal came first, and its hook is at work.
    }
    return exitCode;
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
