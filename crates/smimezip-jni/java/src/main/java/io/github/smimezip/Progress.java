package io.github.smimezip;

import java.util.Optional;

/** How far a long call is. */
public final class Progress {
    private final long bytesDone;
    private final long bytesTotal;
    private final long entriesDone;
    private final long entriesTotal;
    private final String entry;

    Progress(long bytesDone, long bytesTotal, long entriesDone, long entriesTotal, String entry) {
        this.bytesDone = bytesDone;
        this.bytesTotal = bytesTotal;
        this.entriesDone = entriesDone;
        this.entriesTotal = entriesTotal;
        this.entry = entry;
    }

    /**
     * Bytes written or verified so far, decompressed.
     *
     * @return a number of bytes
     */
    public long bytesDone() {
        return bytesDone;
    }

    /**
     * Bytes in all, decompressed, as the directory declares them.
     *
     * @return a number of bytes
     */
    public long bytesTotal() {
        return bytesTotal;
    }

    /**
     * Entries finished so far.
     *
     * @return a number of entries
     */
    public long entriesDone() {
        return entriesDone;
    }

    /**
     * Entries in all.
     *
     * @return a number of entries
     */
    public long entriesTotal() {
        return entriesTotal;
    }

    /**
     * The entry begun last, if the call works on entries.
     *
     * @return its name
     */
    public Optional<String> entry() {
        return Optional.ofNullable(entry);
    }
}
