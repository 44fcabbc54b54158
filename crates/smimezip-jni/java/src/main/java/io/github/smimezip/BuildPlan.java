package io.github.smimezip;

import io.github.smimezip.internal.Bytes;
import io.github.smimezip.internal.Native;
import java.util.ArrayList;
import java.util.List;

/**
 * What would be made, and what would be left out ({@link ExportBuilder#plan}).
 *
 * @since 0.1
 */
public final class BuildPlan {
    private final List<String> entries;
    private final long files;
    private final long folders;
    private final long bytes;
    private final long maxSize;
    private final long maxParts;
    private final List<SmimezipException> skipped;

    BuildPlan(Bytes.Reader in) {
        entries = in.texts();
        files = in.size();
        folders = in.size();
        bytes = in.size();
        maxSize = in.size();
        maxParts = in.size();
        List<SmimezipException> all = new ArrayList<>();
        for (int left = in.number(); left > 0; left--) {
            all.add(Native.exception(in));
        }
        skipped = List.copyOf(all);
    }

    /**
     * The paths in the archive, in its order; that of a folder ends in {@code /}.
     *
     * @return the paths
     */
    public List<String> entries() {
        return entries;
    }

    /**
     * Files in the export.
     *
     * @return a number of files
     */
    public long files() {
        return files;
    }

    /**
     * Entries of folders.
     *
     * @return a number of folders
     */
    public long folders() {
        return folders;
    }

    /**
     * Bytes of the files, not compressed.
     *
     * @return a number of bytes
     */
    public long bytes() {
        return bytes;
    }

    /**
     * The most bytes that the archive can have, before its parts are sealed.
     *
     * @return a number of bytes
     */
    public long maxSize() {
        return maxSize;
    }

    /**
     * The most parts that there can be. How many there are depends on how well the files compress;
     * more than 65,535 are not made.
     *
     * @return a number of parts
     */
    public long maxParts() {
        return maxParts;
    }

    /**
     * What would be left out with {@link Unfit#SKIP}.
     *
     * @return why each would be; {@link SmimezipException#entry} names it
     */
    public List<SmimezipException> skipped() {
        return skipped;
    }

    @Override
    public String toString() {
        return "BuildPlan[" + files + " files, " + folders + " folders, " + bytes
            + " bytes, at most " + maxParts + " parts, " + skipped.size() + " skipped]";
    }
}
