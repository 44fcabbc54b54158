package io.github.smimezip;

import io.github.smimezip.internal.Bytes;
import io.github.smimezip.internal.Handle;
import io.github.smimezip.internal.InterruptWatch;
import io.github.smimezip.internal.Native;
import io.github.smimezip.internal.NativeLoader;
import java.io.IOException;
import java.lang.ref.Reference;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What state a set is in: which parts are here, for whom they are, what is wrong with them.
 *
 * <p>It is found out from names and sizes, the heads of the parts, and, with a key that fits, the
 * end record in the last part, which says how many there are. What stands in the parts is not read,
 * so damage there shows only in {@link ExportArchive#verify()}.
 *
 * <pre>{@code
 * List<ExportSet> sets = ExportSet.discoverAll(Path.of("downloads"));
 * for (SetStatus status : SetStatus.ofAll(sets, keys)) {
 *     System.out.println(status.name() + ": " + status.verdict() + " " + status.missing());
 * }
 * }</pre>
 *
 * @since 0.1
 */
public final class SetStatus {
    private final String name;
    private final Verdict verdict;
    private final List<String> parts;
    private final long total;
    private final long bytes;
    private final Instant created;
    private final int keyFits;
    private final List<String> recipients;
    private final List<String> duplicates;
    private final List<String> standIns;
    private final List<String> missing;
    private final List<String> unfinished;
    private final List<String> conflicting;
    private final SmimezipException damage;

    private SetStatus(Bytes.Reader in) {
        name = in.text();
        verdict = Verdict.values()[in.number()];
        parts = in.texts();
        total = in.size();
        bytes = in.size();
        boolean isKnown = in.number() == 1;
        long milliseconds = in.size();
        created = isKnown ? Instant.ofEpochMilli(milliseconds) : null;
        keyFits = in.number();
        recipients = in.texts();
        duplicates = in.texts();
        standIns = in.texts();
        missing = in.texts();
        unfinished = in.texts();
        conflicting = in.texts();
        damage = in.number() == 1 ? Native.exception(in) : null;
    }

    /**
     * The states of many sets, found out by several threads: a key that fits takes a private-key
     * operation for each set.
     *
     * @param sets the sets, none of which is closed
     * @param keys the keys. With a ring without any, {@code new Keyring()}, nobody knows how many
     *     parts there are, unless none is sealed
     * @return their states, in the order of the sets
     * @throws CancelledException if an interrupt of the thread stops it
     * @throws IOException for that, or if a set or the ring is closed, or what a {@link PartSource}
     *     throws. Whatever else is wrong with a set is its state
     */
    public static List<SetStatus> ofAll(List<ExportSet> sets, Keyring keys) throws IOException {
        return ofAll(sets, keys, new OpenOptions());
    }

    /**
     * As {@link #ofAll(List, Keyring)}, with options.
     *
     * @param sets the sets, none of which is closed
     * @param keys the keys
     * @param options limits, what is accepted, threads; nobody is asked whether to go on
     * @return their states, in the order of the sets
     * @throws IOException as {@link #ofAll(List, Keyring)}
     */
    public static List<SetStatus> ofAll(List<ExportSet> sets, Keyring keys, OpenOptions options)
            throws IOException {
        Objects.requireNonNull(sets, "sets");
        Objects.requireNonNull(keys, "keys");
        Objects.requireNonNull(options, "options");
        List<Handle> handles = new ArrayList<>();
        for (ExportSet set : sets) {
            handles.add(Objects.requireNonNull(set, "a set in sets").handle);
        }
        NativeLoader.load();
        Handle cancel = new Handle(handles, Native.cancelNew(), Native::cancelFree);
        if (Thread.currentThread().isInterrupted()) {
            cancel.run(Native::cancelTrigger);
        }
        InterruptWatch watch = new InterruptWatch(cancel, Native::cancelTrigger);
        try {
            return list(handles.size(), Handle.callAll(handles,
                all -> keys.handle.call(ring -> cancel.call(token -> Native.setStatuses(
                    all, ring, options.bits(), options.threads(), options.limits(), token)))));
        } finally {
            watch.end();
            cancel.close();
            // What the token's handle lives with.
            Reference.reachabilityFence(handles);
        }
    }

    private static List<SetStatus> list(int count, byte[] written) {
        Bytes.Reader in = new Bytes.Reader(written);
        List<SetStatus> all = new ArrayList<>(count);
        for (int at = 0; at < count; at++) {
            all.add(new SetStatus(in));
        }
        return Collections.unmodifiableList(all);
    }

    /**
     * The set's name, as {@link ExportSet#name} has it.
     *
     * @return the name
     */
    public String name() {
        return name;
    }

    /**
     * What is to be said of it in one word.
     *
     * @return the verdict
     */
    public Verdict verdict() {
        return verdict;
    }

    /**
     * Whether all parts are here.
     *
     * @return whether they are
     */
    public boolean isComplete() {
        return verdict == Verdict.COMPLETE;
    }

    /**
     * The parts that are here, in their order.
     *
     * @return names of files
     */
    public List<String> parts() {
        return parts;
    }

    /**
     * How many parts there are, if the end record could be read.
     *
     * @return the number
     */
    public OptionalInt total() {
        return total < 0 ? OptionalInt.empty() : OptionalInt.of(Math.toIntExact(total));
    }

    /**
     * The size of the parts that are here, as they are.
     *
     * @return a number of bytes
     */
    public long bytes() {
        return bytes;
    }

    /**
     * When the first of the parts was written here: the oldest time of modification of their files.
     *
     * @return the time; nothing if no part is a file, or the system does not say
     */
    public Optional<Instant> created() {
        return Optional.ofNullable(created);
    }

    /**
     * For whom the last part is, or the first if that is not here.
     *
     * @return issuer and serial number, or key identifier, one text for each recipient
     */
    public List<String> recipients() {
        return recipients;
    }

    /**
     * Whether one of the keys opens that part. Of a large authenticated part only names and kinds
     * of keys were compared.
     *
     * @return whether it does; nothing if no key was given, or none is needed
     */
    public Optional<Boolean> keyFits() {
        return keyFits < 0 ? Optional.empty() : Optional.of(keyFits == 1);
    }

    /**
     * Further files for a position that a part has. Unless they are {@link #conflicting}, they have
     * its size and the same bytes at both ends; that they are the same throughout is seen when the
     * set is opened, or by {@link ExportSet#conflicting}.
     *
     * @return names of files
     */
    public List<String> duplicates() {
        return duplicates;
    }

    /**
     * Parts that are copies by their names, and are taken as the original is not there.
     *
     * @return names of files
     */
    public List<String> standIns() {
        return standIns;
    }

    /**
     * The parts that are not here, as far as it is known, with {@link Verdict#MISSING} and {@link
     * Verdict#STILL_DOWNLOADING}.
     *
     * @return their names
     */
    public List<String> missing() {
        return missing;
    }

    /**
     * Files that are being downloaded, with {@link Verdict#STILL_DOWNLOADING}.
     *
     * @return names of files
     */
    public List<String> unfinished() {
        return unfinished;
    }

    /**
     * The files that do not agree with a part, or are past the end, with {@link
     * Verdict#CONFLICTING}.
     *
     * @return names of files
     */
    public List<String> conflicting() {
        return conflicting;
    }

    /**
     * What is wrong with a part, with {@link Verdict#DAMAGED}.
     *
     * @return what it is; {@link SmimezipException#part} names the part
     */
    public Optional<SmimezipException> damage() {
        return Optional.ofNullable(damage);
    }

    @Override
    public String toString() {
        return "SetStatus[" + name + ", " + verdict + ", " + parts.size()
            + (total < 0 ? "" : " of " + total) + " parts, " + bytes + " bytes]";
    }
}
