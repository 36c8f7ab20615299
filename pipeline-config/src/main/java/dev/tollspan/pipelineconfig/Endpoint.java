package dev.tollspan.pipelineconfig;

import dev.tollspan.receiver.OtlpReceiverConfig;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where to listen.
 *
 * @param host a name or address; an IPv6 address without brackets
 * @param port 0 lets the system choose
 */
record Endpoint(String host, int port) {
  private static final Pattern HOST_PORT =
      Pattern.compile("(?:\\[([0-9a-fA-F:.]+)\\]|([a-zA-Z0-9._-]*)):([0-9]{1,5})");

  /**
   * Reads {@code host:port}; without a host it is every address of the machine.
   *
   * @throws IllegalArgumentException for anything else
   */
  static Endpoint parse(String text) {
    Matcher matcher = HOST_PORT.matcher(text);
    if (!matcher.matches() || Integer.parseInt(matcher.group(3)) > 65_535) {
      throw new IllegalArgumentException("expected host:port, such as 127.0.0.1:4317");
    }
    String host = matcher.group(1) != null ? matcher.group(1) : matcher.group(2);
    return new Endpoint(host.isEmpty() ? "0.0.0.0" : host, Integer.parseInt(matcher.group(3)));
  }

  /** Where this listens. */
  static Endpoint of(OtlpReceiverConfig.Listen listen) {
    return new Endpoint(listen.host(), listen.port());
  }

  /** Whether only this machine can come here, as far as the name tells. */
  boolean isLoopback() {
    return address().startsWith("127.") || host.equals("::1");
  }

  /** Whether both cannot listen at once; names of hosts are compared, not looked up. */
  boolean overlaps(Endpoint other) {
    return port != 0
        && port == other.port
        && (address().equals(other.address()) || isEvery() || other.isEvery());
  }

  private String address() {
    return host.equalsIgnoreCase("localhost") ? "127.0.0.1" : host;
  }

  private boolean isEvery() {
    return host.equals("0.0.0.0") || host.equals("::");
  }

  @Override
  public String toString() {
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
  }
}
