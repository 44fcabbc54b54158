package io.github.smimezip;

/** Nothing is sealed for a certificate; the message says why and what to do. */
public class UnsuitableCertificateException extends SmimezipException {
    private static final long serialVersionUID = 1L;

    /**
     * Makes one.
     *
     * @param details what is known of the failure
     */
    public UnsuitableCertificateException(ErrorDetails details) {
        super(details);
    }

    /**
     * Whose certificate it is.
     *
     * @return the subject's distinguished name (RFC 4514)
     */
    public String subject() {
        return only(ErrorDetails.SUBJECT);
    }

    /**
     * What is wrong with it, as a word that programs may compare: {@code not_yet_valid},
     * {@code expired}, {@code key_usage}, {@code weak_key}, {@code unsupported_key},
     * {@code malformed}, {@code no_key_identifier}, {@code not_rsa}.
     *
     * @return the word
     */
    public String problem() {
        return only(ErrorDetails.PROBLEM);
    }

    private String only(int which) {
        return String.join("", details().list(which));
    }
}
