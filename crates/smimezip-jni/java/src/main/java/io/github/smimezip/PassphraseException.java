package io.github.smimezip;

/** A private key needs a passphrase, or the passphrase does not open it. */
public class PassphraseException extends SmimezipException {
    private static final long serialVersionUID = 1L;

    /**
     * Makes one.
     *
     * @param details what is known of the failure
     */
    public PassphraseException(ErrorDetails details) {
        super(details);
    }
}
