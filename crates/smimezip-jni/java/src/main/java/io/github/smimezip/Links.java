package io.github.smimezip;

/**
 * What happens to symbolic links, devices and pipes in an archive. They are never created.
 *
 * @since 0.1
 */
public enum Links {
    /** The archive is refused: the default. */
    REFUSE,
    /** They are left out; the report names them ({@link SkipReason#NOT_A_FILE}). */
    SKIP
}
