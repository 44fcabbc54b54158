package io.github.smimezip;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Messages made as streams. */
class SealTest {
    /** Has the message, and fails at a call. */
    private static final class Sink extends OutputStream {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private final Throwable error;
        private int left;
        private int closed;

        Sink(int calls, Throwable error) {
            left = calls;
            this.error = error;
        }

        private void call() throws IOException {
            if (left-- > 0) {
                return;
            }
            if (error instanceof IOException) {
                throw (IOException) error;
            }
            throw (RuntimeException) error;
        }

        @Override
        public void write(int value) throws IOException {
            write(new byte[] {(byte) value}, 0, 1);
        }

        @Override
        public void write(byte[] from, int offset, int length) throws IOException {
            call();
            bytes.write(from, offset, length);
        }

        @Override
        public void flush() throws IOException {
            call();
        }

        @Override
        public void close() {
            closed++;
        }
    }

    static byte[] noise(int size) {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        return bytes;
    }

    private static Recipients main() throws Exception {
        return Recipients.of(Data.key("main", "cert"));
    }

    static byte[] sealed(Recipients recipients, SealOptions options, byte[] content)
            throws IOException {
        ByteArrayOutputStream message = new ByteArrayOutputStream();
        try (SealingOutputStream out = new SealingOutputStream(message, recipients, options)) {
            out.write(content);
            out.finish();
            out.finish();
        }
        return message.toByteArray();
    }

    static byte[] opened(byte[] message, Keyring keys) throws IOException {
        try (InputStream in =
                EncryptedMessage.decrypt(new ByteArrayInputStream(message), keys)) {
            return in.readAllBytes();
        }
    }

    @Test
    void everyCipherInEveryContainer() throws Exception {
        byte[] content = noise(300_000);
        try (Recipients recipients = main(); Keyring keys = Data.keys("main")) {
            for (ContentCipher cipher : ContentCipher.values()) {
                for (SealContainer container : SealContainer.values()) {
                    SealOptions options =
                        new SealOptions().contentCipher(cipher).container(container);
                    byte[] message = sealed(recipients, options, content);
                    assertArrayEquals(content, opened(message, keys), options.toString());
                    byte[] known = sealed(recipients, options.knownSize(content.length), content);
                    try (EncryptedMessage read =
                            EncryptedMessage.open(PartSource.of(known))) {
                        String name =
                            read.contentEncryptionAlgorithm().toUpperCase().replace('-', '_');
                        assertEquals(cipher.name(), name);
                        assertEquals(cipher.isAuthenticated(),
                            read.integrity() == Integrity.AUTHENTICATED);
                        assertArrayEquals(content, read.newInputStream(keys).readAllBytes());
                    }
                }
            }
        }
    }

    @Test
    void linesAreAsAskedFor() throws Exception {
        try (Recipients recipients = main()) {
            for (boolean crlf : new boolean[] {false, true}) {
                for (int columns : new int[] {64, 76}) {
                    SealOptions options = new SealOptions().columns(columns).crlf(crlf);
                    String text = new String(
                        sealed(recipients, options, noise(1000)), StandardCharsets.US_ASCII);
                    String end = crlf ? "\r\n" : "\n";
                    assertTrue(text.startsWith("MIME-Version: 1.0" + end), text);
                    String body = text.substring(text.indexOf(end + end) + 2 * end.length());
                    assertEquals(columns, body.indexOf(end));
                }
            }
        }
        assertThrows(IllegalArgumentException.class, () -> new SealOptions().columns(65));
        assertThrows(IllegalArgumentException.class, () -> new SealOptions().knownSize(-1));
    }

    /** However the content is cut, and whatever its size. */
    @Test
    void piecesOfAnySize() throws Exception {
        try (Recipients recipients = main(); Keyring keys = Data.keys("main")) {
            for (int size : new int[] {0, 1, 16, 4096, 65_535, 65_536, 65_537, 400_001}) {
                byte[] content = noise(size);
                ByteArrayOutputStream message = new ByteArrayOutputStream();
                try (SealingOutputStream out = new SealingOutputStream(message, recipients)) {
                    int at = 0;
                    for (int piece = 1; at < size; piece = piece * 3 + 1) {
                        int count = Math.min(piece, size - at);
                        if (count == 1) {
                            out.write(content[at]);
                        } else {
                            out.write(content, at, count);
                        }
                        if (piece % 5 == 0) {
                            out.flush();
                        }
                        at += count;
                    }
                    out.finish();
                }
                assertArrayEquals(content, opened(message.toByteArray(), keys), size + " bytes");
            }
        }
    }

    /** Without {@code finish} every reader sees that the message is cut off. */
    @Test
    void closedBeforeItIsFinished() throws Exception {
        try (Recipients recipients = main(); Keyring keys = Data.keys("main")) {
            for (int size : new int[] {0, 10, 200_000}) {
                Sink sink = new Sink(Integer.MAX_VALUE, null);
                SealingOutputStream out = new SealingOutputStream(sink, recipients);
                out.write(noise(size));
                out.flush();
                IOException error = assertThrows(IOException.class, out::close);
                assertTrue(error.getMessage().contains("finish()"), error.getMessage());
                out.close();
                assertEquals(1, sink.closed);
                assertThrows(SmimezipException.class,
                    () -> opened(sink.bytes.toByteArray(), keys), size + " bytes");
            }
            // What the block throws stays what is thrown.
            Sink sink = new Sink(Integer.MAX_VALUE, null);
            UncheckedIOException thrown = new UncheckedIOException(new IOException("a source"));
            Throwable arrived = assertThrows(UncheckedIOException.class, () -> {
                try (SealingOutputStream out = new SealingOutputStream(sink, recipients)) {
                    out.write(noise(100_000));
                    throw thrown;
                }
            });
            assertSame(thrown, arrived);
            assertEquals(1, arrived.getSuppressed().length);
            assertThrows(SmimezipException.class, () -> opened(sink.bytes.toByteArray(), keys));
        }
    }

    /** At each call of the sink: what it throws arrives, and the message is not complete. */
    @Test
    void aSinkThatFails() throws Exception {
        byte[] content = noise(150_000);
        int failures = 0;
        try (Recipients recipients = main(); Keyring keys = Data.keys("main")) {
            for (int calls = 0;; calls++) {
                Exception error = calls % 2 == 0
                    ? new IOException("full") : new IllegalStateException("full");
                Sink sink = new Sink(calls, error);
                Throwable arrived = null;
                SealingOutputStream out = new SealingOutputStream(sink, recipients);
                try {
                    out.write(content);
                    out.flush();
                    out.finish();
                } catch (IOException | RuntimeException thrown) {
                    arrived = thrown;
                }
                if (arrived == null) {
                    out.close();
                    assertArrayEquals(content, opened(sink.bytes.toByteArray(), keys));
                    break;
                }
                assertSame(error, arrived);
                failures++;
                IOException again = assertThrows(IOException.class, out::finish);
                assertSame(error, again.getCause());
                assertThrows(IOException.class, () -> out.write(1));
                assertTrue(out.toString().contains("failed"), out.toString());
                out.close();
                assertEquals(1, sink.closed);
            }
        }
        assertTrue(failures >= 5, failures + " failures");
    }

    @Test
    void theSizeThatWasSaid() throws Exception {
        try (Recipients recipients = main()) {
            SealOptions ten = new SealOptions().knownSize(10);
            for (int size : new int[] {9, 11}) {
                ByteArrayOutputStream message = new ByteArrayOutputStream();
                try (SealingOutputStream out = new SealingOutputStream(message, recipients, ten)) {
                    assertThrows(IllegalArgumentException.class, () -> {
                        out.write(new byte[size]);
                        out.finish();
                    });
                }
            }
            assertTrue(sealed(recipients, ten, new byte[10]).length > 0);
        }
    }

    @Test
    void afterItsEnd() throws Exception {
        Recipients recipients = main();
        SealingOutputStream out = new SealingOutputStream(new ByteArrayOutputStream(), recipients);
        recipients.close();
        recipients.close();
        assertThrows(IOException.class, recipients::describe);
        assertThrows(IOException.class, () -> recipients.addPassword(new char[] {'x'}));
        assertThrows(IOException.class,
            () -> new SealingOutputStream(new ByteArrayOutputStream(), recipients));
        assertEquals("Recipients[closed]", recipients.toString());
        // What was begun with them goes on.
        out.write(1);
        out.finish();
        assertThrows(IOException.class, () -> out.write(1));
        assertThrows(IOException.class, out::flush);
        out.close();
        assertThrows(IOException.class, () -> out.write(1));
        assertThrows(IOException.class, out::finish);
        assertEquals("SealingOutputStream[finished, closed]", out.toString());
        assertThrows(IndexOutOfBoundsException.class, () -> out.write(new byte[3], 2, 2));
    }

    /** Lists and streams that nobody closes. */
    @Test
    void forgottenOnesAreFreed() throws Exception {
        long before = 0;
        for (int number = 0; number < 6000; number++) {
            Recipients recipients =
                new Recipients().addSecretKey(new byte[32], new byte[20_000]);
            new SealingOutputStream(OutputStream.nullOutputStream(), recipients)
                .write(new byte[1000]);
            if (number % 500 == 0) {
                System.gc();
                Thread.sleep(20);
            }
            if (number == 2000) {
                before = Data.resident();
            }
        }
        System.gc();
        Thread.sleep(200);
        long grown = Data.resident() - before;
        // 4,000 of them have more than 160 MB.
        assertTrue(grown < 60_000, grown + " KiB more");
    }
}
