package io.github.smimezip;

/** None of the keys is for the message; {@link #getMessage} names its recipients and what was given. */
public class NoMatchingKeyException extends SmimezipException {
    private static final long serialVersionUID = 1L;

    /**
     * Makes one.
     *
     * @param message what a person is told
     * @param part the part's name, or an empty string
     * @param entry the entry's name, or an empty string
     * @param offset the position in bytes, or a number below zero
     */
    public NoMatchingKeyException(String message, String part, String entry, long offset) {
        super(Status.NO_MATCHING_KEY, message, part, entry, offset);
    }
}
