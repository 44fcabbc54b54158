package io.github.smimezip;

import io.github.smimezip.internal.Handle;
import io.github.smimezip.internal.Native;
import io.github.smimezip.internal.NativeLoader;
import io.github.smimezip.internal.Bytes;
import io.github.smimezip.internal.SourceAdapter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** An export: one archive in any number of parts, each sealed or not. Only names were looked at. */
public final class ExportSet implements AutoCloseable {
    private final Handle handle;
    private final String name;
    private final List<String> parts;
    private final List<String> missing;
    private final List<String> duplicates;

    private ExportSet(long address) throws IOException {
        handle = new Handle(this, address, Native::setFree);
        Bytes.Reader in = new Bytes.Reader(handle.call(Native::setInfo));
        name = in.text();
        parts = in.texts();
        missing = in.texts();
        duplicates = in.texts();
    }

    /**
     * Finds the export that a file is a part of, or the only one in a folder.
     *
     * @param anyPart any part, or the folder
     * @return the set, to be closed
     * @throws IOException if there is none, or several
     * @throws java.nio.file.ProviderMismatchException for a path that is not of the default file system
     */
    public static ExportSet discover(Path anyPart) throws IOException {
        NativeLoader.load();
        return new ExportSet(Native.setDiscover(Bytes.of(anyPart)));
    }

    /**
     * The export that consists of these parts, wherever they are.
     *
     * @param parts sources by the names of the parts; they are to be closed by their owner, after the last
     *     use of what is opened from them
     * @return the set, to be closed
     * @throws IOException if a name is no part's, or a source does not tell its size
     */
    public static ExportSet of(Map<String, ? extends PartSource> parts) throws IOException {
        NativeLoader.load();
        Bytes.Writer names = new Bytes.Writer();
        Object[] adapters = new Object[parts.size()];
        long[] sizes = new long[parts.size()];
        int at = 0;
        for (Map.Entry<String, ? extends PartSource> part : parts.entrySet()) {
            names.text(part.getKey());
            adapters[at] = new SourceAdapter(part.getValue()::readAt);
            sizes[at] = part.getValue().size();
            at++;
        }
        return new ExportSet(Native.setOf(names.bytes(), adapters, sizes));
    }

    /**
     * What the parts' names have in common.
     *
     * @return the name
     */
    public String name() {
        return name;
    }

    /**
     * The parts at hand, in order.
     *
     * @return their names
     */
    public List<String> parts() {
        return parts;
    }

    /**
     * Parts that must exist by the names of the others. Those after the last one known are told by
     * {@link #open} only.
     *
     * @return their names
     */
    public List<String> missing() {
        return missing;
    }

    /**
     * Files that claim a place another has, and browser copies.
     *
     * @return their names
     */
    public List<String> duplicates() {
        return duplicates;
    }

    /**
     * Unlocks the parts and reads the archive's directory. Nothing else is decrypted, unless the parts are
     * authenticated: then they are verified whole.
     *
     * @param keys the keys; they are not needed any more afterwards. One without any, {@code new Keyring()},
     *     opens a set of which no part is sealed
     * @param options how to open it
     * @return the archive, to be closed; it stays open when the set is closed
     * @throws IOException {@link MissingPartException}, {@link NoMatchingKeyException} and others;
     *     {@link CancelledException} if the thread is interrupted
     */
    public ExportArchive open(Keyring keys, OpenOption... options) throws IOException {
        return open(keys, new Limits(), options);
    }

    /**
     * As {@link #open(Keyring, OpenOption...)}, under other limits.
     *
     * @param keys the keys
     * @param limits what it may cost; they count for all that is done with the archive
     * @param options how to open it
     * @return the archive, to be closed
     * @throws IOException as {@link #open(Keyring, OpenOption...)}
     * @since 0.1
     */
    public ExportArchive open(Keyring keys, Limits limits, OpenOption... options) throws IOException {
        int bits = OpenOption.bits(options);
        byte[] allowed = limits.bytes();
        Object progress = ExportArchive.adapter(null);
        return new ExportArchive(handle.call(
            set -> keys.handle.call(ring -> Native.setOpen(set, ring, bits, allowed, progress))));
    }

    /**
     * As {@link #open(Keyring, OpenOption...)}, for archives that a person trusts to be large.
     *
     * @param keys the keys
     * @param mostBytes how many bytes the entries asked for may have in all, however compressed they are; below
     *     zero for the default, what the disk has room for and at most 200 times the compressed size
     * @param options how to open it
     * @return the archive, to be closed
     * @throws IOException as {@link #open(Keyring, OpenOption...)}
     */
    public ExportArchive open(Keyring keys, long mostBytes, OpenOption... options) throws IOException {
        Limits limits = new Limits();
        if (mostBytes >= 0) {
            // Who names a size has decided about the ratio, too.
            limits.set(Limit.TOTAL_SIZE, mostBytes).set(Limit.RATIO, Long.MAX_VALUE);
        }
        return open(keys, limits, options);
    }

    /** Closes the set. What was opened from it stays open. */
    @Override
    public void close() {
        handle.close();
    }
}
