package io.github.smimezip.internal;

import io.github.smimezip.PartSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A file as a source. An interrupt closes the channel of whoever reads at that moment; it is opened
 * again then, as the interrupt is to end one call, and not the source.
 */
public final class FileSource implements PartSource {
    private final Path path;
    private final long size;
    private FileChannel channel;
    private boolean closed;

    private FileSource(Path path, FileChannel channel) throws IOException {
        this.path = path;
        this.channel = channel;
        size = channel.size();
    }

    /** The source of a file. Not every file system has channels that are read at positions. */
    public static PartSource open(Path path) throws IOException {
        try {
            return new FileSource(path, FileChannel.open(path));
        } catch (UnsupportedOperationException none) {
            return new ChannelSource(Files.newByteChannel(path));
        }
    }

    @Override
    public synchronized long size() throws IOException {
        if (closed) {
            throw new ClosedChannelException();
        }
        return size;
    }

    @Override
    public int readAt(long position, ByteBuffer target) throws IOException {
        boolean interrupted = Thread.interrupted();
        try {
            while (true) {
                FileChannel current = current();
                try {
                    return current.read(target, position);
                } catch (ClosedByInterruptException own) {
                    interrupted |= Thread.interrupted();
                } catch (ClosedChannelException others) {
                    // Opened again by the next turn, or closed by its owner.
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private synchronized FileChannel current() throws IOException {
        if (closed) {
            throw new ClosedChannelException();
        }
        if (!channel.isOpen()) {
            channel = FileChannel.open(path);
        }
        return channel;
    }

    @Override
    public synchronized void close() throws IOException {
        closed = true;
        channel.close();
    }

    @Override
    public String toString() {
        return "PartSource[" + path + "]";
    }
}
