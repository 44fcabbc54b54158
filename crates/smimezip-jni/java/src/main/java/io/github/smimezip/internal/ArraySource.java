package io.github.smimezip.internal;

import io.github.smimezip.PartSource;
import java.nio.ByteBuffer;

/** An array as a source. */
public final class ArraySource implements PartSource {
    private final byte[] bytes;

    public ArraySource(byte[] bytes) {
        this.bytes = bytes;
    }

    @Override
    public long size() {
        return bytes.length;
    }

    @Override
    public int readAt(long position, ByteBuffer target) {
        if (position >= bytes.length) {
            return -1;
        }
        int count = Math.min(bytes.length - (int) position, target.remaining());
        target.put(bytes, (int) position, count);
        return count;
    }

    @Override
    public String toString() {
        return "PartSource[" + bytes.length + " bytes]";
    }
}
