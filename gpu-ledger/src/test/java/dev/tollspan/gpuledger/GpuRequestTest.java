package dev.tollspan.gpuledger;

import static dev.tollspan.gpuledger.Books.at;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class GpuRequestTest {
  private final GpuRequest request = new GpuRequest().span(at(100), at(130));

  @Test
  void queueAndInferenceAreExact() {
    request.queueNanos(at(2)).inferenceNanos(at(25)).firstTokenNanos(at(5)).endToEndNanos(at(29));
    interval(102, 105, 127, false);
  }

  @Test
  void prefillAndDecodeStandForInference() {
    request.queueNanos(at(2)).prefillNanos(at(3)).decodeNanos(at(20));
    interval(102, 105, 125, false);
  }

  @Test
  void theFirstTokenLessThePrefillStandsForTheQueue() {
    request.firstTokenNanos(at(5)).prefillNanos(at(3)).inferenceNanos(at(20));
    interval(102, 105, 122, true);
  }

  @Test
  void withoutAPrefillTheFirstTokenOnlyEndsIt() {
    request.firstTokenNanos(at(5));
    interval(100, 105, 130, true);
  }

  @Test
  void theEndToEndTimeIsBetterThanTheSpansEnd() {
    request.queueNanos(at(2)).endToEndNanos(at(29));
    interval(102, 102, 129, true);
  }

  @Test
  void theSpanItselfIsTheLastResort() {
    interval(100, 100, 130, true);
  }

  @Test
  void aPrefillEndsInsideOfTheInterval() {
    request.queueNanos(at(2)).inferenceNanos(at(5)).prefillNanos(at(50));
    interval(102, 107, 107, false);
    request.clear().span(at(100), at(130)).queueNanos(at(2)).inferenceNanos(at(5));
    request.firstTokenNanos(at(1));
    interval(102, 102, 107, false);
  }

  @Test
  void secondsBecomeNanoseconds() {
    assertEquals(100_000_000, GpuRequest.nanos(0.1));
    assertEquals(0, GpuRequest.nanos(0));
    assertEquals(-1, GpuRequest.nanos(-0.1));
    assertEquals(-1, GpuRequest.nanos(Double.NaN));
    assertEquals(-1, GpuRequest.nanos(Double.NEGATIVE_INFINITY));
  }

  private void interval(double start, double prefillEnd, double end, boolean approximate) {
    assertEquals(Admission.KEPT, request.resolve(at(3600), at(1000)));
    assertEquals(at(start), request.startNanos());
    assertEquals(at(prefillEnd), request.prefillEndNanos);
    assertEquals(at(end), request.endNanos());
    assertEquals(approximate, request.isApproximate());
  }
}
