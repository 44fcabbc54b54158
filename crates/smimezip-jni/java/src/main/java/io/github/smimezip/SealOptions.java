package io.github.smimezip;

import java.util.Objects;

/**
 * How a message is made: for {@link SealingOutputStream}. Every setter returns the object, and none
 * of them is needed: with the defaults the documented {@code openssl smime -decrypt} opens what is
 * made.
 *
 * <pre>{@code
 * new SealOptions()
 *     .contentCipher(ContentCipher.AES_256_GCM)
 *     .container(SealContainer.BINARY);
 * }</pre>
 *
 * @since 0.1
 */
public final class SealOptions {
    private static final int CONTAINER = 4;
    private static final int LONG_LINES = 6;
    private static final int CRLF = 7;
    private static final int SHORT = 64;
    private static final int LONG = 76;

    private ContentCipher cipher = ContentCipher.AES_256_CBC;
    private SealContainer container = SealContainer.MIME_BASE64;
    private int columns = SHORT;
    private boolean crlf;
    private long size = -1;

    /** The defaults: AES-256-CBC in MIME with base64, of a content whose size is not known. */
    public SealOptions() {}

    /**
     * What encrypts the content.
     *
     * @param cipher the cipher; {@link ContentCipher#AES_256_CBC} by default
     * @return this
     */
    public SealOptions contentCipher(ContentCipher cipher) {
        this.cipher = Objects.requireNonNull(cipher, "cipher");
        return this;
    }

    /**
     * How the message is wrapped.
     *
     * @param container the container; {@link SealContainer#MIME_BASE64} by default
     * @return this
     */
    public SealOptions container(SealContainer container) {
        this.container = Objects.requireNonNull(container, "container");
        return this;
    }

    /**
     * How many characters a line of base64 has in MIME. PEM has 64 in any case.
     *
     * @param count 64, the default, as OpenSSL writes it; or 76, the most that MIME allows (RFC
     *     2045 section 6.8)
     * @return this
     * @throws IllegalArgumentException for another number
     */
    public SealOptions columns(int count) {
        if (count != SHORT && count != LONG) {
            throw new IllegalArgumentException("columns: 64 or 76");
        }
        columns = count;
        return this;
    }

    /**
     * Ends the lines of {@link SealContainer#MIME_BASE64} with CR LF, as mail wants it (RFC 8551
     * section 3.1.1), instead of LF.
     *
     * @param value whether to; false by default
     * @return this
     */
    public SealOptions crlf(boolean value) {
        crlf = value;
        return this;
    }

    /**
     * Says that the content has exactly so many bytes. The message then is in DER, with its lengths
     * at its start, which some programs need; else it is in BER, in chunks. For the parts of an
     * export it does not count, as each has its own size.
     *
     * @param bytes a number of bytes
     * @return this
     * @throws IllegalArgumentException for a number below zero
     */
    public SealOptions knownSize(long bytes) {
        if (bytes < 0) {
            throw new IllegalArgumentException("bytes: a number below zero");
        }
        size = bytes;
        return this;
    }

    int bits() {
        return cipher.ordinal() | container.ordinal() << CONTAINER
            | (columns == LONG ? 1 << LONG_LINES : 0) | (crlf ? 1 << CRLF : 0);
    }

    /** The size of the content; -1 if it is not known. */
    long size() {
        return size;
    }

    @Override
    public String toString() {
        return "SealOptions[contentCipher=" + cipher + ", container=" + container + ", columns="
            + columns + ", crlf=" + crlf + (size < 0 ? "" : ", knownSize=" + size) + "]";
    }
}
