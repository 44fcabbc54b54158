package io.github.smimezip;

/**
 * What encrypts the content of a message that is made.
 *
 * @since 0.1
 */
public enum ContentCipher {
    /** AES with a key of 128 bits in CBC mode (RFC 3565). */
    AES_128_CBC,
    /** AES with a key of 192 bits in CBC mode (RFC 3565). */
    AES_192_CBC,
    /**
     * AES with a key of 256 bits in CBC mode (RFC 3565): what exports have, and of all ciphers here
     * one of the three that {@code openssl smime -decrypt} opens.
     */
    AES_256_CBC,
    /** AES with a key of 128 bits in Galois/Counter mode (RFC 5084). */
    AES_128_GCM,
    /** AES with a key of 192 bits in Galois/Counter mode (RFC 5084). */
    AES_192_GCM,
    /**
     * AES with a key of 256 bits in Galois/Counter mode (RFC 5084); {@code openssl cms} opens it.
     */
    AES_256_GCM,
    /** ChaCha20 with Poly1305 (RFC 8103), which OpenSSL does not open. */
    CHACHA20_POLY1305;

    /**
     * Whether any change of the message is noticed when it is opened. Messages are
     * AuthEnvelopedData (RFC 5083) then, and EnvelopedData (RFC 5652 section 6) else.
     *
     * @return false for CBC, which authenticates nothing
     */
    public boolean isAuthenticated() {
        return compareTo(AES_256_CBC) > 0;
    }
}
