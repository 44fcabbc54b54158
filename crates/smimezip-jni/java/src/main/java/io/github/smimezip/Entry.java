package io.github.smimezip;

import io.github.smimezip.internal.Bytes;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.Objects;
import java.util.Optional;

/** One entry of an archive, as its directory has it. {@link ExportArchive#entries()} gives them. */
public final class Entry {
    final int index;
    private final String name;
    private final String path;
    private final EntryKind kind;
    private final long size;
    private final long compressedSize;
    private final int crc32;
    private final int method;
    private final boolean encrypted;
    private final boolean local;
    private final long modified;

    Entry(int index, Bytes.Reader in) {
        this.index = index;
        name = in.text();
        String safe = in.text();
        // An empty text stands for the name itself, which is then not kept twice.
        path = "".equals(safe) ? name : safe;
        kind = EntryKind.values()[in.number()];
        size = in.size();
        compressedSize = in.size();
        crc32 = in.number();
        method = in.number();
        encrypted = in.number() == 1;
        local = in.number() == 1;
        modified = in.size();
    }

    /**
     * Its name, as the archive has it, with {@code /} between folders. <b>It is not checked</b>: it
     * may be absolute or have {@code ..} in it, so never make a path of it; {@link #path} is there
     * for that.
     *
     * @return the name
     */
    public String rawName() {
        return name;
    }

    /**
     * The relative path that the name stands for, with {@code /} between folders, if it is safe to
     * create on every platform; {@code .} is the folder that everything is in. Other entries may
     * have the same path, or one that some file system takes for the same, and what a link points
     * to is not judged: extraction sees to both.
     *
     * @return the path; nothing if it is not safe
     */
    public Optional<String> path() {
        return Optional.ofNullable(path);
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
     * Whether it is a regular file.
     *
     * @return whether it is
     */
    public boolean isFile() {
        return kind == EntryKind.FILE;
    }

    /**
     * Whether it is a folder.
     *
     * @return whether it is
     */
    public boolean isFolder() {
        return kind == EntryKind.FOLDER;
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
     * @return the instant; nothing if the archive has a date that does not exist
     */
    public Optional<Instant> modified(ZoneId zone) {
        Objects.requireNonNull(zone, "zone");
        if (!local) {
            return Optional.of(Instant.ofEpochMilli(modified));
        }
        try {
            long rest = modified;
            int[] numbers = new int[6];
            for (int at = 5; at > 0; at--) {
                numbers[at] = (int) (rest % 100);
                rest /= 100;
            }
            return Optional.of(LocalDateTime
                .of((int) rest, numbers[1], numbers[2], numbers[3], numbers[4], numbers[5])
                .atZone(zone).toInstant());
        } catch (DateTimeException noDate) {
            return Optional.empty();
        }
    }

    /** Its name, unchecked, as {@link #rawName} has it. */
    @Override
    public String toString() {
        return name;
    }
}
