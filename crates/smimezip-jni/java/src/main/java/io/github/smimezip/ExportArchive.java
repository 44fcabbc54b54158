package io.github.smimezip;

import io.github.smimezip.internal.EntryInputStream;
import io.github.smimezip.internal.Handle;
import io.github.smimezip.internal.Native;
import io.github.smimezip.internal.Bytes;
import io.github.smimezip.internal.ProgressAdapter;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** An export unlocked, its directory read. */
public final class ExportArchive implements AutoCloseable {
    private final Handle handle;
    private final Integrity integrity;
    private final List<Entry> entries;

    ExportArchive(long address) throws IOException {
        handle = new Handle(this, address, Native::archiveFree);
        Bytes.Reader in = new Bytes.Reader(handle.call(Native::archiveEntries));
        integrity = Integrity.values()[in.number()];
        int count = in.number();
        List<Entry> all = new ArrayList<>(count);
        for (int at = 0; at < count; at++) {
            String name = in.text();
            String path = in.text();
            // An empty text stands for the name itself, which is then not kept twice.
            all.add(new Entry(at, name, "".equals(path) ? name : path, EntryKind.values()[in.number()], in.size(), in.size(),
                in.number(), in.number(), in.number() == 1, in.number() == 1, in.size()));
        }
        entries = Collections.unmodifiableList(all);
    }

    static ProgressAdapter adapter(ProgressListener listener) {
        return new ProgressAdapter((phase, bytesDone, bytesTotal, entriesDone, entriesTotal, entry) ->
            listener == null || listener.onProgress(new Progress(
                Phase.values()[phase], bytesDone, bytesTotal, entriesDone, entriesTotal, entry)));
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
     * What is known about the integrity of what is read from it: that of the weakest part.
     *
     * @return {@link Integrity#AUTHENTICATED} if each part is authenticated, else {@link Integrity#CHECKSUMMED}
     */
    public Integrity integrity() {
        return integrity;
    }

    /**
     * Deviations from the standard that the directory has and that were accepted. What entries have besides is in
     * the report of the call that read them ({@link ExtractReport#oddities}).
     *
     * @return one of each kind
     * @throws IOException if the archive is closed
     * @since 0.1
     */
    public List<Oddity> oddities() throws IOException {
        return Oddity.list(new Bytes.Reader(handle.call(Native::archiveOddities)));
    }

    /**
     * The entry of a name.
     *
     * @param name the whole name
     * @return the entry, if there is one
     */
    public Optional<Entry> find(String name) {
        return entries.stream().filter(entry -> entry.rawName().equals(name)).findFirst();
    }

    /**
     * Reads one entry. Only the ranges that hold it are decrypted.
     *
     * @param entry one of {@link #entries}
     * @return its bytes; the end comes only after size and CRC-32 were verified. It stays open when the
     *     archive is closed.
     * @throws IOException if it is of a kind that is not opened
     */
    public InputStream newInputStream(Entry entry) throws IOException {
        if (entries.size() <= entry.index || entries.get(entry.index) != entry) {
            throw new IllegalArgumentException("an entry of another archive");
        }
        return new EntryInputStream(handle.call(it -> Native.archiveOpenEntry(it, entry.index)));
    }

    /**
     * Extracts the entries asked for: all of them, verified, or nothing at all.
     *
     * @param target the folder; made if it is not there
     * @param options which entries, and how
     * @return what was done
     * @throws IOException and then the folder is as it was
     * @throws IllegalArgumentException if the options contradict each other
     * @throws java.nio.file.ProviderMismatchException for a path that is not of the default file system
     */
    public ExtractReport extractTo(Path target, ExtractOptions options) throws IOException {
        return run(Bytes.of(target), options);
    }

    /**
     * Makes every check that extraction makes, and writes nothing.
     *
     * @param options which entries, and how
     * @return what was verified
     * @throws IOException if something does not verify
     * @throws IllegalArgumentException if the options contradict each other
     */
    public ExtractReport verify(ExtractOptions options) throws IOException {
        return run(null, options);
    }

    private ExtractReport run(byte[] target, ExtractOptions options) throws IOException {
        int bits = options.bits();
        byte[] limits = options.limits();
        byte[] names = null;
        if (options.filter() != null) {
            Bytes.Writer wanted = new Bytes.Writer();
            entries.stream().filter(options.filter()).forEach(entry -> wanted.text(entry.rawName()));
            names = wanted.bytes();
        }
        byte[] chosen = names;
        Bytes.Reader in = new Bytes.Reader(handle.call(it -> Native.archiveExtract(it, target,
            bits, options.threads(), limits, chosen, adapter(options.listener()))));
        return new ExtractReport(in);
    }

    /** Closes the archive. Streams made from it stay open. */
    @Override
    public void close() {
        handle.close();
    }
}
