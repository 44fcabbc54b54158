package io.github.smimezip;

import java.util.Optional;

/** How far a long call is. */
public final class Progress {
    private final Phase phase;
    private final long bytesDone;
    private final long bytesTotal;
    private final long entriesDone;
    private final long entriesTotal;
    private final String entry;

    Progress(Phase phase, long bytesDone, long bytesTotal, long entriesDone, long entriesTotal,
            String entry) {
        this.phase = phase;
        this.bytesDone = bytesDone;
        this.bytesTotal = bytesTotal;
        this.entriesDone = entriesDone;
        this.entriesTotal = entriesTotal;
        this.entry = entry;
    }

    /**
     * What the call is at. Numbers begin again with each phase.
     *
     * @return the phase
     * @since 0.1
     */
    public Phase phase() {
        return phase;
    }

    /**
     * Bytes written or verified so far, decompressed; of an export that is made, those that were
     * read.
     *
     * @return a number of bytes
     */
    public long bytesDone() {
        return bytesDone;
    }

    /**
     * Bytes in all, decompressed: as the directory declares them, or as the files have them.
     *
     * @return a number of bytes; 0 where there is nothing to count, or not yet
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
     * @return a number of entries; 0 where that is not known yet
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

    @Override
    public String toString() {
        return phase + " " + bytesDone + " of " + bytesTotal + " bytes, " + entriesDone + " of "
            + entriesTotal + " entries" + (entry == null ? "" : ", " + entry);
    }
}
