package io.github.smimezip;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
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

    private static byte[] noise(int size) {
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

    private static byte[] opened(byte[] message, Keyring keys) throws IOException {
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

    @Test
    void everyKindOfRecipient() throws Exception {
        byte[] content = noise(1000);
        byte[] secret = noise(32);
        byte[] name = "archive, 2026".getBytes(StandardCharsets.UTF_8);
        char[] password = "said on the telephone".toCharArray();
        String[] owners = {"p256", "p384", "p521", "x25519", "mlkem768"};
        try (Recipients recipients = new Recipients();
             Keyring byPassword = new Keyring().addPassword(password);
             Keyring bySecret = new Keyring().addSecretKey(secret, name)) {
            recipients.add(Data.certificate("main"));
            for (String owner : owners) {
                recipients.addFile(Data.key(owner, "cert"));
            }
            recipients.addPassword(password, 1000).addSecretKey(secret, name);
            byte[] message = sealed(recipients, new SealOptions(), content);
            assertEquals(owners.length + 3, recipients.describe().size());
            assertTrue(recipients.toString().contains("whoever knows the password"));
            assertFalse(recipients.toString().contains("telephone"));
            assertArrayEquals(content, opened(message, byPassword));
            assertArrayEquals(content, opened(message, bySecret));
            for (String owner : owners) {
                try (Keyring keys = Data.keys(owner)) {
                    assertArrayEquals(content, opened(message, keys), owner);
                }
            }
            try (Keyring keys = Data.keys("other")) {
                assertThrows(SmimezipException.class, () -> opened(message, keys));
            }
        }
    }

    @Test
    void howACertificateIsUsed() throws Exception {
        byte[] content = noise(100);
        for (RsaPadding padding : RsaPadding.values()) {
            CertificateOptions options = new CertificateOptions().rsaPadding(padding);
            try (Recipients recipients = new Recipients().add(Data.certificate("main"), options);
                 Keyring keys = Data.keys("main");
                 EncryptedMessage message = EncryptedMessage.open(
                     PartSource.of(sealed(recipients, new SealOptions(), content)))) {
                String algorithm = message.recipients().get(0).keyEncryptionAlgorithm().get();
                String hash = padding.name().replace("OAEP_SHA", "SHA-");
                boolean older = padding == RsaPadding.PKCS1_V1_5;
                assertTrue(algorithm.contains(older ? "v1_5" : hash), padding + ": " + algorithm);
                assertArrayEquals(content, message.newInputStream(keys).readAllBytes());
            }
        }
        CertificateOptions named = new CertificateOptions().byKeyIdentifier(true);
        try (Recipients recipients =
                new Recipients().addFile(Data.key("main", "cert"), named);
             EncryptedMessage message = EncryptedMessage.open(
                 PartSource.of(sealed(recipients, new SealOptions(), content)))) {
            assertTrue(message.recipients().get(0).keyIdentifier().get().length > 0);
        }
    }

    @Test
    void whatNothingIsSealedFor() throws Exception {
        java.time.Instant before = java.time.Instant.parse("1999-12-31T23:59:59Z");
        CertificateOptions early = new CertificateOptions().validAt(before);
        try (Recipients recipients = new Recipients()) {
            UnsuitableCertificateException error = assertThrows(
                UnsuitableCertificateException.class,
                () -> recipients.add(Data.certificate("main"), early));
            assertEquals("not_yet_valid", error.problem());
            assertTrue(error.subject().contains("CN=main"), error.subject());
            error = assertThrows(UnsuitableCertificateException.class,
                () -> recipients.addFile(Data.key("main", "cert"), early));
            assertEquals(Data.key("main", "cert").toString(), error.part().get());
            recipients.addFile(Data.key("main", "cert"), early.atAnyTime(true));
            CertificateOptions oaep = new CertificateOptions().rsaPadding(RsaPadding.OAEP_SHA256);
            error = assertThrows(UnsuitableCertificateException.class,
                () -> recipients.addFile(Data.key("p256", "cert"), oaep));
            assertEquals("not_rsa", error.problem());
            SmimezipException none = assertThrows(
                SmimezipException.class, () -> recipients.add(new byte[] {1, 2, 3}));
            assertEquals(Status.BAD_KEY, none.status());
            none = assertThrows(SmimezipException.class,
                () -> recipients.addFile(Data.SAMPLE.resolve("no such file")));
            assertTrue(none.getCause() instanceof java.nio.file.NoSuchFileException);
            assertThrows(IllegalArgumentException.class,
                () -> recipients.addPassword(new char[0]));
            char[] password = {'x'};
            assertThrows(IllegalArgumentException.class,
                () -> recipients.addPassword(password, 999));
            assertThrows(IllegalArgumentException.class,
                () -> recipients.addPassword(password, 0));
            assertThrows(SmimezipException.class,
                () -> recipients.addSecretKey(new byte[17], new byte[1]));
            CertificateOptions never =
                new CertificateOptions().validAt(java.time.Instant.MAX);
            assertThrows(IllegalArgumentException.class,
                () -> recipients.add(Data.certificate("main"), never));
            assertEquals(1, recipients.describe().size());
        }
        try (Recipients nobody = new Recipients()) {
            assertThrows(IllegalArgumentException.class,
                () -> new SealingOutputStream(new ByteArrayOutputStream(), nobody));
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

    @Test
    void recipientsAreSharedByThreads() throws Exception {
        try (Recipients recipients = main(); Keyring keys = Data.keys("main")) {
            List<Thread> threads = new ArrayList<>();
            List<Throwable> failures = java.util.Collections.synchronizedList(new ArrayList<>());
            for (int number = 0; number < 4; number++) {
                byte[] content = noise(100_000 + number);
                Thread thread = new Thread(() -> {
                    try {
                        recipients.addSecretKey(Arrays.copyOf(content, 16), new byte[1]);
                        byte[] message = sealed(recipients, new SealOptions(), content);
                        assertArrayEquals(content, opened(message, keys));
                    } catch (Throwable error) {
                        failures.add(error);
                    }
                });
                threads.add(thread);
                thread.start();
            }
            for (Thread thread : threads) {
                thread.join();
            }
            assertEquals(List.of(), failures);
            assertEquals(5, recipients.describe().size());
        }
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
