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
  /** Syncs fail for a while; then SIGKILL or SIGTERM. */
  EIO,
  /** Files may not grow for a while; then SIGKILL or SIGTERM. */
  FSIZE,
  /** No file can be opened for writing for a while; then SIGKILL or SIGTERM. */
  READONLY
}
