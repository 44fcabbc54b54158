package io.github.smimezip.internal;

import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;

/** One entry of an archive; its end comes only after its size and CRC-32 were verified. */
public final class EntryInputStream extends InputStream {
    private final Handle handle;

    public EntryInputStream(long address) {
        handle = new Handle(this, address, Native::readerFree);
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
        return handle.call(it -> Native.readerRead(it, buffer, offset, length));
    }

    @Override
    public void close() {
        handle.close();
    }
}
