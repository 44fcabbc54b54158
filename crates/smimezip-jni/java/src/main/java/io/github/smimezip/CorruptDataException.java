package io.github.smimezip;

/** The data are damaged or cut off: fetch the part that is named again. */
public class CorruptDataException extends SmimezipException {
    private static final long serialVersionUID = 1L;

    /**
     * Makes one.
     *
     * @param message what a person is told
     * @param part the part's name, or an empty string
     * @param entry the entry's name, or an empty string
     * @param offset the position in bytes, or a number below zero
     */
    public CorruptDataException(String message, String part, String entry, long offset) {
        super(Status.CORRUPT, message, part, entry, offset);
    }
}
