package dev.tollspan.processors.content;

import org.jspecify.annotations.Nullable;

/**
 * What all passes of one gate go by. Immutable.
 *
 * @param off a rule that a test has switched off
 */
record Gate(Profile profile, KeyFates fates, Names names, @Nullable Rule off) {}
