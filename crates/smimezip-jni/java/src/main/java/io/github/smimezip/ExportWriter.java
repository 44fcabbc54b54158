package io.github.smimezip;

import io.github.smimezip.internal.Bytes;
import io.github.smimezip.internal.EntryOutputStream;
import io.github.smimezip.internal.Handle;
import io.github.smimezip.internal.InterruptWatch;
import io.github.smimezip.internal.Native;
import io.github.smimezip.internal.SinkAdapter;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/**
 * An export whose entries are written one after the other, as a program has them: rows of a query,
 * a report, what another server sends. Made by {@link ExportBuilder#newWriter(java.nio.file.Path)};
 * forward only, in constant memory, compressed on other threads.
 *
 * <pre>{@code
 * try (ExportWriter export = new ExportBuilder(recipients).newWriter(Path.of("outbox"))) {
 *     try (OutputStream entry = export.newEntry("entities/customers.csv")) {
 *         entry.write(rows);
 *     }
 *     System.out.println(export.commit());
 * }
 * }</pre>
 *
 * <p><b>Only {@link #commit} makes the export</b>: until then no part has its name, and a writer
 * that is closed before takes everything back. After a call has failed to write, nothing comes of
 * the export, and later calls throw the same. A path that is refused does no harm.
 *
 * <p>A writer is for one thread at a time, as streams are: a call that comes while another is in
 * progress throws an {@link IllegalStateException}. It may be closed while one is, which then ends
 * first.
 *
 * @since 0.1
 */
public final class ExportWriter implements AutoCloseable {
    private final Handle handle;
    /** Where parts go; null for a folder. */
    private final SinkAdapter sink;
    /** Whether a write failed, and with it an entry. */
    private volatile boolean isBroken;

    ExportWriter(long address, SinkAdapter sink) {
        handle = new Handle(this, address, Native::writerFree);
        this.sink = sink;
    }

    /**
     * Begins a file of any size, without a time.
     *
     * @param path its path in the export: names with {@code /} between them, safe on every platform
     * @return takes its contents; to be closed before the next entry. It is not complete if a write
     *     failed, and neither is the export then
     * @throws UnsafePathException if the path is not safe on every platform, or some file system
     *     does not tell it from another
     * @throws IllegalStateException if the entry before is not closed, or after {@link #commit}
     * @throws IOException if the writer is closed, or an earlier call failed
     */
    public OutputStream newEntry(String path) throws IOException {
        return newEntry(path, new EntryOptions());
    }

    /**
     * Begins a file.
     *
     * @param path its path in the export, as for {@link #newEntry(String)}
     * @param options its time, its permissions, how large it may become
     * @return takes its contents, as that of {@link #newEntry(String)}
     * @throws IOException as {@link #newEntry(String)}
     * @throws IllegalArgumentException for a time that this system does not have
     */
    public OutputStream newEntry(String path, EntryOptions options) throws IOException {
        byte[] name = bytes(path);
        Objects.requireNonNull(options, "options");
        handle.run(it -> Native.writerBegin(
            it, name, options.permissions(), options.modified(), options.maxSize()));
        return new EntryOutputStream(this, handle, () -> isBroken = true);
    }

    /**
     * Adds an entry for a folder, without a time. Folders of files need none.
     *
     * @param path its path in the export, with or without {@code /} at its end
     * @throws IOException as {@link #newEntry(String)}
     */
    public void addFolder(String path) throws IOException {
        addFolder(path, new EntryOptions());
    }

    /**
     * Adds an entry for a folder.
     *
     * @param path its path in the export, with or without {@code /} at its end
     * @param options its time and its permissions
     * @throws IOException as {@link #newEntry(String, EntryOptions)}
     */
    public void addFolder(String path, EntryOptions options) throws IOException {
        byte[] name = bytes(path);
        Objects.requireNonNull(options, "options");
        handle.run(it -> Native.writerAddFolder(
            it, name, options.permissions(), options.modified()));
    }

    private static byte[] bytes(String path) {
        return Objects.requireNonNull(path, "path").getBytes(StandardCharsets.UTF_8);
    }

    /**
     * Ends the archive, has all parts read back and verified ({@link ExportBuilder#readBack}), and
     * gives them their names: all of them, or none.
     *
     * @return what was made
     * @throws IllegalStateException if an entry is not closed, which changes nothing, or if it was
     *     called before
     * @throws IllegalArgumentException if there would be more than 65,535 parts, or for a
     *     {@linkplain ManifestContents#ENTRIES manifest with entries} and a sink that is not read
     *     back
     * @throws CancelledException if an interrupt of the thread stops it
     * @throws IOException for these and all other failures, also those of earlier calls; everything
     *     is taken back
     */
    public ExportReceipt commit() throws IOException {
        InterruptWatch watch = new InterruptWatch(handle, Native::writerCancel);
        try {
            if (isBroken) {
                // If the core knows of a failure, it goes on to say that one.
                handle.run(Native::writerCancel);
            }
            return new ExportReceipt(new Bytes.Reader(handle.call(Native::writerCommit)));
        } catch (CancelledException error) {
            suppressKept(error);
            throw isBroken
                ? new IOException("an entry is not complete, as a write failed", error) : error;
        } catch (IOException | RuntimeException | Error error) {
            suppressKept(error);
            throw error;
        } finally {
            watch.end();
        }
    }

    /** Adds what the sink threw where it could not be thrown on. */
    private void suppressKept(Throwable error) {
        if (sink != null) {
            sink.suppressKept(error);
        }
    }

    /**
     * Closes the writer; a second time it does nothing. What was not committed is taken back.
     *
     * @throws IOException if that fails: what {@link PartSink#abort} threw, or
     *     {@link PartSource#close} of a part that was read back
     */
    @Override
    public void close() throws IOException {
        handle.close();
        if (sink != null) {
            sink.throwKept();
        }
    }

    @Override
    public String toString() {
        return "ExportWriter[" + (handle.isOpen() ? "open]" : "closed]");
    }
}
