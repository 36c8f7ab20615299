package dev.tollspan.benchmarks.crash;

/** How a life of the pipeline ends. */
enum Mode {
  /** SIGKILL, now and then before it is ready. */
  KILL,
  /** SIGTERM under load; now and then SIGKILL before it has drained. */
  TERM,
  /** SIGSTOP for a while, then SIGCONT or SIGKILL. */
  STOP,
  /** SIGKILL, then bytes of the journal's segments change. */
  CORRUPT,
  /** The disk is full for a while; then SIGKILL or SIGTERM. */
  ENOSPC,
  /** The machine stops: all that was not synced is gone. */
  POWERLOSS,
  /** Some syncs fail, told by whoever started the process; then SIGKILL or SIGTERM. */
  EIO
}
