package io.github.smimezip;

import io.github.smimezip.internal.Bytes;
import io.github.smimezip.internal.ContentChannel;
import io.github.smimezip.internal.ContentInputStream;
import io.github.smimezip.internal.DecryptingInputStream;
import io.github.smimezip.internal.Handle;
import io.github.smimezip.internal.Native;
import io.github.smimezip.internal.NativeLoader;
import io.github.smimezip.internal.SourceAdapter;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;

/**
 * One encrypted message of any size, S/MIME or CMS, opened: what it is and for whom is known, no
 * key is needed for that. Its content comes as a stream, as a channel or as a file, and as often as
 * it is asked for. {@link #decrypt(Path, Keyring)} is the short way to a stream.
 *
 * <pre>{@code
 * try (Keyring keys = Keyring.of(Path.of("key.pem"));
 *      EncryptedMessage message = EncryptedMessage.open(Path.of("letter.p7m"))) {
 *     System.out.println(message.recipients());
 *     message.decryptTo(keys, Path.of("letter.txt"));
 * }
 * }</pre>
 *
 * <p>To open it, its beginning and its end are read, or all of it once where its lines or chunks
 * are not of one length.
 */
public final class EncryptedMessage implements AutoCloseable {
    private final Handle handle;
    private final String container;
    private final String algorithm;
    private final String contentType;
    private final Integrity integrity;
    private final long ciphertextSize;
    private final List<Recipient> recipients;
    private final ProgressListener listener;

    private EncryptedMessage(long address, OpenOptions options) throws IOException {
        listener = options.listener();
        handle = new Handle(this, address, Native::messageFree);
        Bytes.Reader in = new Bytes.Reader(handle.call(Native::messageInfo));
        container = in.text();
        algorithm = in.text();
        contentType = in.text();
        integrity = Integrity.values()[in.number()];
        ciphertextSize = in.size();
        List<Recipient> all = new ArrayList<>();
        for (int left = in.number(); left > 0; left--) {
            all.add(new Recipient(in));
        }
        recipients = List.copyOf(all);
    }

    /**
     * Opens the message in a file.
     *
     * @param path the file
     * @return the message, to be closed
     * @throws IOException if it cannot be read, or is no message
     * @throws java.nio.file.ProviderMismatchException for a path that is not of the default file
     *     system; {@link PartSource#of(Path)} serves such a file
     */
    public static EncryptedMessage open(Path path) throws IOException {
        return open(path, new OpenOptions());
    }

    /**
     * Opens the message in a file, with options.
     *
     * @param path the file
     * @param options how to open it; they count for all that is done with the message
     * @return the message, to be closed
     * @throws LimitExceededException if a limit is reached
     * @throws IOException as {@link #open(Path)}
     * @since 0.1
     */
    public static EncryptedMessage open(Path path, OpenOptions options) throws IOException {
        byte[] file = Bytes.of(Objects.requireNonNull(path, "path"));
        Objects.requireNonNull(options, "options");
        NativeLoader.load();
        return new EncryptedMessage(
            Native.messageOpenFile(file, options.bits(), options.limits()), options);
    }

    /**
     * Opens the message that a source serves.
     *
     * @param source the source; it is to be closed by its owner, after the last use of the message
     *     and its streams
     * @return the message, to be closed
     * @throws IOException if it cannot be read, or is no message
     */
    public static EncryptedMessage open(PartSource source) throws IOException {
        return open(source, new OpenOptions());
    }

    /**
     * Opens the message that a source serves, with options.
     *
     * @param source the source, as for {@link #open(PartSource)}
     * @param options how to open it; they count for all that is done with the message
     * @return the message, to be closed
     * @throws LimitExceededException if a limit is reached
     * @throws IOException as {@link #open(PartSource)}
     * @since 0.1
     */
    public static EncryptedMessage open(PartSource source, OpenOptions options)
            throws IOException {
        Objects.requireNonNull(source, "source");
        Objects.requireNonNull(options, "options");
        NativeLoader.load();
        return new EncryptedMessage(Native.messageOpenSource(new SourceAdapter(source::readAt),
            source.size(), options.bits(), options.limits()), options);
    }

    /**
     * Decrypts a file in one step, as a stream.
     *
     * @param path the file
     * @param keys the keys; they are not needed any more afterwards
     * @return the content; its end comes only after every check
     * @throws NoMatchingKeyException if none of the keys is for it
     * @throws DecryptionException if a key does not fit, or the message is damaged
     * @throws IOException as {@link #open(Path)} and {@link #newInputStream}
     */
    public static InputStream decrypt(Path path, Keyring keys) throws IOException {
        return decrypt(path, keys, new OpenOptions());
    }

    /**
     * Decrypts a file in one step, as a stream, with options.
     *
     * @param path the file
     * @param keys the keys; they are not needed any more afterwards
     * @param options how to open it
     * @return the content; its end comes only after every check
     * @throws IOException as {@link #decrypt(Path, Keyring)}
     * @since 0.1
     */
    public static InputStream decrypt(Path path, Keyring keys, OpenOptions options)
            throws IOException {
        Objects.requireNonNull(keys, "keys");
        try (EncryptedMessage message = open(path, options)) {
            return message.newInputStream(keys);
        }
    }

    /**
     * Decrypts a message that can be read forward only, in constant memory. With a CBC cipher bytes
     * come before the message's end was seen: do not use them before {@code read} returned -1,
     * which it does only after every check. With an authenticated cipher nothing comes before that.
     *
     * @param source the message; it is closed with the stream
     * @param keys the keys; they are needed until the first byte was read
     * @return the content; what fails, fails when it is read
     * @throws IOException if the ring is closed
     */
    public static InputStream decrypt(InputStream source, Keyring keys) throws IOException {
        return decrypt(source, keys, new OpenOptions());
    }

    /**
     * As {@link #decrypt(InputStream, Keyring)}, with options.
     *
     * @param source the message; it is closed with the stream
     * @param keys the keys; they are needed until the first byte was read
     * @param options how to open it
     * @return the content; what fails, fails when it is read
     * @throws IOException if the ring is closed
     * @throws IllegalArgumentException for {@link ReadOption#INNER_SIGNED_DATA} and {@link
     *     ReadOption#INNER_MIME_HEADER}, which need a message that can be read at positions
     * @since 0.1
     */
    public static InputStream decrypt(InputStream source, Keyring keys, OpenOptions options)
            throws IOException {
        Objects.requireNonNull(source, "source");
        Objects.requireNonNull(keys, "keys");
        Objects.requireNonNull(options, "options");
        for (ReadOption inner : EnumSet.of(
                ReadOption.INNER_SIGNED_DATA, ReadOption.INNER_MIME_HEADER)) {
            if (options.has(inner)) {
                throw new IllegalArgumentException(
                    inner + " needs a message that can be read at positions");
            }
        }
        NativeLoader.load();
        return new DecryptingInputStream(source, keys.handle.call(
            it -> Native.decoderNew(it, options.bits(), options.limits())));
    }

    /**
     * How it is wrapped: "S/MIME, base64", "binary (BER or DER)" and others.
     *
     * @return the container, in words
     */
    public String container() {
        return container;
    }

    /**
     * The content's cipher: "AES-256-CBC".
     *
     * @return its name
     */
    public String contentEncryptionAlgorithm() {
        return algorithm;
    }

    /**
     * What the sender says the content is.
     *
     * @return an object identifier in dotted form
     */
    public String contentType() {
        return contentType;
    }

    /**
     * What the encryption will say of the content's integrity.
     *
     * @return the level
     */
    public Integrity integrity() {
        return integrity;
    }

    /**
     * The size of the ciphertext. With a CBC cipher the content is shorter by its padding, 1 to 16
     * bytes; with an authenticated one it is as long.
     *
     * @return a number of bytes
     */
    public long ciphertextSize() {
        return ciphertextSize;
    }

    /**
     * For whom the message is.
     *
     * @return the recipients, in their order
     */
    public List<Recipient> recipients() {
        return recipients;
    }

    private long unlock(Keyring keys) throws IOException {
        Objects.requireNonNull(keys, "keys");
        Object progress = ExportArchive.adapter(listener);
        return handle.call(
            message -> keys.handle.call(ring -> Native.messageDecrypt(message, ring, progress)));
    }

    /**
     * Unlocks the message and reads its content as a stream.
     *
     * @param keys the keys; they are not needed any more afterwards
     * @return the content; it stays open when the message is closed
     * @throws NoMatchingKeyException if none of the keys is for it
     * @throws DecryptionException if a key does not fit, or the message is damaged
     * @throws CancelledException if the listener of the options or an interrupt of the thread stops
     *     it
     * @throws IOException for these and all other failures
     */
    public InputStream newInputStream(Keyring keys) throws IOException {
        return new ContentInputStream(unlock(keys));
    }

    /**
     * Unlocks the message and reads its content at any position. Only what is read is decrypted.
     *
     * @param keys the keys; they are not needed any more afterwards
     * @return a channel for reading; it stays open when the message is closed
     * @throws IOException as {@link #newInputStream}
     */
    public SeekableByteChannel newChannel(Keyring keys) throws IOException {
        return new ContentChannel(unlock(keys));
    }

    /**
     * Decrypts the message to a file, on several threads: the file is there complete, or not at
     * all.
     *
     * @param keys the keys
     * @param path the file to write; it must not be there
     * @throws IOException as {@link #decryptTo(Keyring, Path, ExtractOptions)}
     * @since 0.1
     */
    public void decryptTo(Keyring keys, Path path) throws IOException {
        decryptTo(keys, path, new ExtractOptions());
    }

    /**
     * As {@link #decryptTo(Keyring, Path)}, with options: the file is there complete, or it is as
     * it was.
     *
     * @param keys the keys
     * @param path the file to write
     * @param options of these count: what happens to a file that is there, durability, threads,
     *     progress, and the limits of {@link Limit#TOTAL_SIZE} and {@link Limit#LAYERS}, where they
     *     are stricter than the message's
     * @throws IOException as {@link #newInputStream}, or if the file cannot be written
     * @throws java.nio.file.ProviderMismatchException for a path that is not of the default file
     *     system
     */
    public void decryptTo(Keyring keys, Path path, ExtractOptions options) throws IOException {
        Objects.requireNonNull(keys, "keys");
        byte[] file = Bytes.of(Objects.requireNonNull(path, "path"));
        Objects.requireNonNull(options, "options");
        Object progress = ExportArchive.adapter(options.listener());
        handle.run(message -> keys.handle.run(ring -> Native.messageDecryptToFile(message, ring,
            file, options.bits(), options.threads(), options.limits(), progress)));
    }

    /** Closes the message; a second time it does nothing. Streams made from it stay open. */
    @Override
    public void close() {
        handle.close();
    }

    @Override
    public String toString() {
        return "EncryptedMessage[" + container + ", " + algorithm + ", " + recipients.size()
            + " recipients" + (handle.isOpen() ? "]" : ", closed]");
    }
}
