package dev.tollspan.receiver;

/** Says that something of ours died, and where, but not of what: that may repeat a request. */
final class DefectLog {
  private static final System.Logger LOG = System.getLogger(DefectLog.class.getPackageName());

  private DefectLog() {}

  static void add(Throwable defect) {
    StackTraceElement[] trace = defect.getStackTrace();
    LOG.log(
        System.Logger.Level.ERROR,
        "a request failed: {0} at {1}",
        defect.getClass().getName(),
        trace.length > 0 ? trace[0] : "unknown place");
  }
}
