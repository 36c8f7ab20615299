package dev.tollspan.processors.cost;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tollspan.gpuledger.GpuLedger;
import dev.tollspan.gpuledger.GpuRate;
import dev.tollspan.gpuledger.LedgerSink;
import dev.tollspan.spans.Attributes;
import dev.tollspan.spans.KeyTable;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A rule for self-hosted models, with its keys as numbers and its texts as bytes. Immutable. */
final class HostRule {
  private static final int REPLICA_BYTES_MAX = 256;
  private static final double PICO_PER_SECOND_OF_HOURLY_USD = 1e12 / 3600;

  /** The model of spans that name none; no bytes: unknown. */
  final byte[] model;

  private final SelfHosted rule;
  private final @Nullable GpuRate rate;
  private final double picoPerSecond;
  private final int[] keys;
  private final byte[][] values;
  private final int[] replicaKeys;

  HostRule(SelfHosted rule, KeyTable table) {
    this.rule = rule;
    rate = rule.rate();
    picoPerSecond =
        rate == null
            ? 0
            : rate.gpuCount().multiply(rate.pricePerGpuHour()).doubleValue()
                * PICO_PER_SECOND_OF_HOURLY_USD;
    model = rule.model().getBytes(UTF_8);
    keys = numbers(rule.match().keySet().stream().toList(), table);
    values = new byte[keys.length][];
    int i = 0;
    for (String value : rule.match().values()) {
      values[i++] = value.getBytes(UTF_8);
    }
    replicaKeys = numbers(rule.replicaAttributes(), table);
  }

  /** Whether it says what a GPU costs. */
  boolean isByGpu() {
    return rate != null;
  }

  boolean matches(Attributes resource) {
    for (int i = 0; i < keys.length; i++) {
      int at = resource.find(keys[i]);
      if (at < 0 || resource.type(at) != Attributes.STRING || !isEqual(resource, at, values[i])) {
        return false;
      }
    }
    return true;
  }

  /** A name for the replica that no other rule can give; allocates. */
  String replica(Attributes resource) {
    for (int key : replicaKeys) {
      int at = resource.find(key);
      int length = at >= 0 && resource.type(at) == Attributes.STRING ? resource.valueLength(at) : 0;
      if (length > 0 && length <= REPLICA_BYTES_MAX) {
        return rule.name() + "/" + resource.text(at);
      }
    }
    return rule.name();
  }

  /** New books for a replica; only for a rule that is by GPU. */
  GpuLedger open(String replica, long openedNanos, LedgerSink sink) {
    GpuRate known = rate;
    if (known == null) {
      throw new IllegalStateException("a rule without a price keeps no books");
    }
    return new GpuLedger(replica, known, rule.books(), openedNanos, sink);
  }

  /** The start of the window that an instant lies in. */
  long windowStart(long nanos) {
    return nanos - Math.floorMod(nanos, rule.books().window().toNanos());
  }

  /** How long after its start a request may still arrive. */
  long reachNanos() {
    return rule.books().requestMax().plus(rule.books().allowedLateness()).toNanos();
  }

  /** For how long of the replica's time an amount pays; NaN if time costs nothing. */
  double seconds(long pico) {
    return picoPerSecond > 0 ? pico / picoPerSecond : Double.NaN;
  }

  private static boolean isEqual(Attributes attributes, int at, byte[] value) {
    int from = attributes.valueOffset(at);
    int to = from + attributes.valueLength(at);
    return Arrays.equals(attributes.bytes(), from, to, value, 0, value.length);
  }

  private static int[] numbers(List<String> names, KeyTable table) {
    return names.stream().mapToInt(table::id).toArray();
  }
}
