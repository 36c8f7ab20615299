package dev.tollspan.gpuledger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;

/** Between two windows, a request that is taken into the books leaves no garbage. */
class AllocationTest {
  private static final int REQUESTS = 20_000;

  @Test
  void aProvisionalCostAllocatesNothing() {
    Books books = Books.withLateness(3600);
    for (int i = 0; i < 40_000; i++) { // the rows have grown for as many as come below
      add(books, i);
    }
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    for (int i = 40_000; i < 40_000 + REQUESTS; i++) {
      add(books, i);
    }
    long bytes = threads.getCurrentThreadAllocatedBytes() - before;
    assertEquals(60_000, books.ledger.openIntervals());
    assertTrue(bytes < REQUESTS / 10, bytes + " bytes for " + REQUESTS + " requests");
  }

  private static void add(Books books, int i) {
    long start = 40_000_000L * i;
    books.request.clear().id(i, i, i).span(start, start + 10 * Books.SECOND);
    books.request.queueNanos(0).inferenceNanos(10 * Books.SECOND).tokens(100, 10);
    assertEquals(Admission.KEPT, books.ledger.add(books.request, start + 10 * Books.SECOND));
    assertTrue(books.request.provisionalPico() > 0);
  }
}
