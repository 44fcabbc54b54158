package io.github.smimezip;

/**
 * What is accepted or unwrapped when something is opened, beyond what the standards ask for; given
 * to {@link OpenOptions#with}.
 *
 * @since 0.1
 */
public enum ReadOption {
    /** Accept bytes after the end of a message's structure, or of an archive. */
    ACCEPT_TRAILING_DATA,
    /** Accept AES-GCM in EnvelopedData, as Bouncy Castle writes it. The tag is verified. */
    ACCEPT_GCM_IN_ENVELOPED_DATA,
    /** Unwrap SignedData inside the encryption. <b>The signature is not verified.</b> */
    INNER_SIGNED_DATA,
    /** Unwrap a MIME header section inside the encryption, and its base64. */
    INNER_MIME_HEADER,
    /**
     * Accept bytes of an archive that belong to no entry, before or between entries, as some
     * programs leave them where they deleted an entry.
     */
    ACCEPT_UNUSED_BYTES
}
