package dev.tollspan.gpuledger;

/**
 * What one request has to bear of one window.
 *
 * @param interval the whole request, also outside of the window
 * @param gpuNanos its share of the window's time, not multiplied by the GPU count; the shares of
 *     all parts and of the idle time add up to the window
 * @param costPico its share of the window's bill
 * @param provisionalPico what of its provisional cost falls into the window
 */
public record Part(Interval interval, long gpuNanos, long costPico, long provisionalPico) {}
