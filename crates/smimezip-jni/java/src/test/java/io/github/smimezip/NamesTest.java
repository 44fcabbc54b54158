package io.github.smimezip;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Names that are not safe everywhere: refused, left out, or encoded; and what leads out of the
 * folder.
 */
class NamesTest {
    private static final String[] ODD =
        {"good.txt", "2026:01.txt", "dot.", "space ", "aux.txt", "a.TXT", "A.txt", "in/q:.txt"};

    /** An archive that the JDK writes, in one plain part. */
    static ExportArchive archive(String... names) throws IOException {
        return archive(0, names);
    }

    /** The same with zeros after its end. */
    private static ExportArchive archive(int zeros, String... names) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(out)) {
            for (String name : names) {
                zip.putNextEntry(new ZipEntry(name));
                zip.write(name.getBytes(StandardCharsets.UTF_8));
                zip.closeEntry();
            }
        }
        out.write(new byte[zeros]);
        PartSource source = PartSource.of(out.toByteArray());
        try (Keyring none = new Keyring();
             ExportSet set = ExportSet.of(Map.of("made.zip", source))) {
            return set.open(none);
        }
    }

    private static Set<String> files(Path folder) throws IOException {
        Set<String> found = new TreeSet<>();
        try (var all = Files.walk(folder)) {
            all.filter(Files::isRegularFile)
                .forEach(it -> found.add(folder.relativize(it).toString()));
        }
        return found;
    }

    /** What deviates from the standard, and was accepted, is said of the archive and in reports. */
    @Test
    void odditiesAreSaid(@TempDir Path folder) throws Exception {
        try (ExportArchive archive = archive(512, "./first.txt", "./second.txt")) {
            Oddity zeros = archive.oddities().stream()
                .filter(it -> it.code().equals("trailing-zeros")).findFirst().get();
            assertEquals(512, zeros.count());
            assertTrue(zeros.entry().isEmpty() && zeros.toString().contains("512"));
            ExtractReport report = archive.extractTo(folder, new ExtractOptions());
            assertEquals(Set.of("first.txt", "second.txt"), files(folder));
            Oddity dots = report.oddities().stream()
                .filter(it -> it.code().equals("leading-dot")).findFirst().get();
            assertEquals(2, dots.count());
            assertEquals("./first.txt", dots.entry().get());
            assertEquals(2, report.oddities().size());
        }
        try (ExportArchive archive = archive("plain.txt")) {
            assertTrue(archive.oddities().isEmpty());
            assertTrue(archive.verify(new ExtractOptions()).oddities().isEmpty());
            archive.close();
            assertThrows(IOException.class, archive::oddities);
        }
    }

    @Test
    void refusedByDefault(@TempDir Path folder) throws Exception {
        for (String name : ODD) {
            if (name.equals("good.txt") || name.equalsIgnoreCase("a.txt")) {
                continue;
            }
            try (ExportArchive archive = archive("good.txt", name)) {
                for (ExtractOptions options : new ExtractOptions[] {new ExtractOptions(),
                    new ExtractOptions().names(Names.ENCODE).names(Names.REFUSE)}) {
                    UnsafePathException unsafe = assertThrows(UnsafePathException.class,
                        () -> archive.extractTo(folder, options), name);
                    assertEquals(name, unsafe.entry().get());
                }
            }
        }
        assertTrue(files(folder).isEmpty());
    }

    @Test
    void leftOut(@TempDir Path folder) throws Exception {
        try (ExportArchive archive = archive(ODD)) {
            ExtractReport report =
                archive.extractTo(folder, new ExtractOptions().names(Names.SKIP));
            assertEquals(ODD.length, report.files() + report.skipped().size());
            assertTrue(report.skipped(SkipReason.UNSAFE_NAME).contains("2026:01.txt"));
            assertEquals(report.skipped(), report.skipped(SkipReason.UNSAFE_NAME));
            assertTrue(report.skipped(SkipReason.EXISTS).isEmpty() && report.renamed().isEmpty());
            assertTrue(files(folder).contains("good.txt"));
            for (String name : report.skipped()) {
                assertFalse(Files.exists(folder.resolve(name)), name);
            }
        }
    }

    @Test
    void encoded(@TempDir Path folder) throws Exception {
        try (ExportArchive archive = archive(ODD)) {
            ExtractReport report =
                archive.extractTo(folder, new ExtractOptions().names(Names.ENCODE));
            assertEquals(ODD.length, report.files());
            assertEquals(ODD.length, files(folder).size());
            assertTrue(report.skipped().isEmpty());
            for (Renamed renamed : report.renamed()) {
                assertEquals(renamed.name(), Files.readString(folder.resolve(renamed.path())));
                assertTrue(renamed.toString().contains(renamed.path()));
            }
            assertTrue(files(folder).contains("2026%3A01.txt"));
            assertEquals(6, report.renamed().size());
        }
    }

    @Test
    void outOfTheFolderWhateverWasChosen(@TempDir Path folder) throws Exception {
        Path inside = folder.resolve("inside");
        for (String name : new String[] {"../up.txt", "a/../../up.txt", "/etc/up.txt"}) {
            try (ExportArchive archive = archive("good.txt", name)) {
                // It can be looked at; the name is what the archive has.
                Entry odd = archive.entries().get(1);
                assertEquals(name, odd.rawName());
                assertTrue(odd.path().isEmpty());
                Entry good = archive.entries().get(0);
                assertEquals(good.rawName(), good.path().orElseThrow());
                assertTrue(good.isFile() && !good.isFolder());
                for (Names names : Names.values()) {
                    assertThrows(UnsafePathException.class,
                        () -> archive.extractTo(inside, new ExtractOptions().names(names)), name);
                }
            }
        }
        assertTrue(files(folder).isEmpty());
    }
}
