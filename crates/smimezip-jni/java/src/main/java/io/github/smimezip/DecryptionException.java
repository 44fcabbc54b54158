package io.github.smimezip;

/** Decryption failed: the key does not fit, or the message is damaged. Deliberately without detail. */
public class DecryptionException extends SmimezipException {
    private static final long serialVersionUID = 1L;

    /**
     * Makes one.
     *
     * @param message what a person is told
     * @param part the part's name, or an empty string
     * @param entry the entry's name, or an empty string
     * @param offset the position in bytes, or a number below zero
     */
    public DecryptionException(String message, String part, String entry, long offset) {
        super(Status.DECRYPT, message, part, entry, offset);
    }
}
