package io.github.smimezip;

/** A listener stopped the call, or the thread was interrupted. Nothing is left behind. */
public class CancelledException extends SmimezipException {
    private static final long serialVersionUID = 1L;

    /**
     * Makes one.
     *
     * @param message what a person is told
     * @param part the part's name, or an empty string
     * @param entry the entry's name, or an empty string
     * @param offset the position in bytes, or a number below zero
     */
    public CancelledException(String message, String part, String entry, long offset) {
        super(Status.CANCELLED, message, part, entry, offset);
    }
}
