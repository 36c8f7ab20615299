package dev.tollspan.spans;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.InvalidProtocolBufferException;
import io.opentelemetry.proto.trace.v1.TracesData;

/** What holds for any bytes at all that are sent as a request. */
public final class Soundness {
  private Soundness() {}

  /** Decodes, reads and splices; and compares with the generated classes if they can read it. */
  public static void check(byte[] request) {
    Decoded decoded = Requests.decode(request);
    if (Requests.isCanonical(request)) {
      canonical(request, decoded);
    } else if (decoded instanceof Decoded.Whole whole) {
      odd(request, Requests.taken(whole));
    }
  }

  /** The fast path may take only what means the same to the generated classes, byte by byte. */
  private static void canonical(byte[] request, Decoded decoded) {
    Requests.Taken taken = Requests.taken((Decoded.Whole) decoded);
    assertEquals(0, taken.rejected() + taken.odd());
    try {
      TracesData message = TracesData.parseFrom(request);
      assertEquals(message, taken.message());
      assertEquals(Rules.apply(message), Rules.withoutTwins(message));
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError("the generated classes do not take it", e);
    }
  }

  private static void odd(byte[] request, Requests.Taken taken) {
    TracesData message;
    try {
      message = Rules.parse(request);
    } catch (InvalidProtocolBufferException e) {
      return; // text that was repaired, or a span that was rejected and its neighbours kept
    }
    assertEquals(Rules.spans(message), Rules.spans(taken.message()) + taken.rejected());
    TracesData expected = Rules.apply(message);
    int invalid = Rules.spans(message) - Rules.spans(expected);
    assertTrue(taken.rejected() >= invalid);
    if (taken.rejected() == invalid) { // else some hold groups, which the generated classes skip
      assertEquals(expected, Rules.withoutTwins(taken.message()));
    }
  }
}
