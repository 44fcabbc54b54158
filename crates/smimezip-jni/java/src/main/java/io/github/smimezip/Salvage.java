package io.github.smimezip;

import io.github.smimezip.internal.Bytes;
import io.github.smimezip.internal.Handle;
import io.github.smimezip.internal.Native;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;

/**
 * What can be read of an export that does not open, or not whole: parts may be missing, the last
 * one as well, cut off or damaged.
 *
 * <pre>{@code
 * try (ExportSet set = ExportSet.discover(Path.of("downloads"));
 *      Salvage salvage = set.salvage(keys)) {
 *     ExtractReport report = salvage.extractTo(Path.of("out"));
 *     System.out.println(report.files() + " files; missing " + salvage.missing());
 * }
 * }</pre>
 *
 * <p>An entry is certain if records lead to it from the start, or the archive's directory names it.
 * What is found behind damage is kept {@linkplain #uncertain() apart}: it may be of an archive that
 * is itself a file in this one, unless that one's directory shows so, and it is left out. Of a part
 * that is authenticated nothing is used unless it is whole.
 *
 * <p>It may be used by several threads at the same time.
 *
 * @since 0.1
 */
public final class Salvage implements AutoCloseable {
    private final Handle handle;
    private final ExportArchive archive;
    private final ExportArchive uncertain;
    private final boolean hasDirectory;
    private final List<String> missing;
    private final List<SmimezipException> damaged;
    private final List<String> ambiguous;
    private final List<SmimezipException> lost;

    Salvage(long address) throws IOException {
        handle = new Handle(this, address, Native::salvageFree);
        Bytes.Reader in = new Bytes.Reader(handle.call(Native::salvageInfo));
        hasDirectory = in.number() == 1;
        missing = in.texts();
        damaged = errors(in);
        ambiguous = in.texts();
        lost = errors(in);
        archive = new ExportArchive(handle.call(Native::salvageArchive));
        uncertain = new ExportArchive(handle.call(Native::salvageUncertain));
    }

    private static List<SmimezipException> errors(Bytes.Reader in) {
        List<SmimezipException> all = new ArrayList<>();
        for (int left = in.number(); left > 0; left--) {
            all.add(Native.exception(in));
        }
        return Collections.unmodifiableList(all);
    }

    /**
     * The entries that were found, to be listed and read. Without a directory nothing says of them
     * what permissions they had, or which are links.
     *
     * <p>{@link #extractTo(Path)} leaves out what is not whole; {@link
     * ExportArchive#extractTo(Path)} fails at it.
     *
     * @return the archive; it is closed with this
     */
    public ExportArchive archive() {
        return archive;
    }

    /**
     * Entries that were found behind damage or missing parts, of which nobody can tell whether they
     * are the archive's own: they may be those of an archive that is a file in it, as a document of
     * an office program is. They are as right as others, and should be kept apart from these.
     *
     * @return an archive of these entries, which may have none; it is closed with this
     */
    public ExportArchive uncertain() {
        return uncertain;
    }

    /**
     * Whether the archive's directory was there, so that all entries are known, also those that
     * cannot be read.
     *
     * @return whether it was
     */
    public boolean hasDirectory() {
        return hasDirectory;
    }

    /**
     * The parts that are missing, as far as it can be known: without the last part there may be
     * more.
     *
     * @return their names, in their order
     */
    public List<String> missing() {
        return missing;
    }

    /**
     * What is wrong with parts that are there. Those that are cut were read as far as they go.
     *
     * @return one for each such part; {@link SmimezipException#part} names it
     */
    public List<SmimezipException> damaged() {
        return damaged;
    }

    /**
     * Names that several entries have. None of these is in the archive, as nobody knows which is
     * meant.
     *
     * @return the names
     */
    public List<String> ambiguous() {
        return ambiguous;
    }

    /**
     * Why entries whose headers were met are not in the archive.
     *
     * @return one for each such entry; {@link SmimezipException#entry} names it
     */
    public List<SmimezipException> lost() {
        return lost;
    }

    /**
     * Extracts what is whole. Every file was verified that is there afterwards. The report says
     * nothing of entries that were not found: {@link #hasDirectory}, {@link #lost} and {@link
     * #ambiguous} do.
     *
     * @param target the folder; made if it is not there
     * @return what was done, and what was not
     * @throws IOException as {@link #extractTo(Path, ExtractOptions)}
     */
    public ExtractReport extractTo(Path target) throws IOException {
        return extractTo(target, new ExtractOptions());
    }

    /**
     * As {@link #extractTo(Path)}, with options: as {@link ExportArchive#extractTo(Path,
     * ExtractOptions)}, with {@link ExtractOptions#keepGoing}, {@link ExtractOptions#available} and
     * {@link Links#SKIP} whatever the options say, and unsafe names left out where these say that
     * they are refused.
     *
     * @param target the folder; made if it is not there
     * @param options which entries, and how
     * @return what was done, and what was not
     * @throws LimitExceededException if the entries are larger than is allowed
     * @throws NoSpaceException if the disk has no room for them
     * @throws CancelledException if a listener or an interrupt of the thread stops it
     * @throws IOException for these and all other failures; then the folder is as it was. The cause
     *     is a {@link java.nio.file.FileAlreadyExistsException} where a file is already there
     * @throws java.nio.file.ProviderMismatchException for a path that is not of the default file
     *     system
     */
    public ExtractReport extractTo(Path target, ExtractOptions options) throws IOException {
        byte[] folder = Bytes.of(Objects.requireNonNull(target, "target"));
        byte[] wanted = archive.wanted(options);
        return new ExtractReport(new Bytes.Reader(handle.call(it -> Native.salvageExtract(it,
            folder, options.bits(), options.threads(), options.limits(), wanted,
            ExportArchive.adapter(options.listener())))));
    }

    /**
     * The same for the {@link #uncertain} entries, which should go to a folder of their own.
     *
     * @param target the folder; made if it is not there
     * @return what was done, and what was not
     * @throws IOException as {@link #extractTo(Path, ExtractOptions)}
     */
    public ExtractReport extractUncertainTo(Path target) throws IOException {
        return extractUncertainTo(target, new ExtractOptions());
    }

    /**
     * As {@link #extractUncertainTo(Path)}, with options: as {@link #extractTo(Path,
     * ExtractOptions)}.
     *
     * @param target the folder; made if it is not there
     * @param options which of these entries, and how
     * @return what was done, and what was not
     * @throws CancelledException if a listener or an interrupt of the thread stops it
     * @throws IOException as {@link #extractTo(Path, ExtractOptions)}
     */
    public ExtractReport extractUncertainTo(Path target, ExtractOptions options)
            throws IOException {
        byte[] folder = Bytes.of(Objects.requireNonNull(target, "target"));
        byte[] wanted = uncertain.wanted(options);
        return new ExtractReport(new Bytes.Reader(handle.call(it -> Native.salvageExtractUncertain(
            it, folder, options.bits(), options.threads(), options.limits(), wanted,
            ExportArchive.adapter(options.listener())))));
    }

    /**
     * Closes it and its archives; a second time it does nothing. Streams made from it stay open.
     */
    @Override
    public void close() {
        archive.close();
        uncertain.close();
        handle.close();
    }

    @Override
    public String toString() {
        int apart = uncertain.entries().size();
        return "Salvage[" + archive.entries().size() + " entries"
            + (apart > 0 ? " and " + apart + " uncertain" : "")
            + (hasDirectory ? "" : " without a directory") + ", " + missing.size() + " missing and "
            + damaged.size() + " damaged parts" + (handle.isOpen() ? "]" : ", closed]");
    }
}
