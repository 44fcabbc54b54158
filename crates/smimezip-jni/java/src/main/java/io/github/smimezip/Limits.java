package io.github.smimezip;

import io.github.smimezip.internal.Bytes;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;

/**
 * Limits that are not to be the defaults, to be used again and again: by {@link
 * OpenOptions#limits}, and for key files. They count for all that is done with what is opened.
 * Setters return the object.
 *
 * <pre>{@code
 * Limits wide = new Limits().set(Limit.ENTRIES, 5_000_000).set(Limit.PARTS, 20_000);
 * set.open(keys, new OpenOptions().limits(wide));
 * }</pre>
 *
 * @since 0.1
 */
public final class Limits {
    private final Map<Limit, Long> values = new EnumMap<>(Limit.class);

    /** The defaults. */
    public Limits() {}

    /**
     * Changes one limit.
     *
     * @param limit which
     * @param value what is allowed
     * @return this
     */
    public Limits set(Limit limit, long value) {
        Objects.requireNonNull(limit, "limit");
        if (value < 0) {
            throw new IllegalArgumentException(limit + ": a limit below zero");
        }
        values.put(limit, value);
        return this;
    }

    /**
     * What one limit was changed to.
     *
     * @param limit which
     * @return the value; nothing if it has its default
     */
    public OptionalLong get(Limit limit) {
        Long value = values.get(Objects.requireNonNull(limit, "limit"));
        return value == null ? OptionalLong.empty() : OptionalLong.of(value);
    }

    void setAll(Limits others) {
        values.putAll(others.values);
    }

    byte[] bytes() {
        Bytes.Writer out = new Bytes.Writer();
        values.forEach((limit, value) -> out.number(limit.number()).size(value));
        return out.bytes();
    }

    @Override
    public String toString() {
        return values.toString();
    }
}
