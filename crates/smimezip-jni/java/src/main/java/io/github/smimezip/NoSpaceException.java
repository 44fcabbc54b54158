package io.github.smimezip;

/** The disk has less free space than extraction needs. Nothing was written. */
public class NoSpaceException extends SmimezipException {
    private static final long serialVersionUID = 1L;

    /**
     * Makes one.
     *
     * @param details what is known of the failure
     */
    public NoSpaceException(ErrorDetails details) {
        super(details);
    }

    /**
     * What is needed.
     *
     * @return a number of bytes
     */
    public long needed() {
        return details().number(ErrorDetails.NEEDED);
    }

    /**
     * What is free.
     *
     * @return a number of bytes
     */
    public long available() {
        return details().number(ErrorDetails.AVAILABLE);
    }
}
