package io.github.smimezip.internal;

import io.github.smimezip.PartReceipt;
import io.github.smimezip.PartSink;
import io.github.smimezip.PartSource;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/**
 * A sink as the native side calls it: parts are counted and digested on their way, and what the
 * taking back throws is kept.
 */
public final class SinkAdapter {
    private final PartSink sink;
    private final Function<Bytes.Reader, List<PartReceipt>> receipts;
    private final Set<Part> open = ConcurrentHashMap.newKeySet();
    private final List<PartSource> sources = new CopyOnWriteArrayList<>();
    /** Guarded by this; nothing of the sink is called meanwhile. */
    private Throwable kept;

    /** What takes something back. */
    @FunctionalInterface
    private interface TakingBack {
        void run() throws IOException;
    }

    public SinkAdapter(PartSink sink, Function<Bytes.Reader, List<PartReceipt>> receipts) {
        this.sink = sink;
        this.receipts = receipts;
    }

    /** Called by the native side. */
    Part begin(byte[] name) throws IOException {
        PartSink.Part part = sink.begin(new String(name, StandardCharsets.UTF_8));
        Part begun = new Part(Objects.requireNonNull(part, "what a sink's begin returns"));
        open.add(begun);
        return begun;
    }

    /** Called by the native side; null where a part cannot be read. */
    SourceAdapter readBack(byte[] written) throws IOException {
        PartReceipt receipt = receipts.apply(new Bytes.Reader(written)).get(0);
        Optional<PartSource> source = sink.readBack(receipt);
        if (source.isEmpty()) {
            return null;
        }
        sources.add(source.get());
        long size = source.get().size();
        if (size != receipt.size()) {
            throw new IOException(receipt.begunAs() + ": " + receipt.size()
                + " bytes were written, and " + size + " can be read");
        }
        return new SourceAdapter(source.get()::readAt);
    }

    /** Called by the native side. */
    void addFile(byte[] name, byte[] bytes) throws IOException {
        sink.addFile(new String(name, StandardCharsets.UTF_8), bytes);
    }

    /** Called by the native side. */
    void commit(byte[] written) throws IOException {
        closeSources();
        sink.commit(receipts.apply(new Bytes.Reader(written)));
    }

    /** Called by the native side, once, if nothing was committed. */
    void abort() {
        closeSources();
        List.copyOf(open).forEach(Part::abort);
        keep(sink::abort);
    }

    private void closeSources() {
        sources.forEach(source -> keep(source::close));
        sources.clear();
    }

    /** Runs what must not end the taking back of other things; what it throws is said later. */
    private void keep(TakingBack step) {
        try {
            step.run();
        } catch (Throwable error) {
            keep(error);
        }
    }

    private synchronized void keep(Throwable error) {
        if (kept == null) {
            kept = error;
        } else if (kept != error) {
            kept.addSuppressed(error);
        }
    }

    private synchronized Throwable takeKept() {
        Throwable error = kept;
        kept = null;
        return error;
    }

    /** Adds what was kept to what is thrown. */
    public void suppressKept(Throwable thrown) {
        Throwable error = takeKept();
        if (error != null && error != thrown) {
            thrown.addSuppressed(error);
        }
    }

    /** Throws what was kept. */
    public void throwKept() throws IOException {
        Throwable error = takeKept();
        if (error instanceof IOException) {
            throw (IOException) error;
        }
        if (error instanceof RuntimeException) {
            throw (RuntimeException) error;
        }
        if (error instanceof Error) {
            throw (Error) error;
        }
    }

    /** A part as the native side writes it. */
    final class Part {
        private final PartSink.Part part;
        private final MessageDigest digest = sha256();
        private long size;

        Part(PartSink.Part part) {
            this.part = part;
        }

        /** Called by the native side, with an array of its own. */
        void write(byte[] bytes) throws IOException {
            digest.update(bytes);
            size += bytes.length;
            part.write(bytes);
        }

        /** Called by the native side; the size and the SHA-256. */
        byte[] finish() throws IOException {
            part.finish();
            open.remove(this);
            Bytes.Writer out = new Bytes.Writer().size(size);
            out.blob(digest.digest());
            return out.bytes();
        }

        /** Called by the native side, if the part is not finished. */
        void abort() {
            if (open.remove(this)) {
                keep(part::abort);
            }
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException never) {
            throw new IllegalStateException(never);
        }
    }
}
