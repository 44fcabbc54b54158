package io.github.smimezip.internal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.SeekableByteChannel;

/** The content of a message, at any position. */
public final class ContentChannel implements SeekableByteChannel {
    private static final int BUFFER = 256 * 1024;

    private final Handle handle;
    private final long size;
    private long position;

    public ContentChannel(long address) throws IOException {
        handle = new Handle(this, address, Native::contentFree);
        size = new Bytes.Reader(handle.call(Native::contentInfo)).size();
    }

    @Override
    public synchronized int read(ByteBuffer target) throws IOException {
        open();
        if (!target.hasRemaining()) {
            return 0;
        }
        int count;
        if (target.hasArray()) {
            int offset = target.arrayOffset() + target.position();
            count = read(target.array(), offset, target.remaining());
            if (count > 0) {
                target.position(target.position() + count);
            }
        } else {
            byte[] bytes = new byte[Math.min(BUFFER, target.remaining())];
            count = read(bytes, 0, bytes.length);
            if (count > 0) {
                target.put(bytes, 0, count);
            }
        }
        position += Math.max(count, 0);
        return count;
    }

    private int read(byte[] bytes, int offset, int length) throws IOException {
        return handle.call(it -> Native.contentRead(it, position, bytes, offset, length));
    }

    private void open() throws ClosedChannelException {
        if (!handle.isOpen()) {
            throw new ClosedChannelException();
        }
    }

    @Override
    public synchronized long position() throws IOException {
        open();
        return position;
    }

    @Override
    public synchronized SeekableByteChannel position(long to) throws IOException {
        open();
        if (to < 0) {
            throw new IllegalArgumentException("a position below zero");
        }
        position = to;
        return this;
    }

    @Override
    public long size() throws IOException {
        open();
        return size;
    }

    @Override
    public int write(ByteBuffer source) {
        throw new NonWritableChannelException();
    }

    @Override
    public SeekableByteChannel truncate(long to) {
        throw new NonWritableChannelException();
    }

    @Override
    public boolean isOpen() {
        return handle.isOpen();
    }

    @Override
    public void close() {
        handle.close();
    }
}
