package io.github.smimezip.internal;

import java.io.IOException;

/**
 * Has an interrupt of the thread that made a call cancel it, where the call itself asks nobody. The
 * interrupt stays set.
 */
public final class InterruptWatch {
    private static final long MILLISECONDS = 50;

    private final Thread caller = Thread.currentThread();
    private boolean ended;

    /** Watches the thread that makes it, until the end. */
    public InterruptWatch(Handle handle, Handle.Run cancel) {
        Thread watcher = new Thread(() -> watch(handle, cancel), "smimezip interrupt watch");
        watcher.setDaemon(true);
        watcher.start();
    }

    private synchronized void watch(Handle handle, Handle.Run cancel) {
        try {
            while (!ended) {
                if (caller.isInterrupted()) {
                    handle.run(cancel);
                    return;
                }
                wait(MILLISECONDS);
            }
        } catch (IOException | InterruptedException closed) {
            // There is nothing to cancel any more.
        }
    }

    /** The call is over. */
    public synchronized void end() {
        ended = true;
        notifyAll();
    }
}
