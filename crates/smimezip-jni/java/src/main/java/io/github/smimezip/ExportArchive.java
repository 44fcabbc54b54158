package io.github.smimezip;

import io.github.smimezip.internal.Bytes;
import io.github.smimezip.internal.EntryInputStream;
import io.github.smimezip.internal.Handle;
import io.github.smimezip.internal.Native;
import io.github.smimezip.internal.ProgressAdapter;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * The archive of an export: its parts are unlocked, its directory is read. Entries are listed,
 * read, verified and extracted here.
 *
 * <pre>{@code
 * try (Keyring keys = Keyring.of(Path.of("key.pem"));
 *      ExportArchive archive = ExportArchive.open(Path.of("downloads"), keys)) {
 *     for (Entry entry : archive.entries()) {
 *         System.out.println(entry.size() + " " + entry);
 *     }
 *     archive.extractTo(Path.of("out"));
 * }
 * }</pre>
 *
 * <p>It may be used by several threads at the same time.
 */
public final class ExportArchive implements AutoCloseable {
    private final Handle handle;
    private final Integrity integrity;
    private final List<String> missing;
    private final List<String> partsOfDirectory;
    private final List<Entry> entries;

    ExportArchive(long address) throws IOException {
        handle = new Handle(this, address, Native::archiveFree);
        Bytes.Reader in = new Bytes.Reader(handle.call(Native::archiveEntries));
        integrity = Integrity.values()[in.number()];
        missing = in.texts();
        partsOfDirectory = in.texts();
        int count = in.number();
        List<Entry> all = new ArrayList<>(count);
        for (int at = 0; at < count; at++) {
            all.add(new Entry(at, in));
        }
        entries = Collections.unmodifiableList(all);
    }

    /**
     * Finds the export that a file is a part of, or the only one in a folder, and opens it:
     * {@link ExportSet#discover} and {@link ExportSet#open(Keyring)} in one step.
     *
     * @param anyPart any part, or the folder
     * @param keys the keys; they are not needed any more afterwards
     * @return the archive, to be closed
     * @throws MissingPartException if the set of parts is not complete
     * @throws NoMatchingKeyException if none of the keys is for it
     * @throws IOException as {@link ExportSet#discover} and {@link ExportSet#open(Keyring)}
     * @since 0.1
     */
    public static ExportArchive open(Path anyPart, Keyring keys) throws IOException {
        return open(anyPart, keys, new OpenOptions());
    }

    /**
     * As {@link #open(Path, Keyring)}, with options.
     *
     * @param anyPart any part, or the folder
     * @param keys the keys; they are not needed any more afterwards
     * @param options how to open it
     * @return the archive, to be closed
     * @throws IOException as {@link #open(Path, Keyring)}
     * @since 0.1
     */
    public static ExportArchive open(Path anyPart, Keyring keys, OpenOptions options)
            throws IOException {
        Objects.requireNonNull(keys, "keys");
        Objects.requireNonNull(options, "options");
        try (ExportSet set = ExportSet.discover(anyPart)) {
            return set.open(keys, options);
        }
    }

    /** What the native side asks; interrupts end a call also where nobody listens (null). */
    static ProgressAdapter adapter(ProgressListener listener) {
        return new ProgressAdapter(
            (phase, bytesDone, bytesTotal, entriesDone, entriesTotal, entry) ->
                listener == null || listener.onProgress(new Progress(Phase.values()[phase],
                    bytesDone, bytesTotal, entriesDone, entriesTotal, entry)));
    }

    /**
     * The entries, in the order of the directory.
     *
     * @return all entries
     */
    public List<Entry> entries() {
        return entries;
    }

    /**
     * The entries that options ask for, by patterns and filter.
     *
     * @param options the options; nothing but what they ask for counts
     * @return these entries, in the order of the directory
     * @since 0.1
     */
    public List<Entry> entries(ExtractOptions options) {
        return Objects.requireNonNull(options, "options").chosen(entries);
    }

    /**
     * The entry of a name.
     *
     * @param name the whole name
     * @return the entry, if there is one
     */
    public Optional<Entry> find(String name) {
        Objects.requireNonNull(name, "name");
        return entries.stream().filter(entry -> entry.rawName().equals(name)).findFirst();
    }

    /**
     * What is known about the integrity of what is read from it: that of the weakest part.
     *
     * @return {@link Integrity#AUTHENTICATED} if each part is authenticated, else {@link
     *     Integrity#CHECKSUMMED}
     */
    public Integrity integrity() {
        return integrity;
    }

    /**
     * Deviations from the standard that the directory has and that were accepted. What entries have
     * besides is in the report of the call that read them ({@link ExtractReport#oddities}).
     *
     * @return one of each kind
     * @throws IOException if the archive is closed
     * @since 0.1
     */
    public List<Oddity> oddities() throws IOException {
        return Oddity.list(new Bytes.Reader(handle.call(Native::archiveOddities)));
    }

    /**
     * Reads one entry. Only the ranges that hold it are decrypted.
     *
     * @param entry one of {@link #entries()}
     * @return its bytes; the end comes only after size and CRC-32 were verified. It stays open when
     *     the archive is closed.
     * @throws MissingPartException if it lies in missing parts
     * @throws IOException for that, if it is of a kind that is not opened, or cannot be read
     * @throws IllegalArgumentException if the entry is of another archive
     */
    public InputStream newInputStream(Entry entry) throws IOException {
        int index = index(entry);
        return new EntryInputStream(handle.call(it -> Native.archiveOpenEntry(it, index)));
    }

    /**
     * The parts that hold an entry: what to download again where it is damaged.
     *
     * @param entry one of {@link #entries()}
     * @return the names of the parts, in their order
     * @throws IOException if the archive is closed
     * @throws IllegalArgumentException if the entry is of another archive
     * @since 0.1
     */
    public List<String> partsOf(Entry entry) throws IOException {
        int index = index(entry);
        return new Bytes.Reader(handle.call(it -> Native.archivePartsOf(it, index))).texts();
    }

    /**
     * The parts that are not there. There are such only where {@link OpenOptions#incomplete}
     * allowed it, or in what was {@linkplain Salvage salvaged}.
     *
     * @return their names, in their order
     * @since 0.1
     */
    public List<String> missing() {
        return missing;
    }

    /**
     * Of the parts that hold an entry, those that are not there: what is to be downloaded to read
     * it.
     *
     * @param entry one of {@link #entries()}
     * @return their names, in their order; none if it can be read
     * @throws IOException if the archive is closed
     * @throws IllegalArgumentException if the entry is of another archive
     * @since 0.1
     */
    public List<String> missing(Entry entry) throws IOException {
        int index = index(entry);
        return new Bytes.Reader(handle.call(it -> Native.archiveMissing(it, index))).texts();
    }

    /**
     * Whether an entry can be read by the parts that are there.
     *
     * @param entry one of {@link #entries()}
     * @return whether it can
     * @throws IOException if the archive is closed
     * @throws IllegalArgumentException if the entry is of another archive
     * @since 0.1
     */
    public boolean isAvailable(Entry entry) throws IOException {
        return missing(entry).isEmpty();
    }

    /**
     * The parts that hold the directory, which whoever wants any entry needs.
     *
     * @return their names, in their order
     * @since 0.1
     */
    public List<String> partsOfDirectory() {
        return partsOfDirectory;
    }

    private int index(Entry entry) {
        int index = Objects.requireNonNull(entry, "entry").index;
        if (entries.size() <= index || entries.get(index) != entry) {
            throw new IllegalArgumentException("entry: one of another archive");
        }
        return index;
    }

    /**
     * Extracts all entries, verified, or nothing at all.
     *
     * @param target the folder; made if it is not there
     * @return what was done
     * @throws IOException as {@link #extractTo(Path, ExtractOptions)}
     * @since 0.1
     */
    public ExtractReport extractTo(Path target) throws IOException {
        return extractTo(target, new ExtractOptions());
    }

    /**
     * Extracts the entries asked for: all of them, verified, or nothing at all.
     *
     * @param target the folder; made if it is not there
     * @param options which entries, and how
     * @return what was done
     * @throws MissingPartException if parts are missing, without {@link ExtractOptions#available}
     * @throws CorruptDataException if an entry does not verify
     * @throws UnsafePathException if an entry's name, or a link, is not safe to create
     * @throws LimitExceededException if they are larger than is allowed
     * @throws NoSpaceException if the disk has no room for them
     * @throws CancelledException if a listener or an interrupt of the thread stops it
     * @throws IOException for these and all other failures; then the folder is as it was. The cause
     *     is a {@link java.nio.file.FileAlreadyExistsException} where a file is already there
     * @throws java.nio.file.ProviderMismatchException for a path that is not of the default file
     *     system
     */
    public ExtractReport extractTo(Path target, ExtractOptions options) throws IOException {
        return run(Bytes.of(Objects.requireNonNull(target, "target")), options);
    }

    /**
     * Makes every check that extraction makes, of all entries, and writes nothing.
     *
     * @return what was verified
     * @throws IOException as {@link #verify(ExtractOptions)}
     * @since 0.1
     */
    public ExtractReport verify() throws IOException {
        return verify(new ExtractOptions());
    }

    /**
     * Makes every check that extraction makes, and writes nothing.
     *
     * @param options which entries, and how
     * @return what was verified
     * @throws CorruptDataException if an entry does not verify
     * @throws CancelledException if a listener or an interrupt of the thread stops it
     * @throws IOException for these and all other failures
     */
    public ExtractReport verify(ExtractOptions options) throws IOException {
        return run(null, options);
    }

    /**
     * Makes the checks of {@link #extractTo(Path, ExtractOptions)} that need no decompression, and
     * writes nothing: names, conflicts, limits, missing parts, files that are there.
     *
     * @param target the folder; need not be there
     * @param options which entries, and how
     * @return what would be done
     * @throws IOException as {@link #extractTo(Path, ExtractOptions)}, before anything was written
     * @throws java.nio.file.ProviderMismatchException for a path that is not of the default file
     *     system
     * @since 0.1
     */
    public ExtractReport dryRun(Path target, ExtractOptions options) throws IOException {
        byte[] folder = Bytes.of(Objects.requireNonNull(target, "target"));
        byte[] wanted = wanted(options);
        return new ExtractReport(new Bytes.Reader(handle.call(it -> Native.archiveDryRun(
            it, folder, options.bits(), options.limits(), wanted))));
    }

    /** The names of the entries asked for; null for all of them. */
    byte[] wanted(ExtractOptions options) {
        List<Entry> chosen = Objects.requireNonNull(options, "options").chosen(entries);
        if (chosen.size() == entries.size()) {
            return null;
        }
        Bytes.Writer out = new Bytes.Writer();
        chosen.forEach(entry -> out.text(entry.rawName()));
        return out.bytes();
    }

    private ExtractReport run(byte[] target, ExtractOptions options) throws IOException {
        byte[] wanted = wanted(options);
        Bytes.Reader in = new Bytes.Reader(handle.call(it -> Native.archiveExtract(it, target,
            options.bits(), options.threads(), options.limits(), wanted,
            adapter(options.listener()))));
        return new ExtractReport(in);
    }

    /** Closes the archive; a second time it does nothing. Streams made from it stay open. */
    @Override
    public void close() {
        handle.close();
    }

    @Override
    public String toString() {
        return "ExportArchive[" + entries.size() + " entries, " + integrity
            + (handle.isOpen() ? "]" : ", closed]");
    }
}
