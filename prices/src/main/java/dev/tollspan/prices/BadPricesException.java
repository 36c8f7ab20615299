package dev.tollspan.prices;

import java.util.List;

/** Price books that cannot be used; the message tells every problem, one a line, up to a limit. */
public final class BadPricesException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  private final transient List<Problem> problems;
  private final int count;

  BadPricesException(List<Problem> problems, int count) {
    super(message(problems, count));
    this.problems = problems;
    this.count = count;
  }

  /** The first hundred problems. */
  public List<Problem> problems() {
    return problems;
  }

  /** How many there are. */
  public int count() {
    return count;
  }

  private static String message(List<Problem> problems, int count) {
    StringBuilder text = new StringBuilder("prices: ");
    for (Problem problem : problems) {
      text.append(problem).append('\n');
    }
    if (count > problems.size()) {
      text.append("and ").append(count - problems.size()).append(" more problems\n");
    }
    return text.substring(0, text.length() - 1);
  }
}
