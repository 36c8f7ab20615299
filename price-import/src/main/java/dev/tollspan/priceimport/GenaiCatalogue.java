package dev.tollspan.priceimport;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The data of genai-prices, version 2: an array of providers, each with models in the order in
 * which they are tried.
 */
record GenaiCatalogue(Map<String, List<Model>> byProvider, List<Lint> lints) {
  static final String NAME = "genai-prices";

  /**
   * One model.
   *
   * @param rates none if it is left out; it still answers to its names
   */
  record Model(String id, GenaiMatch match, List<Rate> rates) {
    /** The names that the catalogue writes out, and parts of names that may be some. */
    Set<String> names(String provider) {
      Set<String> names = new LinkedHashSet<>(match.names());
      match.parts().stream().filter(part -> !Fragments.isCut(part)).forEach(names::add);
      String own = ModelName.plain(provider, id).prefixed();
      if (!Fragments.isCut(own) || FineTuned.isFront(own) || match.names().contains(own)) {
        names.add(own);
      }
      return names;
    }
  }

  /**
   * A name under which a model's rates go into a book.
   *
   * @param written whether the model itself writes it out, or only a part of it
   */
  record Named(String provider, String name, Model model, boolean written) {}

  static GenaiCatalogue read(Path file) throws IOException {
    Lints lints = new Lints(String.valueOf(file.getFileName()));
    Providers providers = Providers.of(NAME);
    Map<String, List<Model>> found = new TreeMap<>();
    Json.read(
        file,
        (_, entry) -> {
          String id = Json.text(entry, "id");
          Optional<Providers.Provider> provider = providers.find(id);
          if (provider.isEmpty()) {
            lints.add(Defect.UNKNOWN_PROVIDER, id);
          } else if (provider.get().leftOut()) {
            lints.add(Defect.PROVIDER_LEFT_OUT, id, provider.get().remark());
          } else {
            found.put(provider.get().id(), models(id, entry, lints));
          }
        });
    return new GenaiCatalogue(found, lints.found());
  }

  private static List<Model> models(String provider, Map<String, Object> entry, Lints lints) {
    List<Model> models = new ArrayList<>();
    for (Map<String, Object> model : Json.objects(entry, "models")) {
      String id = ModelName.lower(Json.text(model, "id"));
      GenaiMatch match = GenaiMatch.read(Json.object(model, "match"));
      Model read = new Model(id, match, new GenaiModel(model, provider + "/" + id, lints).rates());
      for (String name : read.names(provider)) {
        if (!ModelName.isHeld(ModelName.plain(provider, name).model())) {
          lints.add(Defect.BAD_NAME, provider + "/" + id, name);
        }
      }
      models.add(read);
    }
    return List.copyOf(models);
  }

  /** The model that answers to a name; the first one in the catalogue's order does. */
  Optional<Model> resolve(String provider, String name) {
    for (Model model : byProvider.getOrDefault(provider, List.of())) {
      if (model.match().accepts(name)) {
        return Optional.of(model);
      }
    }
    return Optional.empty();
  }

  /**
   * Every name that the catalogue writes out and that leads to a model with prices, and those that
   * stand elsewhere and complete a part that it asks for.
   *
   * @param others names that another catalogue writes out, of whatever provider
   */
  List<Named> named(Set<String> others) {
    Set<String> known = new TreeSet<>();
    others.forEach(name -> known.addAll(Fragments.plain(name)));
    byProvider.forEach(
        (provider, models) ->
            models.forEach(
                model ->
                    model.names(provider).forEach(name -> known.addAll(Fragments.plain(name)))));
    List<Named> all = new ArrayList<>();
    byProvider.forEach(
        (provider, models) -> {
          for (Model model : models) {
            Set<String> names = model.names(provider);
            Set<String> written = Set.copyOf(names);
            for (String part : model.match().parts()) {
              known.stream().filter(name -> Fragments.completes(part, name)).forEach(names::add);
            }
            names.removeIf(name -> !ModelName.isHeld(ModelName.plain(provider, name).model()));
            names.removeIf(name -> resolve(provider, name).filter(model::equals).isEmpty());
            if (!model.rates().isEmpty()) {
              names.forEach(
                  name -> all.add(new Named(provider, name, model, written.contains(name))));
            }
          }
        });
    return all;
  }

  Report report(Options options) {
    Map<String, Map<ModelName, Model>> byName = new TreeMap<>();
    for (Named named : named(Set.of())) {
      byName
          .computeIfAbsent(named.provider(), _ -> new LinkedHashMap<>())
          .putIfAbsent(ModelName.plain(named.provider(), named.name()), named.model());
    }
    Names names = new Names();
    byName.forEach(
        (provider, models) -> {
          Map<String, Set<Model>> origins = new LinkedHashMap<>();
          Map<String, List<Names.Sourced>> rates = new LinkedHashMap<>();
          models.forEach(
              (name, model) -> {
                origins.computeIfAbsent(name.model(), _ -> new LinkedHashSet<>()).add(model);
                List<Names.Sourced> all =
                    rates.computeIfAbsent(name.model(), _ -> new ArrayList<>());
                for (Rate rate : model.rates()) {
                  all.add(new Names.Sourced(rate.withRegion(name.region()), NAME));
                }
              });
          origins.forEach(
              (name, from) -> names.put(provider, name, from, rates.getOrDefault(name, List.of())));
        });
    return names.report(options, lints);
  }
}
