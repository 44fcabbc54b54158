package io.github.smimezip;

import io.github.smimezip.internal.Bytes;
import io.github.smimezip.internal.Native;
import io.github.smimezip.internal.NativeLoader;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;

/**
 * Which entries are extracted or verified, and how: for {@link ExportArchive#extractTo(
 * java.nio.file.Path, ExtractOptions)} and {@link ExportArchive#verify(ExtractOptions)}. Every
 * setter returns the object, and none of them is needed.
 *
 * <pre>{@code
 * archive.extractTo(folder, new ExtractOptions()
 *     .include("entities/*.json")
 *     .overwrite(Overwrite.SKIP));
 * }</pre>
 */
public final class ExtractOptions {
    private static final int LINKS = 2;
    private static final int KEEP_GOING = 3;
    private static final int NOT_DURABLE = 4;
    private static final int NAMES = 5;
    private static final int AVAILABLE = 7;

    private final Limits limits = new Limits();
    private final List<String> include = new ArrayList<>();
    private final List<String> exclude = new ArrayList<>();
    private Overwrite overwrite = Overwrite.NEVER;
    private Links links = Links.REFUSE;
    private Names names = Names.REFUSE;
    private boolean keepGoing;
    private boolean available;
    private boolean durable = true;
    private int threads;
    private Predicate<Entry> filter = entry -> true;
    private ProgressListener listener;

    /** The defaults: all entries; nothing is overwritten; links and unsafe names are refused. */
    public ExtractOptions() {}

    /**
     * Asks only for entries whose names match one of the patterns: {@code ?} is one character,
     * {@code *} any number of them, neither of them {@code /}; {@code **} stands for any number of
     * folders; {@code [a-z]} is one of these characters, {@code [!a-z]} none of them. A pattern is
     * for the whole name; that of a folder is compared without its last {@code /}. The same
     * patterns as on the command line. Further calls add patterns.
     *
     * @param patterns the patterns
     * @return this
     * @throws IllegalArgumentException if one is no pattern
     * @since 0.1
     */
    public ExtractOptions include(String... patterns) {
        include.addAll(checked(patterns));
        return this;
    }

    /**
     * Leaves out entries whose names match one of the patterns, also such that were asked for.
     *
     * @param patterns patterns, as for {@link #include}
     * @return this
     * @throws IllegalArgumentException if one is no pattern
     * @since 0.1
     */
    public ExtractOptions exclude(String... patterns) {
        exclude.addAll(checked(patterns));
        return this;
    }

    /**
     * Asks only for entries that a program wants, of those that patterns leave.
     *
     * @param wanted asked at most once for each entry
     * @return this
     */
    public ExtractOptions filter(Predicate<Entry> wanted) {
        filter = Objects.requireNonNull(wanted, "wanted");
        return this;
    }

    /**
     * What happens where a file is already there.
     *
     * @param policy what to do; {@link Overwrite#NEVER} by default
     * @return this
     * @since 0.1
     */
    public ExtractOptions overwrite(Overwrite policy) {
        overwrite = Objects.requireNonNull(policy, "policy");
        return this;
    }

    /**
     * What happens to symbolic links, devices and pipes.
     *
     * @param policy what to do; {@link Links#REFUSE} by default
     * @return this
     * @since 0.1
     */
    public ExtractOptions links(Links policy) {
        links = Objects.requireNonNull(policy, "policy");
        return this;
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
     * Extracts what can be verified although other entries are damaged; {@link
     * ExtractReport#failed} names those.
     *
     * @param value whether to; false by default
     * @return this
     */
    public ExtractOptions keepGoing(boolean value) {
        keepGoing = value;
        return this;
    }

    /**
     * Extracts or verifies what can be had of an archive that was opened although parts of it are
     * missing ({@link OpenOptions#incomplete}); {@link ExtractReport#unavailable} names the other
     * entries, with the parts that they need.
     *
     * @param value whether to; false by default, which refuses such an archive
     * @return this
     * @since 0.1
     */
    public ExtractOptions available(boolean value) {
        available = value;
        return this;
    }

    /**
     * Waits until the files are written to the disk, so that they survive a power failure.
     *
     * @param value whether to; true by default
     * @return this
     * @since 0.1
     */
    public ExtractOptions durable(boolean value) {
        durable = value;
        return this;
    }

    /**
     * How many bytes the entries asked for may have in all, decompressed: {@link Limit#TOTAL_SIZE}
     * for this call.
     *
     * @param bytes a number of bytes
     * @return this
     * @since 0.1
     */
    public ExtractOptions maxSize(long bytes) {
        return limit(Limit.TOTAL_SIZE, bytes);
    }

    /**
     * Sets a limit for this call. It counts where it is stricter than the one that the archive was
     * opened under; what is to be wider is said when it is opened ({@link OpenOptions#limit}).
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
     * @param count the number; 0, the default, for all of the machine's, at most 16
     * @return this
     */
    public ExtractOptions threads(int count) {
        if (count < 0) {
            throw new IllegalArgumentException("threads: a number below zero");
        }
        threads = count;
        return this;
    }

    /**
     * Has a listener asked, on the thread that makes the call, whether to go on.
     *
     * @param listener the listener
     * @return this
     */
    public ExtractOptions progress(ProgressListener listener) {
        this.listener = Objects.requireNonNull(listener, "listener");
        return this;
    }

    static List<String> checked(String... patterns) {
        List<String> all = List.of(Objects.requireNonNull(patterns, "patterns"));
        NativeLoader.load();
        Native.patternsMatch(Bytes.of(all), new byte[0]);
        return all;
    }

    /** The entries asked for. */
    List<Entry> chosen(List<Entry> entries) {
        List<Entry> chosen = new ArrayList<>();
        byte[] names = new byte[0];
        if (!include.isEmpty() || !exclude.isEmpty()) {
            List<String> all = new ArrayList<>(entries.size());
            entries.forEach(entry -> all.add(entry.rawName()));
            names = Bytes.of(all);
        }
        byte[] wanted = include.isEmpty() ? null : Native.patternsMatch(Bytes.of(include), names);
        byte[] unwanted = exclude.isEmpty() ? null : Native.patternsMatch(Bytes.of(exclude), names);
        for (int at = 0; at < entries.size(); at++) {
            boolean matches = (wanted == null || wanted[at] == 1)
                && (unwanted == null || unwanted[at] == 0);
            if (matches && filter.test(entries.get(at))) {
                chosen.add(entries.get(at));
            }
        }
        return chosen;
    }

    int bits() {
        return overwrite.ordinal() | links.ordinal() << LINKS | (keepGoing ? 1 << KEEP_GOING : 0)
            | (durable ? 0 : 1 << NOT_DURABLE) | names.ordinal() << NAMES
            | (available ? 1 << AVAILABLE : 0);
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
        return "ExtractOptions[include=" + include + ", exclude=" + exclude + ", overwrite="
            + overwrite + ", links=" + links + ", names=" + names + ", keepGoing=" + keepGoing
            + ", available=" + available + ", durable=" + durable + ", limits=" + limits
            + ", threads=" + threads + "]";
    }
}
