package io.github.smimezip;

import java.util.List;

/** Parts of the set are missing, there twice or too many; all of them are named. */
public class MissingPartException extends SmimezipException {
    private static final long serialVersionUID = 1L;

    /**
     * Makes one.
     *
     * @param details what is known of the failure
     */
    public MissingPartException(ErrorDetails details) {
        super(details);
    }

    /**
     * Parts that are not there.
     *
     * @return parts that are not there
     */
    public List<String> missing() {
        return details().list(ErrorDetails.MISSING);
    }

    /**
     * Parts past the end of the set.
     *
     * @return parts past the end of the set
     */
    public List<String> extra() {
        return details().list(ErrorDetails.EXTRA);
    }

    /**
     * Further files for a part that is there, with other bytes than it.
     *
     * @return further files for a part that is there
     */
    public List<String> duplicates() {
        return details().list(ErrorDetails.DUPLICATES);
    }

    /**
     * Missing parts that are still being downloaded, or were not finished.
     *
     * @return missing parts that are still being downloaded
     */
    public List<String> unfinished() {
        return details().list(ErrorDetails.UNFINISHED);
    }

    /**
     * Missing parts that have something appended to their names.
     *
     * @return missing parts with something appended to their names
     */
    public List<String> misnamed() {
        return details().list(ErrorDetails.MISNAMED);
    }
}
