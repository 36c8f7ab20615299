package dev.tollspan.gpuledger;

/** Takes what a ledger has to say, in the thread that handed the ledger a request. */
public interface LedgerSink {
  /** A window is closed; windows come in order, without gaps. */
  void closed(WindowRecord window);

  /** A request is missing from windows; those are closed already, or will be without it. */
  void missed(Correction correction);
}
