package io.github.smimezip;

/**
 * What happens to names that are not safe on every platform: with {@code :}, with a dot or a space
 * at the end, names of devices, names that some file system takes for the same. Absolute names,
 * {@code ..} and links are refused whatever was chosen.
 *
 * @since 0.1
 */
public enum Names {
    /** The archive is refused. */
    REFUSE,
    /** Entries of such names are left out; the report names them. */
    SKIP,
    /**
     * Unsafe characters are encoded as {@code %XX}, names that collide get a number; the report has
     * both names.
     */
    ENCODE
}
