package io.github.smimezip;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;

/** One entry of an archive. */
public final class Entry {
    final int index;
    private final String name;
    private final EntryKind kind;
    private final long size;
    private final long compressedSize;
    private final int crc32;
    private final int method;
    private final boolean encrypted;
    private final boolean local;
    private final long modified;

    Entry(int index, String name, EntryKind kind, long size, long compressedSize, int crc32, int method,
            boolean encrypted, boolean local, long modified) {
        this.index = index;
        this.name = name;
        this.kind = kind;
        this.size = size;
        this.compressedSize = compressedSize;
        this.crc32 = crc32;
        this.method = method;
        this.encrypted = encrypted;
        this.local = local;
        this.modified = modified;
    }

    /**
     * Its name, as the archive has it, with {@code /} between folders. <b>It is not checked</b>: it may be absolute
     * or have {@code ..} in it, so never make a path of it. What is safe to create is decided by
     * {@link ExportArchive#extractTo}.
     *
     * @return the name
     */
    public String name() {
        return name;
    }

    /**
     * What it is.
     *
     * @return its kind
     */
    public EntryKind kind() {
        return kind;
    }

    /**
     * Its decompressed size, as the directory declares it.
     *
     * @return a number of bytes
     */
    public long size() {
        return size;
    }

    /**
     * Its compressed size.
     *
     * @return a number of bytes
     */
    public long compressedSize() {
        return compressedSize;
    }

    /**
     * Its CRC-32, as the directory declares it.
     *
     * @return the checksum
     */
    public int crc32() {
        return crc32;
    }

    /**
     * Its compression method (APPNOTE 4.4.5): 0 for stored, 8 for deflate.
     *
     * @return the method's number
     */
    public int compressionMethod() {
        return method;
    }

    /**
     * Whether it is encrypted by the zip format; such entries are not opened.
     *
     * @return whether it is
     */
    public boolean isEncrypted() {
        return encrypted;
    }

    /**
     * When it was modified.
     *
     * @param zone the time zone of the wall clock, for archives that do not name one
     * @return the instant; the epoch for a date that is none
     */
    public Instant modified(ZoneId zone) {
        if (!local) {
            return Instant.ofEpochMilli(modified);
        }
        try {
            long rest = modified;
            int[] numbers = new int[6];
            for (int at = 5; at > 0; at--) {
                numbers[at] = (int) (rest % 100);
                rest /= 100;
            }
            return LocalDateTime
                .of((int) rest, numbers[1], numbers[2], numbers[3], numbers[4], numbers[5])
                .atZone(zone).toInstant();
        } catch (DateTimeException noDate) {
            return Instant.EPOCH;
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
