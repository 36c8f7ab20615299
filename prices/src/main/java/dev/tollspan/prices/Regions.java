package dev.tollspan.prices;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Region classes that a call belongs to. */
final class Regions {
  static final String ANY = "any";

  private static final String GEO = "geo_";
  private static final Set<String> NOWHERE = Set.of(GEO + "global", GEO + "not_available");

  private Regions() {}

  /** Where the inference is to stay, or empty if it may run anywhere. */
  static String geo(List<String> classes) {
    String last = classes.isEmpty() ? "" : classes.getLast();
    return last.startsWith(GEO) && !NOWHERE.contains(last) ? last : "";
  }

  /**
   * The region classes of a call, the one that decides first. That a region lies in an area decides
   * at Bedrock alone: elsewhere a price for an area is one for a deployment that was bought for it.
   *
   * @param provider by its id
   * @param prefix what the model's name says, or empty; it decides over the cloud's region
   * @param region a region class, or a cloud's name for a region
   * @param geo where the inference is to stay
   */
  static List<String> of(String provider, String prefix, String region, String geo) {
    List<String> classes = new ArrayList<>();
    String place = prefix.isEmpty() ? region.strip().toLowerCase(Locale.ROOT) : prefix;
    if (!place.isEmpty() && !place.equals(ANY)) {
      classes.add(place);
      int dash = place.startsWith("us-gov-") ? "us-gov".length() : place.indexOf('-');
      if (provider.equals("bedrock") && dash > 0 && !place.equals("us-gov")) {
        String area = place.substring(0, dash);
        classes.add(area.equals("ap") ? "apac" : area);
      }
    }
    if (!geo.isBlank()) {
      classes.add(GEO + geo.strip().toLowerCase(Locale.ROOT));
    }
    return classes;
  }
}
