package io.github.smimezip;

/** A limit on untrusted input was reached; {@link #limit} says which. */
public class LimitExceededException extends SmimezipException {
    private static final long serialVersionUID = 1L;

    /**
     * Makes one.
     *
     * @param details what is known of the failure
     */
    public LimitExceededException(ErrorDetails details) {
        super(details);
    }

    /**
     * Which limit it was.
     *
     * @return the limit
     */
    public Limit limit() {
        return Limit.of(details().number(ErrorDetails.LIMIT));
    }

    /**
     * What was allowed.
     *
     * @return the limit's value
     */
    public long allowed() {
        return details().number(ErrorDetails.ALLOWED);
    }
}
