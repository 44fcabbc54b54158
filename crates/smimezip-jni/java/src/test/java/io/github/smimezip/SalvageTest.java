package io.github.smimezip;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What there is of exports that do not open. */
class SalvageTest {
    private static String name(String kind) {
        return Data.STEM + "." + kind + ".smime";
    }

    /** The sample without its last part, and with the second cut. */
    private static Map<String, PartSource> rest() throws IOException {
        Map<String, PartSource> parts = new HashMap<>();
        for (String kind : List.of("z01", "z02", "z03")) {
            byte[] bytes = Files.readAllBytes(Data.part(kind));
            parts.put(name(kind), PartSource.of(
                kind.equals("z02") ? Arrays.copyOf(bytes, 30000) : bytes));
        }
        return parts;
    }

    /** An archive up to its directory: a file "one" and two files "twice". */
    private static byte[] twice() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            for (String name : List.of("one", "twice", "other")) {
                byte[] content = ("content of " + name).getBytes(StandardCharsets.UTF_8);
                CRC32 sum = new CRC32();
                sum.update(content);
                ZipEntry entry = new ZipEntry(name);
                entry.setMethod(ZipEntry.STORED);
                entry.setSize(content.length);
                entry.setCrc(sum.getValue());
                zip.putNextEntry(entry);
                zip.write(content);
            }
        }
        String text = bytes.toString(StandardCharsets.ISO_8859_1);
        return text.substring(0, text.indexOf("PK\1\2")).replace("\0other", "\0twice")
            .getBytes(StandardCharsets.ISO_8859_1);
    }

    @Test
    void withoutTheLastPart(@TempDir Path folder) throws Exception {
        int[] calls = {0};
        OpenOptions opening = new OpenOptions().progress(it -> ++calls[0] > 0);
        ExtractOptions extracting = new ExtractOptions().progress(it -> ++calls[0] > 0);
        try (Keyring keys = Data.sampleKeys(); ExportSet set = ExportSet.of(rest());
             Salvage salvage = set.salvage(keys, opening)) {
            assertThrows(MissingPartException.class, () -> set.open(keys));
            assertTrue(calls[0] > 0);
            assertFalse(salvage.hasDirectory());
            assertEquals(List.of(name("zip")), salvage.missing());
            assertEquals(1, salvage.damaged().size());
            assertEquals(name("z02"), salvage.damaged().get(0).part().get());
            assertEquals(Status.CORRUPT, salvage.damaged().get(0).status());
            assertTrue(salvage.ambiguous().isEmpty());
            assertEquals(1, salvage.lost().size());
            assertEquals("attachments/2024/03/recording.raw",
                salvage.lost().get(0).entry().get());
            ExportArchive archive = salvage.archive();
            assertTrue(archive.missing().contains(name("zip")));
            calls[0] = 0;
            Path out = folder.resolve("out");
            ExtractReport report = salvage.extractTo(out, extracting);
            assertTrue(calls[0] > 0 && report.files() > 0 && report.failed().isEmpty());
            long files = 0;
            for (Entry entry : archive.entries()) {
                if (!archive.isAvailable(entry)) {
                    assertThrows(
                        MissingPartException.class, () -> archive.newInputStream(entry));
                    continue;
                }
                if (entry.kind() != EntryKind.FILE) {
                    continue;
                }
                assertFalse(archive.partsOf(entry).isEmpty());
                try (InputStream in = archive.newInputStream(entry)) {
                    assertArrayEquals(
                        Files.readAllBytes(out.resolve(entry.path().get())), in.readAllBytes());
                }
                files++;
            }
            assertEquals(report.files(), files);
            assertThrows(SmimezipException.class, () -> salvage.extractTo(out));
            ExtractOptions none = new ExtractOptions().include("none");
            assertEquals(0, salvage.extractTo(out, none).files());
        }
    }

    @Test
    void aWholeExportIsFoundByItsDirectory(@TempDir Path folder) throws Exception {
        try (Keyring keys = Data.sampleKeys(); ExportSet set = ExportSet.discover(Data.SAMPLE);
             Salvage salvage = set.salvage(keys)) {
            assertTrue(salvage.hasDirectory() && salvage.missing().isEmpty());
            assertTrue(salvage.damaged().isEmpty() && salvage.lost().isEmpty());
            assertTrue(salvage.uncertain().entries().isEmpty());
            assertEquals(6, salvage.archive().verify().files());
            assertEquals(6, salvage.extractTo(folder).files());
        }
    }

    /** Nothing leads to them from the start: they may be of an archive in the archive. */
    @Test
    void withoutTheFirstPartAndTheLast(@TempDir Path folder) throws Exception {
        int[] calls = {0};
        ExtractOptions extracting = new ExtractOptions().progress(it -> ++calls[0] > 0);
        Map<String, PartSource> parts = new HashMap<>();
        for (String kind : List.of("z02", "z03")) {
            parts.put(name(kind), PartSource.of(Files.readAllBytes(Data.part(kind))));
        }
        try (Keyring keys = Data.sampleKeys(); ExportSet set = ExportSet.of(parts);
             Salvage salvage = set.salvage(keys)) {
            assertEquals(List.of(name("z01"), name("zip")), salvage.missing());
            assertTrue(salvage.archive().entries().isEmpty());
            assertEquals(0, salvage.extractTo(folder.resolve("certain")).files());
            ExportArchive uncertain = salvage.uncertain();
            assertEquals(6, uncertain.entries().size());
            assertEquals("Salvage[0 entries and 6 uncertain without a directory,"
                + " 2 missing and 0 damaged parts]", salvage.toString());
            Path apart = folder.resolve("apart");
            ExtractReport report = salvage.extractUncertainTo(apart, extracting);
            assertTrue(calls[0] > 0 && report.failed().isEmpty());
            assertEquals(2, report.files());
            assertEquals(1, report.unavailable().size());
            assertThrows(SmimezipException.class, () -> salvage.extractUncertainTo(apart));
            ExtractOptions none = new ExtractOptions().include("none");
            assertEquals(0, salvage.extractUncertainTo(apart, none).files());
            Thread.currentThread().interrupt();
            assertThrows(CancelledException.class,
                () -> salvage.extractUncertainTo(folder.resolve("stopped")));
            assertTrue(Thread.interrupted());
            assertFalse(Files.exists(folder.resolve("stopped")));
            Entry entry = uncertain.find("entities/Customer-7f1f3a6c.json").get();
            assertEquals(List.of(name("z03")), uncertain.partsOf(entry));
            InputStream in = uncertain.newInputStream(entry);
            salvage.close();
            assertThrows(IOException.class, () -> uncertain.newInputStream(entry));
            assertThrows(IOException.class, () -> salvage.extractUncertainTo(folder));
            assertArrayEquals(
                Files.readAllBytes(apart.resolve(entry.path().get())), in.readAllBytes());
            in.close();
        }
    }

    @Test
    void ofSeveralEntriesWithOneNameNoneIsTaken(@TempDir Path folder) throws Exception {
        byte[] zip = twice();
        try (Keyring none = new Keyring();
             ExportSet set = ExportSet.of(Map.of("e.zip", PartSource.of(zip)));
             Salvage salvage = set.salvage(none)) {
            assertEquals(List.of("twice"), salvage.ambiguous());
            assertEquals(1, salvage.archive().entries().size());
            assertEquals("one", salvage.archive().entries().get(0).rawName());
            assertTrue(salvage.missing().isEmpty() && salvage.lost().isEmpty());
            assertEquals(1, salvage.extractTo(folder).files());
            assertEquals("content of one", Files.readString(folder.resolve("one")));
        }
    }

    @Test
    void itIsStopped(@TempDir Path folder) throws Exception {
        IOException thrown = new IOException("a range");
        PartSource broken = new PartSource() {
            @Override
            public long size() {
                return 1000;
            }

            @Override
            public int readAt(long position, ByteBuffer target) throws IOException {
                throw thrown;
            }
        };
        try (Keyring keys = Data.sampleKeys(); Keyring other = Data.keys("other");
             Keyring none = new Keyring();
             ExportSet set = ExportSet.of(rest()); Salvage salvage = set.salvage(keys);
             ExportSet served = ExportSet.of(Map.of(name("zip"), broken))) {
            assertThrows(DecryptionException.class, () -> set.salvage(other));
            assertThrows(NoMatchingKeyException.class, () -> set.salvage(none));
            assertSame(thrown,
                assertThrows(IOException.class, () -> served.salvage(keys)));
            assertThrows(CancelledException.class,
                () -> set.salvage(keys, new OpenOptions().progress(it -> false)));
            Thread.currentThread().interrupt();
            assertThrows(CancelledException.class, () -> set.salvage(keys));
            assertThrows(CancelledException.class, () -> salvage.extractTo(folder));
            assertTrue(Thread.interrupted());
            assertEquals(0, folder.toFile().list().length);
            // The archive is closed with it; a stream stays open.
            Entry entry = salvage.archive().entries().get(0);
            InputStream in = salvage.archive().newInputStream(entry);
            salvage.close();
            assertThrows(IOException.class, () -> salvage.archive().newInputStream(entry));
            assertThrows(IOException.class, () -> salvage.extractTo(folder));
            assertEquals(entry.size(), in.readAllBytes().length);
            in.close();
        }
    }
}
