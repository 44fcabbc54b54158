package io.github.smimezip;

/**
 * How a content-encryption key is encrypted for an RSA key.
 *
 * @since 0.1
 */
public enum RsaPadding {
    /** RSAES-PKCS1-v1_5 (RFC 3370 section 4.2.1): every program opens it. */
    PKCS1_V1_5,
    /**
     * RSAES-OAEP (RFC 3560) with SHA-1, for the label and for the mask. The documented {@code
     * openssl smime -decrypt} opens none with OAEP; {@code openssl cms} does.
     */
    OAEP_SHA1,
    /** RSAES-OAEP with SHA-224. */
    OAEP_SHA224,
    /** RSAES-OAEP with SHA-256. */
    OAEP_SHA256,
    /** RSAES-OAEP with SHA-384. */
    OAEP_SHA384,
    /** RSAES-OAEP with SHA-512. */
    OAEP_SHA512
}
