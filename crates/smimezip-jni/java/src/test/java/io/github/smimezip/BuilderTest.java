package io.github.smimezip;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Exports made of folders and files. */
class BuilderTest {
    private static Recipients recipients;

    @BeforeAll
    static void recipients() throws Exception {
        recipients = Recipients.of(Data.certificate("main"));
    }

    @AfterAll
    static void close() {
        recipients.close();
    }

    /** A folder with text, data that no compression makes smaller, and an empty folder. */
    private static Path tree(Path folder) throws IOException {
        byte[] noise = new byte[300_000];
        new Random(1).nextBytes(noise);
        Path tree = folder.resolve("tree");
        Files.createDirectories(tree.resolve("letters/2026"));
        Files.createDirectories(tree.resolve("empty"));
        Files.write(tree.resolve("noise"), noise);
        Files.writeString(tree.resolve("hello.txt"), "Hello");
        Files.writeString(tree.resolve("letters/Grüße.txt"), "Grüße".repeat(10_000));
        Files.write(tree.resolve("letters/2026/nothing"), new byte[0]);
        return tree;
    }

    /** The files below a folder, and its empty folders. */
    private static Map<String, String> contents(Path folder) throws Exception {
        Map<String, String> found = new TreeMap<>();
        try (var all = Files.walk(folder)) {
            for (Path path : (Iterable<Path>) all::iterator) {
                String name = folder.relativize(path).toString();
                found.put(name,
                    Files.isDirectory(path) ? "a folder" : Data.sum(Files.readAllBytes(path)));
            }
        }
        return found;
    }

    private static Set<String> names(Path folder) throws IOException {
        Set<String> found = new TreeSet<>();
        try (var all = Files.list(folder)) {
            all.forEach(it -> found.add(it.getFileName().toString()));
        }
        return found;
    }

    private static ExportArchive opened(Path outbox) throws IOException {
        try (Keyring keys = Data.keys("main")) {
            return ExportArchive.open(outbox, keys);
        }
    }

    @Test
    void whatIsMadeIsExtractedAgain(@TempDir Path folder) throws Exception {
        Path tree = tree(folder);
        Path outbox = folder.resolve("out/box");
        ExportReceipt receipt = new ExportBuilder(recipients).name("customer-7").partSize(65_536)
            .manifest(ManifestContents.ENTRIES).build(tree, outbox);
        assertEquals(4, receipt.files());
        assertEquals(3, receipt.folders());
        assertEquals(300_000 + 5 + 70_000, receipt.bytes());
        assertTrue(receipt.skipped().isEmpty());
        assertTrue(receipt.parts().size() >= 5, receipt.toString());
        Set<String> names = new TreeSet<>();
        for (PartReceipt part : receipt.parts()) {
            byte[] bytes = Files.readAllBytes(outbox.resolve(part.name()));
            assertEquals(bytes.length, part.size());
            assertEquals(Data.sum(bytes), part.sha256());
            assertEquals(part.sha256() + "  " + part.name(), part.toString());
            names.add(part.name());
        }
        PartReceipt last = receipt.parts().get(receipt.parts().size() - 1);
        assertEquals("customer-7.zip.smime", last.name());
        names.add("customer-7.manifest.json");
        assertEquals(names, names(outbox));
        String manifest = Files.readString(outbox.resolve("customer-7.manifest.json"));
        assertTrue(manifest.contains(last.sha256()) && manifest.contains("letters/Grüße.txt"));
        try (ExportArchive archive = opened(outbox)) {
            archive.extractTo(folder.resolve("again"));
        }
        assertEquals(contents(tree), contents(folder.resolve("again")));
    }

    @Test
    void pathsGoUnderTheirNames(@TempDir Path folder) throws Exception {
        Path tree = tree(folder);
        List<Path> paths = List.of(tree.resolve("letters"), tree.resolve("hello.txt"));
        ExportReceipt receipt =
            new ExportBuilder(recipients).build(paths, folder.resolve("outbox"));
        assertEquals(1, receipt.parts().size());
        String name = receipt.parts().get(0).name();
        assertTrue(
            name.matches("export-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}[.]zip[.]smime"), name);
        try (ExportArchive archive = opened(folder.resolve("outbox"))) {
            List<String> entries = new ArrayList<>();
            archive.entries().forEach(entry -> entries.add(entry.rawName()));
            assertEquals(List.of("hello.txt", "letters/", "letters/2026/", "letters/2026/nothing",
                "letters/Grüße.txt"), entries);
        }
        List<Path> twice = List.of(tree.resolve("hello.txt"), tree.resolve("hello.txt"));
        assertThrows(IllegalArgumentException.class,
            () -> new ExportBuilder(recipients).build(twice, folder.resolve("other")));
        assertThrows(NullPointerException.class, () -> new ExportBuilder(recipients)
            .build(java.util.Arrays.asList(tree, null), folder.resolve("other")));
        assertFalse(Files.exists(folder.resolve("other")));
    }

    @Test
    void whatIsLeftOut(@TempDir Path folder) throws Exception {
        Path tree = tree(folder);
        ExportReceipt receipt = new ExportBuilder(recipients).exclude("letters", "*.txt")
            .build(tree, folder.resolve("excluded"));
        assertEquals(1, receipt.files());
        assertEquals(1, receipt.folders());
        assertThrows(IllegalArgumentException.class,
            () -> new ExportBuilder(recipients).exclude("[z-a"));
        Files.createSymbolicLink(tree.resolve("link"), Path.of("hello.txt"));
        Files.writeString(tree.resolve("a:b"), "not on Windows");
        Path outbox = folder.resolve("outbox");
        SmimezipException refused = assertThrows(SmimezipException.class,
            () -> new ExportBuilder(recipients).build(tree, outbox));
        assertTrue(Set.of("link", "a:b").contains(refused.entry().get()), refused.toString());
        assertFalse(Files.exists(outbox));
        receipt = new ExportBuilder(recipients).unfit(Unfit.SKIP).build(tree, outbox);
        assertEquals(4, receipt.files());
        Set<String> skipped = new TreeSet<>();
        receipt.skipped().forEach(it -> skipped.add(it.entry().get()));
        assertEquals(Set.of("link", "a:b"), skipped);
        assertTrue(receipt.toString().endsWith("2 skipped]"), receipt.toString());
    }

    /** The bytes of the only part, decrypted. */
    private static byte[] archive(Path outbox) throws IOException {
        Path part = outbox.resolve(names(outbox).iterator().next());
        try (Keyring keys = Data.keys("main");
             InputStream in = EncryptedMessage.decrypt(part, keys)) {
            return in.readAllBytes();
        }
    }

    @Test
    void reproducibleWithAnyNumberOfThreads(@TempDir Path folder) throws Exception {
        Path tree = tree(folder);
        ExportBuilder builder = new ExportBuilder(recipients).reproducible(true).durable(false);
        builder.threads(1).build(tree, folder.resolve("one"));
        Files.setLastModifiedTime(tree.resolve("hello.txt"),
            java.nio.file.attribute.FileTime.fromMillis(1_000_000_000_000L));
        builder.threads(3).readBack(false).build(tree, folder.resolve("three"));
        assertArrayEquals(archive(folder.resolve("one")), archive(folder.resolve("three")));
        builder.level(0).build(tree, folder.resolve("stored"));
        int least = archive(folder.resolve("one")).length + 50_000;
        assertTrue(archive(folder.resolve("stored")).length > least);
    }

    @Test
    void sealedAsAskedFor(@TempDir Path folder) throws Exception {
        SealOptions options = new SealOptions().contentCipher(ContentCipher.AES_256_GCM)
            .container(SealContainer.BINARY);
        Path tree = tree(folder);
        new ExportBuilder(recipients).seal(options).build(tree, folder.resolve("outbox"));
        try (ExportArchive archive = opened(folder.resolve("outbox"))) {
            assertEquals(Integrity.AUTHENTICATED, archive.integrity());
            assertEquals(4, archive.verify().files());
        }
    }

    @Test
    void progressIsReported(@TempDir Path folder) throws Exception {
        Set<Phase> phases = EnumSet.noneOf(Phase.class);
        AtomicReference<Progress> last = new AtomicReference<>();
        new ExportBuilder(recipients).progress(it -> {
            phases.add(it.phase());
            if (it.phase() == Phase.WRITING) {
                last.set(it);
            }
            return true;
        }).build(tree(folder), folder.resolve("outbox"));
        assertEquals(EnumSet.allOf(Phase.class), phases);
        assertEquals(370_005, last.get().bytesTotal());
        assertEquals(7, last.get().entriesTotal());
    }

    /** In each phase: a listener that says no, one that throws, an interrupt. */
    @Test
    void stoppedNothingIsThere(@TempDir Path folder) throws Exception {
        Path tree = tree(folder);
        Path outbox = folder.resolve("outbox");
        IllegalStateException own = new IllegalStateException("a listener's own");
        for (Phase phase : Phase.values()) {
            ExportBuilder builder = new ExportBuilder(recipients);
            builder.progress(it -> it.phase() != phase);
            assertThrows(CancelledException.class, () -> builder.build(tree, outbox));
            builder.progress(it -> {
                if (it.phase() == phase) {
                    throw own;
                }
                return true;
            });
            assertSame(own, assertThrows(IllegalStateException.class,
                () -> builder.build(tree, outbox)));
            builder.progress(it -> {
                if (it.phase() == phase) {
                    Thread.currentThread().interrupt();
                }
                return true;
            });
            try {
                builder.build(tree, outbox);
                // The last report of all may come too late.
                assertEquals(Phase.PUBLISHING, phase);
                Files.delete(outbox.resolve(names(outbox).iterator().next()));
                Files.delete(outbox);
            } catch (CancelledException stopped) {
                assertEquals(Status.CANCELLED, stopped.status());
            }
            assertTrue(Thread.interrupted(), "the interrupt stays set");
            assertFalse(Files.exists(outbox), phase.toString());
        }
        // Interrupted before it begins.
        Thread.currentThread().interrupt();
        assertThrows(CancelledException.class,
            () -> new ExportBuilder(recipients).build(tree, outbox));
        assertTrue(Thread.interrupted());
        assertEquals(Set.of("tree"), names(folder));
    }

    @Test
    void whatIsRefused(@TempDir Path folder) throws Exception {
        Path tree = tree(folder);
        Path outbox = folder.resolve("outbox");
        ExportBuilder builder = new ExportBuilder(recipients).name("e");
        assertThrows(IllegalArgumentException.class, () -> builder.build(tree, tree));
        assertThrows(IllegalArgumentException.class,
            () -> builder.build(tree, tree.resolve("in it")));
        SmimezipException none = assertThrows(SmimezipException.class,
            () -> builder.build(folder.resolve("none"), outbox));
        assertTrue(none.getCause() instanceof java.nio.file.NoSuchFileException, none.toString());
        assertThrows(IllegalArgumentException.class,
            () -> new ExportBuilder(recipients).name("a/b").build(tree, outbox));
        for (long size : new long[] {-1, 0, 65_535, 1L << 32}) {
            assertThrows(IllegalArgumentException.class, () -> builder.partSize(size));
        }
        assertThrows(IllegalArgumentException.class, () -> builder.level(10));
        assertThrows(IllegalArgumentException.class, () -> builder.threads(-1));
        assertThrows(IllegalArgumentException.class, () -> builder.name(""));
        assertFalse(Files.exists(outbox));
        builder.build(tree, outbox);
        SmimezipException there =
            assertThrows(SmimezipException.class, () -> builder.build(tree, outbox));
        assertEquals(Status.EXISTS, there.status());
        assertTrue(there.getCause() instanceof FileAlreadyExistsException, there.toString());
        assertEquals(Set.of("e.zip.smime"), names(outbox));
        try (Recipients nobody = new Recipients()) {
            assertThrows(IllegalArgumentException.class,
                () -> new ExportBuilder(nobody).build(tree, folder.resolve("other")));
            nobody.close();
            assertThrows(IOException.class,
                () -> new ExportBuilder(nobody).build(tree, folder.resolve("other")));
        }
        assertFalse(Files.exists(folder.resolve("other")));
    }

    /** Several builders with the same recipients at the same time. */
    @Test
    void recipientsServeManyThreads(@TempDir Path folder) throws Exception {
        Path tree = tree(folder);
        List<Throwable> failures = java.util.Collections.synchronizedList(new ArrayList<>());
        List<Thread> threads = new ArrayList<>();
        for (int number = 0; number < 3; number++) {
            Path outbox = folder.resolve("outbox " + number);
            Thread thread = new Thread(() -> {
                try {
                    new ExportBuilder(recipients).threads(1).build(tree, outbox);
                    try (ExportArchive archive = opened(outbox)) {
                        assertEquals(4, archive.verify().files());
                    }
                } catch (Throwable error) {
                    failures.add(error);
                }
            });
            threads.add(thread);
            thread.start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertEquals(List.of(), failures);
        assertTrue(new String(archive(folder.resolve("outbox 0")), StandardCharsets.ISO_8859_1)
            .startsWith("PK"));
    }
}
