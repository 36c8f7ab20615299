package dev.tollspan.prices;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The plainer forms of a model's name, from the one as it was said to the barest.
 *
 * <p>Taken off: case, an ARN's head, wrappers ({@code openai/}, {@code models/}, {@code
 * publishers/x/models/}), geography ({@code eu.}), version marks ({@code -v1:0}, {@code @001}), and
 * at last the organisation of {@code org/name}. Kept, because they change the price: {@code :free},
 * {@code -fast}, {@code ft:}, context suffixes.
 */
final class Names {
  /**
   * One form.
   *
   * @param provider whom a prefix named; any if none did
   */
  record Form(String provider, String name) {}

  private static final Set<String> GEOGRAPHIES =
      Set.of("us", "eu", "apac", "jp", "au", "us-gov", "global");
  private static final Pattern WRAPPER =
      Pattern.compile(
          "(?:projects/[^/]+/locations/[^/]+/)?(?:publishers|accounts)/[^/]+/models/"
              + "|models/|converse/");
  private static final Pattern PLACE =
      Pattern.compile("arn:[^:]+:[^:]+:([a-z0-9-]+):|projects/[^/]+/locations/([^/]+)/");
  private static final Pattern VERSION = Pattern.compile("(.+)-v\\d+:\\d+");
  private static final Pattern AT = Pattern.compile("(.+)@([^@]*)");
  private static final Pattern DATED = Pattern.compile("(.+)[-@](\\d{4}-?\\d{2}-?\\d{2})");
  private static final Pattern DATE =
      Pattern.compile("20\\d\\d(-?)(0[1-9]|1[0-2])\\1(0[1-9]|[12]\\d|3[01])");

  private Names() {}

  /**
   * The forms of a name, the closest first; all in lower case.
   *
   * @param isProvider whether what stands before a slash is a vendor
   */
  static List<Form> forms(String name, Predicate<String> isProvider) {
    List<Form> forms = new ArrayList<>();
    Form form = new Form(Providers.ANY, name.strip().toLowerCase(Locale.ROOT));
    add(forms, form);
    form = add(forms, new Form(form.provider(), resource(form.name())));
    for (Form inner = unwrap(form, isProvider);
        !inner.equals(form);
        inner = unwrap(form, isProvider)) {
      form = add(forms, inner);
    }
    String plain = form.name();
    String geography = geography(plain);
    if (!geography.isEmpty()) {
      plain = plain.substring(geography.length() + 1);
    }
    if (plain.startsWith("gpt-35")) {
      plain = "gpt-3.5" + plain.substring("gpt-35".length());
    }
    add(forms, new Form(form.provider(), plain));
    Matcher at = AT.matcher(plain);
    if (at.matches()) {
      boolean dated = isDate(at.group(2));
      plain = dated ? at.group(1) + '-' + at.group(2) : at.group(1);
    }
    Matcher version = VERSION.matcher(plain);
    if (version.matches()) {
      plain = version.group(1);
    }
    add(forms, new Form(form.provider(), plain));
    add(forms, new Form(form.provider(), plain.substring(plain.lastIndexOf('/') + 1)));
    return forms;
  }

  /** What is left of a form without its date; empty if it has none. */
  static String undated(String form) {
    Matcher matcher = DATED.matcher(form);
    return matcher.matches() && isDate(matcher.group(2)) ? matcher.group(1) : "";
  }

  static boolean isDate(String text) {
    return DATE.matcher(text).matches();
  }

  /** The region or the class of regions that a name says, or empty. */
  static String region(String name, Predicate<String> isProvider) {
    for (Form form : forms(name, isProvider)) {
      String geography = geography(form.name());
      if (!geography.isEmpty()) {
        return geography;
      }
    }
    Matcher place = PLACE.matcher(name.strip().toLowerCase(Locale.ROOT));
    return place.lookingAt() ? Objects.requireNonNullElse(place.group(1), place.group(2)) : "";
  }

  /** Under which other names a book's model may be asked for: Bedrock's without vendor, version. */
  static List<String> shorter(String provider, String name) {
    if (!provider.equals("bedrock")) {
      return List.of();
    }
    String plain = name.toLowerCase(Locale.ROOT);
    String bare = plain.substring(plain.indexOf('.') + 1);
    List<String> names = new ArrayList<>(List.of(bare));
    for (String each : List.of(plain, bare)) {
      Matcher version = VERSION.matcher(each);
      if (version.matches()) {
        names.add(version.group(1));
      }
    }
    return names;
  }

  private static Form add(List<Form> forms, Form form) {
    if (!form.name().isEmpty() && !forms.contains(form)) {
      forms.add(form);
    }
    return form;
  }

  private static String resource(String name) {
    int slash = name.lastIndexOf('/');
    return name.startsWith("arn:")
        ? name.substring((slash < 0 ? name.lastIndexOf(':') : slash) + 1)
        : name;
  }

  private static Form unwrap(Form form, Predicate<String> isProvider) {
    String name = form.name();
    Matcher wrapper = WRAPPER.matcher(name);
    if (wrapper.lookingAt() && wrapper.end() < name.length()) {
      return new Form(form.provider(), name.substring(wrapper.end()));
    }
    int slash = name.indexOf('/');
    String first = slash > 0 && slash + 1 < name.length() ? name.substring(0, slash) : "";
    if (!first.isEmpty() && isProvider.test(first)) {
      String id = form.provider().equals(Providers.ANY) ? Providers.id(first) : form.provider();
      return new Form(id, name.substring(slash + 1));
    }
    return form;
  }

  private static String geography(String name) {
    int dot = name.indexOf('.');
    String first = dot > 0 ? name.substring(0, dot) : "";
    return GEOGRAPHIES.contains(first) ? first : "";
  }
}
