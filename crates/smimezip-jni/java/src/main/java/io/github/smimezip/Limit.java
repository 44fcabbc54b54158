package io.github.smimezip;

/**
 * What untrusted input may cost: one constant for each bound. They are changed by {@link
 * OpenOptions#limit} where something is opened, and by {@link ExtractOptions#limit} for one call.
 *
 * @since 0.1
 */
public enum Limit {
    /** Bytes of a MIME header section. Default: 65,536. */
    HEADER_SECTION(101),
    /** Bytes of a message before its encrypted content. Default: 1,048,576. */
    STRUCTURE(102),
    /** Nesting of ASN.1 constructions. Default: 32. */
    DEPTH(103),
    /** Recipients of one message. Default: 1,000. */
    RECIPIENTS(104),
    /** Private-key operations for one message. Default: 16. */
    PRIVATE_KEY_OPERATIONS(105),
    /**
     * Iterations of key derivation (PBKDF2; others count by their work) to open one key file, or to
     * try the passwords for one message. Default: 10,000,000.
     */
    KDF_ITERATIONS(106),
    /** Bytes of memory that scrypt may use to open one private key. Default: 256 MiB. */
    SCRYPT_MEMORY(107),
    /** Empty chunks in a row in a message. Default: 1,024. */
    EMPTY_CHUNKS(108),
    /** Parts of a set. Default: 10,000. */
    PARTS(109),
    /** Bytes of an archive's central directory. Default: 256 MiB. */
    DIRECTORY(110),
    /** Entries of an archive. Default: 1,000,000. */
    ENTRIES(111),
    /** Bytes that the entries asked for may decompress to. Default: no limit but the free space. */
    TOTAL_SIZE(112),
    /**
     * How many times larger than compressed the entries asked for may become, once they exceed one
     * GiB. Default: 200.
     */
    RATIO(113),
    /** Layers inside each other that are unwrapped in the encryption. Default: 8. */
    LAYERS(114),
    /**
     * Bytes of an authenticated message that is read forward only which wait in a temporary file
     * until its tag is verified. Default: no limit but the free space.
     */
    SPOOL(115),
    /** Private keys in one key file. Default: 100. */
    PRIVATE_KEYS(116);

    private final int number;

    Limit(int number) {
        this.number = number;
    }

    /** The limit of that number, which the native side said. */
    static Limit of(long number) {
        for (Limit limit : values()) {
            if (limit.number == number) {
                return limit;
            }
        }
        throw new IllegalStateException("a limit that this version does not know");
    }

    /**
     * The number of this limit, the same as in the C interface; never reused.
     *
     * @return a number above 100
     */
    public int number() {
        return number;
    }
}
