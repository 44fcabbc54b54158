package io.github.smimezip;

import io.github.smimezip.internal.Bytes;
import io.github.smimezip.internal.Handle;
import io.github.smimezip.internal.Native;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Objects;

/**
 * Seals what is written to it as one message, EnvelopedData (RFC 5652 section 6) or
 * AuthEnvelopedData (RFC 5083), and writes the message on: to a file, a socket, an upload; of any
 * size, in constant memory.
 *
 * <pre>{@code
 * try (Recipients recipients = Recipients.of(Path.of("certificate.pem"));
 *      OutputStream file = Files.newOutputStream(Path.of("report.p7m"));
 *      SealingOutputStream out = new SealingOutputStream(file, recipients)) {
 *     content.transferTo(out);
 *     out.finish();
 * }
 * }</pre>
 *
 * <p><b>Only {@link #finish} completes the message</b>, and {@link #close} does not: where writing
 * ends with an exception, {@code close} is called as well, and half a content must not look like a
 * whole one. A message that was not finished is cut off, and whoever reads it sees that. {@code
 * close} throws if {@code finish} was forgotten. A writer or another stream over this one is
 * flushed before {@code finish}.
 *
 * <p>After a call has failed nothing comes of the message: later calls throw, too. A stream is for
 * one thread at a time.
 *
 * @since 0.1
 */
public final class SealingOutputStream extends OutputStream {
    /** Bytes of the content that cross the boundary at once. */
    private static final int BUFFER = 64 * 1024;

    private final OutputStream out;
    private final Handle handle;
    private final byte[] buffer = new byte[BUFFER];
    private int buffered;
    private boolean finished;
    private boolean closed;
    private Throwable failed;

    /** What may fail, and then for good. */
    @FunctionalInterface
    private interface Step {
        void run() throws IOException;
    }

    /**
     * A new message with the default options. Nothing is written yet.
     *
     * @param out where the message goes; it is closed with this stream
     * @param recipients whom it is for; they are not needed any more afterwards
     * @throws IllegalArgumentException without recipients
     * @throws IOException if the recipients are closed, or the system gives no random bytes
     */
    public SealingOutputStream(OutputStream out, Recipients recipients) throws IOException {
        this(out, recipients, new SealOptions());
    }

    /**
     * A new message. Nothing is written yet.
     *
     * @param out where the message goes; it is closed with this stream
     * @param recipients whom it is for; they are not needed any more afterwards
     * @param options how it is made
     * @throws IllegalArgumentException without recipients, and for a size beyond all numbers
     * @throws IOException if the recipients are closed, if a size is known that is more than the
     *     cipher can do, or if the system gives no random bytes
     */
    public SealingOutputStream(OutputStream out, Recipients recipients, SealOptions options)
            throws IOException {
        this.out = Objects.requireNonNull(out, "out");
        Objects.requireNonNull(recipients, "recipients");
        Objects.requireNonNull(options, "options");
        long address = recipients.handle.call(
            it -> Native.sealerNew(it, options.bits(), options.size()));
        handle = new Handle(this, address, Native::sealerFree);
    }

    /**
     * Seals one byte.
     *
     * @throws IOException as {@link #write(byte[], int, int)}
     */
    @Override
    public void write(int value) throws IOException {
        write(new byte[] {(byte) value}, 0, 1);
    }

    /**
     * Seals bytes.
     *
     * @throws IOException if what the message goes to refuses it, for more content than the cipher
     *     can do, after {@link #finish} or {@link #close}, and if an earlier call failed
     * @throws IllegalArgumentException for more content than {@link SealOptions#knownSize} said
     */
    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        Objects.requireNonNull(bytes, "bytes");
        Objects.checkFromIndexSize(offset, length, bytes.length);
        step(() -> {
            if (length > BUFFER - buffered) {
                send();
            }
            if (length >= BUFFER) {
                seal(bytes, offset, length);
            } else {
                System.arraycopy(bytes, offset, buffer, buffered, length);
                buffered += length;
            }
        });
    }

    /**
     * Seals what was buffered, and flushes what the message goes to. What does not fill a block of
     * the cipher or a line of base64 yet stays here.
     *
     * @throws IOException as {@link #write(byte[], int, int)}
     */
    @Override
    public void flush() throws IOException {
        step(() -> {
            send();
            out.flush();
        });
    }

    /**
     * Completes the message, and flushes what it goes to, which stays open. A second time it does
     * nothing.
     *
     * @throws IOException as {@link #write(byte[], int, int)}
     * @throws IllegalArgumentException for less content than {@link SealOptions#knownSize} said
     */
    public void finish() throws IOException {
        if (finished && !closed) {
            return;
        }
        step(() -> {
            send();
            out.write(handle.call(Native::sealerFinish));
            out.flush();
            finished = true;
        });
    }

    /**
     * Closes this stream and what the message goes to; a second time it does nothing.
     *
     * @throws IOException if the message is cut off, as neither {@link #finish} was called nor a
     *     call failed; or if what the message goes to cannot be closed
     */
    @Override
    public void close() throws IOException {
        if (closed) {
            return;
        }
        closed = true;
        handle.close();
        Bytes.wipe(buffer);
        boolean forgotten = !finished && failed == null;
        IOException error = forgotten
            ? new IOException("closed before finish(): the message is cut off") : null;
        try {
            out.close();
        } catch (IOException other) {
            if (error == null) {
                throw other;
            }
            error.addSuppressed(other);
        }
        if (error != null) {
            throw error;
        }
    }

    private void send() throws IOException {
        int count = buffered;
        buffered = 0;
        seal(buffer, 0, count);
    }

    private void seal(byte[] content, int offset, int length) throws IOException {
        for (int done = 0; done < length;) {
            int at = offset + done;
            int count = Math.min(BUFFER, length - done);
            out.write(handle.call(it -> Native.sealerUpdate(it, content, at, count)));
            done += count;
        }
    }

    private void step(Step step) throws IOException {
        if (closed || finished) {
            throw new IOException(closed ? "closed" : "the message is finished");
        }
        if (failed != null) {
            throw new IOException("nothing comes of the message: an earlier call failed", failed);
        }
        try {
            step.run();
        } catch (IOException | RuntimeException | Error error) {
            failed = error;
            throw error;
        }
    }

    @Override
    public String toString() {
        String state = failed != null ? "failed" : finished ? "finished" : "begun";
        return "SealingOutputStream[" + (closed ? state + ", closed]" : state + "]");
    }
}
