package io.github.smimezip;

/**
 * How the content-encryption key is protected for a recipient (RFC 5652 section 6.2).
 *
 * @since 0.1
 */
public enum RecipientKind {
    /** Encrypted under a public key, as RSA does it. */
    KEY_TRANSPORT,
    /** By key agreement, as elliptic curves do it. */
    KEY_AGREEMENT,
    /** Encrypted under a secret key that both sides have. */
    KEY_ENCRYPTION_KEY,
    /** Encrypted under a password. */
    PASSWORD,
    /** By key encapsulation (RFC 9629). */
    KEY_ENCAPSULATION,
    /** By other means. */
    OTHER,
    /** In a way that the library cannot read. */
    UNKNOWN
}
