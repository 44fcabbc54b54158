package io.github.smimezip.internal;

import java.io.IOException;
import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.util.List;
import java.util.function.LongConsumer;

/**
 * A native object: it is passed on only while it lives. Closing it while calls use it lets them
 * end; the last of them frees it. An object that is forgotten is freed when its owner is collected.
 */
public final class Handle {
    private static final Cleaner CLEANER = Cleaner.create();

    private final State state;
    private final Cleaner.Cleanable cleanable;

    /** A call with the native object. */
    @FunctionalInterface
    public interface Call<T> {
        T with(long address) throws IOException;
    }

    /** A call with several native objects. */
    @FunctionalInterface
    public interface CallAll<T> {
        T with(long[] addresses) throws IOException;
    }

    /** A call without a result. */
    @FunctionalInterface
    public interface Run {
        void with(long address) throws IOException;
    }

    /** What is left of a handle when its owner is gone; it must not refer to the owner. */
    private static final class State implements Runnable {
        private final long address;
        private final LongConsumer free;
        private int users;
        private boolean closed;

        State(long address, LongConsumer free) {
            this.address = address;
            this.free = free;
        }

        synchronized void acquire() throws IOException {
            if (closed) {
                throw new IOException("closed");
            }
            users++;
        }

        void release() {
            boolean last;
            synchronized (this) {
                users--;
                last = closed && users == 0;
            }
            if (last) {
                free.accept(address);
            }
        }

        @Override
        public void run() {
            boolean unused;
            synchronized (this) {
                unused = !closed && users == 0;
                closed = true;
            }
            if (unused) {
                free.accept(address);
            }
        }
    }

    public Handle(Object owner, long address, LongConsumer free) {
        state = new State(address, free);
        cleanable = CLEANER.register(owner, state);
    }

    public <T> T call(Call<T> call) throws IOException {
        state.acquire();
        try {
            return call.with(state.address);
        } finally {
            state.release();
            Reference.reachabilityFence(this);
        }
    }

    /** A call with the native objects of several handles, all of which live until it ends. */
    public static <T> T callAll(List<Handle> handles, CallAll<T> call) throws IOException {
        long[] addresses = new long[handles.size()];
        int used = 0;
        try {
            while (used < addresses.length) {
                State state = handles.get(used).state;
                state.acquire();
                addresses[used++] = state.address;
            }
            return call.with(addresses);
        } finally {
            while (used > 0) {
                handles.get(--used).state.release();
            }
            Reference.reachabilityFence(handles);
        }
    }

    public void run(Run run) throws IOException {
        call(address -> {
            run.with(address);
            return null;
        });
    }

    public boolean isOpen() {
        synchronized (state) {
            return !state.closed;
        }
    }

    public void close() {
        cleanable.clean();
    }
}
