package io.github.smimezip;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Keeps parts in memory, and fails at a call. */
final class Memory implements PartSink {
    final Map<String, ByteArrayOutputStream> parts =
        new TreeMap<>();
    final Map<String, byte[]> committed = new TreeMap<>();
    private final int failing;
    private final Throwable error;
    boolean readable = true;
    Throwable atAbort;
    volatile int aborts;
    int calls;
    int open;
    int read;

    Memory() {
        this(Integer.MAX_VALUE, null);
    }

    Memory(int failing, Throwable error) {
        this.failing = failing;
        this.error = error;
    }

    private void call() throws IOException {
        if (calls++ == failing) {
            raise(error);
        }
    }

    @Override
    public Part begin(String name) throws IOException {
        call();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        open++;
        return new Part() {
            @Override
            public void write(byte[] from) throws IOException {
                call();
                assertTrue(from.length > 0 && from.length <= 65_536, from.length + " bytes");
                bytes.writeBytes(from);
            }

            @Override
            public void finish() throws IOException {
                call();
                open--;
                parts.put(name, bytes);
            }

            @Override
            public void abort() {
                open--;
            }
        };
    }

    @Override
    public Optional<PartSource> readBack(PartReceipt part) throws IOException {
        call();
        PartSource bytes = PartSource.of(parts.get(part.begunAs()).toByteArray());
        return readable ? Optional.of(new PartSource() {
            @Override
            public long size() throws IOException {
                return bytes.size();
            }

            @Override
            public int readAt(long position, ByteBuffer target) throws IOException {
                read++;
                return bytes.readAt(position, target);
            }
        }) : Optional.empty();
    }

    @Override
    public void addFile(String name, byte[] bytes) throws IOException {
        call();
        parts.put(name, new ByteArrayOutputStream());
        parts.get(name).writeBytes(bytes);
        committed.put(name, bytes);
    }

    @Override
    public void commit(List<PartReceipt> receipts) throws IOException {
        call();
        for (PartReceipt receipt : receipts) {
            committed.put(receipt.name(), parts.get(receipt.begunAs()).toByteArray());
        }
    }

    @Override
    public void abort() throws IOException {
        aborts++;
        committed.clear();
        if (atAbort != null) {
            raise(atAbort);
        }
    }

    private static void raise(Throwable error) throws IOException {
        if (error instanceof IOException) {
            throw (IOException) error;
        }
        if (error instanceof Error) {
            throw (Error) error;
        }
        throw (RuntimeException) error;
    }
}
