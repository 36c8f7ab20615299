package dev.tollspan.pipelineconfig;

import java.util.List;

/** What became of reading a configuration. Warnings and problems are in the order of the file. */
public sealed interface Reading {
  List<Problem> warnings();

  /**
   * The file says what can be started; {@link StartCheck} looks at what it points to.
   *
   * @param places where its values stand
   */
  record Valid(PipelineConfig config, List<Problem> warnings, Places places) implements Reading {
    public Valid {
      warnings = List.copyOf(warnings);
    }
  }

  /** All problems of the file, at least one. */
  record Invalid(List<Problem> problems, List<Problem> warnings) implements Reading {
    public Invalid {
      problems = List.copyOf(problems);
      warnings = List.copyOf(warnings);
    }
  }
}
