package io.github.smimezip.internal;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Finds and loads the native library, once for each class loader. */
public final class NativeLoader {
    /** The version of these classes; the library must have the same. */
    public static final String VERSION = "0.1.0";

    /**
     * A checksum of the native methods' declarations, the same in the library: two builds of one
     * version may differ in them, and a call would pass what the other does not expect. A test
     * compares it.
     */
    static final String INTERFACE = "8075bb0e";

    /** What stands in the library that fits these classes. */
    static final String MARK = "#smimezip-jni " + VERSION + " " + INTERFACE + ";";

    private static final String PROPERTY = "io.github.smimezip.";
    private static final String NAME = "smimezip_jni";
    /** Its dynamic linker, which is the C library itself, by the names it has. */
    private static final Pattern MUSL = Pattern.compile("/(ld-musl-|libc\\.musl-)[^/]*$");
    private static final Throwable CAUSE = attempt();

    private NativeLoader() {}

    /** Why the library could not be loaded; null if it was. */
    public static Throwable cause() {
        return CAUSE;
    }

    /** Throws if the library could not be loaded. */
    public static void load() {
        if (CAUSE != null) {
            UnsatisfiedLinkError error =
                new UnsatisfiedLinkError("smimezip's native library is not available: " + CAUSE);
            error.initCause(CAUSE);
            throw error;
        }
    }

    /** Whatever goes wrong is a cause, and never the end of this class. */
    private static Throwable attempt() {
        try {
            find();
            return null;
        } catch (Throwable error) {
            return error;
        }
    }

    private static void find() throws IOException {
        String named = System.getProperty(PROPERTY + "library");
        if (named != null) {
            load(Path.of(named).toAbsolutePath());
            return;
        }
        List<Throwable> earlier = new ArrayList<>();
        if (!Boolean.getBoolean(PROPERTY + "bundledOnly")) {
            for (String paths : new String[] {"sun.boot.library.path", "java.library.path"}) {
                for (String folder : System.getProperty(paths, "").split(File.pathSeparator)) {
                    File file = new File(folder, System.mapLibraryName(NAME));
                    if (folder.isEmpty() || !file.isFile()) {
                        continue;
                    }
                    try {
                        load(file.toPath().toAbsolutePath());
                        return;
                    } catch (IOException | LinkageError | RuntimeException error) {
                        earlier.add(error);
                    }
                }
            }
        }
        try {
            loadBundled();
        } catch (IOException | LinkageError | RuntimeException error) {
            earlier.forEach(error::addSuppressed);
            throw error;
        }
    }

    /**
     * Loads a file, if it is the library of these classes. That is looked for before: methods are
     * bound to the library that was loaded first, so one that does not fit must not be loaded at
     * all.
     */
    private static void load(Path file) throws IOException {
        if (Files.isRegularFile(file) && !hasMark(file)) {
            throw new UnsatisfiedLinkError(file + " is not the library of version " + VERSION
                + " of these classes");
        }
        System.load(file.toString());
        check();
    }

    /** The library is loaded; is it the right one? */
    private static void check() {
        String found = new String(Native.version(), StandardCharsets.UTF_8);
        if (!found.equals(MARK)) {
            throw new UnsatisfiedLinkError("the library is " + found + ", the classes are of "
                + MARK);
        }
    }

    private static boolean hasMark(Path file) throws IOException {
        byte[] mark = MARK.getBytes(StandardCharsets.US_ASCII);
        byte[] buffer = new byte[64 * 1024];
        int matched = 0;
        try (InputStream in = Files.newInputStream(file)) {
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                for (int at = 0; at < count; at++) {
                    // Its first byte is nowhere else in it, so nothing is missed by beginning again
                    // here.
                    matched =
                        buffer[at] == mark[matched] ? matched + 1 : buffer[at] == mark[0] ? 1 : 0;
                    if (matched == mark.length) {
                        return true;
                    }
                }
            }
        }
        return false;
    }

    /** The platforms that the jar has a library for, in words. */
    private static String bundled() throws IOException {
        try (InputStream in = NativeLoader.class.getResourceAsStream(
                "/META-INF/native/platforms")) {
            if (in == null) {
                return "none";
            }
            String names = new String(in.readAllBytes(), StandardCharsets.US_ASCII);
            return String.join(", ", names.trim().split("\\s+"));
        }
    }

    private static void loadBundled() throws IOException {
        String file = System.mapLibraryName(NAME);
        String resource = "/META-INF/native/" + platform() + "/" + file;
        try (InputStream in = NativeLoader.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IOException("the jar has no library for this platform: " + resource
                    + "; it has those for " + bundled());
            }
            String work =
                System.getProperty(PROPERTY + "workdir", System.getProperty("java.io.tmpdir"));
            // Only its owner can enter a temporary folder.
            Path folder = Files.createTempDirectory(Path.of(work), "smimezip-");
            Path library = folder.resolve(file);
            try {
                Files.copy(in, library);
                System.load(library.toAbsolutePath().toString());
                check();
            } catch (UnsatisfiedLinkError error) {
                UnsatisfiedLinkError advised = new UnsatisfiedLinkError(error.getMessage()
                    + " (if " + work + " is mounted noexec, set -D" + PROPERTY + "workdir=FOLDER)");
                advised.initCause(error);
                throw advised;
            } finally {
                // A loaded library needs no name; where it does (Windows), it stays until the end.
                if (!library.toFile().delete()) {
                    library.toFile().deleteOnExit();
                }
                if (!folder.toFile().delete()) {
                    folder.toFile().deleteOnExit();
                }
            }
        }
    }

    /** The folder of this platform in the jar: as {@code linux-x86_64}. */
    static String platform() {
        String os = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
        String system =
            os.startsWith("windows") ? "windows" : os.startsWith("mac") ? "osx" : "linux";
        String arch = System.getProperty("os.arch", "").toLowerCase(Locale.ROOT);
        switch (arch) {
            case "amd64":
            case "x86-64":
                arch = "x86_64";
                break;
            case "arm64":
                arch = "aarch64";
                break;
            default:
        }
        boolean musl = system.equals("linux") && isMusl(Path.of("/proc/self/maps"));
        return system + "-" + arch + (musl ? "-musl" : "");
    }

    /**
     * Whether the machine of Java runs on musl, as on Alpine: what it has mapped tells, which files
     * there are does not, as both C libraries can be installed.
     */
    static boolean isMusl(Path maps) {
        try (Stream<String> lines = Files.lines(maps, StandardCharsets.ISO_8859_1)) {
            return lines.anyMatch(line -> MUSL.matcher(line).find());
        } catch (IOException | UncheckedIOException error) {
            return false;
        }
    }
}
