package io.github.smimezip.internal;

import java.nio.charset.StandardCharsets;

/** Progress as the native side reports it; an interrupt of the thread ends the call. */
public final class ProgressAdapter {
    private final Listener listener;

    /** Takes note; answers whether to go on. */
    @FunctionalInterface
    public interface Listener {
        boolean report(int phase, long bytesDone, long bytesTotal, long entriesDone,
            long entriesTotal, String entry);
    }

    public ProgressAdapter(Listener listener) {
        this.listener = listener;
    }

    /** Called by the native side on the thread that made the call. */
    boolean report(int phase, long bytesDone, long bytesTotal, long entriesDone, long entriesTotal,
            byte[] entry) {
        if (Thread.currentThread().isInterrupted()) {
            return false;
        }
        String name = entry == null ? null : new String(entry, StandardCharsets.UTF_8);
        return listener.report(phase, bytesDone, bytesTotal, entriesDone, entriesTotal, name);
    }
}
