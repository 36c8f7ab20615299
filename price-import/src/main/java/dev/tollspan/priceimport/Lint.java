package dev.tollspan.priceimport;

/**
 * One finding.
 *
 * @param file the catalogue's file name
 * @param path where in it, as names joined by {@code /}
 * @param detail the value or the reason, may be empty
 */
public record Lint(Defect defect, String file, String path, String detail) {
  @Override
  public String toString() {
    String end = detail.isEmpty() ? "" : " (" + detail + ")";
    return (file + ": " + path + ": " + defect.meaning() + end).replaceAll("\\p{Cntrl}", "?");
  }
}
