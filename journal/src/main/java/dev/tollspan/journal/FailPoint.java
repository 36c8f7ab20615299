package dev.tollspan.journal;

/** Called with a name at each step that a crash may follow; tests end the journal's life there. */
interface FailPoint {
  FailPoint NONE = name -> {};

  void reach(String name);
}
