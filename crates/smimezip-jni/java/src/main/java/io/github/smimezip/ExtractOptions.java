package io.github.smimezip;

import java.util.function.Predicate;

/** Options of {@link ExportArchive#extractTo} and {@link ExportArchive#verify}. Setters return the object. */
public final class ExtractOptions {
    private int bits;
    private int threads;
    private Predicate<Entry> filter;
    private ProgressListener listener;

    /** The defaults: nothing is overwritten, links refuse the archive, all threads work. */
    public ExtractOptions() {}

    private ExtractOptions set(int bit, boolean value) {
        bits = value ? bits | 1 << bit : bits & ~(1 << bit);
        return this;
    }

    /**
     * Replaces files that are already there. Otherwise a file that is there keeps everything from being
     * extracted.
     *
     * @param value whether to
     * @return this
     */
    public ExtractOptions overwrite(boolean value) {
        return set(0, value);
    }

    /**
     * Leaves files that are already there as they are; the report names them.
     *
     * @param value whether to
     * @return this
     */
    public ExtractOptions skipExisting(boolean value) {
        return set(1, value);
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
        return bits;
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
