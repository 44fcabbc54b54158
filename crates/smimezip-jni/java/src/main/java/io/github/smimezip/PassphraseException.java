package io.github.smimezip;

/** A private key needs a passphrase, or the passphrase does not open it. */
public class PassphraseException extends SmimezipException {
    private static final long serialVersionUID = 1L;

    /**
     * Makes one.
     *
     * @param message what a person is told
     * @param part the part's name, or an empty string
     * @param entry the entry's name, or an empty string
     * @param offset the position in bytes, or a number below zero
     */
    public PassphraseException(String message, String part, String entry, long offset) {
        super(Status.PASSPHRASE, message, part, entry, offset);
    }
}
