package dev.tollspan.prices;

/**
 * Something wrong with a price book.
 *
 * @param file as it was named
 * @param line from 1; 0 if the file as a whole is meant
 * @param column in characters, from 1; 0 if the line as a whole is meant
 * @param cause what is wrong, with a shortened copy of the text at most
 */
public record Problem(String file, int line, int column, String cause) {
  @Override
  public String toString() {
    String place = line == 0 ? "" : ":" + line + (column == 0 ? "" : ":" + column);
    return file + place + ": " + cause;
  }
}
