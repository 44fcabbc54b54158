package io.github.smimezip;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExportTest {
    private static final String CUSTOMERS = "entities/Customer-7f1f3a6c.json";

    private static long count(Path folder) throws IOException {
        try (var all = Files.walk(folder)) {
            return all.filter(Files::isRegularFile).count();
        }
    }

    @Test
    void anExportIsListedReadAndExtracted(@TempDir Path folder) throws Exception {
        try (Keyring keys = Data.sampleKeys();
             ExportSet set = ExportSet.discover(Data.part("z02"))) {
            assertEquals(Data.STEM, set.name());
            assertEquals(4, set.parts().size());
            assertTrue(set.missing().isEmpty() && set.duplicates().isEmpty());
            try (ExportArchive archive = set.open(keys)) {
                set.close();
                keys.close();
                Entry entry = archive.find(CUSTOMERS).get();
                assertEquals(EntryKind.FILE, entry.kind());
                assertEquals(8, entry.compressionMethod());
                assertFalse(entry.isEncrypted());
                assertTrue(entry.modified(ZoneOffset.UTC).get().getEpochSecond() > 0);
                assertTrue(archive.find("none").isEmpty());
                try (InputStream in = archive.newInputStream(entry)) {
                    byte[] bytes = in.readAllBytes();
                    CRC32 crc = new CRC32();
                    crc.update(bytes);
                    assertEquals(entry.size(), bytes.length);
                    assertEquals(entry.crc32(), (int) crc.getValue());
                }
                AtomicLong told = new AtomicLong();
                Set<Phase> phases = EnumSet.noneOf(Phase.class);
                ExtractReport report = archive.extractTo(folder.resolve("out"),
                    new ExtractOptions().progress(progress -> {
                        told.set(progress.bytesDone());
                        phases.add(progress.phase());
                        return progress.entriesDone() <= progress.entriesTotal();
                    }));
                assertEquals(6, report.files());
                assertEquals(Integrity.CHECKSUMMED, archive.integrity());
                assertEquals(407455, report.bytes());
                assertEquals(407455, told.get());
                assertTrue(phases.containsAll(Set.of(Phase.WRITING, Phase.PUBLISHING)));
                assertFalse(phases.contains(Phase.UNLOCKING));
                assertTrue(report.skipped().isEmpty() && report.failed().isEmpty());
                assertEquals(6, count(folder.resolve("out")));
                assertEquals("Grüße aus dem Export\n",
                    Files.readString(folder.resolve("out/attachments/Übersicht, Größe.txt")));
                assertEquals(6, archive.verify(new ExtractOptions().threads(1)).files());
                ExtractReport some = archive.extractTo(folder.resolve("some"),
                    new ExtractOptions().filter(it -> it.rawName().startsWith("entities/")));
                assertEquals(2, some.files());
                assertThrows(SmimezipException.class,
                    () -> archive.extractTo(folder.resolve("some"), new ExtractOptions()));
                ExtractReport rest = archive.extractTo(folder.resolve("some"),
                    new ExtractOptions().overwrite(Overwrite.SKIP));
                assertEquals(2, rest.skipped().size());
            }
        }
    }

    /** Parts that live elsewhere, here in files behind positional reads. */
    private static Map<String, PartSource> sources(AtomicLong served, Throwable thrown)
            throws IOException {
        Map<String, PartSource> parts = new LinkedHashMap<>();
        for (String kind : new String[] {"z01", "z02", "z03", "zip"}) {
            FileChannel file = FileChannel.open(Data.part(kind));
            parts.put(Data.part(kind).getFileName().toString(), new PartSource() {
                @Override
                public long size() throws IOException {
                    return file.size();
                }

                @Override
                public int readAt(long position, ByteBuffer target) throws IOException {
                    if (thrown != null && kind.equals("z02")) {
                        ExportTest.<RuntimeException>sneak(thrown);
                    }
                    // Short reads are legal.
                    target.limit(Math.min(target.limit(), target.position() + 10_000));
                    int count = file.read(target, position);
                    served.addAndGet(Math.max(0, count));
                    return count;
                }

                @Override
                public void close() throws IOException {
                    file.close();
                }
            });
        }
        return parts;
    }

    @SuppressWarnings("unchecked")
    private static <T extends Throwable> void sneak(Throwable thrown) throws T {
        throw (T) thrown;
    }

    @Test
    void partsFromElsewhere(@TempDir Path folder) throws Exception {
        AtomicLong served = new AtomicLong();
        Map<String, PartSource> parts = sources(served, null);
        try (Keyring keys = Data.sampleKeys(); ExportSet set = ExportSet.of(parts);
             ExportArchive archive = set.open(keys)) {
            assertNotNull(archive.find(CUSTOMERS).get());
            long all = 0;
            for (PartSource part : parts.values()) {
                all += part.size();
            }
            assertTrue(served.get() < all, served + " bytes served to list it");
            assertEquals(6, archive.extractTo(folder).files());
            assertEquals(6, count(folder));
        }
        PartSource last = parts.get(Data.part("zip").getFileName().toString());
        try (Keyring keys = Data.sampleKeys();
             EncryptedMessage message = EncryptedMessage.open(last);
             InputStream in = message.newInputStream(keys)) {
            byte[] bytes = in.readAllBytes();
            assertEquals('P', bytes[bytes.length - 22]);
        }
        for (PartSource part : parts.values()) {
            part.close();
        }
    }

    /** What a callback throws arrives as it is, from every thread: checked, unchecked, an error. */
    @Test
    void exceptionsOfCallbacksArriveUnchanged(@TempDir Path folder) throws Exception {
        for (Throwable thrown :
                List.of(new IOException("a range"), new IllegalStateException("odd"),
                new StackOverflowError("deep"))) {
            try (Keyring keys = Data.sampleKeys();
                 ExportSet set = ExportSet.of(sources(new AtomicLong(), thrown))) {
                Throwable arrived = assertThrows(Throwable.class, () -> {
                    try (ExportArchive archive = set.open(keys)) {
                        archive.extractTo(folder);
                    }
                });
                assertSame(thrown, arrived);
            }
        }
        try (Keyring keys = Data.sampleKeys(); ExportSet set = ExportSet.discover(Data.SAMPLE);
             ExportArchive archive = set.open(keys)) {
            RuntimeException thrown = new IllegalArgumentException("in a listener");
            ExtractOptions options = new ExtractOptions().progress(progress -> {
                throw thrown;
            });
            assertSame(thrown,
                assertThrows(RuntimeException.class, () -> archive.extractTo(folder, options)));
        }
        assertEquals(0, count(folder));
    }

    @Test
    void aListenerOrAnInterruptStopsIt(@TempDir Path folder) throws Exception {
        try (Keyring keys = Data.sampleKeys(); ExportSet set = ExportSet.discover(Data.SAMPLE);
             ExportArchive archive = set.open(keys)) {
            CancelledException cancelled = assertThrows(CancelledException.class,
                () -> archive.extractTo(folder, new ExtractOptions().progress(progress -> false)));
            assertEquals(Status.CANCELLED, cancelled.status());
            Thread.currentThread().interrupt();
            assertThrows(CancelledException.class, () -> archive.extractTo(folder));
            assertTrue(Thread.interrupted());
            // Opening ends as well.
            Thread.currentThread().interrupt();
            assertThrows(CancelledException.class, () -> set.open(keys));
            assertTrue(Thread.interrupted());
            Thread.currentThread().interrupt();
            assertThrows(CancelledException.class,
                () -> EncryptedMessage.decrypt(Data.part("z01"), keys));
            assertTrue(Thread.interrupted());
        }
        assertEquals(0, count(folder));
    }

    @Test
    void whatIsMissingOrDamagedIsNamed(@TempDir Path folder) throws Exception {
        for (String kind : new String[] {"z01", "z03", "zip"}) {
            Path part = Data.part(kind);
            Files.copy(part, folder.resolve(part.getFileName()));
        }
        try (Keyring keys = Data.sampleKeys(); ExportSet set = ExportSet.discover(folder)) {
            assertEquals(List.of(Data.part("z02").getFileName().toString()), set.missing());
            MissingPartException missing =
                assertThrows(MissingPartException.class, () -> set.open(keys));
            assertTrue(missing.getMessage().contains(".z02.smime"));
            assertEquals(List.of(Data.part("z02").getFileName().toString()), missing.missing());
            assertEquals(List.of(), missing.duplicates());
            assertEquals("incomplete_set", missing.code());
        }
        byte[] bytes = Files.readAllBytes(Data.part("z02"));
        int middle = bytes.length / 2;
        bytes[middle] = (byte) (bytes[middle] == 'A' ? 'B' : 'A');
        Files.write(folder.resolve(Data.part("z02").getFileName()), bytes);
        Path out = folder.resolve("out");
        try (Keyring keys = Data.sampleKeys(); ExportSet set = ExportSet.discover(folder);
             ExportArchive archive = set.open(keys)) {
            SmimezipException damaged =
                assertThrows(SmimezipException.class,
                    () -> archive.extractTo(out, new ExtractOptions()));
            assertEquals(Status.CORRUPT, damaged.status());
            assertFalse(damaged.entry().isEmpty() && damaged.part().isEmpty());
            assertFalse(Files.exists(out));
            ExtractReport report = archive.extractTo(out, new ExtractOptions().keepGoing(true));
            assertEquals(1, report.failed().size());
            SmimezipException failed = report.failed().get(0);
            assertEquals(damaged.entry(), failed.entry());
            assertTrue(failed.parts().contains(Data.part("z02").getFileName().toString()));
            assertEquals(failed.parts(),
                archive.partsOf(archive.find(failed.entry().get()).get()));
            assertEquals(Status.CORRUPT, failed.status());
            assertEquals(CorruptDataException.class, failed.getClass());
            assertEquals(5, report.files());
            LimitExceededException limit = assertThrows(LimitExceededException.class, () -> {
                try (ExportArchive small = set.open(keys, new OpenOptions().maxSize(1000))) {
                    small.verify(new ExtractOptions());
                }
            });
            assertTrue(limit.getMessage().contains("total_size"));
            assertEquals(Limit.TOTAL_SIZE, limit.limit());
            assertEquals(1000, limit.allowed());
        }
    }
}
