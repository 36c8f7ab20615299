package dev.tollspan.receiver;

/**
 * Where the receiver listens and how much it lets in.
 *
 * @param host name or address to listen on; whoever can reach it can send spans
 * @param port 1 to 65535, or 0 for one that the system chooses
 * @param requestBytesMax the largest request, on the wire and once decompressed
 * @param inFlightBytesMax what all requests under way may hold together; three quarters of it are
 *     the most that the requests of one connection may hold
 * @param connectionsMax how many may be open at once; others are closed before they say anything
 */
public record OtlpReceiverConfig(
    String host, int port, int requestBytesMax, long inFlightBytesMax, int connectionsMax) {
  /**
   * How many connections are enough for nearly everyone. Their windows take 125 MiB of direct
   * memory together, beside the requests under way.
   */
  public static final int CONNECTIONS_MAX = 1_000;

  private static final int MEBIBYTE = 1 << 20;
  private static final int BYTES_MIN = 1 << 10;
  private static final int PARTS = 64;
  private static final int PART_BYTES_MIN = 128 << 10;
  private static final int PART_BYTES_MAX = 2 << 20;

  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException with the key of the configuration and what it may be
   */
  public OtlpReceiverConfig {
    if (host.isBlank() || port < 0 || port > 65_535) {
      throw new IllegalArgumentException("endpoint: must be host:port, the port 0 to 65535");
    }
    if (requestBytesMax < BYTES_MIN || requestBytesMax > 1024 * MEBIBYTE) {
      throw new IllegalArgumentException("max_recv_msg_size_mib: must be above 0, at most 1024");
    }
    if (inFlightBytesMax < BYTES_MIN || inFlightBytesMax > ByteBudget.BYTES_MAX) {
      throw new IllegalArgumentException("max_in_flight_size_mib: must be above 0, at most 1 TiB");
    }
    if (connectionsMax < 1) {
      throw new IllegalArgumentException("max_connections: must be at least 1");
    }
  }

  /** With the usual number of connections. */
  public OtlpReceiverConfig(String host, int port, int requestBytesMax, long inFlightBytesMax) {
    this(host, port, requestBytesMax, inFlightBytesMax, CONNECTIONS_MAX);
  }

  /**
   * Loopback, the port and the request limit that OTLP recommends, and a quarter of the heap: spans
   * that wait for their outcome share it with those that wait for delivery.
   */
  public static OtlpReceiverConfig defaults() {
    return new OtlpReceiverConfig(
        "127.0.0.1", 4317, 64 * MEBIBYTE, Runtime.getRuntime().maxMemory() / 4);
  }

  /**
   * What one connection may hold of this budget, so that there is something left for the others; no
   * request that is larger can be taken.
   */
  public static long connectionBytesMax(long inFlightBytesMax) {
    return inFlightBytesMax - inFlightBytesMax / 4;
  }

  /**
   * Above so many bytes of rows a request is handed over in parts: small enough that what is made
   * of a part, up to ten times as much, fits beside a request that fills most of the budget.
   */
  long partBytesMax() {
    return Math.clamp(inFlightBytesMax / PARTS, PART_BYTES_MIN, PART_BYTES_MAX);
  }

  long connectionBytesMax() {
    return connectionBytesMax(inFlightBytesMax);
  }

  /** The largest request that can ever be taken: above it the answer is "too large". */
  int requestLimit() {
    return (int) Math.min(requestBytesMax, connectionBytesMax());
  }
}
