package io.github.smimezip;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sets that are not as they should be: parts missing, downloading, in copies, damaged. */
class StatesTest {
    private static String name(String kind) {
        return Data.STEM + "." + kind + ".smime";
    }

    /** A part of the sample in a folder, under another name. */
    private static void put(Path folder, String kind, String as) throws IOException {
        Files.copy(Data.part(kind), folder.resolve(name(as)));
    }

    /** The same with another letter at a distance from its end. */
    private static void change(Path folder, String kind, String as) throws IOException {
        byte[] bytes = Files.readAllBytes(Data.part(kind));
        int at = bytes.length - 2000;
        bytes[at] = (byte) (bytes[at] == 'A' ? 'B' : 'A');
        Files.write(folder.resolve(name(as)), bytes);
    }

    private static SetStatus status(Path folder, Keyring keys) throws IOException {
        try (ExportSet set = ExportSet.discover(folder)) {
            return set.status(keys);
        }
    }

    @Test
    void whatStateASetIsIn(@TempDir Path folder) throws Exception {
        try (Keyring keys = Data.sampleKeys(); Keyring none = new Keyring()) {
            put(folder, "z02", "z02");
            SetStatus begun = status(folder, keys);
            assertEquals(Verdict.STILL_DOWNLOADING, begun.verdict());
            assertEquals(List.of(name("z01"), name("zip")), begun.missing());
            assertEquals(OptionalInt.empty(), begun.total());
            assertTrue(begun.unfinished().isEmpty());

            put(folder, "zip", "zip");
            SetStatus some = status(folder, keys);
            assertEquals(Verdict.MISSING, some.verdict());
            assertEquals(List.of(name("z01"), name("z03")), some.missing());
            assertEquals(OptionalInt.of(4), some.total());
            assertFalse(some.isComplete());
            assertTrue(some.toString().contains("MISSING, 2 of 4 parts"), some.toString());
            Path unfinished = Files.createFile(folder.resolve(name("z03") + ".crdownload"));
            SetStatus coming = status(folder, keys);
            assertEquals(Verdict.STILL_DOWNLOADING, coming.verdict());
            assertEquals(List.of(name("z03") + ".crdownload"), coming.unfinished());
            Files.delete(unfinished);

            put(folder, "z01", "z01 (1)");
            put(folder, "z02", "z02 (1)");
            put(folder, "z03", "z03");
            SetStatus whole = status(folder, keys);
            assertEquals(Verdict.COMPLETE, whole.verdict());
            assertTrue(whole.isComplete());
            assertEquals(Data.STEM, whole.name());
            assertEquals(
                List.of(name("z01 (1)"), name("z02"), name("z03"), name("zip")), whole.parts());
            assertEquals(List.of(name("z01 (1)")), whole.standIns());
            assertEquals(List.of(name("z02 (1)")), whole.duplicates());
            assertEquals(Optional.of(true), whole.keyFits());
            assertEquals(1, whole.recipients().size());
            assertTrue(whole.recipients().get(0).contains("serial"));
            assertTrue(whole.created().get().isBefore(Instant.now().plusSeconds(3600)));
            long bytes = 0;
            for (String part : whole.parts()) {
                bytes += Files.size(folder.resolve(part));
            }
            assertEquals(bytes, whole.bytes());
            assertTrue(whole.missing().isEmpty() && whole.unfinished().isEmpty());
            assertTrue(whole.conflicting().isEmpty() && whole.damage().isEmpty());

            SetStatus unknown = status(folder, none);
            assertEquals(Verdict.NO_KEY, unknown.verdict());
            assertEquals(Optional.empty(), unknown.keyFits());
            SetStatus foreign = status(folder, Data.keys("other"));
            assertEquals(Verdict.NO_KEY, foreign.verdict());
            assertEquals(Optional.of(false), foreign.keyFits());

            change(folder, "z03", "z03 (1)");
            SetStatus differing = status(folder, keys);
            assertEquals(Verdict.CONFLICTING, differing.verdict());
            assertEquals(List.of(name("z03 (1)")), differing.conflicting());
            Files.delete(folder.resolve(name("z03 (1)")));

            Files.write(folder.resolve(name("z03")), new byte[0]);
            SetStatus damaged = status(folder, keys);
            assertEquals(Verdict.DAMAGED, damaged.verdict());
            SmimezipException damage = damaged.damage().get();
            assertEquals(Status.CORRUPT, damage.status());
            assertEquals(name("z03"), damage.part().get());
        }
    }

    @Test
    void manySetsAreLookedAtTogether(@TempDir Path folder) throws Exception {
        put(folder, "zip", "zip");
        Files.writeString(folder.resolve("a.zip"), "none");
        List<ExportSet> sets = ExportSet.discoverAll(folder);
        try (Keyring keys = Data.sampleKeys()) {
            List<SetStatus> statuses = SetStatus.ofAll(sets, keys, new OpenOptions().threads(2));
            List<String> names = new ArrayList<>();
            statuses.forEach(status -> names.add(status.name()));
            assertEquals(List.of("a", Data.STEM), names);
            assertEquals(Verdict.DAMAGED, statuses.get(0).verdict());
            assertEquals(Verdict.MISSING, statuses.get(1).verdict());
            assertTrue(SetStatus.ofAll(List.of(), keys).isEmpty());
            Thread.currentThread().interrupt();
            assertThrows(CancelledException.class, () -> SetStatus.ofAll(sets, keys));
            assertTrue(Thread.interrupted());
            sets.get(1).close();
            assertThrows(IOException.class, () -> SetStatus.ofAll(sets, keys));
            // The other one was given back.
            assertEquals(Verdict.DAMAGED, sets.get(0).status(keys).verdict());
        }
        sets.forEach(ExportSet::close);
    }

    /** What a source throws is no state of the set: it arrives as it is. */
    @Test
    void exceptionsOfSourcesArriveUnchanged() throws Exception {
        IOException thrown = new IOException("a range");
        PartSource source = new PartSource() {
            @Override
            public long size() {
                return 1000;
            }

            @Override
            public int readAt(long position, ByteBuffer target) throws IOException {
                throw thrown;
            }
        };
        try (Keyring keys = Data.sampleKeys();
             ExportSet set = ExportSet.of(Map.of(name("zip"), source))) {
            assertSame(thrown, assertThrows(IOException.class, () -> set.status(keys)));
        }
    }

    @Test
    void copiesAreIgnoredTakenOrRefused(@TempDir Path folder) throws Exception {
        put(folder, "z01", "z01 (1)");
        put(folder, "z02", "z02");
        put(folder, "z02", "z02 (1)");
        put(folder, "z03", "z03");
        put(folder, "zip", "zip");
        try (Keyring keys = Data.sampleKeys(); ExportSet set = ExportSet.discover(folder)) {
            assertEquals(List.of(name("z01 (1)")), set.standIns());
            assertEquals(List.of(name("z02 (1)")), set.duplicates());
            assertTrue(set.conflicting().isEmpty());
            try (ExportArchive archive = set.open(keys)) {
                assertEquals(6, archive.verify().files());
            }
        }
        change(folder, "z03", "z03 (1)");
        try (Keyring keys = Data.sampleKeys(); ExportSet set = ExportSet.discover(folder)) {
            assertEquals(List.of(name("z02 (1)"), name("z03 (1)")), set.duplicates());
            assertEquals(List.of(name("z03 (1)")), set.conflicting());
            MissingPartException refused =
                assertThrows(MissingPartException.class, () -> set.open(keys));
            assertEquals(set.conflicting(), refused.duplicates());
        }
    }

    @Test
    void whatCanBeHadOfAnIncompleteSet(@TempDir Path folder) throws Exception {
        put(folder, "z01", "z01");
        put(folder, "zip", "zip");
        OpenOptions incomplete = new OpenOptions().incomplete(true);
        assertTrue(incomplete.toString().contains("incomplete"));
        try (Keyring keys = Data.sampleKeys(); ExportSet set = ExportSet.discover(folder);
             ExportArchive archive = set.open(keys, incomplete)) {
            assertThrows(MissingPartException.class, () -> set.open(keys));
            assertEquals(List.of(name("z02"), name("z03")), archive.missing());
            assertEquals(List.of(name("zip")), archive.partsOfDirectory());
            int unavailable = 0;
            for (Entry entry : archive.entries()) {
                List<String> missing = archive.missing(entry);
                assertEquals(missing.isEmpty(), archive.isAvailable(entry));
                assertTrue(archive.partsOf(entry).containsAll(missing));
                if (missing.isEmpty()) {
                    archive.newInputStream(entry).close();
                } else {
                    unavailable++;
                    assertThrows(
                        MissingPartException.class, () -> archive.newInputStream(entry));
                }
            }
            Path out = folder.resolve("out");
            assertThrows(MissingPartException.class, () -> archive.extractTo(out));
            assertThrows(MissingPartException.class, archive::verify);
            ExtractOptions available = new ExtractOptions().available(true);
            assertEquals(unavailable, archive.verify(available).unavailable().size());
            ExtractReport dry = archive.dryRun(out, available);
            assertFalse(Files.exists(out));
            assertThrows(MissingPartException.class,
                () -> archive.dryRun(out, new ExtractOptions()));
            ExtractReport report = archive.extractTo(out, available);
            assertEquals(report.toString(), dry.toString());
            assertThrows(SmimezipException.class, () -> archive.dryRun(out, available));
            ExtractOptions none = new ExtractOptions().available(true).include("none");
            assertEquals(0, archive.dryRun(out, none).files());
            assertEquals(unavailable, report.unavailable().size());
            assertTrue(unavailable > 0 && report.files() > 0 && report.failed().isEmpty());
            assertTrue(report.toString().endsWith(unavailable + " in missing parts]"));
            for (Unavailable entry : report.unavailable()) {
                assertEquals(archive.missing(archive.find(entry.name()).get()), entry.parts());
                assertTrue(entry.toString().contains(" needs " + entry.parts().get(0)));
            }
        }
        try (Keyring keys = Data.sampleKeys();
             ExportArchive whole = ExportArchive.open(Data.SAMPLE, keys, incomplete)) {
            assertTrue(whole.missing().isEmpty());
            assertTrue(whole.isAvailable(whole.entries().get(0)));
            assertEquals(List.of(name("zip")), whole.partsOfDirectory());
            assertTrue(whole.verify(new ExtractOptions().available(true)).unavailable().isEmpty());
        }
    }

    @Test
    void whatWouldBeMade(@TempDir Path folder) throws Exception {
        Path tree = Files.createDirectories(folder.resolve("tree/letters")).getParent();
        Path outbox = folder.resolve("outbox");
        Files.writeString(tree.resolve("letters/a.txt"), "hello");
        Files.writeString(tree.resolve("b.tmp"), "bye");
        try (Recipients recipients = Recipients.of(Data.certificate("main"))) {
            ExportBuilder builder = new ExportBuilder(recipients);
            BuildPlan plan = builder.plan(tree, outbox);
            assertEquals(List.of("b.tmp", "letters/", "letters/a.txt"), plan.entries());
            assertEquals(2, plan.files());
            assertEquals(1, plan.folders());
            assertEquals(8, plan.bytes());
            assertEquals(1, plan.maxParts());
            assertTrue(plan.maxSize() > 8 && plan.skipped().isEmpty());
            assertTrue(plan.toString().startsWith("BuildPlan[2 files, "), plan.toString());
            assertFalse(Files.exists(outbox));
            assertEquals(2, new ExportBuilder(recipients).exclude("*.tmp").plan(
                List.of(tree.resolve("letters"), tree.resolve("b.tmp")), outbox).entries().size());
            Files.createSymbolicLink(tree.resolve("link"), Path.of("letters"));
            SmimezipException refused =
                assertThrows(SmimezipException.class, () -> builder.plan(tree, outbox));
            assertEquals("link", refused.entry().get());
            BuildPlan unfit = builder.unfit(Unfit.SKIP).plan(tree, outbox);
            assertEquals("link", unfit.skipped().get(0).entry().get());
            assertThrows(
                IllegalArgumentException.class, () -> builder.plan(tree, tree.resolve("in")));
            assertEquals(plan.files(), builder.build(tree, outbox).files());
        }
    }
}
