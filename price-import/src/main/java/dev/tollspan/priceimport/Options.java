package dev.tollspan.priceimport;

import java.time.LocalDate;

/**
 * How to import.
 *
 * @param asOf the day on which the catalogue was read; becomes {@code checked_at}, and tells which
 *     of a catalogue's dated prices is the present one. It never bounds a price: a catalogue
 *     without dates gives rows that are open at both ends.
 */
public record Options(LocalDate asOf) {}
