package io.github.smimezip;

import io.github.smimezip.internal.Bytes;
import io.github.smimezip.internal.Handle;
import io.github.smimezip.internal.KeyAdapter;
import io.github.smimezip.internal.Native;
import io.github.smimezip.internal.NativeLoader;
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
import java.util.Collections;
import java.util.List;
import java.util.Objects;

/**
 * Private keys, passwords, secret keys and certificates: whatever may open a message, tried in the
 * order it was added. It is the first thing to make, and needed only until something is opened;
 * keys are wiped when the ring and all that needs it are closed.
 *
 * <pre>{@code
 * try (Keyring keys = Keyring.of(Path.of("key.pem"))) {
 *     keys.addFile(Path.of("older.p12"), passphrase);
 *     System.out.println(keys.describe());
 * }
 * }</pre>
 */
public final class Keyring implements AutoCloseable {
    final Handle handle;

    /** Makes an empty ring. */
    public Keyring() {
        NativeLoader.load();
        handle = new Handle(this, Native.keyringNew(), Native::keyringFree);
    }

    /**
     * A ring with the keys of a file that needs no passphrase.
     *
     * @param path the file, as for {@link #addFile(Path)}
     * @return the ring, to be closed
     * @throws PassphraseException if the file needs a passphrase
     * @throws IOException as {@link #addFile(Path)}
     * @since 0.1
     */
    public static Keyring of(Path path) throws IOException {
        return of(path, null);
    }

    /**
     * A ring with the keys of a file.
     *
     * @param path the file, as for {@link #addFile(Path, char[])}
     * @param passphrase opens what is encrypted in it; null if nothing is. It may be wiped
     *     afterwards
     * @return the ring, to be closed
     * @throws PassphraseException if the passphrase is wrong, or needed and not there
     * @throws IOException as {@link #addFile(Path, char[])}
     * @since 0.1
     */
    public static Keyring of(Path path, char[] passphrase) throws IOException {
        Objects.requireNonNull(path, "path");
        Keyring keys = new Keyring();
        try {
            return keys.addFile(path, passphrase);
        } catch (IOException | RuntimeException error) {
            keys.close();
            throw error;
        }
    }

    /**
     * A ring with every private key of a key store that has an X.509 certificate there.
     *
     * @param store the key store, loaded
     * @param password opens the keys; null if none is needed
     * @return the ring, to be closed
     * @throws IOException if a key is of no use here
     * @throws GeneralSecurityException if the store does not give a key, or has none
     * @since 0.1
     */
    public static Keyring of(KeyStore store, char[] password)
            throws IOException, GeneralSecurityException {
        Objects.requireNonNull(store, "store");
        Keyring keys = new Keyring();
        try {
            for (String alias : Collections.list(store.aliases())) {
                if (store.isKeyEntry(alias)
                        && store.getCertificate(alias) instanceof X509Certificate) {
                    keys.addKeyStore(store, alias, password);
                }
            }
            if (keys.describe().isEmpty()) {
                throw new KeyStoreException("no private key with an X.509 certificate");
            }
            return keys;
        } catch (IOException | GeneralSecurityException | RuntimeException error) {
            keys.close();
            throw error;
        }
    }

    /**
     * Adds all keys and certificates of a file that needs no passphrase: PEM, DER or PKCS #12; PKCS
     * #1, PKCS #8, SEC 1, X.509.
     *
     * @param path the file
     * @return this
     * @throws PassphraseException if it needs a passphrase
     * @throws IOException if it cannot be read, or holds neither a key nor a certificate; the ring
     *     is as it was
     * @throws java.nio.file.ProviderMismatchException for a path that is not of the default file
     *     system
     */
    public Keyring addFile(Path path) throws IOException {
        return addFile(path, null);
    }

    /**
     * Adds all keys and certificates of a file.
     *
     * @param path the file
     * @param passphrase opens what is encrypted in it; null if nothing is. It may be wiped
     *     afterwards
     * @return this
     * @throws PassphraseException if the passphrase is wrong, or needed and not there
     * @throws IOException as {@link #addFile(Path)}
     */
    public Keyring addFile(Path path, char[] passphrase) throws IOException {
        return addFile(path, passphrase, new Limits());
    }

    /**
     * Adds all keys and certificates of a file, under other limits: of key derivation, above all.
     *
     * @param path the file
     * @param passphrase opens what is encrypted in it; null if nothing is. It may be wiped
     *     afterwards
     * @param limits what opening it may cost
     * @return this
     * @throws LimitExceededException if it would cost more
     * @throws IOException as {@link #addFile(Path, char[])}
     * @since 0.1
     */
    public Keyring addFile(Path path, char[] passphrase, Limits limits) throws IOException {
        byte[] file = Bytes.of(Objects.requireNonNull(path, "path"));
        Objects.requireNonNull(limits, "limits");
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
     * @throws PassphraseException if the passphrase is wrong, or needed and not there
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
     * @throws LimitExceededException if it would cost more
     * @throws IOException as {@link #add(byte[], char[])}
     * @since 0.1
     */
    public Keyring add(byte[] file, char[] passphrase, Limits limits) throws IOException {
        Objects.requireNonNull(limits, "limits");
        byte[] copy = Objects.requireNonNull(file, "file").clone();
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
     * Adds a private key of a key store with its certificate: PKCS #12, JKS, the operating
     * system's, a hardware module's. A key that can be exported is imported; another is used where
     * it is.
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
        Objects.requireNonNull(store, "store");
        Objects.requireNonNull(alias, "alias");
        Key key = store.getKey(alias, password);
        Certificate certificate = store.getCertificate(alias);
        if (!(key instanceof PrivateKey) || !(certificate instanceof X509Certificate)) {
            throw new KeyStoreException("no private key with an X.509 certificate: " + alias);
        }
        if (!isExportable(key)) {
            return addPrivateKey((PrivateKey) key, (X509Certificate) certificate);
        }
        return addPrivateKey((PrivateKey) key).add(certificate.getEncoded(), null);
    }

    private static boolean isExportable(Key key) {
        return "PKCS#8".equals(key.getFormat()) && key.getEncoded() != null;
    }

    /**
     * Adds a private key that its provider gives out, as all do that are in memory. It needs no
     * certificate.
     *
     * @param key the key
     * @return this
     * @throws IOException if the key is of no use here
     * @throws IllegalArgumentException if it cannot be exported; it needs its certificate then,
     *     with {@link #addPrivateKey(PrivateKey, X509Certificate)}
     * @since 0.1
     */
    public Keyring addPrivateKey(PrivateKey key) throws IOException {
        if (!isExportable(Objects.requireNonNull(key, "key"))) {
            throw new IllegalArgumentException(
                "key: one that cannot be exported needs its certificate");
        }
        byte[] encoded = key.getEncoded();
        try {
            return add(encoded, null);
        } finally {
            Bytes.wipe(encoded);
        }
    }

    /**
     * Adds a private key that stays with its provider: RSA, elliptic curves, X25519, X448. Only
     * messages that name the certificate are tried with it. What the provider reveals of a wrong
     * RSA block, and how long it takes for it, is its own.
     *
     * @param key the key; it need not be exportable
     * @param certificate the key's certificate
     * @return this
     * @throws IOException if the certificate cannot be read
     */
    public Keyring addPrivateKey(PrivateKey key, X509Certificate certificate) throws IOException {
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(certificate, "certificate");
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
     * @param password the password; it may be wiped afterwards
     * @return this
     * @throws IOException if the ring is closed
     */
    public Keyring addPassword(char[] password) throws IOException {
        byte[] secret = Bytes.of(Objects.requireNonNull(password, "password"));
        try {
            handle.run(it -> Native.keyringAddPassword(it, secret));
        } finally {
            Bytes.wipe(secret);
        }
        return this;
    }

    /**
     * Adds a secret key that both sides have (RFC 5652 section 6.2.3), to be tried for every
     * recipient of that kind.
     *
     * @param key 16, 24 or 32 bytes; they are not kept
     * @return this
     * @throws IOException for another size
     * @since 0.1
     */
    public Keyring addSecretKey(byte[] key) throws IOException {
        return secretKey(key, null);
    }

    /**
     * Adds a secret key that both sides have (RFC 5652 section 6.2.3).
     *
     * @param key 16, 24 or 32 bytes; they are not kept
     * @param identifier only recipients of that name are tried with it
     * @return this
     * @throws IOException for another size
     */
    public Keyring addSecretKey(byte[] key, byte[] identifier) throws IOException {
        return secretKey(key, Objects.requireNonNull(identifier, "identifier"));
    }

    private Keyring secretKey(byte[] key, byte[] identifier) throws IOException {
        byte[] copy = Objects.requireNonNull(key, "key").clone();
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

    /**
     * Lets go of the keys; a second time it does nothing. What was opened with them stays open.
     */
    @Override
    public void close() {
        handle.close();
    }

    /** What {@link #describe} says: no secrets. */
    @Override
    public String toString() {
        try {
            return "Keyring" + describe();
        } catch (IOException closed) {
            return "Keyring[closed]";
        }
    }
}
