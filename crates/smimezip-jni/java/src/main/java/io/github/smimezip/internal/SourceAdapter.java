package io.github.smimezip.internal;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * A source as the native side asks it: one array for each read, filled as far as the source can.
 */
public final class SourceAdapter {
    private final Source source;

    /** Reads some bytes at a position. */
    @FunctionalInterface
    public interface Source {
        int readAt(long position, ByteBuffer target) throws IOException;
    }

    public SourceAdapter(Source source) {
        this.source = source;
    }

    /** Called by the native side, on any thread, within the size that the source reported. */
    byte[] read(long position, int length) throws IOException {
        byte[] bytes = new byte[length];
        ByteBuffer target = ByteBuffer.wrap(bytes);
        int count = source.readAt(position, target);
        if (count < 0) {
            return new byte[0];
        }
        if (count == 0 || count > length) {
            throw new EOFException("a source gave " + count + " bytes where up to " + length
                + " were asked for");
        }
        return count == length ? bytes : Arrays.copyOf(bytes, count);
    }
}
