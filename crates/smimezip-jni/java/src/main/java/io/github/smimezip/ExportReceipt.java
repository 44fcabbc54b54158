package io.github.smimezip;

import io.github.smimezip.internal.Bytes;
import io.github.smimezip.internal.Native;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

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
    private final Map<Limit, Long> needs;

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
        Map<Limit, Long> raised = new EnumMap<>(Limit.class);
        for (int left = in.number(); left > 0; left--) {
            raised.put(Limit.of(in.number()), in.size());
        }
        needs = Collections.unmodifiableMap(raised);
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

    /**
     * The limits that those who get the export must raise from their defaults to extract all of it,
     * by {@link OpenOptions#limit} or {@link ExtractOptions#limit}: what is made may have any size,
     * and an export of that size from somebody else may be an attack.
     *
     * @return the least value that will do for each; most exports need none
     */
    public Map<Limit, Long> needs() {
        return needs;
    }

    @Override
    public String toString() {
        return "ExportReceipt[" + parts.size() + " parts, " + files + " files, " + folders
            + " folders, " + bytes + " bytes, " + skipped.size() + " skipped]";
    }
}
