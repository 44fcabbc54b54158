package io.github.smimezip;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Exports whose entries are written one after the other, to a folder. */
class WriterTest {
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

    @Test
    void entriesToAFolder(@TempDir Path folder) throws Exception {
        Path outbox = folder.resolve("outbox");
        byte[] noise = SealTest.noise(200_000);
        Instant time = Instant.parse("2026-11-29T10:00:00Z");
        try (ExportWriter export = builder().partSize(65_536)
                .manifest(ManifestContents.PARTS).newWriter(outbox)) {
            export.addFolder("empty");
            export.addFolder("timed/", new EntryOptions().lastModified(time));
            try (OutputStream entry = export.newEntry("noise", new EntryOptions()
                    .lastModified(time).maxSize(200_000)
                    .permissions(PosixFilePermissions.fromString("rwxr-x---")))) {
                entry.write(noise[0]);
                entry.write(noise, 1, 99_999);
                entry.flush();
                entry.write(noise, 100_000, 100_000);
            }
            try (OutputStream entry = export.newEntry("rows.csv")) {
                for (int row = 0; row < 20_000; row++) {
                    entry.write((row + ",Zeile\n").getBytes(StandardCharsets.UTF_8));
                }
            }
            write(export, "nothing", new byte[0]);
            ExportReceipt receipt = export.commit();
            assertEquals(3, receipt.files());
            assertEquals(2, receipt.folders());
            assertTrue(receipt.parts().size() > 3);
            assertTrue(Files.exists(outbox.resolve("e.manifest.json")));
        }
        try (Keyring keys = Data.keys("main");
             ExportArchive archive = ExportArchive.open(outbox, keys)) {
            Path again = folder.resolve("again");
            assertEquals(3, archive.extractTo(again).files());
            assertArrayEquals(noise, Files.readAllBytes(again.resolve("noise")));
            assertEquals(20_000, Files.readAllLines(again.resolve("rows.csv")).size());
            assertTrue(Files.isExecutable(again.resolve("noise")));
            Entry entry = archive.entries().get(2);
            assertEquals("noise", entry.rawName());
            assertEquals(time, entry.modified(ZoneOffset.UTC).get());
        }
    }

    @Test
    void closedBeforeItIsCommitted(@TempDir Path folder) throws Exception {
        Path outbox = folder.resolve("outbox");
        ExportWriter export = builder().partSize(65_536).newWriter(outbox);
        write(export, "noise", SealTest.noise(300_000));
        OutputStream entry = export.newEntry("another");
        entry.write(1);
        export.close();
        export.close();
        assertFalse(Files.exists(outbox));
        assertThrows(IOException.class, entry::close);
        assertThrows(IOException.class, () -> entry.write(1));
        assertThrows(IOException.class, export::commit);
        assertThrows(IOException.class, () -> export.newEntry("x"));
        assertThrows(IOException.class, () -> export.addFolder("x"));
        assertEquals("ExportWriter[closed]", export.toString());
    }

    @Test
    void oneEntryAfterAnother(@TempDir Path folder) throws Exception {
        try (ExportWriter export = builder().newWriter(folder.resolve("outbox"))) {
            OutputStream first = export.newEntry("first");
            assertThrows(IllegalStateException.class, () -> export.newEntry("second"));
            assertThrows(IllegalStateException.class, () -> export.addFolder("folder"));
            assertThrows(IllegalStateException.class, export::commit);
            first.write(new byte[100]);
            first.close();
            first.close();
            assertThrows(IOException.class, () -> first.write(1));
            assertThrows(IndexOutOfBoundsException.class, () -> first.write(new byte[3], 2, 2));
            // What is refused does no harm.
            for (String path : new String[] {"../x", "/x", "a:b", "aux", "first", "FIRST", ""}) {
                UnsafePathException unsafe = assertThrows(
                    UnsafePathException.class, () -> export.newEntry(path), path);
                assertEquals(path, unsafe.entry().orElse(""));
            }
            Instant never = Instant.MAX;
            assertThrows(IllegalArgumentException.class,
                () -> export.newEntry("late", new EntryOptions().lastModified(never)));
            assertEquals(1, export.commit().files());
            assertThrows(IllegalStateException.class, export::commit);
            assertThrows(IllegalStateException.class, () -> export.newEntry("second"));
        }
        assertTrue(Files.exists(folder.resolve("outbox/e.zip.smime")));
    }

    /** More than a GiB that compresses a thousandfold, as an attack does. */
    @Test
    void limitsThatMustBeRaised(@TempDir Path folder) throws Exception {
        try (ExportWriter export = builder().readBack(false).newWriter(folder)) {
            try (OutputStream zeros = export.newEntry("zeros")) {
                byte[] piece = new byte[1 << 20];
                for (int left = 1025; left > 0; left--) {
                    zeros.write(piece);
                }
            }
            Map<Limit, Long> needs = export.commit().needs();
            assertEquals(Set.of(Limit.RATIO), needs.keySet());
            assertTrue(needs.get(Limit.RATIO) > 200, needs.toString());
        }
    }

    @Test
    void moreBytesThanWereSaid(@TempDir Path folder) throws Exception {
        Path outbox = folder.resolve("outbox");
        try (ExportWriter export = builder().newWriter(outbox)) {
            assertThrows(IllegalArgumentException.class, () -> {
                try (OutputStream entry =
                        export.newEntry("ten", new EntryOptions().maxSize(10))) {
                    entry.write(new byte[11]);
                }
            });
            assertThrows(IllegalArgumentException.class, export::commit);
        }
        assertFalse(Files.exists(outbox));
        assertThrows(IllegalArgumentException.class, () -> new EntryOptions().maxSize(-1));
    }

}
