package io.github.smimezip;

import java.util.List;

/**
 * An entry that could not be read, as parts are missing ({@link ExtractOptions#available}).
 *
 * @since 0.1
 */
public final class Unavailable {
    private final String name;
    private final List<String> parts;

    Unavailable(String name, List<String> parts) {
        this.name = name;
        this.parts = parts;
    }

    /**
     * The entry's name.
     *
     * @return the name, as the archive has it
     */
    public String name() {
        return name;
    }

    /**
     * The missing parts that it needs, in their order: what is to be downloaded to read it.
     *
     * @return their names, at least one
     */
    public List<String> parts() {
        return parts;
    }

    @Override
    public String toString() {
        return name + " needs " + String.join(", ", parts);
    }
}
