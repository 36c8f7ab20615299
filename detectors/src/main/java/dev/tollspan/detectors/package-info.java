/**
 * Finds personal data and secrets in text: cards and bank accounts, national numbers, ways to reach
 * a person, places, keys of clouds and platforms, passwords.
 *
 * <p>A {@link Detectors} says what to look for, a {@link Finder} of it looks, a {@link Kind} says
 * what was found. What a hit is replaced by is the caller's business. Names, postal addresses and
 * anything behind base64, hex or compression are not found: where that matters, drop the text.
 *
 * <p>Knows no span, no attribute and no protocol; starts no thread, reads no clock, logs nothing.
 */
@NullMarked
package dev.tollspan.detectors;

import org.jspecify.annotations.NullMarked;
