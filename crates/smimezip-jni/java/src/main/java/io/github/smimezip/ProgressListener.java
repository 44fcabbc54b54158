package io.github.smimezip;

/**
 * Hears how far a long call is, on the thread that made the call, at least ten times a second.
 */
@FunctionalInterface
public interface ProgressListener {
    /**
     * Takes note of the progress.
     *
     * @param progress how far the call is
     * @return whether to go on; false ends the call with a {@link CancelledException}
     */
    boolean onProgress(Progress progress);
}
