package io.github.smimezip;

import io.github.smimezip.internal.Bytes;
import io.github.smimezip.internal.Handle;
import io.github.smimezip.internal.Native;
import io.github.smimezip.internal.NativeLoader;
import java.io.IOException;
import java.nio.file.Path;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Objects;

/**
 * Whom something is sealed for: the owners of certificates, whoever knows a password or has a
 * secret key. Each of them opens it alone, with its own key. They are needed only until something
 * is begun; secrets are wiped when the list and all that was begun with it are closed.
 *
 * <pre>{@code
 * try (Recipients recipients = Recipients.of(Path.of("certificate.pem"))) {
 *     recipients.addPassword(password);
 *     System.out.println(recipients.describe());
 * }
 * }</pre>
 *
 * <p>Of certificates, RSA keys are used with RSAES-PKCS1-v1_5 or RSAES-OAEP ({@link RsaPadding});
 * keys on P-256, P-384 and P-521 and X25519 keys with an ephemeral key of the sender (RFC 5753, RFC
 * 8418); ML-KEM keys by encapsulation (RFC 9629, RFC 9936). That a certificate belongs to whom it
 * says is not checked: it is yours to know.
 *
 * <p>The documented {@code openssl smime -decrypt} reads messages for RSA keys alone. If anybody
 * else is among the recipients it opens the message for none of them; {@code openssl cms} does.
 *
 * @since 0.1
 */
public final class Recipients implements AutoCloseable {
    final Handle handle;

    /** Makes an empty list. */
    public Recipients() {
        NativeLoader.load();
        handle = new Handle(this, Native.recipientsNew(), Native::recipientsFree);
    }

    /**
     * The owner of the certificate in a file.
     *
     * @param certificate the file, as for {@link #addFile(Path)}
     * @return the list, to be closed
     * @throws UnsuitableCertificateException as {@link #addFile(Path)}
     * @throws IOException as {@link #addFile(Path)}
     */
    public static Recipients of(Path certificate) throws IOException {
        Objects.requireNonNull(certificate, "certificate");
        return of(it -> it.addFile(certificate));
    }

    /**
     * The owner of a certificate.
     *
     * @param certificate the certificate
     * @return the list, to be closed
     * @throws UnsuitableCertificateException as {@link #addFile(Path)}
     * @throws IOException as {@link #add(X509Certificate)}
     */
    public static Recipients of(X509Certificate certificate) throws IOException {
        Objects.requireNonNull(certificate, "certificate");
        return of(it -> it.add(certificate));
    }

    /** How the first recipient is added. */
    @FunctionalInterface
    private interface First {
        void add(Recipients to) throws IOException;
    }

    private static Recipients of(First first) throws IOException {
        Recipients recipients = new Recipients();
        try {
            first.add(recipients);
            return recipients;
        } catch (IOException | RuntimeException error) {
            recipients.close();
            throw error;
        }
    }

    /**
     * Adds the owner of the first certificate in a file, PEM or DER.
     *
     * @param path the file
     * @return this
     * @throws UnsuitableCertificateException if nothing can be sealed for it, and why: its time,
     *     its keyUsage, an RSA key below 2048 bits, a key of another kind
     * @throws IOException if the file cannot be read, or holds no certificate; the list is as it
     *     was
     * @throws java.nio.file.ProviderMismatchException for a path that is not of the default file
     *     system
     */
    public Recipients addFile(Path path) throws IOException {
        return addFile(path, new CertificateOptions());
    }

    /**
     * Adds the owner of the first certificate in a file, PEM or DER.
     *
     * @param path the file
     * @param options how the certificate is used
     * @return this
     * @throws UnsuitableCertificateException as {@link #addFile(Path)}, and for an option that the
     *     certificate is not made for
     * @throws IOException as {@link #addFile(Path)}
     */
    public Recipients addFile(Path path, CertificateOptions options) throws IOException {
        byte[] file = Bytes.of(Objects.requireNonNull(path, "path"));
        Objects.requireNonNull(options, "options");
        handle.run(it -> Native.recipientsAddFile(it, file, options.bits(), options.at()));
        return this;
    }

    /**
     * Adds the owner of the first certificate in a file's bytes, PEM or DER.
     *
     * @param file the bytes of a file; they are not kept
     * @return this
     * @throws UnsuitableCertificateException as {@link #addFile(Path)}
     * @throws IOException if they hold no certificate; the list is as it was
     */
    public Recipients add(byte[] file) throws IOException {
        return add(file, new CertificateOptions());
    }

    /**
     * Adds the owner of the first certificate in a file's bytes, PEM or DER.
     *
     * @param file the bytes of a file; they are not kept
     * @param options how the certificate is used
     * @return this
     * @throws UnsuitableCertificateException as {@link #addFile(Path, CertificateOptions)}
     * @throws IOException as {@link #add(byte[])}
     */
    public Recipients add(byte[] file, CertificateOptions options) throws IOException {
        byte[] copy = Objects.requireNonNull(file, "file").clone();
        Objects.requireNonNull(options, "options");
        handle.run(it -> Native.recipientsAdd(it, copy, options.bits(), options.at()));
        return this;
    }

    /**
     * Adds the owner of a certificate.
     *
     * @param certificate the certificate
     * @return this
     * @throws UnsuitableCertificateException as {@link #addFile(Path)}
     * @throws IOException if the certificate cannot be read; the list is as it was
     */
    public Recipients add(X509Certificate certificate) throws IOException {
        return add(certificate, new CertificateOptions());
    }

    /**
     * Adds the owner of a certificate.
     *
     * @param certificate the certificate
     * @param options how it is used
     * @return this
     * @throws UnsuitableCertificateException as {@link #addFile(Path, CertificateOptions)}
     * @throws IOException as {@link #add(X509Certificate)}
     */
    public Recipients add(X509Certificate certificate, CertificateOptions options)
            throws IOException {
        Objects.requireNonNull(certificate, "certificate");
        Objects.requireNonNull(options, "options");
        try {
            return add(certificate.getEncoded(), options);
        } catch (CertificateEncodingException error) {
            throw new IOException(error);
        }
    }

    /**
     * Adds whoever knows a password (RFC 5652 section 6.2.4): PBKDF2 with HMAC-SHA-256 and 600,000
     * iterations (RFC 8018), the key wrap of RFC 3211 with AES-256. Whoever has the message can try
     * passwords as long as they like: it must be one that nobody guesses.
     *
     * @param password the password; it may be wiped afterwards
     * @return this
     * @throws IllegalArgumentException if it is empty
     * @throws IOException if the list is closed
     */
    public Recipients addPassword(char[] password) throws IOException {
        return password(password, 0);
    }

    /**
     * Adds whoever knows a password, with another number of iterations of PBKDF2: more make each
     * guess dearer, and each message, here and where it is opened.
     *
     * @param password the password; it may be wiped afterwards
     * @param iterations at least 1,000
     * @return this
     * @throws IllegalArgumentException if it is empty, or for fewer iterations
     * @throws IOException if the list is closed
     */
    public Recipients addPassword(char[] password, int iterations) throws IOException {
        // What is below one would mean the usual number.
        return password(password, Math.max(1, iterations));
    }

    private Recipients password(char[] password, int iterations) throws IOException {
        byte[] secret = Bytes.of(Objects.requireNonNull(password, "password"));
        try {
            handle.run(it -> Native.recipientsAddPassword(it, secret, iterations));
        } finally {
            Bytes.wipe(secret);
        }
        return this;
    }

    /**
     * Adds whoever has a secret key that both sides have agreed on (RFC 5652 section 6.2.3), by AES
     * key wrap (RFC 3565).
     *
     * @param key 16, 24 or 32 bytes; they are not kept
     * @param identifier the key's name, which everybody can read in the message
     * @return this
     * @throws IOException for a key of another size, or if the list is closed
     */
    public Recipients addSecretKey(byte[] key, byte[] identifier) throws IOException {
        byte[] copy = Objects.requireNonNull(key, "key").clone();
        Objects.requireNonNull(identifier, "identifier");
        try {
            handle.run(it -> Native.recipientsAddSecretKey(it, copy, identifier));
        } finally {
            Bytes.wipe(copy);
        }
        return this;
    }

    /**
     * One text for each recipient: the subject, issuer and serial number of a certificate; nothing
     * of a secret.
     *
     * @return the texts
     * @throws IOException if the list is closed
     */
    public List<String> describe() throws IOException {
        return new Bytes.Reader(handle.call(Native::recipientsDescribe)).texts();
    }

    /**
     * Lets go of the recipients; a second time it does nothing. What was begun with them goes on.
     */
    @Override
    public void close() {
        handle.close();
    }

    /** What {@link #describe} says: no secrets. */
    @Override
    public String toString() {
        try {
            return "Recipients" + describe();
        } catch (IOException closed) {
            return "Recipients[closed]";
        }
    }
}
