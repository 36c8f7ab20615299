package dev.tollspan.cli;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandleProxies;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntConsumer;

/**
 * Takes the signals that end a process, so that a second one can mean more than the first, and a
 * hang-up can mean new prices: an operator, a cron job or a sidecar can send a signal without a
 * port to guard. The JDK offers that in {@code sun.misc} alone, and its compiler warns of each
 * mention, so it is found by name, and only here. A signal that the process was started to ignore
 * stays ignored; a JVM that leaves signals to the system (-Xrs) ends by the first.
 */
final class Signals implements AutoCloseable {
  /** The number of SIGHUP. */
  static final int HANG_UP = 1;

  private static final Map<String, Integer> NUMBERS =
      new TreeMap<>(Map.of("HUP", HANG_UP, "INT", 2, "TERM", 15));

  private final List<Runnable> restoring = new ArrayList<>();

  private Signals() {}

  /** Hands the number of each signal to {@code handler}, on a thread of the JVM, until closed. */
  static Signals take(IntConsumer handler) {
    Signals signals = new Signals();
    try {
      Class<?> signalType = Class.forName("sun.misc.Signal");
      Class<?> handlerType = Class.forName("sun.misc.SignalHandler");
      Method handle = signalType.getMethod("handle", signalType, handlerType);
      MethodHandle accept =
          MethodHandles.publicLookup()
              .findVirtual(
                  IntConsumer.class, "accept", MethodType.methodType(void.class, int.class))
              .bindTo(handler);
      for (Map.Entry<String, Integer> number : NUMBERS.entrySet()) {
        MethodHandle call = MethodHandles.insertArguments(accept, 0, number.getValue());
        Object ours =
            MethodHandleProxies.asInterfaceInstance(
                handlerType, MethodHandles.dropArguments(call, 0, signalType));
        Object signal = signalType.getConstructor(String.class).newInstance(number.getKey());
        Object before = handle.invoke(null, signal, ours);
        signals.restoring.add(() -> restore(handle, signal, before));
      }
    } catch (ReflectiveOperationException _) {
      // Such a JVM ends by the first signal, as it would have without us.
    }
    return signals;
  }

  private static void restore(Method handle, Object signal, Object before) {
    try {
      handle.invoke(null, signal, before);
    } catch (ReflectiveOperationException _) {
      // What could be set a moment ago can be set again.
    }
  }

  @Override
  public void close() {
    restoring.forEach(Runnable::run);
  }
}
