package io.github.smimezip.internal;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.ProviderMismatchException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What crosses the boundary as bytes: numbers big-endian, texts in UTF-8 after their length. */
public final class Bytes {
    private Bytes() {}

    /**
     * A path as the native side takes it, which knows the files of the operating system alone: a
     * path inside a zip file or in memory has the text of another file there.
     */
    public static byte[] of(Path path) {
        if (path.getFileSystem() != FileSystems.getDefault()) {
            throw new ProviderMismatchException("a path of the file system of "
                + path.getFileSystem().provider().getScheme()
                    + ", where one of the default is needed: " + path);
        }
        String text = path.toString();
        boolean ascii = text.chars().allMatch(it -> it < 128);
        if (ascii || File.separatorChar == '\\' || (isUtf8() && text.indexOf('\ufffd') < 0)) {
            return text.getBytes(StandardCharsets.UTF_8);
        }
        return bytes(path.toUri());
    }

    /** Whether names of files are in UTF-8. */
    private static boolean isUtf8() {
        return "UTF-8".equalsIgnoreCase(System.getProperty("sun.jnu.encoding"));
    }

    /**
     * The bytes that a path really has, whatever the locale makes of them: its URI keeps them, as
     * %XX.
     */
    private static byte[] bytes(URI uri) {
        String encoded = uri.getRawPath();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int at = 0; at < encoded.length(); at++) {
            char character = encoded.charAt(at);
            if (character == '%') {
                out.write(Integer.parseInt(encoded.substring(at + 1, at + 3), 16));
                at += 2;
            } else {
                out.write(character);
            }
        }
        // That of a folder has a slash at its end.
        byte[] bytes = out.toByteArray();
        int length =
            bytes.length > 1 && bytes[bytes.length - 1] == '/' ? bytes.length - 1 : bytes.length;
        return Arrays.copyOf(bytes, length);
    }

    /** Texts, one after the other. */
    public static byte[] of(List<String> texts) {
        Writer out = new Writer();
        texts.forEach(out::text);
        return out.bytes();
    }

    /** A secret in UTF-8, to be wiped; null for null. */
    public static byte[] of(char[] secret) {
        if (secret == null) {
            return null;
        }
        ByteBuffer encoded = StandardCharsets.UTF_8.encode(CharBuffer.wrap(secret));
        byte[] bytes = new byte[encoded.remaining()];
        encoded.get(bytes);
        Arrays.fill(encoded.array(), (byte) 0);
        return bytes;
    }

    /** Wipes what may be null. */
    public static void wipe(byte[] secret) {
        if (secret != null) {
            Arrays.fill(secret, (byte) 0);
        }
    }

    /** Reads what the native side wrote. */
    public static final class Reader {
        private final ByteBuffer in;

        public Reader(byte[] bytes) {
            in = ByteBuffer.wrap(bytes);
        }

        public int number() {
            return in.getInt();
        }

        public long size() {
            return in.getLong();
        }

        public byte[] bytes() {
            byte[] bytes = new byte[in.getInt()];
            in.get(bytes);
            return bytes;
        }

        /** A text, or null where there is none. */
        public String text() {
            int length = in.getInt();
            if (length < 0) {
                return null;
            }
            byte[] bytes = new byte[length];
            in.get(bytes);
            return new String(bytes, StandardCharsets.UTF_8);
        }

        public List<String> texts() {
            int count = in.getInt();
            List<String> texts = new ArrayList<>(count);
            for (int at = 0; at < count; at++) {
                texts.add(text());
            }
            return List.copyOf(texts);
        }
    }

    /** Writes for the native side. */
    public static final class Writer {
        private final ByteArrayOutputStream out = new ByteArrayOutputStream();

        public void text(String text) {
            blob(text.getBytes(StandardCharsets.UTF_8));
        }

        /** Bytes after their length. */
        public void blob(byte[] bytes) {
            number(bytes.length);
            out.writeBytes(bytes);
        }

        /** Texts after their number. */
        public void texts(List<String> texts) {
            number(texts.size());
            texts.forEach(this::text);
        }

        public Writer number(int number) {
            out.writeBytes(ByteBuffer.allocate(4).putInt(number).array());
            return this;
        }

        public Writer size(long size) {
            out.writeBytes(ByteBuffer.allocate(8).putLong(size).array());
            return this;
        }

        public byte[] bytes() {
            return out.toByteArray();
        }
    }
}
