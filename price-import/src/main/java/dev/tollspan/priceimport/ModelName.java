package dev.tollspan.priceimport;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A model's name as its provider's API has it, in lower case, and the region that stood before it.
 *
 * @param region {@code any} if none did
 */
record ModelName(String model, String region) {
  private static final Pattern SIZE =
      Pattern.compile(
          "\\d+-x-\\d+|max-x-max|\\d+-steps|max-steps|low|medium|high|xhigh|standard|hd");
  private static final Pattern SIZE_CLASS = Pattern.compile("(fireworks|together)-ai-.*");
  private static final Pattern AWS_REGION = Pattern.compile("[a-z]{2}(-gov)?-[a-z]+-\\d");
  private static final Pattern WRAPPER = Pattern.compile("^accounts/[^/]+/models/");
  private static final Set<String> GEOGRAPHIES =
      Set.of("us", "eu", "apac", "jp", "au", "ca", "in", "us-gov", "global");
  private static final Set<String> BEDROCK_ROUTES =
      Set.of("bedrock", "bedrock_mantle", "invoke", "converse", "claude_platform", "*");
  private static final String BEDROCK = "bedrock";

  /** In a book: the row for models that no book knows. */
  private static final String UNKNOWN = "default";

  private static final int CHARS_MAX = 500;
  private static final int DELETE = 127;

  static String lower(String name) {
    return name.strip().toLowerCase(Locale.ROOT);
  }

  /** A name of a catalogue that has no folders before it. */
  static ModelName plain(String provider, String name) {
    String model = WRAPPER.matcher(lower(name)).replaceFirst("");
    if (!provider.equals(BEDROCK)) {
      return new ModelName(model, Rate.ANY);
    }
    int dot = model.indexOf('.');
    String first = dot < 0 ? "" : model.substring(0, dot);
    if (first.equals("regional")) {
      return new ModelName(model.substring(dot + 1), Rate.ANY);
    }
    return GEOGRAPHIES.contains(first)
        ? new ModelName(model.substring(dot + 1), first)
        : new ModelName(model, Rate.ANY);
  }

  /**
   * A key of LiteLLM's map: {@code provider/region/model}, with any part but the last missing.
   *
   * @param provider the book's provider
   * @param catalogueProvider LiteLLM's
   */
  static ModelName keyed(String key, String provider, String catalogueProvider) {
    List<String> parts = new ArrayList<>(Arrays.asList(lower(key).split("/", -1)));
    if (parts.size() > 1 && catalogueProvider.startsWith(parts.getFirst())) {
      parts.removeFirst();
    }
    String region = Rate.ANY;
    if (provider.equals(BEDROCK)) {
      while (parts.size() > 1) {
        String part = parts.removeFirst();
        if (!BEDROCK_ROUTES.contains(part)) {
          region = part;
        }
      }
    } else if (provider.equals("azure") && parts.size() > 1) {
      String part = parts.getFirst().replace("global-standard", "global");
      if (GEOGRAPHIES.contains(part)) {
        region = part;
        parts.removeFirst();
      }
    }
    ModelName name = plain(provider, String.join("/", parts));
    return region.equals(Rate.ANY) ? name : new ModelName(name.model(), region);
  }

  /** Whether a book can hold the name: it has no tabs, and no patterns or words of its own. */
  static boolean isHeld(String name) {
    return !name.isBlank()
        && name.length() <= CHARS_MAX
        && !name.equals(UNKNOWN)
        && name.indexOf('*') < 0
        && isText(name);
  }

  private static boolean isText(String name) {
    return name.chars().noneMatch(c -> c < ' ' || c == DELETE);
  }

  /** Why a key of LiteLLM's map names no model that spans could tell, if so. */
  static Optional<Defect> objection(String key) {
    if (!isText(key)) {
      return Optional.of(Defect.BAD_NAME);
    }
    String[] parts = lower(key).split("/", -1);
    if (SIZE_CLASS.matcher(parts[0]).matches()) {
      return Optional.of(Defect.PRICE_BY_SIZE);
    }
    for (int i = 0; i < parts.length - 1; i++) {
      if (SIZE.matcher(parts[i]).matches()) {
        return Optional.of(Defect.PRICE_BY_SIZE);
      }
      if (parts[i].endsWith("-commitment")) {
        return Optional.of(Defect.COMMITTED_CAPACITY);
      }
    }
    return Optional.empty();
  }

  /** Whether the region is a data centre's rather than a geography or none. */
  boolean isDataCentre() {
    return AWS_REGION.matcher(region).matches();
  }

  /** The name with its geography before it, as a catalogue without folders has it. */
  String prefixed() {
    return region.equals(Rate.ANY) ? model : region + "." + model;
  }
}
