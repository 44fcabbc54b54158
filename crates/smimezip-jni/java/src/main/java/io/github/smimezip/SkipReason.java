package io.github.smimezip;

/**
 * Why an entry was left out.
 *
 * @since 0.1
 */
public enum SkipReason {
    /** A symbolic link, a device, a pipe or a socket ({@link Links#SKIP}). */
    NOT_A_FILE,
    /** A file of that name is there and stays ({@link Overwrite#SKIP}). */
    EXISTS,
    /** Its name is not safe on every platform ({@link Names#SKIP}). */
    UNSAFE_NAME
}
