package io.github.smimezip;

/**
 * What happens to a file that an extraction would refuse: a link, a device, a name that is not safe
 * on every platform or is not Unicode, a name that some file system does not tell from another.
 *
 * @since 0.1
 */
public enum Unfit {
    /** Nothing is made. */
    REFUSE,
    /**
     * It is left out, with all that is in it, and reported. Of names that collide the first one in
     * the order of the archive stays.
     */
    SKIP
}
