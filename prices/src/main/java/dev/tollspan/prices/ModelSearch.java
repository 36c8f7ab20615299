package dev.tollspan.prices;

import dev.tollspan.prices.BookRows.Alias;
import dev.tollspan.prices.Names.Form;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The search for a call's model, from the surest match to the least sure; the first hit decides.
 *
 * <p>One search, one use, one thread. Within a step the name in the response comes before the one
 * in the request.
 */
final class ModelSearch {
  /**
   * What came out.
   *
   * @param models one; several if the provider is unknown and all of these may be meant
   * @param undated whether a date was taken off the name
   */
  record Found(List<Model> models, Match match, boolean undated) {}

  private final Models models;
  private final PriceRules rules;
  private final Question question;
  private final List<String> names = new ArrayList<>();
  private final Set<Form> forms = new LinkedHashSet<>();
  private final Set<Form> undated = new LinkedHashSet<>();
  private final Consumer<String> trace;

  /**
   * A search.
   *
   * @param trace is told each step
   */
  ModelSearch(Models models, PriceRules rules, Question question, Consumer<String> trace) {
    this.models = models;
    this.rules = rules;
    this.question = question;
    this.trace = trace;
    for (String name : List.of(question.response(), question.request())) {
      if (!name.isEmpty() && !names.contains(name)) {
        names.add(name);
      }
    }
    for (String name : names) {
      for (Form form : Names.forms(name, models::isProvider)) {
        forms.add(new Form(provider(form), form.name()));
      }
    }
    for (Form form : forms) {
      String family = Names.undated(form.name());
      if (!family.isEmpty()) {
        undated.add(new Form(form.provider(), family));
      }
    }
  }

  /** Where the call's model name says that it runs, or empty. */
  String region() {
    for (String name : names) {
      String region = Names.region(name, models::isProvider);
      if (!region.isEmpty()) {
        return region;
      }
    }
    return "";
  }

  /** Whether the call names a model at all. */
  boolean hasName() {
    return !names.isEmpty();
  }

  /** What was found, or null. */
  @Nullable Found run() {
    Found found = override();
    found = found != null ? found : exact();
    found = found != null ? found : alias();
    found = found != null ? found : byForm(forms, Match.NORMALIZED);
    found = found != null ? found : byForm(undated, Match.SNAPSHOT);
    found = found != null ? found : pattern();
    found = found != null ? found : inferred(forms, false);
    found = found != null ? found : inferred(undated, true);
    if (found == null && rules.defaultPrice() && hasName()) {
      Model unknown = models.unknown(question.provider());
      found = hit(unknown, Match.DEFAULT, Model.UNKNOWN);
    }
    return found;
  }

  private @Nullable Found override() {
    List<String> texts = new ArrayList<>(List.of(question.deployment()));
    texts.addAll(names);
    for (String text : texts) {
      String target = text.isEmpty() ? null : rules.overrides().get(text);
      if (target != null) {
        return target(question.provider(), target, Match.OVERRIDE);
      }
    }
    return null;
  }

  private @Nullable Found exact() {
    for (String name : names) {
      Found found = hit(models.exact(question.provider(), name), Match.EXACT, name);
      if (found != null) {
        return found;
      }
    }
    return null;
  }

  private @Nullable Found alias() {
    for (String name : names) {
      Alias alias = models.alias(question.provider(), name);
      if (alias != null) {
        return target(question.provider(), alias.target(), Match.ALIAS);
      }
    }
    return null;
  }

  private @Nullable Found byForm(Set<Form> tried, Match match) {
    for (Form form : tried) {
      Found found = hit(models.lower(form.provider(), form.name()), match, form.name());
      Alias alias = found == null ? models.alias(form.provider(), form.name()) : null;
      if (alias != null) {
        found = target(form.provider(), alias.target(), match);
      }
      if (found != null) {
        return found;
      }
    }
    return null;
  }

  private @Nullable Found pattern() {
    for (Form form : forms) {
      Found found = hit(models.pattern(form.provider(), form.name()), Match.PATTERN, form.name());
      if (found != null) {
        return found;
      }
    }
    return null;
  }

  private @Nullable Found inferred(Set<Form> tried, boolean withoutDate) {
    for (Form form : tried) {
      if (form.provider().equals(Providers.ANY)) {
        List<Model> all = models.byName(form.name());
        tell(Match.PROVIDER_INFERRED, form.name(), all);
        if (!all.isEmpty()) {
          return new Found(all, Match.PROVIDER_INFERRED, withoutDate);
        }
      }
    }
    return null;
  }

  /** What an alias or an override points to: a model, alone or behind a provider. */
  private @Nullable Found target(String provider, String target, Match match) {
    Found found = hit(models.target(provider, target), match, target);
    List<Model> all = found == null ? models.byName(target.toLowerCase(Locale.ROOT)) : List.of();
    return all.isEmpty() ? found : new Found(all, match, match == Match.SNAPSHOT);
  }

  private @Nullable Found hit(@Nullable Model model, Match match, String name) {
    List<Model> hits = model == null ? List.of() : List.of(model);
    tell(match, name, hits);
    return hits.isEmpty() ? null : new Found(hits, match, match == Match.SNAPSHOT);
  }

  private void tell(Match match, String name, List<Model> hits) {
    List<String> ids = new ArrayList<>();
    for (Model model : hits) {
      ids.add(model.id() + " of " + model.book().source());
    }
    trace.accept(match.label() + " " + name + ": " + (ids.isEmpty() ? "none" : ids));
  }

  private String provider(Form form) {
    return question.provider().equals(Providers.ANY) ? form.provider() : question.provider();
  }
}
