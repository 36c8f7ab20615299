package dev.tollspan.receiver;

/**
 * What the requests of one connection take from.
 *
 * @param connection what it cannot exceed, however many requests it has
 * @param household whose it is
 */
record Share(ByteBudget connection, Household household) {}
