package io.github.smimezip;

/** An entry has a name that is not safe to create, or two entries cannot exist together. */
public class UnsafePathException extends SmimezipException {
    private static final long serialVersionUID = 1L;

    /**
     * Makes one.
     *
     * @param message what a person is told
     * @param part the part's name, or an empty string
     * @param entry the entry's name, or an empty string
     * @param offset the position in bytes, or a number below zero
     */
    public UnsafePathException(String message, String part, String entry, long offset) {
        super(Status.UNSAFE_PATH, message, part, entry, offset);
    }
}
