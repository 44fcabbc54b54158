package io.github.smimezip.internal;

/** Reaches the native method that panics. */
public final class Panics {
    private Panics() {}

    public static void panic() {
        Native.panic();
    }
}
