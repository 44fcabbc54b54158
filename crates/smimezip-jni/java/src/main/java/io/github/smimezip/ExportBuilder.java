package io.github.smimezip;

import io.github.smimezip.internal.Bytes;
import io.github.smimezip.internal.Native;
import io.github.smimezip.internal.NativeLoader;
import io.github.smimezip.internal.SinkAdapter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Makes an export: zipped on all cores, cut into parts (APPNOTE section 8), each of them sealed for
 * the same recipients with a key of its own. Nothing of the plaintext is ever written anywhere, and
 * no part has its name before all are complete. Every setter returns the object, and none of them
 * is needed.
 *
 * <pre>{@code
 * try (Recipients recipients = Recipients.of(Path.of("certificate.pem"))) {
 *     ExportReceipt receipt = new ExportBuilder(recipients)
 *         .partSize(500L << 20)
 *         .build(Path.of("tree"), Path.of("outbox"));
 *     receipt.parts().forEach(System.out::println);
 * }
 * }</pre>
 *
 * <p>What an {@linkplain ExportArchive#extractTo(Path) extraction} would refuse is not put in:
 * links, devices, names that are not safe on every platform ({@link #unfit}). A builder is for one
 * thread at a time, as options are, and makes any number of exports.
 *
 * @since 0.1
 */
public final class ExportBuilder {
    private static final int REPRODUCIBLE = 4;
    private static final int UNFIT = 5;
    private static final int NOT_DURABLE = 6;
    private static final int NO_READ_BACK = 7;
    private static final int MANIFEST = 8;
    private static final int MAX_LEVEL = 9;
    private static final long MIN_PART = 65_536;
    private static final long MAX_PART = 0xffff_ffffL;

    private final Recipients recipients;
    private final List<String> exclude = new ArrayList<>();
    private String name = "";
    private long partSize;
    private int level = 5;
    private int threads;
    private boolean reproducible;
    private boolean durable = true;
    private boolean readBack = true;
    private Unfit unfit = Unfit.REFUSE;
    private ManifestContents manifest;
    private SealOptions seal = new SealOptions();
    private ProgressListener listener;

    /**
     * A builder with the defaults: one part of a new name, nothing left out.
     *
     * @param recipients whom exports are for; they must not be closed before the last one is begun
     */
    public ExportBuilder(Recipients recipients) {
        NativeLoader.load();
        this.recipients = Objects.requireNonNull(recipients, "recipients");
    }

    /**
     * What the names of all parts begin with: {@code NAME.z01.smime … NAME.zip.smime}.
     *
     * @param name the stem; by default {@code export-} and a random UUID (RFC 9562 section 5.4),
     *     another for each export
     * @return this
     * @throws IllegalArgumentException if it is empty; what no part can have is refused when
     *     something is made
     */
    public ExportBuilder name(String name) {
        if (Objects.requireNonNull(name, "name").isEmpty()) {
            throw new IllegalArgumentException("name: an empty one");
        }
        this.name = name;
        return this;
    }

    /**
     * Has the archive cut into parts of so many bytes, before they are sealed; in MIME with base64
     * they become larger by 37 %. What fits in one part is made as one.
     *
     * @param bytes from 65,536 to 4,294,967,295; by default it is not cut
     * @return this
     * @throws IllegalArgumentException for another number
     */
    public ExportBuilder partSize(long bytes) {
        if (bytes < MIN_PART || bytes > MAX_PART) {
            throw new IllegalArgumentException(
                "bytes: from " + MIN_PART + " to " + MAX_PART + ", and not " + bytes);
        }
        partSize = bytes;
        return this;
    }

    /**
     * How hard to compress. Data that do not compress are stored in any case.
     *
     * @param level from 0, not at all, to 9; 5 by default
     * @return this
     * @throws IllegalArgumentException for another number
     */
    public ExportBuilder level(int level) {
        if (level < 0 || level > MAX_LEVEL) {
            throw new IllegalArgumentException("level: from 0 to " + MAX_LEVEL);
        }
        this.level = level;
        return this;
    }

    /**
     * How many threads compress, and read back. What is made does not depend on it.
     *
     * @param count the number; 0, the default, for all of the machine's, at most 16
     * @return this
     */
    public ExportBuilder threads(int count) {
        if (count < 0) {
            throw new IllegalArgumentException("threads: a number below zero");
        }
        threads = count;
        return this;
    }

    /**
     * Leaves out what differs between two copies of a tree: times, and of permissions all but
     * whether the owner may execute a file. Names and contents alone determine every byte of the
     * archive then; sealed, it is another each time.
     *
     * @param value whether to; false by default
     * @return this
     */
    public ExportBuilder reproducible(boolean value) {
        reproducible = value;
        return this;
    }

    /**
     * What happens to files of a folder that an extraction would refuse.
     *
     * @param policy what to do; {@link Unfit#REFUSE} by default
     * @return this
     */
    public ExportBuilder unfit(Unfit policy) {
        unfit = Objects.requireNonNull(policy, "policy");
        return this;
    }

    /**
     * Leaves out the files and folders whose paths in the export match one of the patterns, a
     * folder with all that is in it: {@code "cache"}, {@code "letters/*.tmp"}. Patterns are those
     * of {@link ExtractOptions#include}.
     *
     * @param patterns the patterns, beside those that were given before
     * @return this
     * @throws IllegalArgumentException if one of them is none
     */
    public ExportBuilder exclude(String... patterns) {
        exclude.addAll(ExtractOptions.checked(patterns));
        return this;
    }

    /**
     * Waits until parts in a folder are written to the disk before they get their names, so that
     * they survive a power failure.
     *
     * @param value whether to; true by default
     * @return this
     */
    public ExportBuilder durable(boolean value) {
        durable = value;
        return this;
    }

    /**
     * Opens all parts and verifies every entry before any part gets its name, with the keys that
     * are in memory still.
     *
     * @param value whether to; true by default
     * @return this
     */
    public ExportBuilder readBack(boolean value) {
        readBack = value;
        return this;
    }

    /**
     * Has a manifest stand beside the parts, in a file {@code NAME.manifest.json} that gets its
     * name with them.
     *
     * @param contents what it says; by default there is none
     * @return this
     */
    public ExportBuilder manifest(ManifestContents contents) {
        manifest = Objects.requireNonNull(contents, "contents");
        return this;
    }

    /**
     * How each part is sealed.
     *
     * @param options the options, which must not change any more
     * @return this
     */
    public ExportBuilder seal(SealOptions options) {
        seal = Objects.requireNonNull(options, "options");
        return this;
    }

    /**
     * Has a listener asked, on the thread that makes the call, whether to go on. Of {@link
     * Progress}, bytes are those of the files, not compressed.
     *
     * @param listener the listener
     * @return this
     */
    public ExportBuilder progress(ProgressListener listener) {
        this.listener = Objects.requireNonNull(listener, "listener");
        return this;
    }

    /**
     * Makes an export of all that is in a folder, to files in another: all parts are in it
     * afterwards, or it is as it was.
     *
     * @param tree the folder, whose contents go to the root of the export
     * @param outbox the folder for the parts; made if it is not there
     * @return what was made
     * @throws UnsafePathException for a name that is not safe on every platform, or that some file
     *     system does not tell from another
     * @throws CancelledException if a listener or an interrupt of the thread stops it
     * @throws IllegalArgumentException without recipients, for a name that no part can have, if
     *     {@code outbox} is {@code tree} or in it, and if there would be more than 65,535 parts
     * @throws IOException for these and all other failures: a link or a device, a file that changes
     *     while it is read, recipients that are closed. The cause is a {@link
     *     java.nio.file.FileAlreadyExistsException} if {@code outbox} has parts of that name
     *     already
     * @throws java.nio.file.ProviderMismatchException for a path that is not of the default file
     *     system
     */
    public ExportReceipt build(Path tree, Path outbox) throws IOException {
        return build(List.of(Objects.requireNonNull(tree, "tree")), true, outbox);
    }

    /**
     * Makes an export of several files and folders, each of which goes into it under the last
     * component of its path. A link that is named is what it leads to; in folders none is followed.
     *
     * @param paths the files and folders
     * @param outbox the folder for the parts; made if it is not there
     * @return what was made
     * @throws IllegalArgumentException as {@link #build(Path, Path)}, and for two paths of one name
     *     or one that has none
     * @throws IOException as {@link #build(Path, Path)}
     */
    public ExportReceipt build(List<Path> paths, Path outbox) throws IOException {
        return build(List.copyOf(Objects.requireNonNull(paths, "paths")), false, outbox);
    }

    /**
     * What {@link #build(Path, Path)} would make: everything that can be seen without opening a
     * file is, and nothing is written.
     *
     * @param tree the folder
     * @param outbox the folder for the parts; need not be there
     * @return what would be made
     * @throws IOException as {@link #build(Path, Path)}, as far as it can be seen
     */
    public BuildPlan plan(Path tree, Path outbox) throws IOException {
        return plan(List.of(Objects.requireNonNull(tree, "tree")), true, outbox);
    }

    /**
     * What {@link #build(List, Path)} would make, as {@link #plan(Path, Path)} says it.
     *
     * @param paths the files and folders
     * @param outbox the folder for the parts; need not be there
     * @return what would be made
     * @throws IOException as {@link #build(List, Path)}, as far as it can be seen
     */
    public BuildPlan plan(List<Path> paths, Path outbox) throws IOException {
        return plan(List.copyOf(Objects.requireNonNull(paths, "paths")), false, outbox);
    }

    private BuildPlan plan(List<Path> paths, boolean isFolder, Path outbox) throws IOException {
        byte[] target = Bytes.of(Objects.requireNonNull(outbox, "outbox"));
        byte[] roots = roots(paths);
        byte[] options = bytes();
        return new BuildPlan(new Bytes.Reader(recipients.handle.call(
            it -> Native.exportPlan(it, options, roots, isFolder, target,
                ExportArchive.adapter(listener)))));
    }

    private static byte[] roots(List<Path> paths) {
        Bytes.Writer roots = new Bytes.Writer();
        paths.forEach(path -> roots.blob(Bytes.of(path)));
        return roots.bytes();
    }

    private ExportReceipt build(List<Path> paths, boolean isFolder, Path outbox)
            throws IOException {
        byte[] target = Bytes.of(Objects.requireNonNull(outbox, "outbox"));
        byte[] roots = roots(paths);
        byte[] options = bytes();
        return new ExportReceipt(new Bytes.Reader(recipients.handle.call(
            it -> Native.exportBuild(it, options, roots, isFolder, target,
                ExportArchive.adapter(listener)))));
    }

    /**
     * Begins an export whose entries are written one after the other, to files in a folder: all
     * parts are in it after {@link ExportWriter#commit}, or it is as it was. What is said here of
     * files and folders that are read does not count: {@link #exclude}, {@link #unfit},
     * {@link #progress}.
     *
     * @param outbox the folder for the parts; made if it is not there
     * @return the writer, to be closed
     * @throws IllegalArgumentException without recipients, and for a name that no part can have
     * @throws IOException if the folder cannot be used or the recipients are closed. The cause is a
     *     {@link java.nio.file.FileAlreadyExistsException} if it has parts of that name already
     * @throws java.nio.file.ProviderMismatchException for a path that is not of the default file
     *     system
     */
    public ExportWriter newWriter(Path outbox) throws IOException {
        byte[] target = Bytes.of(Objects.requireNonNull(outbox, "outbox"));
        byte[] options = bytes();
        return new ExportWriter(recipients.handle.call(
            it -> Native.writerNewFolder(it, options, target)), null);
    }

    /**
     * Begins an export whose entries are written one after the other, and whose parts go to a sink.
     *
     * @param sink where the parts go
     * @return the writer, to be closed
     * @throws IllegalArgumentException as {@link #newWriter(Path)}
     * @throws IOException what the sink throws, or if the recipients are closed
     */
    public ExportWriter newWriter(PartSink sink) throws IOException {
        Objects.requireNonNull(sink, "sink");
        SinkAdapter adapter = new SinkAdapter(sink, PartReceipt::list);
        byte[] options = bytes();
        try {
            return new ExportWriter(recipients.handle.call(
                it -> Native.writerNewSink(it, options, adapter)), adapter);
        } catch (IOException | RuntimeException error) {
            adapter.suppressKept(error);
            throw error;
        }
    }

    private byte[] bytes() {
        int bits = level | (reproducible ? 1 << REPRODUCIBLE : 0) | unfit.ordinal() << UNFIT
            | (durable ? 0 : 1 << NOT_DURABLE) | (readBack ? 0 : 1 << NO_READ_BACK)
            | (manifest == null ? 0 : manifest.ordinal() + 1) << MANIFEST;
        Bytes.Writer out = new Bytes.Writer();
        out.number(bits).number(threads).number(seal.bits()).size(partSize);
        out.text(name);
        out.texts(exclude);
        return out.bytes();
    }

    @Override
    public String toString() {
        return "ExportBuilder[name=" + (name.isEmpty() ? "random" : name)
            + (partSize == 0 ? "" : ", partSize=" + partSize) + ", level=" + level + ", threads="
            + threads + ", reproducible=" + reproducible + ", unfit=" + unfit + ", exclude="
            + exclude + ", durable=" + durable + ", readBack=" + readBack
            + (manifest == null ? "" : ", manifest=" + manifest) + ", seal=" + seal + "]";
    }
}
