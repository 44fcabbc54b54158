package io.github.smimezip.internal;

import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;

/** The content of a message, from its first byte to its last. */
public final class ContentInputStream extends InputStream {
    private final Handle handle;
    private final long size;
    private long position;

    public ContentInputStream(long address) throws IOException {
        handle = new Handle(this, address, Native::contentFree);
        size = new Octets.Reader(handle.call(Native::contentInfo)).size();
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, buffer.length);
        if (length == 0) {
            return 0;
        }
        int count = handle.call(it -> Native.contentRead(it, position, buffer, offset, length));
        position += Math.max(count, 0);
        return count;
    }

    @Override
    public long skip(long count) throws IOException {
        long skipped = Math.max(0, Math.min(count, size - position));
        position += skipped;
        return skipped;
    }

    @Override
    public int available() throws IOException {
        return (int) Math.min(Integer.MAX_VALUE, size - position);
    }

    @Override
    public void close() {
        handle.close();
    }
}
