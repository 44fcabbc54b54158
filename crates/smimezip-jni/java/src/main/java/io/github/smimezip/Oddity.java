package io.github.smimezip;

import io.github.smimezip.internal.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A deviation from the standard that was met and accepted, as directory, sizes and CRC-32 still
 * determine every byte. There is one of each kind, whatever the number of entries that have it.
 *
 * @since 0.1
 */
public final class Oddity {
    private final String code;
    private final long count;
    private final String entry;
    private final String message;

    private Oddity(String code, long count, String entry, String message) {
        this.code = code;
        this.count = count;
        this.entry = entry;
        this.message = message;
    }

    static List<Oddity> list(Bytes.Reader in) {
        int count = in.number();
        List<Oddity> all = new ArrayList<>(count);
        for (int at = 0; at < count; at++) {
            all.add(new Oddity(in.text(), in.size(), in.text(), in.text()));
        }
        return List.copyOf(all);
    }

    /**
     * Which kind it is, for programs: {@code trailing-zeros}, {@code entry-count}.
     *
     * @return a name that does not change
     */
    public String code() {
        return code;
    }

    /**
     * How often it was met.
     *
     * @return a number of entries that have it, or of bytes
     */
    public long count() {
        return count;
    }

    /**
     * The first entry that has it.
     *
     * @return its name; nothing where it is the archive's own
     */
    public Optional<String> entry() {
        return Optional.ofNullable(entry);
    }

    /** What it is, as one sentence for a person. */
    @Override
    public String toString() {
        return message;
    }
}
