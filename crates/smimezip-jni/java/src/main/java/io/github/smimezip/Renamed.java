package io.github.smimezip;

/**
 * An entry whose file or folder has another name than it ({@link Names#ENCODE}).
 *
 * @since 0.1
 */
public final class Renamed {
    private final String name;
    private final String path;

    Renamed(String name, String path) {
        this.name = name;
        this.path = path;
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
     * The path it was given, below the folder that was extracted to.
     *
     * @return the path, with {@code /} between folders
     */
    public String path() {
        return path;
    }

    @Override
    public String toString() {
        return name + " -> " + path;
    }
}
