package io.github.smimezip.internal;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What crosses the border as octets: numbers big-endian, texts in UTF-8 behind their length. */
public final class Octets {
    private Octets() {}

    /** A path as the native side takes it. */
    public static byte[] of(Path path) {
        return path.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** A secret in UTF-8, to be wiped; null for null. */
    public static byte[] of(char[] secret) {
        if (secret == null) {
            return null;
        }
        ByteBuffer encoded = StandardCharsets.UTF_8.encode(CharBuffer.wrap(secret));
        byte[] octets = new byte[encoded.remaining()];
        encoded.get(octets);
        Arrays.fill(encoded.array(), (byte) 0);
        return octets;
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

        public Reader(byte[] octets) {
            in = ByteBuffer.wrap(octets);
        }

        public int number() {
            return in.getInt();
        }

        public long size() {
            return in.getLong();
        }

        public byte[] octets() {
            byte[] octets = new byte[in.getInt()];
            in.get(octets);
            return octets;
        }

        /** A text, or null where there is none. */
        public String text() {
            int length = in.getInt();
            if (length < 0) {
                return null;
            }
            byte[] octets = new byte[length];
            in.get(octets);
            return new String(octets, StandardCharsets.UTF_8);
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

    /** Writes texts for the native side. */
    public static final class Writer {
        private final ByteArrayOutputStream out = new ByteArrayOutputStream();

        public void text(String text) {
            byte[] octets = text.getBytes(StandardCharsets.UTF_8);
            out.writeBytes(ByteBuffer.allocate(4).putInt(octets.length).array());
            out.writeBytes(octets);
        }

        public byte[] octets() {
            return out.toByteArray();
        }
    }
}
