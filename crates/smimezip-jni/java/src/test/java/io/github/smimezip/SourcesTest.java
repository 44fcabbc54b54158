package io.github.smimezip;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Parts from files of any file system, channels and arrays; and several exports in one folder. */
class SourcesTest {
    private static final List<String> KINDS = List.of("z01", "z02", "z03", "zip");

    /** How a source is made of a file. */
    @FunctionalInterface
    private interface Maker {
        PartSource of(Path file) throws IOException;
    }

    /** A channel that is none of a file: it has one position. */
    private static final class OwnChannel implements SeekableByteChannel {
        private final SeekableByteChannel inner;

        OwnChannel(SeekableByteChannel inner) {
            this.inner = inner;
        }

        @Override
        public int read(ByteBuffer target) throws IOException {
            return inner.read(target);
        }

        @Override
        public int write(ByteBuffer source) throws IOException {
            return inner.write(source);
        }

        @Override
        public long position() throws IOException {
            return inner.position();
        }

        @Override
        public SeekableByteChannel position(long to) throws IOException {
            inner.position(to);
            return this;
        }

        @Override
        public long size() throws IOException {
            return inner.size();
        }

        @Override
        public SeekableByteChannel truncate(long to) throws IOException {
            inner.truncate(to);
            return this;
        }

        @Override
        public boolean isOpen() {
            return inner.isOpen();
        }

        @Override
        public void close() throws IOException {
            inner.close();
        }
    }

    private static void extracts(Path parts, Path target, Maker maker) throws IOException {
        Map<String, PartSource> sources = new LinkedHashMap<>();
        for (String kind : KINDS) {
            String name = Data.part(kind).getFileName().toString();
            sources.put(name, maker.of(parts.resolve(name)));
        }
        try (Keyring keys = Data.sampleKeys(); ExportSet set = ExportSet.of(sources);
             ExportArchive archive = set.open(keys)) {
            assertTrue(set.needsKey());
            assertEquals(6, archive.extractTo(target).files());
            assertTrue(Files.exists(target.resolve("entities/Customer-7f1f3a6c.json")));
        }
        for (PartSource source : sources.values()) {
            assertTrue(source.toString().startsWith("PartSource["), source.toString());
            source.close();
        }
    }

    @Test
    void everyKindOfSource(@TempDir Path folder) throws Exception {
        extracts(Data.SAMPLE, folder.resolve("path"), PartSource::of);
        extracts(Data.SAMPLE, folder.resolve("array"),
            file -> PartSource.of(Files.readAllBytes(file)));
        extracts(Data.SAMPLE, folder.resolve("file channel"),
            file -> PartSource.of(FileChannel.open(file)));
        extracts(Data.SAMPLE, folder.resolve("channel"),
            file -> PartSource.of(new OwnChannel(Files.newByteChannel(file))));
    }

    @Test
    void partsInsideAZipFile(@TempDir Path folder) throws Exception {
        URI uri = URI.create("jar:" + folder.resolve("mail.zip").toUri());
        try (FileSystem zip = FileSystems.newFileSystem(uri, Map.of("create", "true"))) {
            for (String kind : KINDS) {
                Path part = Data.part(kind);
                Files.copy(part, zip.getPath("/" + part.getFileName()));
            }
        }
        try (FileSystem zip = FileSystems.newFileSystem(uri, Map.of())) {
            extracts(zip.getPath("/"), folder.resolve("out"), PartSource::of);
        }
    }

    /** An interrupt ends a call, and not the source. */
    @Test
    void anInterruptLeavesFilesOpen() throws Exception {
        Map<String, PartSource> sources = new LinkedHashMap<>();
        for (String kind : KINDS) {
            sources.put(Data.part(kind).getFileName().toString(), PartSource.of(Data.part(kind)));
        }
        try (Keyring keys = Data.sampleKeys(); ExportSet set = ExportSet.of(sources)) {
            Thread.currentThread().interrupt();
            assertThrows(CancelledException.class, () -> set.open(keys));
            assertTrue(Thread.interrupted());
            try (ExportArchive archive = set.open(keys)) {
                Thread.currentThread().interrupt();
                assertThrows(CancelledException.class, archive::verify);
                assertTrue(Thread.interrupted());
                assertEquals(6, archive.verify().files());
            }
        }
        // Interrupts at any moment of many reads, by several threads.
        PartSource source = sources.values().iterator().next();
        byte[] whole = Files.readAllBytes(Data.part("z01"));
        AtomicReference<Throwable> failed = new AtomicReference<>();
        List<Thread> threads = new ArrayList<>();
        for (int number = 0; number < 4; number++) {
            Thread thread = new Thread(() -> {
                try {
                    for (int turn = 0; turn < 2000; turn++) {
                        ByteBuffer target = ByteBuffer.allocate(500);
                        int count = source.readAt(turn, target);
                        assertArrayEquals(Arrays.copyOfRange(whole, turn, turn + count),
                            Arrays.copyOf(target.array(), count));
                    }
                } catch (Throwable error) {
                    failed.set(error);
                }
            });
            threads.add(thread);
            thread.start();
        }
        for (int turn = 0; threads.stream().anyMatch(Thread::isAlive); turn++) {
            threads.get(turn % threads.size()).interrupt();
        }
        assertNull(failed.get());
        for (PartSource one : sources.values()) {
            one.close();
            assertThrows(ClosedChannelException.class,
                () -> one.readAt(0, ByteBuffer.allocate(1)));
        }
    }

    @Test
    void anArrayEndsWhereItEnds() throws Exception {
        PartSource source = PartSource.of(new byte[] {1, 2, 3});
        ByteBuffer target = ByteBuffer.allocate(2);
        assertEquals(3, source.size());
        assertEquals(1, source.readAt(2, target));
        assertEquals(3, target.get(0));
        assertEquals(-1, source.readAt(3, target));
        assertEquals(-1, source.readAt(Long.MAX_VALUE, target));
    }

    @Test
    void aSourceClosesItsChannel() throws Exception {
        PartSource source = PartSource.of(Data.part("zip"));
        source.close();
        assertThrows(ClosedChannelException.class, source::size);
    }

    @Test
    void aSetSaysWhatIsNoPartOfIt() {
        PartSource empty = PartSource.of(new byte[0]);
        SmimezipException none =
            assertThrows(SmimezipException.class, () -> ExportSet.of(Map.of()));
        assertEquals(Status.FORMAT, none.status());
        SmimezipException odd = assertThrows(SmimezipException.class,
            () -> ExportSet.of(Map.of("a.zip", empty, "hello.txt", empty)));
        assertEquals(Status.FORMAT, odd.status());
    }

    /** A folder as a browser leaves it: two exports, one of which is not complete. */
    @Test
    void severalExportsInOneFolder(@TempDir Path folder) throws Exception {
        for (String stem : new String[] {"export-a", "export-b"}) {
            for (String kind : KINDS) {
                if (!stem.equals("export-b") || !kind.equals("z02")) {
                    Path part = folder.resolve(stem + "." + kind + ".smime");
                    Files.copy(Data.part(kind), part);
                }
            }
        }
        Files.createFile(folder.resolve("export-b.z02.smime.crdownload"));
        SeveralSetsException several =
            assertThrows(SeveralSetsException.class, () -> ExportSet.discover(folder));
        assertEquals(List.of("export-a", "export-b"), several.sets());
        List<ExportSet> sets = ExportSet.discoverAll(folder);
        assertEquals(2, sets.size());
        TreeSet<String> names = new TreeSet<>();
        try (Keyring keys = Data.sampleKeys()) {
            for (ExportSet set : sets) {
                names.add(set.name());
                assertTrue(set.needsKey());
                if (set.missing().isEmpty()) {
                    try (ExportArchive archive = set.open(keys)) {
                        assertEquals(6, archive.verify().files());
                    }
                } else {
                    assertEquals(List.of("export-b.z02.smime"), set.missing());
                    assertEquals(List.of("export-b.z02.smime.crdownload"), set.unfinished());
                    assertTrue(set.misnamed().isEmpty() && set.duplicates().isEmpty());
                    MissingPartException missing =
                        assertThrows(MissingPartException.class, () -> set.open(keys));
                    assertEquals(set.unfinished(), missing.unfinished());
                }
                set.close();
            }
        }
        assertEquals(new TreeSet<>(several.sets()), names);
        assertTrue(ExportSet.discoverAll(Files.createDirectory(folder.resolve("empty"))).isEmpty());
        try (ExportSet plain = ExportSet.of(Map.of("a.zip", PartSource.of(new byte[22])))) {
            assertFalse(plain.needsKey());
        }
    }
}
