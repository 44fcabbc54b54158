package io.github.smimezip;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * Takes the parts of an export that is made: an upload, an object store, a file system of another
 * kind. For the files of a folder there is {@link ExportBuilder#newWriter(java.nio.file.Path)}.
 *
 * <pre>{@code
 * final class Bucket implements PartSink {
 *     public Part begin(String name) throws IOException {
 *         Upload upload = store.begin(name);
 *         return new Part() {
 *             public void write(byte[] bytes) throws IOException { upload.send(bytes); }
 *             public void finish() throws IOException { upload.complete(); }
 *             public void abort() throws IOException { upload.cancel(); }
 *         };
 *     }
 *
 *     public void commit(List<PartReceipt> parts) throws IOException {
 *         for (PartReceipt part : parts) {
 *             store.publish(part.begunAs(), part.name());
 *         }
 *     }
 *
 *     public void abort() throws IOException { store.removeUnpublished(); }
 * }
 * }</pre>
 *
 * <p>Nothing that was written has its name before {@link #commit}. Parts are written from their
 * first byte to their last, and nobody seeks in them. Calls come one after another, in general on
 * the thread that writes the export; on another one if an {@link ExportWriter} is forgotten and
 * collected. None of them may use the writer. What an implementation throws ends the making of the
 * export, and arrives unchanged at the caller whose call needed it.
 *
 * @since 0.1
 */
public interface PartSink {
    /** Takes the bytes of one part. */
    interface Part {
        /**
         * Takes the next bytes of the part, as it is sealed: 64 KiB, or fewer at its end.
         *
         * @param bytes the bytes, in an array of their own that may be kept
         * @throws IOException if they cannot be stored
         */
        void write(byte[] bytes) throws IOException;

        /**
         * The part is complete. It has not got its name yet.
         *
         * @throws IOException if it cannot be stored
         */
        void finish() throws IOException;

        /**
         * Takes the part back: called once if it is not finished, also where a call threw.
         *
         * @throws IOException if that fails; it is added to what is thrown anyway
         */
        void abort() throws IOException;
    }

    /**
     * Begins a part.
     *
     * <p>The name is what the part is called if others follow it. Which part is the last is known
     * only when all has been written, so the last one of several is begun as {@code .zNN} and
     * committed as {@code .zip}: see {@link PartReceipt#begunAs}. A part that is begun as {@code
     * .zip} keeps that name.
     *
     * <p>Before it is known whether one part is enough, {@code .z01} and {@code .zip} are open at
     * the same time, and one of them is aborted. From then on one part is written after the other.
     *
     * @param name the name of a file
     * @return what takes its bytes
     * @throws IOException if it cannot be begun
     */
    Part begin(String name) throws IOException;

    /**
     * The bytes of a part that is finished and not committed yet, so that what was made can be
     * verified before anybody else sees it. It is closed before {@link #commit} or {@link #abort},
     * and may be read by several threads.
     *
     * @param part which
     * @return its bytes; nothing, the default, where they cannot be had again: the export is not
     *     read back then
     * @throws IOException if they cannot be read
     */
    default Optional<PartSource> readBack(PartReceipt part) throws IOException {
        return Optional.empty();
    }

    /**
     * Takes a small file that stands beside the parts and gets its name with them, as a {@linkplain
     * ExportBuilder#manifest manifest} does. It comes after all parts.
     *
     * @param name the name of a file
     * @param bytes its bytes
     * @throws IOException if they cannot be stored
     * @throws UnsupportedOperationException by default: a sink takes parts only
     */
    default void addFile(String name, byte[] bytes) throws IOException {
        throw new UnsupportedOperationException(name + ": this sink takes parts only");
    }

    /**
     * Gives all parts their names: all of them, or none.
     *
     * @param parts those that were finished, in their order in the set
     * @throws IOException if that fails; {@link #abort} is called then
     */
    void commit(List<PartReceipt> parts) throws IOException;

    /**
     * Takes everything back: called once if {@link #commit} was not called or threw, after the
     * parts that were open are aborted.
     *
     * @throws IOException if that fails; it is added to what is thrown anyway, or thrown by {@link
     *     ExportWriter#close}
     */
    void abort() throws IOException;
}
