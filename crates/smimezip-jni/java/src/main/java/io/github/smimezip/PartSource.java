package io.github.smimezip;

import io.github.smimezip.internal.ArraySource;
import io.github.smimezip.internal.ChannelSource;
import io.github.smimezip.internal.FileSource;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Path;
import java.util.Objects;

/**
 * Bytes that can be read at any position, wherever they are: a file of any file system, a channel,
 * an array; an object store's ranges, a Hadoop {@code PositionedReadable}, a database.
 *
 * <pre>{@code
 * try (FileSystem zip = FileSystems.newFileSystem(Path.of("mail.zip"), (ClassLoader) null);
 *      PartSource part = PartSource.of(zip.getPath("/export-2b710a2c.zip.smime"));
 *      ExportSet set = ExportSet.of(Map.of("export-2b710a2c.zip.smime", part));
 *      ExportArchive archive = set.open(keys)) {
 *     archive.extractTo(Path.of("out"));
 * }
 * }</pre>
 *
 * <p>Reads come from several threads at the same time. What an implementation throws arrives
 * unchanged at the caller whose call needed the bytes. A source is closed by its owner, after the
 * last use of what was opened from it.
 */
public interface PartSource extends Closeable {
    /**
     * The bytes of a file of any file system, read through a channel that is opened here. Interrupts
     * of threads that read do not close it.
     *
     * @param path the file
     * @return the source, to be closed
     * @throws IOException if it cannot be opened
     * @since 0.1
     */
    static PartSource of(Path path) throws IOException {
        return FileSource.open(Objects.requireNonNull(path, "path"));
    }

    /**
     * The bytes of a channel. A {@link java.nio.channels.FileChannel} is read by several threads at
     * once, and its position stays; others are read by one after another, and their position moves.
     * An interrupt of a thread that reads closes most channels of the JDK; with {@link #of(Path)}
     * the source stays open.
     *
     * @param channel the channel; it is closed with the source
     * @return the source
     * @since 0.1
     */
    static PartSource of(SeekableByteChannel channel) {
        return new ChannelSource(Objects.requireNonNull(channel, "channel"));
    }

    /**
     * The bytes of an array.
     *
     * @param bytes the array, which is not copied and must not change while the source is in use
     * @return the source, which need not be closed
     * @since 0.1
     */
    static PartSource of(byte[] bytes) {
        return new ArraySource(Objects.requireNonNull(bytes, "bytes"));
    }

    /**
     * The length in bytes. It does not change while the source is in use.
     *
     * @return the length
     * @throws IOException if it is not known
     */
    long size() throws IOException;

    /**
     * Reads some bytes at a position.
     *
     * @param position where to read, from 0 on
     * @param target where the bytes go; between one and {@code remaining()} are put into it
     * @return how many bytes were read; -1 at or past the end
     * @throws IOException if they cannot be read
     */
    int readAt(long position, ByteBuffer target) throws IOException;

    /** Does nothing, unless an implementation has something to close. Nobody here calls it. */
    @Override
    default void close() throws IOException {}
}
