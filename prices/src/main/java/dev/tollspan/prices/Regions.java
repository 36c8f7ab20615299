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
    String cloud = region.strip().toLowerCase(Locale.ROOT);
    if (!prefix.isEmpty()) {
      classes.add(prefix);
    } else if (!cloud.isEmpty() && !cloud.equals(ANY)) {
      classes.add(cloud);
      int dash = cloud.startsWith("us-gov-") ? "us-gov".length() : cloud.indexOf('-');
      if (dash > 0) {
        String area = cloud.substring(0, dash);
        classes.add(area.equals("ap") ? "apac" : area);
      }
    }
    if (!geo.isBlank()) {
      classes.add("geo_" + geo.strip().toLowerCase(Locale.ROOT));
    }
    return classes;
  }
}
