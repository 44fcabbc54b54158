package io.github.smimezip;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A failure, with its status and, where they are known, the part, the entry and the position.
 * Failures that a program acts on have subclasses with the facts that belong to them; for others
 * {@link #status} is compared. Where the operating system was asked for a file, the cause is what
 * the JDK throws: a {@link java.nio.file.NoSuchFileException}, {@link
 * java.nio.file.AccessDeniedException}, {@link java.nio.file.FileAlreadyExistsException} or {@link
 * java.nio.file.NotDirectoryException}. What a {@link PartSource}, a listener or a key's provider
 * throws is not wrapped: it arrives as it is.
 */
public class SmimezipException extends IOException {
    private static final long serialVersionUID = 1L;

    /** What is known of it. */
    private final ErrorDetails details;

    /**
     * Makes one.
     *
     * @param details what is known of the failure
     */
    public SmimezipException(ErrorDetails details) {
        super(details.message(), details.cause());
        this.details = details;
    }

    ErrorDetails details() {
        return details;
    }

    /**
     * A name of what is wrong that programs may compare and store, finer than the status: {@code
     * truncated} and {@code damaged} are both {@link Status#CORRUPT}. The same names as in C, Rust
     * and JSON.
     *
     * @return letters and underscores
     */
    public String code() {
        return details.code();
    }

    /**
     * What kind of failure it is.
     *
     * @return the status
     */
    public Status status() {
        return details.status();
    }

    /**
     * The part it happened in, as the message names it: where an entry lies in several parts, their
     * names in one text. {@link #parts} has each of them.
     *
     * @return a file's name, or several, if it is in a part
     */
    public Optional<String> part() {
        return details.part();
    }

    /**
     * The parts it may have happened in: one, or all that hold the entry.
     *
     * @return their names; none if it is not in a part
     */
    public List<String> parts() {
        return details.parts();
    }

    /**
     * The archive's entry it happened in.
     *
     * @return the entry's name, if it is in an entry
     */
    public Optional<String> entry() {
        return details.entry();
    }

    /**
     * Where it happened: in the part that is named; in the decrypted part for what is inside it.
     *
     * @return a position in bytes, if one is known
     */
    public OptionalLong offset() {
        return details.offset();
    }
}
