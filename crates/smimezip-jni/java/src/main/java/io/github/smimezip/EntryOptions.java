package io.github.smimezip;

import java.nio.file.attribute.PosixFilePermission;
import java.time.Instant;
import java.util.Objects;
import java.util.Set;

/**
 * What is stored of an entry beside its path and its bytes, and how large it may become. Every
 * setter returns the object, and none of them is needed.
 *
 * @since 0.1
 */
public final class EntryOptions {
    private Instant modified;
    private int permissions = -1;
    private long maxSize = -1;

    /** The defaults: no time, usual permissions, any size. */
    public EntryOptions() {}

    /**
     * When the entry was modified, to the second: as an extended timestamp (0x5455) from 1901 to
     * 2038, and in any case in the header's own field (APPNOTE 4.4.6), to two seconds from 1980 to
     * 2107, as a clock in UTC shows it.
     *
     * @param time the time; without it, the field says 1 January 1980
     * @return this
     */
    public EntryOptions lastModified(Instant time) {
        modified = Objects.requireNonNull(time, "time");
        return this;
    }

    /**
     * The permissions on Unix.
     *
     * @param permissions the permissions; by default {@code rw-r--r--} for a file and {@code
     *     rwxr-xr-x} for a folder
     * @return this
     */
    public EntryOptions permissions(Set<PosixFilePermission> permissions) {
        int bits = 0;
        for (PosixFilePermission one : Objects.requireNonNull(permissions, "permissions")) {
            // In the order of the constants: what the owner may, the group, others; read first.
            bits |= 0400 >> one.ordinal();
        }
        this.permissions = bits;
        return this;
    }

    /**
     * The most bytes that will be written; more are refused. An entry that cannot reach 4 GiB needs
     * no zip64 field, so that also readers without zip64 (APPNOTE 4.5.3) take it; one of unknown
     * size has that field, unless all of it turns out to be short.
     *
     * @param bytes a number of bytes
     * @return this
     * @throws IllegalArgumentException for a number below zero
     */
    public EntryOptions maxSize(long bytes) {
        if (bytes < 0) {
            throw new IllegalArgumentException("bytes: a number below zero");
        }
        maxSize = bytes;
        return this;
    }

    /** The permission bits; -1 for the usual ones. */
    int permissions() {
        return permissions;
    }

    /** The time in milliseconds since 1970; the lowest number for none. */
    long modified() {
        try {
            return modified == null ? Long.MIN_VALUE : modified.toEpochMilli();
        } catch (ArithmeticException beyond) {
            throw new IllegalArgumentException("a time that this system does not have", beyond);
        }
    }

    /** The most bytes; -1 for any number. */
    long maxSize() {
        return maxSize;
    }

    @Override
    public String toString() {
        return "EntryOptions[" + (modified == null ? "no time" : modified)
            + (permissions < 0 ? "" : ", permissions=" + Integer.toOctalString(permissions))
            + (maxSize < 0 ? "" : ", maxSize=" + maxSize) + "]";
    }
}
