package io.github.smimezip;

/**
 * How a message that is made is wrapped.
 *
 * @since 0.1
 */
public enum SealContainer {
    /**
     * A MIME entity whose body is base64 (RFC 8551 section 3), larger than the content by 37 %:
     * what {@code openssl smime -decrypt} reads when it is not told otherwise.
     */
    MIME_BASE64,
    /** A MIME entity whose body is the bytes themselves. Few programs read it, OpenSSL not. */
    MIME_BINARY,
    /** PEM (RFC 7468): {@code PKCS7}, or {@code CMS} with an authenticated cipher. */
    PEM,
    /** The bytes alone: DER where the size is known beforehand, else BER. */
    BINARY
}
