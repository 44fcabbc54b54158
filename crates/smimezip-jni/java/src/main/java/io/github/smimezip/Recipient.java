package io.github.smimezip;

import java.util.Optional;

/** One recipient of a message (RFC 5652 section 6.2). */
public final class Recipient {
    private final String kind;
    private final String text;
    private final String issuer;
    private final byte[] serialNumber;
    private final byte[] keyIdentifier;
    private final String algorithm;
    private final String unsupported;

    Recipient(String kind, String text, String issuer, byte[] serialNumber, byte[] keyIdentifier,
            String algorithm, String unsupported) {
        this.kind = kind;
        this.text = text;
        this.issuer = issuer;
        this.serialNumber = serialNumber;
        this.keyIdentifier = keyIdentifier;
        this.algorithm = algorithm;
        this.unsupported = unsupported;
    }

    /**
     * How the content-encryption key is protected: "key transport", "key agreement", "password" and others.
     *
     * @return the kind, in words
     */
    public String kind() {
        return kind;
    }

    /**
     * The issuer of the certificate it names, as text (RFC 4514).
     *
     * @return a distinguished name, if it names one
     */
    public Optional<String> issuer() {
        return Optional.ofNullable(issuer);
    }

    /**
     * The serial number of the certificate it names.
     *
     * @return big-endia bytes; none if it names no certificate by its issuer
     */
    public byte[] serialNumber() {
        return serialNumber.clone();
    }

    /**
     * The subjectKeyIdentifier of the certificate it names, or the name of a secret key.
     *
     * @return bytes; none if it is named otherwise
     */
    public byte[] keyIdentifier() {
        return keyIdentifier.clone();
    }

    /**
     * How the content-encryption key is encrypted.
     *
     * @return the algorithm's name, if it is known
     */
    public Optional<String> keyEncryptionAlgorithm() {
        return Optional.ofNullable(algorithm);
    }

    /**
     * Why nobody's key opens it with this library.
     *
     * @return what is not supported, if something is not
     */
    public Optional<String> unsupported() {
        return Optional.ofNullable(unsupported);
    }

    /** For whom it is and what kind and size of key that takes, for a person who looks for the key. */
    @Override
    public String toString() {
        return text;
    }
}
