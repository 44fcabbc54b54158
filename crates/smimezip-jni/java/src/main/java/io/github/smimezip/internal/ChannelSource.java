package io.github.smimezip.internal;

import io.github.smimezip.PartSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;

/** A channel as a source. */
public final class ChannelSource implements PartSource {
    private final SeekableByteChannel channel;

    public ChannelSource(SeekableByteChannel channel) {
        this.channel = channel;
    }

    @Override
    public long size() throws IOException {
        return channel.size();
    }

    @Override
    public int readAt(long position, ByteBuffer target) throws IOException {
        if (channel instanceof FileChannel) {
            return ((FileChannel) channel).read(target, position);
        }
        synchronized (channel) {
            return channel.position(position).read(target);
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    @Override
    public String toString() {
        return "PartSource[" + channel + "]";
    }
}
