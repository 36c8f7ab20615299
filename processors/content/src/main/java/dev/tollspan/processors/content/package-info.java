/**
 * drop_content: the gate. What leaves it holds no free text. It must never log, count by name or
 * otherwise repeat what it removed.
 */
@NullMarked
package dev.tollspan.processors.content;

import org.jspecify.annotations.NullMarked;
