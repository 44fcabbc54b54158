package io.github.smimezip.internal;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** Finds and loads the native library, once for each class loader. */
public final class NativeLoader {
    /** The version of these classes; the library must have the same. */
    public static final String VERSION = "0.1.0";

    private static final String PROPERTY = "io.github.smimezip.";
    private static final String NAME = "smimezip_jni";
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
                new UnsatisfiedLinkError("smimezip's native library is not available: " + CAUSE.getMessage());
            error.initCause(CAUSE);
            throw error;
        }
    }

    private static Throwable attempt() {
        Throwable cause = find();
        if (cause != null) {
            return cause;
        }
        String found = new String(Native.version(), StandardCharsets.UTF_8);
        return found.equals(VERSION) ? null
            : new UnsatisfiedLinkError("the library is of version " + found + ", the classes of " + VERSION);
    }

    private static Throwable find() {
        String named = System.getProperty(PROPERTY + "library");
        if (named != null) {
            try {
                System.load(Path.of(named).toAbsolutePath().toString());
                return null;
            } catch (UnsatisfiedLinkError | RuntimeException error) {
                return error;
            }
        }
        Throwable first = null;
        if (!Boolean.getBoolean(PROPERTY + "bundledOnly")) {
            try {
                System.loadLibrary(NAME);
                return null;
            } catch (UnsatisfiedLinkError | RuntimeException error) {
                first = error;
            }
        }
        try {
            loadBundled();
            return null;
        } catch (IOException | UnsatisfiedLinkError | RuntimeException error) {
            if (first != null) {
                error.addSuppressed(first);
            }
            return error;
        }
    }

    private static void loadBundled() throws IOException {
        String file = System.mapLibraryName(NAME);
        String resource = "/META-INF/native/" + platform() + "/" + file;
        try (InputStream in = NativeLoader.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IOException("the jar has no library for this platform: " + resource);
            }
            String work = System.getProperty(PROPERTY + "workdir", System.getProperty("java.io.tmpdir"));
            // Only its owner can enter a temporary folder.
            Path folder = Files.createTempDirectory(Path.of(work), "smimezip-");
            Path library = folder.resolve(file);
            try {
                Files.copy(in, library);
                System.load(library.toAbsolutePath().toString());
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
        String system = os.startsWith("windows") ? "windows" : os.startsWith("mac") ? "osx" : "linux";
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
        return system + "-" + arch;
    }
}
