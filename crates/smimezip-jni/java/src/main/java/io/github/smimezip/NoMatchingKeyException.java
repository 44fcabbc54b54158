package io.github.smimezip;

import java.util.List;

/** None of the keys is for the message; its recipients and what was given are named. */
public class NoMatchingKeyException extends SmimezipException {
    private static final long serialVersionUID = 1L;

    /**
     * Makes one.
     *
     * @param details what is known of the failure
     */
    public NoMatchingKeyException(ErrorDetails details) {
        super(details);
    }

    /**
     * For whom the message is: it stands in the message, for everybody to read.
     *
     * @return for whom the message is, one text for each recipient
     */
    public List<String> recipients() {
        return details().list(ErrorDetails.RECIPIENTS);
    }

    /**
     * The keys that were given for it.
     *
     * @return what was given, one text for each key
     */
    public List<String> keysGiven() {
        return details().list(ErrorDetails.KEYS_GIVEN);
    }
}
