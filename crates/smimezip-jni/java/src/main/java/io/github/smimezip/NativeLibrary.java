package io.github.smimezip;

import io.github.smimezip.internal.NativeLoader;
import java.util.Optional;

/**
 * The native library under the classes. Nobody has to call this: the library is loaded with the
 * first class that needs it, once for each class loader.
 *
 * <ol>
 *   <li>From the file that the system property {@code io.github.smimezip.library} names, and from
 *       nowhere else then.
 *   <li>Otherwise from {@code java.library.path}, unless {@code io.github.smimezip.bundledOnly} is
 *       {@code true}; files of another version are passed over.
 *   <li>Otherwise from the jar, unpacked to a private folder below {@code
 *       io.github.smimezip.workdir} or {@code java.io.tmpdir}, from where it is deleted at once.
 * </ol>
 */
public final class NativeLibrary {
    private NativeLibrary() {}

    /**
     * Whether the library is, or could be, loaded. This never throws.
     *
     * @return whether the classes work
     */
    public static boolean isAvailable() {
        return NativeLoader.cause() == null;
    }

    /**
     * Why it is not available.
     *
     * @return the cause, with those of further attempts suppressed in it
     */
    public static Optional<Throwable> unavailabilityCause() {
        return Optional.ofNullable(NativeLoader.cause());
    }

    /**
     * Loads it.
     *
     * @throws UnsatisfiedLinkError if it is not available
     */
    public static void load() {
        NativeLoader.load();
    }

    /**
     * The library's version, which is the classes' own.
     *
     * @return three numbers with dots between them
     */
    public static String version() {
        return NativeLoader.VERSION;
    }
}
