package io.github.smimezip.internal;

import java.io.IOException;
import java.io.InputStream;

/**
 * A message that is read forward: blocks are read here and fed to the native side, which calls
 * nobody.
 */
public final class DecryptingInputStream extends ByteStream {
    private static final int BUFFER = 128 * 1024;

    private final InputStream source;
    private final Handle handle;
    private final byte[] input = new byte[BUFFER];
    private int inputUsed;
    private int inputLength;
    private boolean inputEnded;
    private byte[] output;
    private int outputUsed;
    private int outputLength;
    private boolean ended;
    private IOException failed;

    public DecryptingInputStream(InputStream source, long address) {
        this.source = source;
        handle = new Handle(this, address, Native::decoderFree);
    }

    @Override
    int fill(byte[] buffer, int offset, int length) throws IOException {
        if (failed != null) {
            throw failed;
        }
        try {
            if (outputUsed < outputLength) {
                return take(buffer, offset, length);
            }
            if (length >= BUFFER) {
                return decrypt(buffer, offset, length);
            }
            // Small reads do not cross the boundary one by one.
            if (output == null) {
                output = new byte[BUFFER];
            }
            outputUsed = 0;
            outputLength = 0;
            int count = decrypt(output, 0, BUFFER);
            if (count < 0) {
                return -1;
            }
            outputLength = count;
            return take(buffer, offset, length);
        } catch (IOException error) {
            failed = error;
            throw error;
        }
    }

    private int take(byte[] buffer, int offset, int length) {
        int count = Math.min(length, outputLength - outputUsed);
        System.arraycopy(output, outputUsed, buffer, offset, count);
        outputUsed += count;
        return count;
    }

    private int decrypt(byte[] buffer, int offset, int length) throws IOException {
        while (!ended) {
            if (inputUsed == inputLength && !inputEnded) {
                inputUsed = 0;
                inputLength = Math.max(0, source.read(input));
                inputEnded = inputLength == 0;
            }
            if (inputEnded) {
                int count = handle.call(it -> Native.decoderFinish(it, buffer, offset, length));
                ended = count < 0;
                return count;
            }
            long done = handle.call(it -> Native.decoderProcess(
                it, input, inputUsed, inputLength - inputUsed, buffer, offset, length));
            inputUsed += (int) (done >>> 32);
            int produced = (int) done;
            if (produced > 0) {
                return produced;
            }
        }
        return -1;
    }

    @Override
    public void close() throws IOException {
        handle.close();
        source.close();
    }
}
