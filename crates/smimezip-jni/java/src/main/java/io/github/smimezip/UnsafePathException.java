package io.github.smimezip;

/** An entry has a name that is not safe to create, or two entries cannot exist together. */
public class UnsafePathException extends SmimezipException {
    private static final long serialVersionUID = 1L;

    /**
     * Makes one.
     *
     * @param details what is known of the failure
     */
    public UnsafePathException(ErrorDetails details) {
        super(details);
    }
}
