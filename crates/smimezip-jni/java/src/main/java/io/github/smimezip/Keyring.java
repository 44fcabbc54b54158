package io.github.smimezip;

import io.github.smimezip.internal.Handle;
import io.github.smimezip.internal.KeyAdapter;
import io.github.smimezip.internal.Native;
import io.github.smimezip.internal.NativeLoader;
import io.github.smimezip.internal.Bytes;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.KeyStoreException;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;

/**
 * Private keys, passwords, secret keys and certificates, tried in the order they were added. Keys are wiped when
 * the ring and all that needs it are closed.
 */
public final class Keyring implements AutoCloseable {
    final Handle handle;

    /** Makes an empty ring. */
    public Keyring() {
        NativeLoader.load();
        handle = new Handle(this, Native.keyringNew(), Native::keyringFree);
    }

    /**
     * Adds all keys and certificates of a file that needs no passphrase: PEM, DER or PKCS #12; PKCS #1, PKCS #8,
     * SEC 1, X.509.
     *
     * @param path the file
     * @return this
     * @throws IOException if it cannot be read, or holds no key; {@link PassphraseException} if it needs a
     *     passphrase
     * @throws java.nio.file.ProviderMismatchException for a path that is not of the default file system
     */
    public Keyring addFile(Path path) throws IOException {
        return addFile(path, null);
    }

    /**
     * Adds all keys and certificates of a file.
     *
     * @param path the file
     * @param passphrase opens what is encrypted in it; null if nothing is
     * @return this
     * @throws IOException as {@link #addFile(Path)}
     */
    public Keyring addFile(Path path, char[] passphrase) throws IOException {
        return addFile(path, passphrase, new Limits());
    }

    /**
     * Adds all keys and certificates of a file, under other limits: of key derivation, above all.
     *
     * @param path the file
     * @param passphrase opens what is encrypted in it; null if nothing is
     * @param limits what opening it may cost
     * @return this
     * @throws IOException as {@link #addFile(Path)}
     * @since 0.1
     */
    public Keyring addFile(Path path, char[] passphrase, Limits limits) throws IOException {
        byte[] file = Bytes.of(path);
        byte[] secret = Bytes.of(passphrase);
        try {
            handle.run(it -> Native.keyringAddFile(it, file, secret, limits.bytes()));
        } finally {
            Bytes.wipe(secret);
        }
        return this;
    }

    /**
     * Adds all keys and certificates of a file's bytes.
     *
     * @param file the bytes of a file; they are not kept
     * @param passphrase opens what is encrypted in it; null if nothing is
     * @return this
     * @throws IOException as {@link #addFile(Path)}
     */
    public Keyring add(byte[] file, char[] passphrase) throws IOException {
        return add(file, passphrase, new Limits());
    }

    /**
     * Adds all keys and certificates of a file's bytes, under other limits.
     *
     * @param file the bytes of a file; they are not kept
     * @param passphrase opens what is encrypted in it; null if nothing is
     * @param limits what opening it may cost
     * @return this
     * @throws IOException as {@link #addFile(Path)}
     * @since 0.1
     */
    public Keyring add(byte[] file, char[] passphrase, Limits limits) throws IOException {
        byte[] copy = file.clone();
        byte[] secret = Bytes.of(passphrase);
        try {
            handle.run(it -> Native.keyringAdd(it, copy, secret, limits.bytes()));
        } finally {
            Bytes.wipe(secret);
            Bytes.wipe(copy);
        }
        return this;
    }

    /**
     * Adds a private key of a key store with its certificate: PKCS #12, JKS, the operating system's, a hardware
     * module's. A key that can be exported is imported; another is used where it is.
     *
     * @param store the key store, loaded
     * @param alias the key's name in it
     * @param password opens the key; null if none is needed
     * @return this
     * @throws IOException if the key is of no use here
     * @throws GeneralSecurityException if the store does not give it
     */
    public Keyring addKeyStore(KeyStore store, String alias, char[] password)
            throws IOException, GeneralSecurityException {
        Key key = store.getKey(alias, password);
        Certificate certificate = store.getCertificate(alias);
        if (!(key instanceof PrivateKey) || !(certificate instanceof X509Certificate)) {
            throw new KeyStoreException("no private key with an X.509 certificate: " + alias);
        }
        byte[] encoded = "PKCS#8".equals(key.getFormat()) ? key.getEncoded() : null;
        if (encoded == null) {
            return addPrivateKey((X509Certificate) certificate, (PrivateKey) key);
        }
        try {
            add(encoded, null);
        } finally {
            Arrays.fill(encoded, (byte) 0);
        }
        return add(certificate.getEncoded(), null);
    }

    /**
     * Adds a private key that stays with its provider: RSA, elliptic curves, X25519, X448. Only messages that
     * name the certificate are tried with it. What the provider tells of a wrong RSA block, and how long
     * it takes for it, is its own.
     *
     * @param certificate the key's certificate
     * @param key the key; it need not be exportable
     * @return this
     * @throws IOException if the certificate cannot be read
     */
    public Keyring addPrivateKey(X509Certificate certificate, PrivateKey key) throws IOException {
        byte[] encoded;
        try {
            encoded = certificate.getEncoded();
        } catch (CertificateEncodingException error) {
            throw new IOException(error);
        }
        KeyAdapter adapter = new KeyAdapter(certificate.getPublicKey(), key);
        handle.run(it -> Native.keyringAddExternal(it, encoded, adapter));
        return this;
    }

    /**
     * Adds a password, for messages that were encrypted under one (RFC 5652 section 6.2.4).
     *
     * @param password the password
     * @return this
     * @throws IOException if the ring is closed
     */
    public Keyring addPassword(char[] password) throws IOException {
        byte[] secret = Bytes.of(password);
        try {
            handle.run(it -> Native.keyringAddPassword(it, secret));
        } finally {
            Bytes.wipe(secret);
        }
        return this;
    }

    /**
     * Adds a secret key that both sides have (RFC 5652 section 6.2.3).
     *
     * @param key 16, 24 or 32 bytes; they are not kept
     * @param identifier only recipients of that name are tried with it; null for all
     * @return this
     * @throws IOException for another size
     */
    public Keyring addSecretKey(byte[] key, byte[] identifier) throws IOException {
        byte[] copy = key.clone();
        try {
            handle.run(it -> Native.keyringAddSecretKey(it, copy, identifier));
        } finally {
            Bytes.wipe(copy);
        }
        return this;
    }

    /**
     * One text per key, secret or password: what it is, nothing of what it says.
     *
     * @return the texts
     * @throws IOException if the ring is closed
     */
    public List<String> describe() throws IOException {
        return new Bytes.Reader(handle.call(Native::keyringDescribe)).texts();
    }

    /** Lets go of the keys. What was opened with them stays open. */
    @Override
    public void close() {
        handle.close();
    }
}
