package io.github.smimezip.internal;

import java.io.IOException;

/** One entry of an archive; its end comes only after its size and CRC-32 were verified. */
public final class EntryInputStream extends ByteStream {
    private final Handle handle;

    public EntryInputStream(long address) {
        handle = new Handle(this, address, Native::readerFree);
    }

    @Override
    int fill(byte[] buffer, int offset, int length) throws IOException {
        return handle.call(it -> Native.readerRead(it, buffer, offset, length));
    }

    @Override
    public void close() {
        handle.close();
    }
}
