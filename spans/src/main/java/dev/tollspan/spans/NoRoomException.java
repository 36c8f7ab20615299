package dev.tollspan.spans;

/**
 * There is no room for what is to be made of a batch. It comes out of {@link BatchEditor#splice}
 * and {@link SpanBatch#part} and goes through processors and the gate to whoever counts memory; the
 * batch stays its holder's.
 */
public final class NoRoomException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** Without a stack trace: it is an answer, no defect. */
  public NoRoomException() {
    super("no room for the spans", null, false, false);
  }
}
