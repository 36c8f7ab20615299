package dev.tollspan.sampleinferenceservice;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How one inference service runs. Immutable; nothing in it reads the environment.
 *
 * @param host the address to listen on
 * @param port the port to listen on, 0 for any free one
 * @param simulation the engine that stands in for a model
 * @param telemetry where spans go and what they may carry
 */
public record Settings(String host, int port, Simulation simulation, Telemetry telemetry) {
  /** Refuses a port outside of 0 to 65535 with an IllegalArgumentException. */
  public Settings {
    require(port >= 0 && port <= 65_535, "the port must be between 0 and 65535");
  }

  /** Loopback, port 8080, real-time simulation, spans that carry no content and go nowhere. */
  public static Settings defaults() {
    return new Settings("127.0.0.1", 8080, Simulation.defaults(), Telemetry.defaults());
  }

  /**
   * The simulated engine.
   *
   * @param slots calls that run at the same time; the others queue in order of arrival
   * @param timeScale factor on all simulated waiting; 0 for none. Reported latencies keep scale 1
   * @param seed makes the ids of calls, traces and spans repeatable; null for random ones
   */
  public record Simulation(int slots, double timeScale, @Nullable Long seed) {
    /** Refuses fewer than one slot or a scale that is no finite number from 0 on. */
    public Simulation {
      require(slots >= 1, "there must be at least 1 slot");
      require(Double.isFinite(timeScale) && timeScale >= 0, "the time scale must be 0 or more");
    }

    /** Eight slots, real time, random ids. */
    public static Simulation defaults() {
      return new Simulation(8, 1.0, null);
    }
  }

  /**
   * Where spans go. The three destinations are independent of one another.
   *
   * @param enabled false for a service that makes no spans at all
   * @param otlp the collector, or null
   * @param tracesFile the file to which one JSON line per span is appended, or null
   * @param console whether each span is also printed as it ends
   * @param captureContent whether spans carry prompts and completions
   * @param reportCost whether the root span carries the estimated cost
   * @param resource resource attributes, laid over our own
   */
  public record Telemetry(
      boolean enabled,
      @Nullable OtlpTarget otlp,
      @Nullable Path tracesFile,
      boolean console,
      boolean captureContent,
      boolean reportCost,
      Map<String, String> resource) {
    /** Copies the attributes. */
    public Telemetry {
      resource = Map.copyOf(resource);
    }

    /** Spans are made and go nowhere, without content and cost. */
    public static Telemetry defaults() {
      return new Telemetry(true, null, null, false, false, false, Map.of());
    }

    /** The same, sent to this collector too. */
    public Telemetry withOtlp(OtlpTarget target) {
      return new Telemetry(
          enabled, target, tracesFile, console, captureContent, reportCost, resource);
    }
  }

  /** The two ways to carry OTLP. */
  public enum Protocol {
    GRPC,
    HTTP_PROTOBUF
  }

  /**
   * A collector.
   *
   * @param endpoint http or https, with a host; for HTTP the whole address, used as it is
   * @param headers sent with every export; values are secrets
   * @param gzip whether requests are compressed
   */
  public record OtlpTarget(
      URI endpoint,
      Protocol protocol,
      Map<String, String> headers,
      Duration timeout,
      boolean gzip) {
    /** Refuses an endpoint without host or scheme, and a timeout that is not above zero. */
    public OtlpTarget {
      String scheme = endpoint.getScheme();
      require(
          ("http".equals(scheme) || "https".equals(scheme)) && endpoint.getHost() != null,
          "the OTLP endpoint must look like http://host:port");
      require(timeout.isPositive(), "the OTLP timeout must be above zero");
      headers = Map.copyOf(headers);
    }

    /** A collector at this endpoint, over gRPC, without headers, answering within 5 s. */
    public static OtlpTarget grpc(URI endpoint) {
      return new OtlpTarget(endpoint, Protocol.GRPC, Map.of(), Duration.ofSeconds(5), false);
    }

    /**
     * Where traces go of a collector whose HTTP address is this base for all signals
     * (specification: protocol/exporter, "Endpoint URLs for OTLP/HTTP").
     */
    static URI tracesBelow(URI base) {
      String text = base.toString();
      return URI.create(text + (text.endsWith("/") ? "" : "/") + "v1/traces");
    }

    /** Host and port, the port by scheme where the endpoint names none. */
    String authority() {
      int standardPort = "https".equals(endpoint.getScheme()) ? 443 : 80;
      int port = endpoint.getPort() == -1 ? standardPort : endpoint.getPort();
      return endpoint.getHost() + ":" + port;
    }

    /** Leaves out the headers and any credentials in the endpoint. */
    @Override
    public String toString() {
      return "OtlpTarget[" + authority() + ", " + protocol + ", " + timeout + "]";
    }
  }

  private static void require(boolean condition, String message) {
    if (!condition) {
      throw new IllegalArgumentException(message);
    }
  }
}
