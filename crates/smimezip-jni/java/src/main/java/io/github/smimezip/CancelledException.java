package io.github.smimezip;

/** A listener stopped the call, or the thread was interrupted. Nothing is left behind. */
public class CancelledException extends SmimezipException {
    private static final long serialVersionUID = 1L;

    /**
     * Makes one.
     *
     * @param details what is known of the failure
     */
    public CancelledException(ErrorDetails details) {
        super(details);
    }
}
