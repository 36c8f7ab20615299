package dev.tollspan.journal;

/** Arrays for readers that are made anew each time. */
enum Heap implements Reader.Buffers {
  ARRAYS;

  @Override
  public byte[] acquire(int bytesMin) {
    return new byte[bytesMin];
  }

  @Override
  public void release(byte[] array, int used) {}
}
