package io.github.smimezip;

/**
 * What a long call is at.
 *
 * @since 0.1
 */
public enum Phase {
    /**
     * Keys are tried, and authenticated content is verified: bytes are those of its ciphertext,
     * entries are parts.
     */
    UNLOCKING,
    /** Names, conflicts, existing files and free space are checked. */
    PLANNING,
    /** Entries are decrypted, decompressed and compared with their checksums. */
    VERIFYING,
    /**
     * Files are written, and verified on the way; where an export is made, files are read,
     * compressed and sealed.
     */
    WRITING,
    /**
     * All is written to the disk and gets its place; where an export is made, after it was read
     * back.
     */
    PUBLISHING
}
