package io.github.smimezip;

import java.util.List;
import java.util.Map;

/** What an extraction or verification did. */
public final class ExtractReport {
    private final long files;
    private final long folders;
    private final long bytes;
    private final List<String> skipped;
    private final Map<String, String> failed;

    ExtractReport(long files, long folders, long bytes, List<String> skipped,
            Map<String, String> failed) {
        this.files = files;
        this.folders = folders;
        this.bytes = bytes;
        this.skipped = List.copyOf(skipped);
        this.failed = Map.copyOf(failed);
    }

    /**
     * Files extracted or verified.
     *
     * @return a number of files
     */
    public long files() {
        return files;
    }

    /**
     * Folders that entries named.
     *
     * @return a number of folders
     */
    public long folders() {
        return folders;
    }

    /**
     * Bytes of these files.
     *
     * @return a number of bytes
     */
    public long bytes() {
        return bytes;
    }

    /**
     * Entries left out: links, and files that are there and stay.
     *
     * @return their names
     */
    public List<String> skipped() {
        return skipped;
    }

    /**
     * Entries that could not be verified, with {@link ExtractOptions#keepGoing}.
     *
     * @return by their names, what was wrong
     */
    public Map<String, String> failed() {
        return failed;
    }
}
