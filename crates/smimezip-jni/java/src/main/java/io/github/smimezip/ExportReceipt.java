package io.github.smimezip;

import io.github.smimezip.internal.Bytes;
import io.github.smimezip.internal.Native;
import java.util.ArrayList;
import java.util.List;

/**
 * What was made, and what was left out.
 *
 * @since 0.1
 */
public final class ExportReceipt {
    private final List<PartReceipt> parts;
    private final long files;
    private final long folders;
    private final long bytes;
    private final List<SmimezipException> skipped;

    ExportReceipt(Bytes.Reader in) {
        parts = PartReceipt.list(in);
        files = in.size();
        folders = in.size();
        bytes = in.size();
        List<SmimezipException> all = new ArrayList<>();
        for (int left = in.number(); left > 0; left--) {
            all.add(Native.exception(in));
        }
        skipped = List.copyOf(all);
    }

    /**
     * The parts in their order, the last one {@code .zip.smime}.
     *
     * @return one or more
     */
    public List<PartReceipt> parts() {
        return parts;
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
     * What was left out with {@link Unfit#SKIP}.
     *
     * @return why each was; {@link SmimezipException#entry} names it
     */
    public List<SmimezipException> skipped() {
        return skipped;
    }

    @Override
    public String toString() {
        return "ExportReceipt[" + parts.size() + " parts, " + files + " files, " + folders
            + " folders, " + bytes + " bytes, " + skipped.size() + " skipped]";
    }
}
