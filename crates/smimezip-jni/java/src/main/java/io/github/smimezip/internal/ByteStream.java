package io.github.smimezip.internal;

import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;

/** A stream whose bytes come from the native side, many at a time. */
abstract class ByteStream extends InputStream {
    @Override
    public final int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public final int read(byte[] buffer, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, buffer.length);
        return length == 0 ? 0 : fill(buffer, offset, length);
    }

    /** Reads at least one byte into a range that was checked; -1 at the end. */
    abstract int fill(byte[] buffer, int offset, int length) throws IOException;
}
