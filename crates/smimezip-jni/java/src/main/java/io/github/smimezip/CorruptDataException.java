package io.github.smimezip;

/** The data are damaged or cut off: fetch the part that is named again. */
public class CorruptDataException extends SmimezipException {
    private static final long serialVersionUID = 1L;

    /**
     * Makes one.
     *
     * @param details what is known of the failure
     */
    public CorruptDataException(ErrorDetails details) {
        super(details);
    }
}
