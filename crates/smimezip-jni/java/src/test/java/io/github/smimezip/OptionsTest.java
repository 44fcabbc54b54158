package io.github.smimezip;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Options: limits where something is opened and for one call, files that are there, patterns. */
class OptionsTest {
    private static final String ENCRYPTED = "keys/main.pbes2-aes256.pem";

    @Test
    void aLimitOfACallCountsWhereItIsStricter(@TempDir Path folder) throws Exception {
        Path out = folder.resolve("out");
        try (Keyring keys = Data.sampleKeys(); ExportSet set = ExportSet.discover(Data.SAMPLE);
             ExportArchive archive = set.open(keys);
             ExportArchive small =
                 set.open(keys, new OpenOptions().limit(Limit.TOTAL_SIZE, 1000))) {
            for (ExtractOptions options : new ExtractOptions[] {new ExtractOptions().maxSize(10),
                new ExtractOptions().limit(Limit.TOTAL_SIZE, 407_454)}) {
                LimitExceededException limit = assertThrows(LimitExceededException.class,
                    () -> archive.extractTo(out, options));
                assertTrue(limit.getMessage().contains("total_size"), limit.getMessage());
                assertThrows(LimitExceededException.class, () -> archive.verify(options));
            }
            assertFalse(Files.exists(out));
            // What was asked for when it was opened cannot be widened by a call.
            assertThrows(LimitExceededException.class,
                () -> small.verify(new ExtractOptions().maxSize(Long.MAX_VALUE)));
            // Limits that were not set do not narrow others.
            assertEquals(6, archive.extractTo(out,
                new ExtractOptions().maxSize(407_455).limit(Limit.RATIO, 1)).files());
        }
    }

    @Test
    void aLimitOfOpeningCountsFromThenOn() throws Exception {
        for (Limit limit : new Limit[] {Limit.STRUCTURE, Limit.DEPTH, Limit.RECIPIENTS, Limit.PARTS,
            Limit.DIRECTORY, Limit.ENTRIES}) {
            try (Keyring keys = Data.sampleKeys();
                 ExportSet set = ExportSet.discover(Data.SAMPLE)) {
                LimitExceededException reached = assertThrows(LimitExceededException.class,
                    () -> set.open(keys, new OpenOptions().limit(limit, 0)), limit.name());
                assertTrue(reached.getMessage().contains(limit.name().toLowerCase()),
                    reached.getMessage());
                Limits wide = new Limits();
                for (Limit other : Limit.values()) {
                    wide.set(other, Long.MAX_VALUE);
                }
                set.open(keys, new OpenOptions().limits(wide)).close();
            }
        }
        OpenOptions few = new OpenOptions().limit(Limit.RECIPIENTS, 4);
        assertThrows(LimitExceededException.class,
            () -> EncryptedMessage.open(Data.message("bc-several"), few));
        try (Keyring keys = Data.keys("main")) {
            assertThrows(LimitExceededException.class, () -> EncryptedMessage.decrypt(
                Files.newInputStream(Data.message("bc-several")), keys, few).readAllBytes());
        }
        char[] correct = "correct".toCharArray();
        Limits cheap = new Limits().set(Limit.KDF_ITERATIONS, 10);
        assertThrows(LimitExceededException.class,
            () -> new Keyring().addFile(Data.DATA.resolve(ENCRYPTED), correct, cheap));
        assertThrows(LimitExceededException.class, () -> new Keyring().add(
            Files.readAllBytes(Data.DATA.resolve(ENCRYPTED)), correct, cheap));
        new Keyring().addFile(Data.DATA.resolve(ENCRYPTED), correct).close();
    }

    @Test
    void limitsAreWhatTheyWereSetTo() {
        Limits limits = new Limits().set(Limit.ENTRIES, 5).set(Limit.ENTRIES, 7);
        assertEquals(OptionalLong.of(7), limits.get(Limit.ENTRIES));
        assertEquals(OptionalLong.empty(), limits.get(Limit.PARTS));
        assertThrows(IllegalArgumentException.class, () -> limits.set(Limit.PARTS, -1));
        assertThrows(IllegalArgumentException.class, () -> new ExtractOptions().maxSize(-1));
        assertThrows(NullPointerException.class, () -> limits.set(null, 1));
        assertThrows(NullPointerException.class, () -> new ExtractOptions().names(null));
    }

    @Test
    void whatIsThereStaysOrIsReplaced(@TempDir Path folder) throws Exception {
        try (Keyring keys = Data.sampleKeys();
             ExportArchive archive = ExportArchive.open(Data.SAMPLE, keys)) {
            assertEquals(6, archive.extractTo(folder).files());
            SmimezipException there =
                assertThrows(SmimezipException.class, () -> archive.extractTo(folder));
            assertEquals(Status.EXISTS, there.status());
            ExtractReport again =
                archive.extractTo(folder, new ExtractOptions().overwrite(Overwrite.SKIP));
            assertEquals(6, again.skipped(SkipReason.EXISTS).size());
            assertEquals(again.skipped(), again.skipped(SkipReason.EXISTS));
            assertTrue(again.skipped(SkipReason.UNSAFE_NAME).isEmpty());
            assertEquals(6, archive.extractTo(folder,
                new ExtractOptions().overwrite(Overwrite.ALWAYS)).files());
        }
    }

    /** What matches what; {@code *} and {@code ?} stop at {@code /}, as on the command line. */
    @Test
    void patternsAreThoseOfTheCommandLine() throws Exception {
        String[][] table = {
            // Pattern, name, and whether it is for it.
            {"entities/*", "entities/Customer-7f1f3a6c.json", "yes"},
            {"*", "entities/Customer-7f1f3a6c.json", "no"},
            {"*", "export.json", "yes"},
            {"**", "entities/Customer-7f1f3a6c.json", "yes"},
            {"**/*.json", "entities/Customer-7f1f3a6c.json", "yes"},
            {"**/*.json", "export.json", "yes"},
            {"*.json", "entities/a.json", "no"},
            {"a/**", "a/b/c", "yes"},
            {"a/**/c", "a/b/d/c", "yes"},
            {"a?c", "abc", "yes"},
            {"a?c", "a/c", "no"},
            {"a?c", "aäc", "yes"},
            {"[a-c]x", "bx", "yes"},
            {"[!a-c]x", "bx", "no"},
            {"[!a-c]x", "/x", "no"},
            {"folder", "folder/", "yes"},
            {"folder/", "folder/", "no"},
            {"EXPORT.json", "export.json", "no"},
            {".hidden", ".hidden", "yes"},
            {"*hidden", ".hidden", "yes"},
        };
        for (String[] row : table) {
            try (ExportArchive archive = NamesTest.archive(row[1])) {
                boolean included =
                    !archive.entries(new ExtractOptions().include(row[0])).isEmpty();
                boolean excluded =
                    archive.entries(new ExtractOptions().exclude(row[0])).isEmpty();
                assertEquals(row[2].equals("yes"), included, row[0] + " for " + row[1]);
                assertEquals(included, excluded, row[0] + " for " + row[1]);
            }
        }
        for (String none : new String[] {"a[", "a**", "***"}) {
            IllegalArgumentException wrong = assertThrows(
                IllegalArgumentException.class, () -> new ExtractOptions().include(none));
            assertTrue(wrong.getMessage().contains(none), wrong.getMessage());
            assertThrows(
                IllegalArgumentException.class, () -> new ExtractOptions().exclude("good", none));
        }
    }

    @Test
    void patternsAndAFilterTogether(@TempDir Path folder) throws Exception {
        try (Keyring keys = Data.sampleKeys();
             ExportArchive archive = ExportArchive.open(Data.part("z01"), keys)) {
            ExtractOptions options = new ExtractOptions().include("entities/*", "attachments/**")
                .exclude("**/*.txt").filter(entry -> entry.size() > 100_000);
            for (Entry entry : archive.entries(options)) {
                assertTrue(entry.rawName().startsWith("entities/")
                    || entry.rawName().startsWith("attachments/"));
                assertFalse(entry.rawName().endsWith(".txt"));
                assertTrue(entry.size() > 100_000);
            }
            int count = archive.entries(options).size();
            assertTrue(count > 0 && count < 6, count + " entries");
            assertEquals(count, archive.verify(options).files());
            assertEquals(count, archive.extractTo(folder, options).files());
            assertEquals(0, archive.verify(new ExtractOptions().include("nothing")).files());
            assertEquals(6, archive.verify().files());
        }
    }

    @Test
    void openingReportsProgressAndStops() throws Exception {
        try (Keyring keys = Data.sampleKeys(); ExportSet set = ExportSet.discover(Data.SAMPLE)) {
            AtomicInteger asked = new AtomicInteger();
            OpenOptions options = new OpenOptions().threads(1).progress(progress -> {
                assertEquals(Phase.UNLOCKING, progress.phase());
                asked.incrementAndGet();
                return true;
            });
            set.open(keys, options).close();
            assertTrue(asked.get() > 0);
            OpenOptions stop = new OpenOptions().progress(progress -> false);
            assertThrows(CancelledException.class, () -> set.open(keys, stop));
            assertThrows(CancelledException.class,
                () -> EncryptedMessage.decrypt(Data.part("z01"), keys, stop));
            try (EncryptedMessage message = EncryptedMessage.open(Data.part("z01"), stop)) {
                assertThrows(CancelledException.class, () -> message.newChannel(keys));
            }
        }
    }
}
