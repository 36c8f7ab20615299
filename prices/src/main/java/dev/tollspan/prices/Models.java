package dev.tollspan.prices;

import dev.tollspan.prices.BookRows.Alias;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * All models of all books by name. Of several books the first that has a model of a provider gives
 * all its rows; a row for any provider counts as one for each. Immutable once it is filled.
 */
final class Models {
  private final Map<String, Model> exact = new LinkedHashMap<>();
  private final Map<String, Model> lower = new HashMap<>();
  private final Map<String, Model> shorter = new HashMap<>();
  private final Set<String> ambiguous = new HashSet<>();
  private final Map<String, List<Model>> byName = new HashMap<>();
  private final Map<String, Integer> rankByName = new HashMap<>(); // of the first book
  private final Map<String, Alias> aliases = new LinkedHashMap<>();
  private final Map<String, Model> unknown = new HashMap<>();
  private final Map<String, Integer> rankByProvider = new HashMap<>(); // of the first book
  private final List<Glob> globs = new ArrayList<>();

  /** Fills it with books, the one with most weight first. */
  Models(List<BookRows> books, Problems problems) {
    for (BookRows book : books) {
      Map<String, Model> models = new LinkedHashMap<>();
      for (Row row : book.rows()) {
        if (row.isUsed()) {
          String provider = row.told().provider();
          String name = row.told().model();
          models
              .computeIfAbsent(
                  key(provider, name),
                  k -> new Model(book.book(), provider, name, new ArrayList<>()))
              .rows()
              .add(row);
        }
      }
      for (Model model : models.values()) {
        BookChecks.check(model, problems);
        add(model);
      }
      book.aliases().forEach(alias -> add(alias, problems));
    }
    globs.sort(
        Comparator.comparingInt((Glob g) -> g.model().book().rank())
            .thenComparing(Comparator.comparingInt(Glob::literals).reversed()));
    BookChecks.patterns(globs, problems);
    for (Alias alias : List.copyOf(aliases.values())) {
      Model target = target(alias);
      if (target != null) {
        String name = alias.name().toLowerCase(Locale.ROOT);
        addNamed(name, target, alias.book().rank());
      } else if (!isKnown(alias.target())) {
        String cause = "price: the alias's target " + Problems.shown(alias.target());
        problems.error(
            new Problem(
                alias.book().file(), alias.line(), alias.column(), cause + " is in no book"));
      }
    }
  }

  /** All models that are used, patterns and the one for unknown models too. */
  Collection<Model> all() {
    List<Model> all = new ArrayList<>(exact.values());
    all.addAll(unknown.values());
    globs.forEach(glob -> all.add(glob.model()));
    return all;
  }

  /** The model of that very name. */
  @Nullable Model exact(String provider, String name) {
    Model model = best(exact.get(key(provider, name)), exact.get(key(Providers.ANY, name)));
    return isBehind(model, provider) ? null : model;
  }

  /** The model of that name in lower case, or by a shorter name that is no other model's. */
  @Nullable Model lower(String provider, String name) {
    String key = key(provider, name);
    Model model = best(lower.get(key), lower.get(key(Providers.ANY, name)));
    model = isBehind(model, provider) ? null : model;
    return model != null || ambiguous.contains(key) ? model : shorter.get(key);
  }

  /** The model that an alias stands for, if that is one alone. */
  @Nullable Model target(Alias alias) {
    return target(alias.provider(), alias.target());
  }

  /** The model that is meant by a name, or by a provider's id, a slash and a name. */
  @Nullable Model target(String provider, String target) {
    String name = target.toLowerCase(Locale.ROOT);
    Model model = lower(provider, name);
    int slash = name.indexOf('/');
    return model == null && slash > 0
        ? lower(Providers.id(name.substring(0, slash)), name.substring(slash + 1))
        : model;
  }

  /**
   * The models of that name or alias in lower case, of all providers, from the first book that has
   * one.
   */
  List<Model> byName(String name) {
    return byName.getOrDefault(name, List.of());
  }

  /** For which model a name stands. */
  @Nullable Alias alias(String provider, String name) {
    String lowerName = name.toLowerCase(Locale.ROOT);
    Alias alias = aliases.get(key(provider, lowerName));
    return alias != null ? alias : aliases.get(key(Providers.ANY, lowerName));
  }

  /** The first pattern that a name in lower case fits. */
  @Nullable Model pattern(String provider, String name) {
    for (Glob glob : globs) {
      String of = glob.model().provider();
      if ((of.equals(provider) || of.equals(Providers.ANY)) && glob.matches(name)) {
        return glob.model();
      }
    }
    return null;
  }

  /** The row for models that no book knows. */
  @Nullable Model unknown(String provider) {
    return best(unknown.get(provider), unknown.get(Providers.ANY));
  }

  /** Whether there is a row for models that no book knows. */
  boolean hasUnknown() {
    return !unknown.isEmpty();
  }

  /** Whether some book has it, or it is a vendor's name anyway. */
  boolean isProvider(String name) {
    return Providers.isKnown(name) || rankByProvider.containsKey(name);
  }

  /** Whether a model is for any provider, though a book with more weight has this one's prices. */
  boolean isBorrowed(Model model, String provider) {
    return model.provider().equals(Providers.ANY)
        && !provider.equals(Providers.ANY)
        && rankByProvider.getOrDefault(provider, Integer.MAX_VALUE) < model.book().rank();
  }

  /** Whether {@code model} or {@code provider/model} is in some book. */
  boolean isKnown(String target) {
    return !byName(target.toLowerCase(Locale.ROOT)).isEmpty()
        || target(Providers.ANY, target) != null;
  }

  private void add(Model model) {
    rankByProvider.putIfAbsent(model.provider(), model.book().rank());
    if (model.name().equals(Model.UNKNOWN)) {
      unknown.putIfAbsent(model.provider(), model);
    } else if (model.isPattern()) {
      globs.add(new Glob(model));
    } else if (exact.putIfAbsent(key(model.provider(), model.name()), model) == null) {
      String name = model.name().toLowerCase(Locale.ROOT);
      lower.putIfAbsent(key(model.provider(), name), model);
      addNamed(name, model, model.book().rank());
      for (String shorterName : Names.shorter(model.provider(), name)) {
        Model other = shorter.putIfAbsent(key(model.provider(), shorterName), model);
        if (other != null && !other.name().equalsIgnoreCase(name)) {
          ambiguous.add(key(model.provider(), shorterName));
        }
      }
    }
  }

  private void addNamed(String name, Model model, int rank) {
    List<Model> named = byName.computeIfAbsent(name, k -> new ArrayList<>());
    int known = rankByName.getOrDefault(name, Integer.MAX_VALUE);
    if (rank < known) {
      rankByName.put(name, rank);
      named.clear(); // an alias of an earlier book comes after the models of all
    }
    if (rank <= known && !named.contains(model)) {
      // Where all ask the same, the first one's price is told.
      named.add(Providers.isMaker(model.provider()) ? 0 : named.size(), model);
    }
  }

  /** Whether a row for any provider would answer for one that an earlier book may know. */
  private boolean isBehind(@Nullable Model model, String provider) {
    return model != null
        && provider.equals(Providers.ANY)
        && rankByName.getOrDefault(model.name().toLowerCase(Locale.ROOT), Integer.MAX_VALUE)
            < model.book().rank();
  }

  private void add(Alias alias, Problems problems) {
    Alias earlier =
        aliases.putIfAbsent(key(alias.provider(), alias.name().toLowerCase(Locale.ROOT)), alias);
    if (earlier != null && earlier.book().equals(alias.book())) {
      problems.error(
          new Problem(
              alias.book().file(),
              alias.line(),
              0,
              "the alias stands in line " + earlier.line() + " already"));
    }
  }

  private static @Nullable Model best(@Nullable Model own, @Nullable Model any) {
    if (own == null || any == null) {
      return own == null ? any : own;
    }
    return any.book().rank() < own.book().rank() ? any : own;
  }

  private static String key(String provider, String name) {
    return provider + '\n' + name;
  }
}
