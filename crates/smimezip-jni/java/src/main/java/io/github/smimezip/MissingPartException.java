package io.github.smimezip;

/** Parts of the set are missing, doubled or too many; {@link #getMessage} names all of them. */
public class MissingPartException extends SmimezipException {
    private static final long serialVersionUID = 1L;

    /**
     * Makes one.
     *
     * @param message what a person is told
     * @param part the part's name, or an empty string
     * @param entry the entry's name, or an empty string
     * @param offset the position in bytes, or a number below zero
     */
    public MissingPartException(String message, String part, String entry, long offset) {
        super(Status.MISSING_PART, message, part, entry, offset);
    }
}
