package io.github.smimezip;

import java.util.List;

/** The folder holds several sets: name a part of one, or take {@link ExportSet#discoverAll}. */
public class SeveralSetsException extends SmimezipException {
    private static final long serialVersionUID = 1L;

    /**
     * Makes one.
     *
     * @param details what is known of the failure
     */
    public SeveralSetsException(ErrorDetails details) {
        super(details);
    }

    /**
     * The sets there are.
     *
     * @return their names, as {@link ExportSet#name} has them
     */
    public List<String> sets() {
        return details().list(ErrorDetails.SETS);
    }
}
