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
 * <p>The name in the response is searched for to the end before the one in the request is believed:
 * a router may have asked for one model and got another. Where both mean the same model, the surer
 * match is told. One search, one use, one thread.
 */
final class ModelSearch {
  /**
   * What came out.
   *
   * @param models one; several if the provider is unknown and all of these may be meant
   * @param undated whether a date was taken off the name
   * @param borrowed whether a row for any provider answers for one that is not known to have this
   *     model, though its prices are known
   * @param unanswered whether this is the model that was asked for, though another answered
   * @param asked by which name of the call it was found; empty if the configuration named it
   */
  record Found(
      List<Model> models,
      Match match,
      boolean undated,
      boolean borrowed,
      boolean unanswered,
      String asked) {
    Found(List<Model> models, Match match, boolean undated) {
      this(models, match, undated, false, false, "");
    }

    private Found asUnanswered() {
      return new Found(models, match, undated, borrowed, true, asked);
    }

    private Found askedAs(String name) {
      return new Found(models, match, undated, borrowed, unanswered, name);
    }
  }

  private final Models models;
  private final PriceRules rules;
  private final Question question;
  private final List<String> names = new ArrayList<>();
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
    found = found != null || names.isEmpty() ? found : named();
    if (found == null && rules.defaultPrice() && hasName()) {
      Model unknown = models.unknown(question.provider());
      found = hit(question.provider(), unknown, Match.DEFAULT, Model.UNKNOWN);
    }
    return found;
  }

  private @Nullable Found named() {
    Found found = find(names.getFirst());
    if (names.size() == 1) {
      return found;
    }
    Found asked = find(names.getLast());
    if (found == null) {
      return asked == null ? null : asked.asUnanswered();
    }
    if (asked != null
        && asked.models().equals(found.models())
        && asked.match().compareTo(found.match()) < 0) {
      return asked.askedAs(found.asked());
    }
    return found;
  }

  private @Nullable Found find(String name) {
    Set<Form> forms = new LinkedHashSet<>();
    for (Form form : Names.forms(name, models::isProvider)) {
      forms.add(new Form(provider(form), form.name()));
    }
    Set<Form> undated = new LinkedHashSet<>();
    for (Form form : forms) {
      String family = Names.undated(form.name());
      if (!family.isEmpty()) {
        undated.add(new Form(form.provider(), family));
      }
    }
    String provider = question.provider();
    Found found = hit(provider, models.exact(provider, name), Match.EXACT, name);
    found = found != null ? found : alias(name);
    found = found != null ? found : byForm(forms, Match.NORMALIZED);
    found = found != null ? found : byForm(undated, Match.SNAPSHOT);
    found = found != null ? found : pattern(forms);
    found = found != null ? found : inferred(forms, false);
    found = found != null ? found : inferred(undated, true);
    return found == null ? null : found.askedAs(name);
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

  private @Nullable Found alias(String name) {
    Alias alias = models.alias(question.provider(), name);
    return alias == null ? null : target(question.provider(), alias.target(), Match.ALIAS);
  }

  private @Nullable Found byForm(Set<Form> tried, Match match) {
    for (Form form : tried) {
      Model model = models.lower(form.provider(), form.name());
      Found found = hit(form.provider(), model, match, form.name());
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

  private @Nullable Found pattern(Set<Form> forms) {
    for (Form form : forms) {
      Model model = models.pattern(form.provider(), form.name());
      Found found = hit(form.provider(), model, Match.PATTERN, form.name());
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
    Found found = hit(provider, models.target(provider, target), match, target);
    List<Model> all = found == null ? models.byName(target.toLowerCase(Locale.ROOT)) : List.of();
    return all.isEmpty() ? found : new Found(all, match, match == Match.SNAPSHOT);
  }

  private @Nullable Found hit(String provider, @Nullable Model model, Match match, String name) {
    List<Model> hits = model == null ? List.of() : List.of(model);
    tell(match, name, hits);
    if (model == null) {
      return null;
    }
    boolean borrowed = match != Match.OVERRIDE && models.isBorrowed(model, provider);
    return new Found(hits, match, match == Match.SNAPSHOT, borrowed, false, "");
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
