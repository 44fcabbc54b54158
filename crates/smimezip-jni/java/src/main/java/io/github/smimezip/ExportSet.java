package io.github.smimezip;

import io.github.smimezip.internal.Bytes;
import io.github.smimezip.internal.Handle;
import io.github.smimezip.internal.Native;
import io.github.smimezip.internal.NativeLoader;
import io.github.smimezip.internal.SourceAdapter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The parts of one export, found by their names: one archive in any number of parts, each sealed or
 * not. No part was opened yet; {@link #open(Keyring)} does that. Where the parts are files and only
 * one export is wanted, {@link ExportArchive#open(Path, Keyring)} is the shorter way.
 *
 * <pre>{@code
 * for (ExportSet set : ExportSet.discoverAll(Path.of("downloads"))) {
 *     try (set; ExportArchive archive = set.open(keys)) {
 *         archive.extractTo(Path.of("out", set.name()));
 *     }
 * }
 * }</pre>
 */
public final class ExportSet implements AutoCloseable {
    final Handle handle;
    private final String name;
    private final List<String> parts;
    private final List<String> missing;
    private final List<String> duplicates;
    private final List<String> standIns;
    private final List<String> unfinished;
    private final List<String> misnamed;

    private ExportSet(long address) throws IOException {
        handle = new Handle(this, address, Native::setFree);
        Bytes.Reader in = new Bytes.Reader(handle.call(Native::setInfo));
        name = in.text();
        parts = in.texts();
        missing = in.texts();
        duplicates = in.texts();
        standIns = in.texts();
        unfinished = in.texts();
        misnamed = in.texts();
    }

    /**
     * Finds the export that a file is a part of, or the only one in a folder.
     *
     * @param anyPart any part, or the folder
     * @return the set, to be closed
     * @throws SeveralSetsException if the folder has several; {@link #discoverAll} finds them all
     * @throws IOException for that, if there is none, or if the folder cannot be read
     * @throws java.nio.file.ProviderMismatchException for a path that is not of the default file
     *     system; {@link PartSource#of(Path)} serves such files to {@link #of}
     */
    public static ExportSet discover(Path anyPart) throws IOException {
        byte[] path = Bytes.of(Objects.requireNonNull(anyPart, "anyPart"));
        NativeLoader.load();
        return new ExportSet(Native.setDiscover(path));
    }

    /**
     * Finds all exports in a folder, whether their parts are complete or not; or the one that a
     * file is a part of.
     *
     * @param folder the folder; subfolders are not searched
     * @return the sets, each to be closed; none if the folder has none
     * @throws IOException if the folder cannot be read
     * @throws java.nio.file.ProviderMismatchException for a path that is not of the default file
     *     system
     * @since 0.1
     */
    public static List<ExportSet> discoverAll(Path folder) throws IOException {
        byte[] path = Bytes.of(Objects.requireNonNull(folder, "folder"));
        NativeLoader.load();
        ByteBuffer addresses = ByteBuffer.wrap(Native.setDiscoverAll(path));
        List<ExportSet> sets = new ArrayList<>();
        while (addresses.hasRemaining()) {
            sets.add(new ExportSet(addresses.getLong()));
        }
        return Collections.unmodifiableList(sets);
    }

    /**
     * The export that consists of these parts, wherever they are. A single part may have any name.
     *
     * @param parts sources by the names of the parts; they are to be closed by their owner, after
     *     the last use of what is opened from them
     * @return the set, to be closed
     * @throws IOException if there is no part, if a name among several is not that of a part of the
     *     same set, or if a source does not know its size
     */
    public static ExportSet of(Map<String, ? extends PartSource> parts) throws IOException {
        Objects.requireNonNull(parts, "parts");
        NativeLoader.load();
        Bytes.Writer names = new Bytes.Writer();
        Object[] adapters = new Object[parts.size()];
        long[] sizes = new long[parts.size()];
        int at = 0;
        for (Map.Entry<String, ? extends PartSource> part : parts.entrySet()) {
            PartSource source = Objects.requireNonNull(part.getValue(), "a value in parts");
            names.text(Objects.requireNonNull(part.getKey(), "a key in parts"));
            adapters[at] = new SourceAdapter(source::readAt);
            sizes[at] = source.size();
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
     * Parts that must exist by the names of the others. Whether further ones follow the last one
     * known, only {@link #open(Keyring)} finds out.
     *
     * @return their names
     */
    public List<String> missing() {
        return missing;
    }

    /**
     * Further files for a position that a part has: copies by their names, as browsers and file
     * managers make them, or the same part under another name. {@link #open(Keyring)} ignores those
     * that have the same bytes as the part, and refuses the others: {@link #conflicting} says
     * which.
     *
     * @return their names
     */
    public List<String> duplicates() {
        return duplicates;
    }

    /**
     * Those of the {@link #duplicates} that do not have the same bytes as the part whose position
     * they claim. Of files of one size both are read whole.
     *
     * @return their names
     * @throws IOException if a file cannot be read
     * @since 0.1
     */
    public List<String> conflicting() throws IOException {
        return new Bytes.Reader(handle.call(Native::setConflicting)).texts();
    }

    /**
     * Those of the {@link #parts} that are copies by their names, and are taken as the original is
     * not there: {@code X.z01 (1).smime} without an {@code X.z01.smime}.
     *
     * @return their names
     * @since 0.1
     */
    public List<String> standIns() {
        return standIns;
    }

    /**
     * Missing parts that are still being downloaded, or were not finished; and downloads in the
     * same folder that do not say of what they are.
     *
     * @return their names
     * @since 0.1
     */
    public List<String> unfinished() {
        return unfinished;
    }

    /**
     * Missing parts that have something appended to their names, as {@code .txt}.
     *
     * @return their names
     * @since 0.1
     */
    public List<String> misnamed() {
        return misnamed;
    }

    /**
     * Whether a key is needed: whether any part is sealed, by its name or by what it holds. Where
     * none is, an empty ring opens the set.
     *
     * @return whether it is
     * @throws IOException if a part cannot be read
     * @since 0.1
     */
    public boolean needsKey() throws IOException {
        return handle.call(Native::setNeedsKey);
    }

    /**
     * What state the set is in, seen cheaply. {@link SetStatus#ofAll(List, Keyring)} says it of
     * many.
     *
     * @param keys the keys. With a ring without any, {@code new Keyring()}, nobody knows how many
     *     parts there are, unless none is sealed
     * @return its state
     * @throws CancelledException if an interrupt of the thread stops it
     * @throws IOException for that, or if the set or the ring is closed, or what a {@link
     *     PartSource} throws. Whatever else is wrong with the set is its state
     * @since 0.1
     */
    public SetStatus status(Keyring keys) throws IOException {
        return status(keys, new OpenOptions());
    }

    /**
     * As {@link #status(Keyring)}, with options.
     *
     * @param keys the keys
     * @param options limits, what is accepted; nobody is asked whether to go on
     * @return its state
     * @throws IOException as {@link #status(Keyring)}
     * @since 0.1
     */
    public SetStatus status(Keyring keys, OpenOptions options) throws IOException {
        return SetStatus.ofAll(List.of(this), keys, options).get(0);
    }

    /**
     * Unlocks the parts and reads the archive's directory. Nothing else is decrypted, unless the
     * parts are authenticated: then they are verified whole.
     *
     * @param keys the keys; they are not needed any more afterwards. A ring without any, {@code new
     *     Keyring()}, opens a set of which no part is sealed
     * @return the archive, to be closed; it stays open when the set is closed
     * @throws MissingPartException if the set is not complete, or a part is there twice with other
     *     bytes; all of them are named. {@link OpenOptions#incomplete} opens a set that is not
     *     complete, {@link #salvage(Keyring)} finds what there is of it
     * @throws NoMatchingKeyException if none of the keys is for it
     * @throws DecryptionException if a key does not fit, or a part is damaged
     * @throws CorruptDataException if a part is damaged or cut off
     * @throws CancelledException if a listener or an interrupt of the thread stops it
     * @throws IOException for these and all other failures
     */
    public ExportArchive open(Keyring keys) throws IOException {
        return open(keys, new OpenOptions());
    }

    /**
     * As {@link #open(Keyring)}, with options.
     *
     * @param keys the keys; they are not needed any more afterwards
     * @param options how to open it; limits count for all that is done with the archive
     * @return the archive, to be closed
     * @throws IOException as {@link #open(Keyring)}
     * @since 0.1
     */
    public ExportArchive open(Keyring keys, OpenOptions options) throws IOException {
        Objects.requireNonNull(keys, "keys");
        Objects.requireNonNull(options, "options");
        Object progress = ExportArchive.adapter(options.listener());
        return new ExportArchive(handle.call(set -> keys.handle.call(ring -> Native.setOpen(
            set, ring, options.bits(), options.threads(), options.limits(), progress))));
    }

    /**
     * Looks for all that can be read of an export that {@link #open(Keyring)} refuses: parts may be
     * missing, the last one as well, cut off or damaged. Where the archive's directory is there,
     * entries are found by it, else by the headers before them, for which all parts are read whole.
     * What is found behind damage is kept {@linkplain Salvage#uncertain() apart}.
     *
     * @param keys the keys; they are not needed any more afterwards. A ring without any, {@code new
     *     Keyring()}, is for a set of which no part is sealed
     * @return what was found, to be closed; it stays open when the set is closed
     * @throws MissingPartException if a part is there twice with other bytes
     * @throws NoMatchingKeyException if none of the keys is for it
     * @throws DecryptionException if none of the keys fits
     * @throws CancelledException if an interrupt of the thread stops it
     * @throws IOException for these and all other failures; if no part can be read, it says what is
     *     wrong with the first
     * @since 0.1
     */
    public Salvage salvage(Keyring keys) throws IOException {
        return salvage(keys, new OpenOptions());
    }

    /**
     * As {@link #salvage(Keyring)}, with options.
     *
     * @param keys the keys; they are not needed any more afterwards
     * @param options limits, which count for all that is done with what was found, what is
     *     accepted, progress
     * @return what was found, to be closed
     * @throws CancelledException if a listener or an interrupt of the thread stops it
     * @throws IOException as {@link #salvage(Keyring)}
     * @since 0.1
     */
    public Salvage salvage(Keyring keys, OpenOptions options) throws IOException {
        Objects.requireNonNull(keys, "keys");
        Objects.requireNonNull(options, "options");
        Object progress = ExportArchive.adapter(options.listener());
        return new Salvage(handle.call(set -> keys.handle.call(ring -> Native.salvageOpen(
            set, ring, options.bits(), options.limits(), progress))));
    }

    /** Closes the set; a second time it does nothing. What was opened from it stays open. */
    @Override
    public void close() {
        handle.close();
    }

    @Override
    public String toString() {
        return "ExportSet[" + name + ", " + parts.size() + " parts"
            + (missing.isEmpty() ? "" : ", " + missing.size() + " missing")
            + (handle.isOpen() ? "]" : ", closed]");
    }
}
