package io.github.smimezip;

import java.time.Instant;
import java.util.Objects;

/**
 * How a certificate is used for a {@linkplain Recipients recipient}. Every setter returns the
 * object, and none of them is needed: with the defaults every program opens what is made.
 *
 * @since 0.1
 */
public final class CertificateOptions {
    private static final int ANY_TIME = 0;
    private static final int KEY_IDENTIFIER = 1;
    private static final int AT = 2;
    private static final int PADDING = 3;

    private RsaPadding padding = RsaPadding.PKCS1_V1_5;
    private boolean byKeyIdentifier;
    private boolean atAnyTime;
    private Instant at;

    /** The defaults: RSAES-PKCS1-v1_5; by issuer and serial number; valid now. */
    public CertificateOptions() {}

    /**
     * How the content-encryption key is encrypted for an RSA key. All but the default are refused
     * for keys of another kind, for which there is one way only.
     *
     * @param padding the padding; {@link RsaPadding#PKCS1_V1_5} by default
     * @return this
     */
    public CertificateOptions rsaPadding(RsaPadding padding) {
        this.padding = Objects.requireNonNull(padding, "padding");
        return this;
    }

    /**
     * Names the recipient by the certificate's subjectKeyIdentifier (RFC 5652 section 6.2.1)
     * instead of issuer and serial number. The documented {@code openssl smime -decrypt} does not
     * open that; {@code openssl cms} does.
     *
     * @param value whether to; false by default
     * @return this
     */
    public CertificateOptions byKeyIdentifier(boolean value) {
        byKeyIdentifier = value;
        return this;
    }

    /**
     * When the certificate must be valid (RFC 5280 section 4.1.2.5).
     *
     * @param time the time, to milliseconds; by default that of the machine's clock when the
     *     recipient is added
     * @return this
     */
    public CertificateOptions validAt(Instant time) {
        at = Objects.requireNonNull(time, "time");
        return this;
    }

    /**
     * Takes the certificate whether or not it is, was or will be valid.
     *
     * @param value whether to; false by default
     * @return this
     */
    public CertificateOptions atAnyTime(boolean value) {
        atAnyTime = value;
        return this;
    }

    int bits() {
        return (atAnyTime ? 1 << ANY_TIME : 0) | (byKeyIdentifier ? 1 << KEY_IDENTIFIER : 0)
            | (at == null ? 0 : 1 << AT) | padding.ordinal() << PADDING;
    }

    /** When it must be valid, in milliseconds since 1970; 0 for now. */
    long at() {
        try {
            return at == null ? 0 : at.toEpochMilli();
        } catch (ArithmeticException beyond) {
            throw new IllegalArgumentException("a time that this system does not have", beyond);
        }
    }

    @Override
    public String toString() {
        String time = atAnyTime ? "any time" : at == null ? "now" : at.toString();
        return "CertificateOptions[rsaPadding=" + padding + ", byKeyIdentifier=" + byKeyIdentifier
            + ", validAt=" + time + "]";
    }
}
