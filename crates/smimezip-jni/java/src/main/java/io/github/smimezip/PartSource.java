package io.github.smimezip;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Bytes that can be read at any position, wherever they are: an object store's ranges, a Hadoop
 * {@code PositionedReadable}, a database.
 *
 * <p>Reads come from several threads at the same time. What an implementation throws arrives unchanged at the
 * caller whose call needed the bytes.
 */
public interface PartSource extends Closeable {
    /**
     * The length in bytes. It does not change while the source is in use.
     *
     * @return the length
     * @throws IOException if it cannot be told
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
