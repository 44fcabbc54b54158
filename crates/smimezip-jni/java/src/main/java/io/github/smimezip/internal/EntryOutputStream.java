package io.github.smimezip.internal;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.ref.Reference;
import java.util.Objects;

/** The contents of one entry of an export; many bytes at a time cross the boundary. */
public final class EntryOutputStream extends OutputStream {
    private static final int BUFFER = 64 * 1024;

    /** Kept from being collected while the entry is written. */
    private final Object writer;
    private final Handle handle;
    /** Told that the entry is not complete, and nothing can come of the export. */
    private final Runnable onFailure;
    private final byte[] buffer = new byte[BUFFER];
    private int buffered;
    private boolean failed;
    private boolean closed;

    public EntryOutputStream(Object writer, Handle handle, Runnable onFailure) {
        this.writer = writer;
        this.handle = handle;
        this.onFailure = onFailure;
    }

    @Override
    public void write(int value) throws IOException {
        write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        Objects.requireNonNull(bytes, "bytes");
        Objects.checkFromIndexSize(offset, length, bytes.length);
        if (closed) {
            throw new IOException("closed");
        }
        if (length > BUFFER - buffered) {
            send();
        }
        if (length < BUFFER) {
            System.arraycopy(bytes, offset, buffer, buffered, length);
            buffered += length;
            return;
        }
        for (int done = 0; done < length;) {
            int count = Math.min(BUFFER, length - done);
            send(bytes, offset + done, count);
            done += count;
        }
    }

    /** The entry is complete. After a write that failed it says nothing more of it. */
    @Override
    public void close() throws IOException {
        if (closed) {
            return;
        }
        closed = true;
        try {
            if (!failed) {
                send();
            }
        } finally {
            if (failed) {
                onFailure.run();
            }
            end();
            Bytes.wipe(buffer);
        }
    }

    private void end() throws IOException {
        try {
            handle.run(Native::writerEnd);
        } catch (Throwable error) {
            if (!failed) {
                throw error;
            }
        }
    }

    private void send() throws IOException {
        int count = buffered;
        buffered = 0;
        if (count > 0) {
            send(buffer, 0, count);
        }
    }

    private void send(byte[] bytes, int offset, int length) throws IOException {
        try {
            handle.run(it -> Native.writerWrite(it, bytes, offset, length));
        } catch (Throwable error) {
            failed = true;
            throw error;
        }
        Reference.reachabilityFence(writer);
    }
}
