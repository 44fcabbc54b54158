package io.github.smimezip;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Limits where something is opened and for one call; options that contradict each other. */
class OptionsTest {
    private static final String ENCRYPTED = "keys/main.pbes2-aes256.pem";

    @Test
    void aLimitOfACallCountsWhereItIsStricter(@TempDir Path folder) throws Exception {
        Path out = folder.resolve("out");
        try (Keyring keys = Data.sampleKeys(); ExportSet set = ExportSet.discover(Data.SAMPLE);
             ExportArchive archive = set.open(keys);
             ExportArchive small = set.open(keys, new Limits().set(Limit.TOTAL_SIZE, 1000))) {
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
            try (Keyring keys = Data.sampleKeys(); ExportSet set = ExportSet.discover(Data.SAMPLE)) {
                LimitExceededException reached = assertThrows(LimitExceededException.class,
                    () -> set.open(keys, new Limits().set(limit, 0)), limit.name());
                assertTrue(reached.getMessage().contains(limit.name().toLowerCase()), reached.getMessage());
                Limits wide = new Limits();
                for (Limit other : Limit.values()) {
                    wide.set(other, Long.MAX_VALUE);
                }
                set.open(keys, wide).close();
            }
        }
        Limits few = new Limits().set(Limit.RECIPIENTS, 4);
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
    void overwritingAndSkippingTogetherAreRefused(@TempDir Path folder) throws Exception {
        ExtractOptions both = new ExtractOptions().overwrite(true).skipExisting(true);
        Path file = folder.resolve("part.zip");
        try (Keyring keys = Data.sampleKeys(); ExportSet set = ExportSet.discover(Data.SAMPLE);
             ExportArchive archive = set.open(keys);
             EncryptedMessage message = EncryptedMessage.open(Data.part("zip"))) {
            assertThrows(IllegalArgumentException.class, () -> archive.extractTo(folder, both));
            assertThrows(IllegalArgumentException.class, () -> archive.verify(both));
            assertThrows(IllegalArgumentException.class, () -> message.decryptTo(keys, file, both));
            assertEquals(0, folder.toFile().list().length);
            // Taken back, either is fine, in any order.
            assertEquals(6, archive.extractTo(folder, both.overwrite(false)).files());
            ExtractReport again = archive.extractTo(folder, both);
            assertEquals(6, again.skipped(SkipReason.EXISTS).size());
            assertEquals(again.skipped(), again.skipped(SkipReason.EXISTS));
            assertTrue(again.skipped(SkipReason.UNSAFE_NAME).isEmpty());
            assertEquals(6, archive.extractTo(folder, both.overwrite(true).skipExisting(false)).files());
        }
    }
}
