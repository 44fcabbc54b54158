package io.github.smimezip;

/**
 * What is to be said of a set in one word. Where several are true it is the first of {@link
 * #CONFLICTING}, {@link #DAMAGED}, {@link #STILL_DOWNLOADING}, {@link #MISSING}, {@link #NO_KEY},
 * {@link #NOT_COUNTED}.
 *
 * @since 0.1
 */
public enum Verdict {
    /** All parts are here. */
    COMPLETE,
    /** Parts are missing: {@link SetStatus#missing}. */
    MISSING,
    /**
     * Parts are missing, and more of them may come: a program is downloading them ({@link
     * SetStatus#unfinished}), or the last, which is fetched last, is not there yet.
     */
    STILL_DOWNLOADING,
    /**
     * Files claim a position that a part has and are not the same, or one past the end: {@link
     * SetStatus#conflicting}.
     */
    CONFLICTING,
    /**
     * The parts that show in the names are here. Whether there are more is seen with a key, of
     * which none was given, or none fits.
     */
    NO_KEY,
    /**
     * The parts that show in the names are here, and a key seems to fit. Whether there are more
     * stands in the last part, which is authenticated and too large to be read for a status.
     */
    NOT_COUNTED,
    /** A part cannot be read, or is not what it should be: {@link SetStatus#damage}. */
    DAMAGED
}
