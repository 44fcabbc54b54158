package io.github.smimezip;

import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * What is known of a failure beside its words. The library makes it; programs ask the exceptions,
 * each of which has methods for what belongs to it.
 *
 * @since 0.1
 */
public final class ErrorDetails implements Serializable {
    // The numbers of the C interface (SMZ_ERROR_…), which the native side writes.
    static final int LIMIT = 1;
    static final int ALLOWED = 2;
    static final int NEEDED = 3;
    static final int AVAILABLE = 4;
    static final int MISSING = 1;
    static final int EXTRA = 2;
    static final int DUPLICATES = 3;
    static final int UNFINISHED = 4;
    static final int MISNAMED = 5;
    static final int SETS = 6;
    static final int RECIPIENTS = 7;
    static final int KEYS_GIVEN = 8;
    static final int SUBJECT = 10;
    static final int PROBLEM = 11;

    private static final long serialVersionUID = 1L;

    /** What kind of failure it is. */
    private final Status status;
    /** A name of it, finer than the status. */
    private final String code;
    /** What it says to a person. */
    private final String message;
    /** The part's name, or an empty string. */
    private final String part;
    /** The names of the parts that it may be in. */
    private final ArrayList<String> parts;
    /** The entry's name, or an empty string. */
    private final String entry;
    /** The position, or a number below zero. */
    private final long offset;
    /** Numbers by those that the C interface has for them. */
    private final TreeMap<Integer, Long> numbers;
    /** Lists of names, likewise. */
    private final TreeMap<Integer, List<String>> lists;
    /** What the JDK throws for it; null for none. */
    private final IOException cause;

    /**
     * Makes one.
     *
     * @param status what kind of failure it is
     * @param code a name of it, finer than the status
     * @param message what it says to a person
     * @param part the part's name, or an empty string
     * @param parts the names of the parts that it may be in
     * @param entry the entry's name, or an empty string
     * @param offset the position in bytes, or a number below zero
     * @param numbers numbers, by those that the C interface has for them
     * @param lists lists of names, likewise
     * @param cause what the JDK throws for it; may be null
     */
    public ErrorDetails(Status status, String code, String message, String part,
            List<String> parts, String entry, long offset, Map<Integer, Long> numbers, Map<Integer, List<String>> lists,
            IOException cause) {
        this.status = status;
        this.code = code;
        this.message = message;
        this.part = part;
        this.parts = new ArrayList<>(parts);
        this.entry = entry;
        this.offset = offset;
        this.numbers = new TreeMap<>(numbers);
        this.lists = new TreeMap<>(lists);
        this.cause = cause;
    }

    Status status() {
        return status;
    }

    String code() {
        return code;
    }

    String message() {
        return message;
    }

    Optional<String> part() {
        return part.isEmpty() ? Optional.empty() : Optional.of(part);
    }

    List<String> parts() {
        return List.copyOf(parts);
    }

    Optional<String> entry() {
        return entry.isEmpty() ? Optional.empty() : Optional.of(entry);
    }

    IOException cause() {
        return cause;
    }

    OptionalLong offset() {
        return offset < 0 ? OptionalLong.empty() : OptionalLong.of(offset);
    }

    /** A number, or one below zero where there is none. */
    long number(int which) {
        return numbers.getOrDefault(which, -1L);
    }

    /** A list, perhaps empty. */
    List<String> list(int which) {
        return lists.getOrDefault(which, List.of());
    }

    @Override
    public String toString() {
        return code + ": " + message;
    }
}
