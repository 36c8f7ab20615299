package dev.tollspan.receiver;

import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Says which client cannot be served, and why: of each port and reason the first at once, then one
 * a minute at most, however many come. Safe for all threads.
 */
final class Complaints {
  private static final System.Logger LOG = System.getLogger(Complaints.class.getPackageName());
  private static final long PAUSE_NANOS = Duration.ofMinutes(1).toNanos();

  private final LongSupplier nanoTicker;
  private final Map<String, Said> said = new HashMap<>(); // guarded by this

  private record Said(long nanos, long silent) {}

  Complaints(LongSupplier nanoTicker) {
    this.nanoTicker = nanoTicker;
  }

  /**
   * A client at {@code peer} is cut off.
   *
   * @param ours the address that it came to
   * @param why one of few sentences of ours
   */
  synchronized void add(SocketAddress ours, SocketAddress peer, String why) {
    String port = ours instanceof InetSocketAddress inet ? inet.getPort() + "" : "unknown";
    String key = port + " " + why;
    long now = nanoTicker.getAsLong();
    Said last = said.get(key);
    if (last != null && now - last.nanos() < PAUSE_NANOS) {
      said.put(key, new Said(last.nanos(), last.silent() + 1));
      return;
    }
    said.put(key, new Said(now, 0));
    String who =
        peer instanceof InetSocketAddress inet ? inet.getAddress().getHostAddress() : "unknown";
    String more = last == null || last.silent() == 0 ? "" : "; so were " + last.silent() + " more";
    LOG.log(Level.WARNING, "port " + port + ": a client at " + who + " is cut off: " + why + more);
  }
}
