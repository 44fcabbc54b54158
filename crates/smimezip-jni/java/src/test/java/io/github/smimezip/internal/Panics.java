package io.github.smimezip.internal;

import java.io.IOException;

/** A native method that panics: libraries that are built with optimisation do not have it. */
public final class Panics {
    private Panics() {}

    /** Called by the native side to throw. */
    static void fail(int number, byte[] written) throws IOException {
        Native.fail(number, written);
    }

    public static native void panic();
}
