package io.github.smimezip;

import io.github.smimezip.internal.Bytes;
import java.util.ArrayList;
import java.util.List;

/**
 * A part that was made: its name, its size, its SHA-256, as it is sealed.
 *
 * @since 0.1
 */
public final class PartReceipt {
    private final String name;
    private final String begunAs;
    private final long size;
    private final String sha256;

    PartReceipt(Bytes.Reader in) {
        name = in.text();
        begunAs = in.text();
        size = in.size();
        StringBuilder digits = new StringBuilder();
        for (byte value : in.bytes()) {
            digits.append(String.format("%02x", value));
        }
        sha256 = digits.toString();
    }

    static List<PartReceipt> list(Bytes.Reader in) {
        int count = in.number();
        List<PartReceipt> all = new ArrayList<>(count);
        for (int at = 0; at < count; at++) {
            all.add(new PartReceipt(in));
        }
        return List.copyOf(all);
    }

    /**
     * The part's name in the set: {@code .z01.smime} and so on, {@code .zip.smime} for the last.
     *
     * @return the name of a file
     */
    public String name() {
        return name;
    }

    /**
     * The name it was begun under, which is another for the last of several parts: that it is the
     * last is known only when all has been written.
     *
     * @return the name of a file
     */
    public String begunAs() {
        return begunAs;
    }

    /**
     * How many bytes it has, sealed.
     *
     * @return a number of bytes
     */
    public long size() {
        return size;
    }

    /**
     * SHA-256 of these bytes.
     *
     * @return 64 hexadecimal digits, in lower case
     */
    public String sha256() {
        return sha256;
    }

    /** A line as {@code sha256sum} writes it. */
    @Override
    public String toString() {
        return sha256 + "  " + name;
    }
}
