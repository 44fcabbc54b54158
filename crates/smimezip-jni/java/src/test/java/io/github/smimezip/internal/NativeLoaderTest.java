package io.github.smimezip.internal;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which of the jar's libraries is taken. */
final class NativeLoaderTest {
    @TempDir Path folder;

    /** What decides is the C library under the machine of Java, not what is installed beside it. */
    @Test
    void muslIsSeenByWhatIsMapped() throws IOException {
        String alpine = line("/lib/ld-musl-x86_64.so.1");
        assertTrue(isMusl(line("/usr/bin/java") + alpine));
        assertTrue(isMusl(line("/lib/libc.musl-aarch64.so.1")));
        assertFalse(isMusl(line("/usr/lib/x86_64-linux-gnu/libc.so.6")));
        assertFalse(isMusl(line("/ld-musl-x/libjvm.so")));
        assertFalse(isMusl(""));
        assertFalse(NativeLoader.isMusl(folder.resolve("not there")));
    }

    /** A line as Linux writes it. */
    private static String line(String file) {
        return "7f1c2a000000-7f1c2a014000 r-xp 00000000 08:01 131                 " + file + "\n";
    }

    private boolean isMusl(String maps) throws IOException {
        Path file = folder.resolve("maps");
        Files.writeString(file, maps);
        return NativeLoader.isMusl(file);
    }
}
