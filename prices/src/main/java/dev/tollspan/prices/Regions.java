package dev.tollspan.prices;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Region classes that a call belongs to. */
final class Regions {
  static final String ANY = "any";

  private Regions() {}

  /**
   * The region classes of a call, the one that decides first.
   *
   * @param prefix what the model's name says, or empty; it decides over the cloud's region
   * @param region a region class, or a cloud's name for a region
   * @param geo where the inference is to stay
   */
  static List<String> of(String prefix, String region, String geo) {
    List<String> classes = new ArrayList<>();
    String place = prefix.isEmpty() ? region.strip().toLowerCase(Locale.ROOT) : prefix;
    if (!place.isEmpty() && !place.equals(ANY)) {
      classes.add(place);
      int dash = place.startsWith("us-gov-") ? "us-gov".length() : place.indexOf('-');
      if (dash > 0 && !place.equals("us-gov")) {
        String area = place.substring(0, dash);
        classes.add(area.equals("ap") ? "apac" : area);
      }
    }
    if (!geo.isBlank()) {
      classes.add("geo_" + geo.strip().toLowerCase(Locale.ROOT));
    }
    return classes;
  }
}
