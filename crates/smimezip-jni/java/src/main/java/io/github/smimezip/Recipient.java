package io.github.smimezip;

import io.github.smimezip.internal.Bytes;
import java.math.BigInteger;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import javax.security.auth.x500.X500Principal;

/** One recipient of a message (RFC 5652 section 6.2). */
public final class Recipient {
    private final RecipientKind kind;
    private final String text;
    private final String issuer;
    private final byte[] serialNumber;
    private final byte[] keyIdentifier;
    private final String algorithm;
    private final String unsupported;

    Recipient(Bytes.Reader in) {
        kind = RecipientKind.values()[in.number()];
        text = in.text();
        issuer = in.text();
        serialNumber = in.bytes();
        keyIdentifier = in.bytes();
        algorithm = in.text();
        unsupported = in.text();
    }

    /**
     * How the content-encryption key is protected.
     *
     * @return the kind
     */
    public RecipientKind kind() {
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
     * @return the number, if it names one by its issuer
     */
    public Optional<BigInteger> serialNumber() {
        return serialNumber.length == 0
            ? Optional.empty() : Optional.of(new BigInteger(serialNumber));
    }

    /**
     * The subjectKeyIdentifier of the certificate it names, or the name of a secret key.
     *
     * @return bytes, if it is named by them
     */
    public Optional<byte[]> keyIdentifier() {
        return keyIdentifier.length == 0
            ? Optional.empty() : Optional.of(keyIdentifier.clone());
    }

    /**
     * Whether it names this certificate: by issuer and serial number, or by its
     * subjectKeyIdentifier.
     *
     * @param certificate a certificate
     * @return whether the private key of the certificate should open the message
     * @since 0.1
     */
    public boolean matches(X509Certificate certificate) {
        Objects.requireNonNull(certificate, "certificate");
        if (issuer != null) {
            return certificate.getSerialNumber().equals(new BigInteger(serialNumber))
                && isIssuer(certificate.getIssuerX500Principal());
        }
        // In the extension it is an OCTET STRING inside of another.
        byte[] extension = certificate.getExtensionValue("2.5.29.14");
        return kind != RecipientKind.KEY_ENCRYPTION_KEY && keyIdentifier.length > 0
            && extension != null && extension.length == keyIdentifier.length + 4
            && Arrays.equals(Arrays.copyOfRange(extension, 4, extension.length), keyIdentifier);
    }

    private boolean isIssuer(X500Principal name) {
        try {
            return name.equals(new X500Principal(issuer));
        } catch (IllegalArgumentException unknownAttribute) {
            return name.getName().equals(issuer);
        }
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

    /**
     * For whom it is and what kind and size of key that takes, for a person who looks for the key.
     */
    @Override
    public String toString() {
        return text;
    }
}
