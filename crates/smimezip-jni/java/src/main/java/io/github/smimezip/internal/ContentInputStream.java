package io.github.smimezip.internal;

import java.io.IOException;

/** The content of a message, from its first byte to its last. */
public final class ContentInputStream extends ByteStream {
    private final Handle handle;
    private final long size;
    private long position;

    public ContentInputStream(long address) throws IOException {
        handle = new Handle(this, address, Native::contentFree);
        size = new Bytes.Reader(handle.call(Native::contentInfo)).size();
    }

    @Override
    int fill(byte[] buffer, int offset, int length) throws IOException {
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
