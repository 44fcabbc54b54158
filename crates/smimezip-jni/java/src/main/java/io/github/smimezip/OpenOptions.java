package io.github.smimezip;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Set;

/**
 * How something is opened: limits, what is accepted, progress. Every setter returns the object, and
 * none of them is needed.
 *
 * <pre>{@code
 * set.open(keys, new OpenOptions()
 *     .limit(Limit.ENTRIES, 5_000_000)
 *     .with(ReadOption.ACCEPT_TRAILING_DATA));
 * }</pre>
 *
 * @since 0.1
 */
public final class OpenOptions {
    private static final int INCOMPLETE = 16;

    private final Limits limits = new Limits();
    private final Set<ReadOption> options = EnumSet.noneOf(ReadOption.class);
    private int threads;
    private boolean incomplete;
    private ProgressListener listener;

    /**
     * The defaults: what the standards ask for, the default limits, all of the machine's threads.
     */
    public OpenOptions() {}

    /**
     * Has more accepted or unwrapped than the standards ask for.
     *
     * @param options what
     * @return this
     */
    public OpenOptions with(ReadOption... options) {
        this.options.addAll(Arrays.asList(Objects.requireNonNull(options, "options")));
        return this;
    }

    /**
     * Changes one limit. It counts for all that is done with what is opened.
     *
     * @param limit which
     * @param value what is allowed
     * @return this
     */
    public OpenOptions limit(Limit limit, long value) {
        limits.set(limit, value);
        return this;
    }

    /**
     * Changes every limit that was set in {@code limits}.
     *
     * @param limits the limits; they are copied
     * @return this
     */
    public OpenOptions limits(Limits limits) {
        this.limits.setAll(Objects.requireNonNull(limits, "limits"));
        return this;
    }

    /**
     * How many bytes the entries of an archive may have in all, however compressed they are:
     * {@link Limit#TOTAL_SIZE}, and no {@link Limit#RATIO}. For archives that somebody trusts to be
     * large; by default they may have what the disk has room for, and 200 times their compressed
     * size.
     *
     * @param bytes a number of bytes
     * @return this
     */
    public OpenOptions maxSize(long bytes) {
        return limit(Limit.TOTAL_SIZE, bytes).limit(Limit.RATIO, Long.MAX_VALUE);
    }

    /**
     * How many threads unlock. A part, or a lone message, is the work of one.
     *
     * @param count the number; 0, the default, for all of the machine's, at most 16
     * @return this
     */
    public OpenOptions threads(int count) {
        if (count < 0) {
            throw new IllegalArgumentException("threads: a number below zero");
        }
        threads = count;
        return this;
    }

    /**
     * Opens a split export ({@code .z01 … .zip}) although parts of it are missing. The last part
     * must be there, and those that have the directory; {@link ExportArchive#isAvailable} says
     * which entries can be read then. What needs all parts, as extraction does without {@link
     * ExtractOptions#available}, fails as before. It counts where an export is opened, and nowhere
     * else. Pieces ({@code .zip.001 …}) must all be there: where their entries lie is known by all
     * of them together.
     *
     * @param value whether to; false by default
     * @return this
     */
    public OpenOptions incomplete(boolean value) {
        incomplete = value;
        return this;
    }

    /**
     * Has a listener asked, while something that is opened with these options is unlocked, whether
     * to go on. That takes long where messages are authenticated: they are verified whole. A
     * message that is read forward only is not unlocked ahead, so nobody is asked.
     *
     * @param listener the listener
     * @return this
     */
    public OpenOptions progress(ProgressListener listener) {
        this.listener = Objects.requireNonNull(listener, "listener");
        return this;
    }

    boolean has(ReadOption option) {
        return options.contains(option);
    }

    int bits() {
        int bits = incomplete ? 1 << INCOMPLETE : 0;
        for (ReadOption option : options) {
            bits |= 1 << option.ordinal();
        }
        return bits;
    }

    byte[] limits() {
        return limits.bytes();
    }

    int threads() {
        return threads;
    }

    /** The listener; null for none. */
    ProgressListener listener() {
        return listener;
    }

    @Override
    public String toString() {
        return "OpenOptions[with=" + options + (incomplete ? ", incomplete" : "") + ", limits="
            + limits + ", threads=" + threads + "]";
    }
}
