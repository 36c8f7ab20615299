package dev.tollspan.processors.cost;

import dev.tollspan.gpuledger.GpuLedgerConfig;
import dev.tollspan.gpuledger.GpuRate;
import dev.tollspan.gpuledger.Sharing;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A rule for models that run on GPUs of one's own.
 *
 * @param name what the rule is called; it names the replica where the resource does not
 * @param match resource attributes and the texts that all of them must have
 * @param rate what one replica costs; null: its calls are priced by tokens
 * @param model the model of spans that name none, as a price book knows it; empty: unknown
 * @param replicaAttributes resource attributes that tell replicas apart, the best first
 * @param books how the bill is shared
 */
public record SelfHosted(
    String name,
    Map<String, String> match,
    @Nullable GpuRate rate,
    String model,
    List<String> replicaAttributes,
    GpuLedgerConfig books) {
  /** What tells replicas apart if nothing else is said. */
  public static final List<String> REPLICA_ATTRIBUTES =
      List.of("k8s.pod.uid", "k8s.pod.name", "service.instance.id", "host.name");

  private static final int ENTRIES_MAX = 16;
  private static final int TEXT_MAX = 256;
  private static final long WINDOWS_PER_REQUEST_MAX = 1440;

  /**
   * Checks the limits.
   *
   * @throws IllegalArgumentException if one is broken
   */
  public SelfHosted {
    match = Collections.unmodifiableMap(new LinkedHashMap<>(match));
    replicaAttributes = List.copyOf(replicaAttributes);
    check(
        name.matches("[A-Za-z0-9._-]{1,64}"),
        "self_hosted must name its rules with 1 to 64 letters, digits, dots, - or _");
    check(!match.isEmpty() && match.size() <= ENTRIES_MAX, "match must name 1 to 16 attributes");
    match.forEach(
        (key, value) ->
            check(isShort(key) && isShort(value), "match must have keys and values of 1 to 256"));
    check(
        replicaAttributes.size() <= ENTRIES_MAX
            && replicaAttributes.stream().allMatch(SelfHosted::isShort),
        "replica_attributes must be at most 16 attributes");
    check(model.length() <= TEXT_MAX, "model must have at most 256 characters");
    check(
        rate != null || !model.isBlank(),
        "match must come with gpus and price_per_gpu_hour, or with model");
  }

  /** Books with this sharing, window and lateness, which believe requests of up to an hour. */
  public static GpuLedgerConfig books(Sharing sharing, Duration window, Duration lateness) {
    GpuLedgerConfig standard = GpuLedgerConfig.defaults();
    Duration longest = window.multipliedBy(WINDOWS_PER_REQUEST_MAX);
    boolean fits = standard.requestMax().compareTo(longest) <= 0;
    return new GpuLedgerConfig(
        window, lateness, fits ? standard.requestMax() : longest, standard.intervalsMax(), sharing);
  }

  private static boolean isShort(String text) {
    return !text.isBlank() && text.length() <= TEXT_MAX;
  }

  private static void check(boolean holds, String message) {
    if (!holds) {
      throw new IllegalArgumentException(message);
    }
  }
}
