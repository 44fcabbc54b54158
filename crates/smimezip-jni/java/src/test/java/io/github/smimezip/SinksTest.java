package io.github.smimezip;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Exports whose parts go to sinks: what fails, what is taken back. */
class SinksTest {
    private static Recipients recipients;

    @BeforeAll
    static void recipients() throws Exception {
        recipients = Recipients.of(Data.certificate("main"));
    }

    @AfterAll
    static void close() {
        recipients.close();
    }

    private static ExportBuilder builder() {
        return new ExportBuilder(recipients).name("e");
    }

    private static void write(ExportWriter export, String path, byte[] bytes) throws IOException {
        try (OutputStream entry = export.newEntry(path)) {
            entry.write(bytes);
        }
    }

    private static void make(ExportBuilder builder, PartSink sink) throws IOException {
        try (ExportWriter export = builder.newWriter(sink)) {
            write(export, "noise", SealTest.noise(150_000));
            export.addFolder("folder");
            write(export, "hello.txt", "Hello".getBytes(StandardCharsets.UTF_8));
            export.commit();
        }
    }

    @Test
    void partsToASink() throws Exception {
        for (boolean readable : new boolean[] {true, false}) {
            Memory memory = new Memory();
            memory.readable = readable;
            make(builder().partSize(65_536).manifest(ManifestContents.PARTS), memory);
            assertEquals(0, memory.aborts);
            assertEquals(0, memory.open);
            assertEquals(readable, memory.read > 0);
            String manifest = new String(
                memory.committed.remove("e.manifest.json"), StandardCharsets.UTF_8);
            Map<String, PartSource> sources = new TreeMap<>();
            for (var part : memory.committed.entrySet()) {
                assertTrue(manifest.contains(Data.sum(part.getValue())), part.getKey());
                sources.put(part.getKey(), PartSource.of(part.getValue()));
            }
            assertTrue(sources.size() >= 3 && sources.containsKey("e.zip.smime"));
            try (Keyring keys = Data.keys("main"); ExportSet set = ExportSet.of(sources);
                 ExportArchive archive = set.open(keys)) {
                assertEquals(2, archive.verify().files());
                try (InputStream in = archive.newInputStream(archive.entries().get(0))) {
                    assertArrayEquals(SealTest.noise(150_000), in.readAllBytes());
                }
            }
        }
    }

    /** At each call: nothing is committed, and what was thrown arrives. */
    @Test
    void aSinkThatFails() throws Exception {
        int failures = 0;
        for (int call = 0;; call++) {
            Throwable error = List.of(new IOException("full"), new IllegalStateException("full"),
                new StackOverflowError("full")).get(call % 3);
            Memory memory = new Memory(call, error);
            ExportBuilder builder =
                builder().partSize(65_536).manifest(ManifestContents.ENTRIES).threads(1);
            Throwable arrived = null;
            try {
                make(builder, memory);
            } catch (IOException | RuntimeException | StackOverflowError thrown) {
                arrived = thrown;
            }
            if (arrived == null) {
                assertEquals(0, memory.aborts);
                break;
            }
            assertSame(error, arrived, "call " + call);
            assertEquals(1, memory.aborts, "call " + call);
            assertEquals(0, memory.open, "call " + call);
            assertTrue(memory.committed.isEmpty(), "call " + call);
            failures++;
        }
        assertTrue(failures > 15, failures + " failures");
    }

    /** After a failure all calls say the same. */
    @Test
    void afterAFailure() throws Exception {
        IOException full = new IOException("full");
        Memory memory = new Memory(1, full);
        try (ExportWriter export = builder().threads(1).newWriter(memory)) {
            OutputStream entry = export.newEntry("noise");
            assertSame(full, assertThrows(IOException.class, () -> {
                for (int round = 0; round < 1000; round++) {
                    entry.write(SealTest.noise(100_000));
                }
            }));
            entry.close();
            assertSame(full, assertThrows(IOException.class, () -> export.newEntry("next")));
            assertSame(full, assertThrows(IOException.class, export::commit));
            assertEquals(1, memory.aborts);
            assertThrows(IllegalStateException.class, export::commit);
        }
        assertEquals(1, memory.aborts);
    }

    @Test
    void takingBackThatFails() throws Exception {
        IOException full = new IOException("full");
        IOException down = new IOException("down");
        Memory memory = new Memory(2, full);
        memory.atAbort = down;
        IOException arrived = assertThrows(IOException.class, () -> make(builder(), memory));
        assertSame(full, arrived);
        assertEquals(List.of(down), List.of(arrived.getSuppressed()));
        Memory other = new Memory();
        other.atAbort = down;
        ExportWriter export = builder().newWriter(other);
        write(export, "hello.txt", new byte[5]);
        assertSame(down, assertThrows(IOException.class, export::close));
        export.close();
        assertEquals(1, other.aborts);
    }

    @Test
    void whatASinkMustTake() throws Exception {
        // No file beside the parts, and no reading.
        PartSink pipe = new PipeSink(new Memory());
        make(builder(), pipe);
        assertThrows(UnsupportedOperationException.class,
            () -> make(builder().manifest(ManifestContents.PARTS), pipe));
        assertThrows(IllegalArgumentException.class,
            () -> make(builder().manifest(ManifestContents.ENTRIES), pipe));
        PartSink none = new PartSink() {
            @Override
            public Part begin(String name) {
                return null;
            }

            @Override
            public void commit(List<PartReceipt> parts) {}

            @Override
            public void abort() {}
        };
        assertThrows(NullPointerException.class, () -> make(builder(), none));
        Memory unused = new Memory();
        try (Recipients nobody = new Recipients()) {
            assertThrows(IllegalArgumentException.class,
                () -> new ExportBuilder(nobody).newWriter(unused));
        }
        assertEquals(0, unused.calls);
    }

    /** A sink of whose parts other bytes come back than were written. */
    @Test
    void readBackFindsWhatIsWrong() throws Exception {
        for (int wrong = 0; wrong < 2; wrong++) {
            boolean isShort = wrong == 0;
            Memory memory = new Memory();
            PartSink sink = new PipeSink(memory) {
                @Override
                public Optional<PartSource> readBack(PartReceipt part) {
                    byte[] bytes = memory.parts.get(part.begunAs()).toByteArray();
                    bytes[bytes.length / 2] ^= 1;
                    return Optional.of(PartSource.of(
                        isShort ? Arrays.copyOf(bytes, 100) : bytes));
                }
            };
            IOException error = assertThrows(IOException.class, () -> make(builder(), sink));
            assertEquals(isShort, error.getMessage().contains("can be read"), error.toString());
            assertEquals(1, memory.aborts);
            make(builder().readBack(false), sink);
        }
    }

    /** A sink that waits: other threads may close the writer then, and nothing else. */
    @Test
    void closingWhileACallUsesIt() throws Exception {
        CountDownLatch waiting = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        AtomicReference<ExportWriter> writer = new AtomicReference<>();
        AtomicReference<Throwable> inside = new AtomicReference<>();
        Memory memory = new Memory();
        PartSink slow = new PipeSink(memory) {
            @Override
            public Part begin(String name) throws IOException {
                // A sink may not use its writer.
                inside.set(assertThrows(IllegalStateException.class,
                    () -> writer.get().addFolder("from a sink")));
                waiting.countDown();
                try {
                    goOn.await();
                } catch (InterruptedException error) {
                    throw new IOException(error);
                }
                return memory.begin(name);
            }
        };
        writer.set(builder().threads(1).level(0).newWriter(slow));
        AtomicReference<Throwable> failed = new AtomicReference<>();
        Thread thread = new Thread(() -> {
            try {
                // More than waits for being written.
                write(writer.get(), "noise", SealTest.noise(20_000_000));
                writer.get().commit();
            } catch (Throwable error) {
                failed.set(error);
            }
        });
        thread.start();
        waiting.await();
        IllegalStateException busy = assertThrows(
            IllegalStateException.class, () -> writer.get().addFolder("from another thread"));
        assertTrue(busy.getMessage().contains("in progress"), busy.getMessage());
        writer.get().close();
        assertEquals(0, memory.aborts);
        goOn.countDown();
        thread.join();
        assertEquals("closed", failed.get().getMessage());
        assertEquals(1, memory.aborts);
        assertTrue(memory.committed.isEmpty());
        assertTrue(inside.get() instanceof IllegalStateException);
    }

    /** A write that is refused while another one is in progress: bytes of the entry are missing. */
    @Test
    void nothingComesOfAnEntryThatMissesBytes() throws Exception {
        Memory memory = new Memory();
        AtomicReference<OutputStream> entry = new AtomicReference<>();
        PartSink sink = new PipeSink(memory) {
            @Override
            public Part begin(String name) throws IOException {
                assertThrows(IllegalStateException.class,
                    () -> entry.get().write(SealTest.noise(100_000)));
                return memory.begin(name);
            }
        };
        try (ExportWriter writer = builder().threads(1).level(0).newWriter(sink)) {
            entry.set(writer.newEntry("noise"));
            entry.get().write(SealTest.noise(20_000_000));
            entry.get().close();
            IOException error = assertThrows(IOException.class, writer::commit);
            assertTrue(error.getMessage().contains("not complete"), error.toString());
        }
        assertEquals(1, memory.aborts);
        assertTrue(memory.committed.isEmpty());
    }

    /** An interrupt ends the reading back, although nobody asks a listener there. */
    @Test
    void interruptedCommit() throws Exception {
        Memory memory = new Memory();
        PartSink slow = new PipeSink(memory) {
            @Override
            public Optional<PartSource> readBack(PartReceipt part) throws IOException {
                Thread.currentThread().interrupt();
                long end = System.nanoTime() + 400_000_000L;
                while (System.nanoTime() < end) {
                    Thread.onSpinWait();
                }
                return memory.readBack(part);
            }
        };
        assertThrows(CancelledException.class, () -> make(builder(), slow));
        assertTrue(Thread.interrupted(), "the interrupt stays set");
        assertEquals(1, memory.aborts);
        assertTrue(memory.committed.isEmpty());
    }

    /** Writers that nobody closes are taken back when they are collected. */
    @Test
    void forgottenOnesAreTakenBack() throws Exception {
        Memory memory = new Memory();
        forget(memory);
        for (int round = 0; memory.aborts == 0 && round < 100; round++) {
            System.gc();
            Thread.sleep(20);
        }
        assertEquals(1, memory.aborts);
        assertEquals(0, memory.open);
    }

    private static void forget(PartSink sink) throws IOException {
        write(builder().partSize(65_536).newWriter(sink), "noise", SealTest.noise(500_000));
    }
}
