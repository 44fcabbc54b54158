package io.github.smimezip;

import java.io.IOException;
import java.util.OptionalLong;

/** A failure, with its status and, where they are known, the part, the entry and the position. */
public class SmimezipException extends IOException {
    private static final long serialVersionUID = 1L;

    /** What kind of failure it is. */
    private final Status status;
    /** The part's name, or an empty string. */
    private final String part;
    /** The entry's name, or an empty string. */
    private final String entry;
    /** The position, or a number below zero. */
    private final long offset;

    /**
     * Makes one.
     *
     * @param status what kind of failure it is
     * @param message what a person is told
     * @param part the part's name, or an empty string
     * @param entry the entry's name, or an empty string
     * @param offset the position in bytes, or a number below zero
     */
    public SmimezipException(Status status, String message, String part, String entry, long offset) {
        super(message);
        this.status = status;
        this.part = part;
        this.entry = entry;
        this.offset = offset;
    }

    /**
     * What kind of failure it is.
     *
     * @return the status
     */
    public Status status() {
        return status;
    }

    /**
     * The part it happened in.
     *
     * @return a file's name, or an empty string
     */
    public String part() {
        return part;
    }

    /**
     * The archive's entry it happened in.
     *
     * @return the entry's name, or an empty string
     */
    public String entry() {
        return entry;
    }

    /**
     * Where it happened: in the part that is named; in the decrypted part for what is inside it.
     *
     * @return a position in bytes, if one is known
     */
    public OptionalLong offset() {
        return offset < 0 ? OptionalLong.empty() : OptionalLong.of(offset);
    }
}
