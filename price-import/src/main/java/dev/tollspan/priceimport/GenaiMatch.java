package dev.tollspan.priceimport;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** Which names a model of genai-prices answers to; names are compared in lower case. */
sealed interface GenaiMatch {
  /** Accepts nothing. */
  GenaiMatch NOTHING = new Any(List.of());

  /** Whether the model answers to this name. */
  boolean accepts(String name);

  /** The names that stand in the clause itself as such. */
  List<String> names();

  /** Parts of names that stand in the clause, each of which may be a name as well. */
  List<String> parts();

  record Whole(String text) implements GenaiMatch {
    @Override
    public boolean accepts(String name) {
      return name.equals(text);
    }

    @Override
    public List<String> names() {
      return List.of(text);
    }

    @Override
    public List<String> parts() {
      return List.of();
    }
  }

  /** A part of a name: at its start, at its end, or anywhere. */
  record Part(String text, boolean start, boolean end) implements GenaiMatch {
    @Override
    public boolean accepts(String name) {
      if (start) {
        return name.startsWith(text);
      }
      return end ? name.endsWith(text) : name.contains(text);
    }

    @Override
    public List<String> names() {
      return List.of();
    }

    @Override
    public List<String> parts() {
      return List.of(text);
    }
  }

  record Regex(Pattern pattern) implements GenaiMatch {
    @Override
    public boolean accepts(String name) {
      return pattern.matcher(name).find();
    }

    @Override
    public List<String> names() {
      return List.of();
    }

    @Override
    public List<String> parts() {
      return List.of();
    }
  }

  record Any(List<GenaiMatch> clauses) implements GenaiMatch {
    @Override
    public boolean accepts(String name) {
      return clauses.stream().anyMatch(clause -> clause.accepts(name));
    }

    @Override
    public List<String> names() {
      List<String> all = new ArrayList<>();
      clauses.forEach(clause -> all.addAll(clause.names()));
      return all;
    }

    @Override
    public List<String> parts() {
      List<String> all = new ArrayList<>();
      clauses.forEach(clause -> all.addAll(clause.parts()));
      return all;
    }
  }

  record All(List<GenaiMatch> clauses) implements GenaiMatch {
    @Override
    public boolean accepts(String name) {
      return clauses.stream().allMatch(clause -> clause.accepts(name));
    }

    @Override
    public List<String> names() {
      return List.of();
    }

    @Override
    public List<String> parts() {
      return List.of();
    }
  }

  /** Reads a clause; one that is not known accepts nothing. */
  static GenaiMatch read(Map<String, Object> clause) {
    if (clause.size() != 1) {
      return NOTHING;
    }
    Map.Entry<String, Object> member = clause.entrySet().iterator().next();
    String written = member.getValue().toString();
    String text = ModelName.lower(written);
    return switch (member.getKey()) {
      case "equals" -> new Whole(text);
      case "starts_with" -> new Part(text, true, false);
      case "ends_with" -> new Part(text, false, true);
      case "contains" -> new Part(text, false, false);
      case "regex" -> regex(written);
      case "or" -> new Any(Json.objects(clause, "or").stream().map(GenaiMatch::read).toList());
      case "and" -> new All(Json.objects(clause, "and").stream().map(GenaiMatch::read).toList());
      default -> NOTHING;
    };
  }

  private static GenaiMatch regex(String written) {
    try {
      return new Regex(Pattern.compile(written, Pattern.CASE_INSENSITIVE));
    } catch (PatternSyntaxException e) {
      return NOTHING;
    }
  }
}
