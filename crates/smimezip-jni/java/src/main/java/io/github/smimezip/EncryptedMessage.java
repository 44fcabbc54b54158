package io.github.smimezip;

import io.github.smimezip.internal.ContentChannel;
import io.github.smimezip.internal.ContentInputStream;
import io.github.smimezip.internal.DecryptingInputStream;
import io.github.smimezip.internal.Handle;
import io.github.smimezip.internal.Native;
import io.github.smimezip.internal.NativeLoader;
import io.github.smimezip.internal.Bytes;
import io.github.smimezip.internal.SourceAdapter;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * An S/MIME enveloped-data or authEnveloped-data message of any size, opened: what it is and for whom is
 * known, no key is needed. Only its head and its tail were read, or all of it once where its lines or chunks are
 * not of one length.
 */
public final class EncryptedMessage implements AutoCloseable {
    private final Handle handle;
    private final String container;
    private final String algorithm;
    private final String contentType;
    private final Integrity integrity;
    private final long ciphertextSize;
    private final List<Recipient> recipients = new ArrayList<>();

    private EncryptedMessage(long address) throws IOException {
        handle = new Handle(this, address, Native::messageFree);
        Bytes.Reader in = new Bytes.Reader(handle.call(Native::messageInfo));
        container = in.text();
        algorithm = in.text();
        contentType = in.text();
        integrity = Integrity.values()[in.number()];
        ciphertextSize = in.size();
        int count = in.number();
        for (int at = 0; at < count; at++) {
            recipients.add(new Recipient(in.text(), in.text(), in.text(), in.bytes(), in.bytes(),
                in.text(), in.text()));
        }
    }

    /**
     * Opens the message in a file.
     *
     * @param path the file
     * @param options how to open it
     * @return the message, to be closed
     * @throws IOException if it cannot be read, or is no message
     * @throws java.nio.file.ProviderMismatchException for a path that is not of the default file system
     */
    public static EncryptedMessage open(Path path, OpenOption... options) throws IOException {
        return open(path, new Limits(), options);
    }

    /**
     * Opens the message in a file, under other limits.
     *
     * @param path the file
     * @param limits what it may cost; they count for all that is done with the message
     * @param options how to open it
     * @return the message, to be closed
     * @throws IOException as {@link #open(Path, OpenOption...)}
     * @since 0.1
     */
    public static EncryptedMessage open(Path path, Limits limits, OpenOption... options)
            throws IOException {
        NativeLoader.load();
        return new EncryptedMessage(
            Native.messageOpenFile(Bytes.of(path), OpenOption.bits(options), limits.bytes()));
    }

    /**
     * Opens the message that a source serves.
     *
     * @param source the source; it is to be closed by its owner, after the last use of the message and
     *     its streams
     * @param options how to open it
     * @return the message, to be closed
     * @throws IOException if it cannot be read, or is no message
     */
    public static EncryptedMessage open(PartSource source, OpenOption... options) throws IOException {
        return open(source, new Limits(), options);
    }

    /**
     * Opens the message that a source serves, under other limits.
     *
     * @param source the source, as for {@link #open(PartSource, OpenOption...)}
     * @param limits what it may cost; they count for all that is done with the message
     * @param options how to open it
     * @return the message, to be closed
     * @throws IOException if it cannot be read, or is no message
     * @since 0.1
     */
    public static EncryptedMessage open(PartSource source, Limits limits, OpenOption... options)
            throws IOException {
        NativeLoader.load();
        return new EncryptedMessage(Native.messageOpenSource(new SourceAdapter(source::readAt), source.size(),
            OpenOption.bits(options), limits.bytes()));
    }

    /**
     * Decrypts a file in one step, as a stream.
     *
     * @param path the file
     * @param keys the keys
     * @param options how to open it
     * @return the content; its end comes only after every check
     * @throws IOException as {@link #open(Path, OpenOption...)} and {@link #newInputStream}
     */
    public static InputStream decrypt(Path path, Keyring keys, OpenOption... options) throws IOException {
        try (EncryptedMessage message = open(path, options)) {
            return message.newInputStream(keys);
        }
    }

    /**
     * Decrypts a message that can be read forward only, in constant memory. With a CBC cipher bytes come
     * before the message's end was seen: do not use them before {@code read} returned -1, which it does only
     * after every check. With an authenticated cipher nothing comes before that.
     *
     * @param source the message; it is closed with the stream
     * @param keys the keys
     * @param options how to open it; layers inside cannot be looked through
     * @return the content
     * @throws IOException if the ring is closed
     */
    public static InputStream decrypt(InputStream source, Keyring keys, OpenOption... options)
            throws IOException {
        return decrypt(source, keys, new Limits(), options);
    }

    /**
     * Decrypts a message that can be read forward only, under other limits.
     *
     * @param source the message; it is closed with the stream
     * @param keys the keys
     * @param limits what it may cost
     * @param options how to open it; layers inside cannot be looked through
     * @return the content, as of {@link #decrypt(InputStream, Keyring, OpenOption...)}
     * @throws IOException if the ring is closed
     * @since 0.1
     */
    public static InputStream decrypt(InputStream source, Keyring keys, Limits limits, OpenOption... options)
            throws IOException {
        for (OpenOption option : options) {
            if (option == OpenOption.INNER_SIGNED_DATA || option == OpenOption.INNER_MIME_HEADER) {
                throw new IllegalArgumentException(option + " needs a message that can be read at positions");
            }
        }
        NativeLoader.load();
        int bits = OpenOption.bits(options);
        byte[] allowed = limits.bytes();
        return new DecryptingInputStream(
            source, keys.handle.call(it -> Native.decoderNew(it, bits, allowed)));
    }

    /**
     * The outside: "S/MIME, base64", "binary (BER or DER)" and others.
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
     * The size of the ciphertext. With a CBC cipher the content is shorter by its padding, 1 to 16 bytes; with an
     * authenticated one it is as long.
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
        return List.copyOf(recipients);
    }

    private long unlock(Keyring keys) throws IOException {
        Object progress = ExportArchive.adapter(null);
        return handle.call(
            message -> keys.handle.call(ring -> Native.messageDecrypt(message, ring, progress)));
    }

    /**
     * Unlocks the message and reads its content as a stream.
     *
     * @param keys the keys; they are not needed any more afterwards
     * @return the content; it stays open when the message is closed
     * @throws IOException {@link NoMatchingKeyException}, {@link DecryptionException} and others;
     *     {@link CancelledException} if the thread is interrupted
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
     * Decrypts the message to a file, on several threads: the file is there complete, or it is as it was.
     *
     * @param keys the keys
     * @param path the file to write
     * @param options of these count: overwriting, syncing, threads, progress, and the limits of
     *     {@link Limit#TOTAL_SIZE} and {@link Limit#LAYERS}, where they are stricter than the message's
     * @throws IOException as {@link #newInputStream}, or if it cannot be written
     * @throws IllegalArgumentException if the options contradict each other
     * @throws java.nio.file.ProviderMismatchException for a path that is not of the default file system
     */
    public void decryptTo(Keyring keys, Path path, ExtractOptions options) throws IOException {
        byte[] file = Bytes.of(path);
        int bits = options.bits();
        byte[] limits = options.limits();
        Object progress = ExportArchive.adapter(options.listener());
        handle.run(message -> keys.handle.run(ring -> Native.messageDecryptToFile(
            message, ring, file, bits, options.threads(), limits, progress)));
    }

    /** Closes the message. Streams and channels made from it stay open. */
    @Override
    public void close() {
        handle.close();
    }
}
