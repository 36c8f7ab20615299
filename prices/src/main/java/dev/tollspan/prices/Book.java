package dev.tollspan.prices;

/**
 * A book's name for itself.
 *
 * @param version its own version, if it has one, and a hash of its content
 * @param rank its place in the list of books; the lower, the more weight
 * @param file as it was named
 */
record Book(String source, String version, int rank, String file) {}
