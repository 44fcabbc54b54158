package io.github.smimezip;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.ProviderMismatchException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/**
 * Paths that are not of the default file system: their text names another file of the real disk.
 */
class ForeignPathsTest {
    private static FileSystem zip(Path folder) throws IOException {
        URI uri = URI.create("jar:" + folder.resolve("foreign.zip").toUri());
        return FileSystems.newFileSystem(uri, Map.of("create", "true"));
    }

    private static void refused(Path path, Executable call) {
        ProviderMismatchException refused = assertThrows(ProviderMismatchException.class, call);
        String scheme = path.getFileSystem().provider().getScheme();
        assertTrue(refused.getMessage().contains(scheme), refused.getMessage());
    }

    /** Every method that takes a path, with one that is a real file's or folder's text. */
    private static void everywhere(Path foreign) throws Exception {
        try (Keyring keys = Data.sampleKeys(); ExportSet set = ExportSet.discover(Data.SAMPLE);
             ExportArchive archive = set.open(keys);
             EncryptedMessage message = EncryptedMessage.open(Data.part("zip"))) {
            refused(foreign, () -> keys.addFile(foreign));
            refused(foreign, () -> keys.addFile(foreign, null));
            refused(foreign, () -> keys.addFile(foreign, "x".toCharArray(), new Limits()));
            refused(foreign, () -> ExportSet.discover(foreign));
            refused(foreign, () -> EncryptedMessage.open(foreign));
            refused(foreign, () -> EncryptedMessage.open(foreign, new OpenOptions()));
            refused(foreign, () -> ExportSet.discoverAll(foreign));
            refused(foreign, () -> ExportArchive.open(foreign, keys));
            refused(foreign, () -> Keyring.of(foreign));
            refused(foreign, () -> EncryptedMessage.decrypt(foreign, keys));
            refused(foreign, () ->
                message.decryptTo(keys, foreign, new ExtractOptions().overwrite(Overwrite.ALWAYS)));
            refused(foreign, () -> archive.extractTo(foreign));
            refused(foreign,
                () -> archive.extractTo(foreign, new ExtractOptions().overwrite(Overwrite.ALWAYS)));
            assertEquals(1, keys.describe().size());
        }
    }

    @Test
    void aPathInsideAZipFile(@TempDir Path folder) throws Exception {
        Path target = folder.resolve("target");
        try (FileSystem zip = zip(folder)) {
            everywhere(zip.getPath(target.toString()));
            everywhere(zip.getPath("relative"));
            everywhere(zip.getPath(Data.SAMPLE.toString()));
        }
        assertFalse(Files.exists(target));
        assertFalse(Files.exists(Path.of("relative")));
    }

    @Test
    void aPathOfTheRunTimesOwnModules() throws Exception {
        everywhere(FileSystems.getFileSystem(URI.create("jrt:/")).getPath("/modules/java.base"));
    }

    /**
     * Names of files in other scripts, with spaces, with percent signs, of folders and of files.
     */
    @Test
    void theNamesOfRealFilesStayWhatTheyAre(@TempDir Path folder) throws Exception {
        List<String> names =
            new ArrayList<>(List.of("a b%20c", "100%", "äöü ß", "ключ", "鍵", "🔑", "+&=;?#"));
        for (String name : names) {
            Path own = Files.createDirectory(folder.resolve(name));
            Path key = Files.copy(Data.SAMPLE.resolve("key.pem"), own.resolve(name + ".pem"));
            for (String kind : new String[] {"z01", "z02", "z03", "zip"}) {
                Files.copy(Data.part(kind), own.resolve(Data.part(kind).getFileName()));
            }
            Path out = own.resolve("out " + name);
            try (Keyring keys = new Keyring().addFile(key); ExportSet set = ExportSet.discover(own);
                 ExportArchive archive = set.open(keys)) {
                assertEquals(6, archive.extractTo(out, new ExtractOptions()).files());
                assertTrue(Files.exists(out.resolve("entities/Customer-7f1f3a6c.json")));
            }
        }
    }
}
