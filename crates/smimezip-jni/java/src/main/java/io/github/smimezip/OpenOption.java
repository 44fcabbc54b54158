package io.github.smimezip;

/** How a message or an export is opened, beyond what the standards ask for. */
public enum OpenOption {
    /** Ignore bytes after the end of a message's structure, or of an archive. */
    ACCEPT_TRAILING_DATA,
    /** Open AES-GCM in EnvelopedData, as Bouncy Castle writes it. The tag is verified. */
    ACCEPT_GCM_IN_ENVELOPED_DATA,
    /** Look through SignedData inside the encryption. <b>The signature is not verified.</b> */
    INNER_SIGNED_DATA,
    /** Look through a MIME header section inside the encryption, and its base64. */
    INNER_MIME_HEADER,
    /**
     * Ignore bytes of an archive that belong to no entry, before or between entries, as some programs leave them
     * where they deleted an entry.
     *
     * @since 0.1
     */
    ACCEPT_UNUSED_BYTES;

    static int bits(OpenOption... options) {
        int bits = 0;
        for (OpenOption option : options) {
            bits |= 1 << option.ordinal();
        }
        return bits;
    }
}
