package io.github.smimezip;

/** What an entry of an archive is. */
public enum EntryKind {
    /** A file. */
    FILE,
    /** A folder. */
    FOLDER,
    /** A symbolic link; it is never created. */
    SYMBOLIC_LINK,
    /** A device, a pipe or a socket; it is never created. */
    SPECIAL
}
