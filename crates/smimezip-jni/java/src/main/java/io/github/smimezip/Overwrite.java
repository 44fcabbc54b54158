package io.github.smimezip;

/**
 * What happens where a file is already there.
 *
 * @since 0.1
 */
public enum Overwrite {
    /** The call fails, and nothing is written: the default. */
    NEVER,
    /** The file is replaced. */
    ALWAYS,
    /** The file stays as it is; the report names it ({@link SkipReason#EXISTS}). */
    SKIP
}
