package dev.tollspan.priceimport;

import java.util.List;

/**
 * One book of two catalogues.
 *
 * @param report with the lints of both
 * @param disagreements where both had a price, in the order of the book
 */
public record Curated(Report report, List<Disagreement> disagreements) {}
