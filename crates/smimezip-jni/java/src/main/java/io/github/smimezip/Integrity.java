package io.github.smimezip;

/** What the encryption of a message says about the integrity of its content. */
public enum Integrity {
    /**
     * Nothing: whoever could change the message could change its content unnoticed. So it is with
     * CBC.
     */
    NONE,
    /** Accidents would be noticed, attacks would not: the CRC-32 of a zip's entry. */
    CHECKSUMMED,
    /** The content is what somebody who knew the content-encryption key encrypted. */
    AUTHENTICATED
}
