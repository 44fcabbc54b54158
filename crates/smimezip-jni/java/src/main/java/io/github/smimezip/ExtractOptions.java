package io.github.smimezip;

import java.util.Objects;
import java.util.function.Predicate;

/** Options of {@link ExportArchive#extractTo} and {@link ExportArchive#verify}. Setters return the object. */
public final class ExtractOptions {
    private static final int OVERWRITE = 0;
    private static final int SKIP_EXISTING = 1;
    private static final int NAMES = 5;

    private final Limits limits = new Limits();
    private int bits;
    private Names names = Names.REFUSE;
    private int threads;
    private Predicate<Entry> filter;
    private ProgressListener listener;

    /** The defaults: nothing is overwritten, links and unsafe names refuse the archive, all threads work. */
    public ExtractOptions() {}

    private ExtractOptions set(int bit, boolean value) {
        bits = value ? bits | 1 << bit : bits & ~(1 << bit);
        return this;
    }

    /**
     * Replaces files that are already there. Otherwise a file that is there keeps everything from being
     * extracted. Together with {@link #skipExisting} it is refused by the call that gets the options.
     *
     * @param value whether to
     * @return this
     */
    public ExtractOptions overwrite(boolean value) {
        return set(OVERWRITE, value);
    }

    /**
     * Leaves files that are already there as they are; the report names them. Together with {@link #overwrite}
     * it is refused by the call that gets the options.
     *
     * @param value whether to
     * @return this
     */
    public ExtractOptions skipExisting(boolean value) {
        return set(SKIP_EXISTING, value);
    }

    /**
     * Leaves out symbolic links, devices and pipes instead of refusing the archive.
     *
     * @param value whether to
     * @return this
     */
    public ExtractOptions skipLinks(boolean value) {
        return set(2, value);
    }

    /**
     * Extracts what can be verified although other entries are damaged; the report names those.
     *
     * @param value whether to
     * @return this
     */
    public ExtractOptions keepGoing(boolean value) {
        return set(3, value);
    }

    /**
     * Does not wait until the files are written to the disk.
     *
     * @param value whether not to
     * @return this
     */
    public ExtractOptions noSync(boolean value) {
        return set(4, value);
    }

    /**
     * What happens to names that are not safe on every platform.
     *
     * @param policy what to do; {@link Names#REFUSE} by default
     * @return this
     * @since 0.1
     */
    public ExtractOptions names(Names policy) {
        names = Objects.requireNonNull(policy, "policy");
        return this;
    }

    /**
     * How many bytes the entries asked for may have in all, decompressed: {@link Limit#TOTAL_SIZE} for this
     * call.
     *
     * @param bytes a number of bytes
     * @return this
     * @since 0.1
     */
    public ExtractOptions maxSize(long bytes) {
        return limit(Limit.TOTAL_SIZE, bytes);
    }

    /**
     * Sets a limit for this call. It counts where it is stricter than the one that the archive was opened under;
     * what is to be wider is said when it is opened ({@link ExportSet#open(Keyring, Limits, OpenOption...)}).
     *
     * @param limit which
     * @param value what is allowed
     * @return this
     * @since 0.1
     */
    public ExtractOptions limit(Limit limit, long value) {
        limits.set(limit, value);
        return this;
    }

    /**
     * How many threads work.
     *
     * @param count the number; 0 for all of the machine's, at most 16
     * @return this
     */
    public ExtractOptions threads(int count) {
        if (count < 0) {
            throw new IllegalArgumentException("a number of threads below zero");
        }
        threads = count;
        return this;
    }

    /**
     * Which entries are asked for.
     *
     * @param wanted asked once for each entry; null for all of them
     * @return this
     */
    public ExtractOptions filter(Predicate<Entry> wanted) {
        filter = wanted;
        return this;
    }

    /**
     * Who is told how far the call is.
     *
     * @param listener the listener, or null
     * @return this
     */
    public ExtractOptions progress(ProgressListener listener) {
        this.listener = listener;
        return this;
    }

    int bits() {
        if ((bits >> OVERWRITE & bits >> SKIP_EXISTING & 1) == 1) {
            throw new IllegalArgumentException("overwrite and skipExisting contradict each other");
        }
        return bits | names.ordinal() << NAMES;
    }

    byte[] limits() {
        return limits.bytes();
    }

    int threads() {
        return threads;
    }

    Predicate<Entry> filter() {
        return filter;
    }

    ProgressListener listener() {
        return listener;
    }
}
