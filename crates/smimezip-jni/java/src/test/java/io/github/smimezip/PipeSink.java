package io.github.smimezip;

import java.io.IOException;
import java.util.List;

/** A sink that can only be written to, and keeps its parts in a {@link Memory}. */
class PipeSink implements PartSink {
    private final Memory memory;

    PipeSink(Memory memory) {
        this.memory = memory;
    }

    @Override
    public Part begin(String name) throws IOException {
        return memory.begin(name);
    }

    @Override
    public void commit(List<PartReceipt> parts) throws IOException {
        memory.commit(parts);
    }

    @Override
    public void abort() throws IOException {
        memory.abort();
    }
}
