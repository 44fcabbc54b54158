package io.github.smimezip;

/** A limit on untrusted input was reached; {@link #getMessage} names it. */
public class LimitExceededException extends SmimezipException {
    private static final long serialVersionUID = 1L;

    /**
     * Makes one.
     *
     * @param message what a person is told
     * @param part the part's name, or an empty string
     * @param entry the entry's name, or an empty string
     * @param offset the position in bytes, or a number below zero
     */
    public LimitExceededException(String message, String part, String entry, long offset) {
        super(Status.LIMIT, message, part, entry, offset);
    }
}
