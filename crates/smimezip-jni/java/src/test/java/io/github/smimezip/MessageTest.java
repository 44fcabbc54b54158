package io.github.smimezip;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MessageTest {
    private static OpenOptions options(String file) {
        return file.contains("gcm-in-enveloped")
            ? new OpenOptions().with(ReadOption.ACCEPT_GCM_IN_ENVELOPED_DATA) : new OpenOptions();
    }

    private static Keyring keys(String opens) throws IOException {
        if (opens.startsWith("password:")) {
            return new Keyring().addPassword(opens.substring(9).toCharArray());
        }
        if (opens.startsWith("secret:")) {
            byte[] key = new byte[(opens.length() - 7) / 2];
            for (int at = 0; at < key.length; at++) {
                key[at] = (byte) Integer.parseInt(opens.substring(7 + 2 * at, 9 + 2 * at), 16);
            }
            return new Keyring().addSecretKey(key);
        }
        return Data.keys(opens);
    }

    /** Every producer, kind, cipher and encoding: at positions and forward. */
    @Test
    void everyMessageOpens() throws Exception {
        String expected = Data.plaintextSum();
        int count = 0;
        for (String[] line : Data.manifest()) {
            Path path = Data.message(line[0]);
            OpenOptions options = options(line[0]);
            try (Keyring keys = keys(line[6]);
                 EncryptedMessage message = EncryptedMessage.open(path, options)) {
                assertEquals(line[4], message.contentEncryptionAlgorithm().toLowerCase(), line[0]);
                boolean authenticated = !line[4].endsWith("-cbc");
                assertEquals(authenticated ? Integrity.AUTHENTICATED : Integrity.NONE,
                    message.integrity());
                assertFalse(message.recipients().isEmpty());
                try (InputStream in = message.newInputStream(keys)) {
                    assertEquals(expected, Data.sum(in.readAllBytes()), line[0]);
                }
                try (InputStream in = EncryptedMessage.decrypt(path, keys, options)) {
                    assertEquals(expected, Data.sum(in.readAllBytes()), line[0]);
                }
                InputStream file = Files.newInputStream(path);
                try (InputStream in = EncryptedMessage.decrypt(file, keys, options)) {
                    assertEquals(expected, Data.sum(in.readAllBytes()), line[0]);
                }
                count++;
            }
        }
        assertTrue(count > 200, count + " messages");
    }

    @Test
    void whatIsKnownWithoutAKey() throws Exception {
        try (EncryptedMessage message = EncryptedMessage.open(Data.message("bc-several"))) {
            assertEquals("binary (BER or DER)", message.container());
            assertEquals("1.2.840.113549.1.7.1", message.contentType());
            assertEquals(5, message.recipients().size());
            for (Recipient recipient : message.recipients()) {
                assertTrue(recipient.unsupported().isEmpty());
                switch (recipient.kind()) {
                    case KEY_TRANSPORT:
                        assertEquals("CN=main,O=Test,C=DE", recipient.issuer().get());
                        assertEquals(BigInteger.valueOf(0x1001), recipient.serialNumber().get());
                        assertTrue(recipient.keyIdentifier().isEmpty());
                        assertTrue(recipient.matches(Data.certificate("main")));
                        assertFalse(recipient.matches(Data.certificate("other")));
                        assertEquals("RSAES-PKCS1-v1_5", recipient.keyEncryptionAlgorithm().get());
                        assertTrue(recipient.toString().contains("2048 bits"));
                        break;
                    case KEY_ENCRYPTION_KEY:
                        assertArrayEquals("key".getBytes(), recipient.keyIdentifier().get());
                        assertTrue(recipient.serialNumber().isEmpty());
                        break;
                    default:
                }
            }
        }
    }

    @Test
    void aChannelReadsAnywhere() throws Exception {
        try (Keyring keys = Data.sampleKeys();
             EncryptedMessage message = EncryptedMessage.open(Data.part("zip"));
             SeekableByteChannel channel = message.newChannel(keys);
             InputStream in = message.newInputStream(keys)) {
            byte[] all = in.readAllBytes();
            assertEquals(all.length, channel.size());
            for (int size : new int[] {1, 22, 4096, 1 << 20}) {
                for (long at = 0; at < all.length; at += Math.max(size, all.length / 13)) {
                    ByteBuffer heap = ByteBuffer.allocate(size + 3).position(3).slice();
                    ByteBuffer direct = ByteBuffer.allocateDirect(size);
                    for (ByteBuffer buffer : new ByteBuffer[] {heap, direct}) {
                        channel.position(at);
                        while (buffer.hasRemaining() && channel.read(buffer) > 0) {
                            assertTrue(channel.position() > at);
                        }
                        byte[] found = new byte[buffer.flip().remaining()];
                        buffer.get(found);
                        byte[] wanted =
                            Arrays.copyOfRange(all, (int) at,
                                (int) Math.min(all.length, at + size));
                        assertArrayEquals(wanted, found);
                    }
                }
            }
            channel.position(all.length);
            assertEquals(-1, channel.read(ByteBuffer.allocate(1)));
            assertThrows(NonWritableChannelException.class,
                () -> channel.write(ByteBuffer.allocate(1)));
            assertThrows(NonWritableChannelException.class, () -> channel.truncate(0));
            assertThrows(IllegalArgumentException.class, () -> channel.position(-1));
            channel.close();
            assertFalse(channel.isOpen());
            assertThrows(ClosedChannelException.class, channel::size);
        }
    }

    @Test
    void aStreamSkipsAndReadsByTheByte() throws Exception {
        try (Keyring keys = Data.sampleKeys();
             InputStream in = EncryptedMessage.decrypt(Data.part("zip"), keys);
             InputStream forward =
                 EncryptedMessage.decrypt(Files.newInputStream(Data.part("zip")), keys)) {
            byte[] all = EncryptedMessage.decrypt(Data.part("zip"), keys).readAllBytes();
            assertEquals(all.length, in.available());
            assertEquals(all.length - 22, in.skip(all.length - 22));
            assertEquals(all.length - 22, forward.readNBytes(all.length - 22).length);
            for (int at = all.length - 22; at < all.length; at++) {
                assertEquals(all[at] & 0xff, in.read());
                assertEquals(all[at] & 0xff, forward.read());
            }
            assertEquals(-1, in.read());
            assertEquals(-1, forward.read());
            assertEquals(-1, forward.read(new byte[10]));
            assertThrows(IndexOutOfBoundsException.class, () -> in.read(new byte[10], 5, 6));
        }
    }

    @Test
    void aFileIsThereWholeOrNotAtAll(@TempDir Path folder) throws Exception {
        Path target = folder.resolve("a \uD83D\uDD11 part.zip");
        try (Keyring keys = Data.sampleKeys();
             EncryptedMessage message = EncryptedMessage.open(Data.part("z01"))) {
            boolean[] asked = {false};
            message.decryptTo(keys, target, new ExtractOptions().threads(2).progress(progress -> {
                asked[0] = true;
                return true;
            }));
            assertTrue(asked[0]);
            assertEquals(EncryptedMessage.decrypt(Data.part("z01"), keys).readAllBytes().length,
                Files.size(target));
            SmimezipException there = assertThrows(SmimezipException.class,
                () -> message.decryptTo(keys, target, new ExtractOptions()));
            assertEquals(Status.EXISTS, there.status());
            assertEquals(target.toString(),
                assertInstanceOf(FileAlreadyExistsException.class, there.getCause()).getFile());
            message.decryptTo(keys, target,
                new ExtractOptions().overwrite(Overwrite.ALWAYS).durable(false));
            Files.delete(target);
            assertThrows(CancelledException.class, () -> message.decryptTo(
                keys, target, new ExtractOptions().progress(progress -> false)));
            try (Keyring other = Data.keys("other")) {
                assertThrows(DecryptionException.class,
                    () -> message.decryptTo(other, target, new ExtractOptions()));
            }
        }
        try (var left = Files.list(folder)) {
            assertEquals(0, left.count());
        }
    }

    @Test
    void failuresAreTyped() throws Exception {
        Path message = Data.message("openssl-ktri-aes-256-cbc-der");
        try (Keyring none = new Keyring(); Keyring other = Data.keys("other")) {
            NoMatchingKeyException nobody = assertThrows(NoMatchingKeyException.class,
                () -> EncryptedMessage.decrypt(message, none));
            assertTrue(nobody.getMessage().contains("issuer CN=main,O=Test,C=DE, serial 1001"));
            assertEquals(Status.NO_MATCHING_KEY, nobody.status());
            assertEquals(List.of(), nobody.keysGiven());
            DecryptionException wrong =
                assertThrows(DecryptionException.class,
                    () -> EncryptedMessage.decrypt(message, other));
            assertEquals(nobody.recipients(), wrong.recipients());
            assertEquals(1, wrong.keysGiven().size());
            InputStream forward = EncryptedMessage.decrypt(Files.newInputStream(message), other);
            IOException first = assertThrows(DecryptionException.class, forward::readAllBytes);
            // It sticks.
            assertSame(first, assertThrows(IOException.class, forward::read));
        }
        SmimezipException format = assertThrows(SmimezipException.class,
            () -> EncryptedMessage.open(Data.SAMPLE.resolve("key.pem")));
        assertEquals(Status.FORMAT, format.status());
        assertTrue(format.part().get().endsWith("key.pem"));
        assertNull(format.getCause());
        SmimezipException absent = assertThrows(SmimezipException.class,
            () -> EncryptedMessage.open(Path.of("not", "there")));
        assertEquals(Status.IO, absent.status());
        assertEquals(Path.of("not", "there").toString(),
            assertInstanceOf(NoSuchFileException.class, absent.getCause()).getFile());
        byte[] whole = Files.readAllBytes(message);
        try (Keyring keys = Data.keys("main")) {
            InputStream cut = EncryptedMessage.decrypt(
                new ByteArrayInputStream(whole, 0, whole.length - 100), keys);
            CorruptDataException corrupt =
                assertThrows(CorruptDataException.class, cut::readAllBytes);
            assertTrue(corrupt.entry().isEmpty());
            assertThrows(IllegalArgumentException.class, () -> EncryptedMessage.decrypt(
                new ByteArrayInputStream(whole), keys,
                new OpenOptions().with(ReadOption.INNER_MIME_HEADER)));
        }
        SmimezipException gcm = assertThrows(SmimezipException.class, () -> {
            try (Keyring keys = Data.keys("main")) {
                EncryptedMessage.decrypt(Data.message("bc-gcm-in-enveloped-256"), keys);
            }
        });
        assertEquals(Status.UNSUPPORTED, gcm.status());
    }

    /** The source of a forward stream is read in blocks, and closed with it. */
    @Test
    void theSourceOfAStream() throws Exception {
        byte[] whole = Files.readAllBytes(Data.part("z02"));
        int[] reads = {0, 0};
        InputStream counting = new FilterInputStream(new ByteArrayInputStream(whole)) {
            @Override
            public int read(byte[] buffer, int offset, int length) throws IOException {
                reads[0]++;
                return super.read(buffer, offset, length);
            }

            @Override
            public void close() throws IOException {
                reads[1]++;
                super.close();
            }
        };
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (Keyring keys = Data.sampleKeys();
             InputStream in = EncryptedMessage.decrypt(counting, keys)) {
            in.transferTo(out);
        }
        assertTrue(reads[0] <= whole.length / (128 * 1024) + 3, reads[0] + " reads");
        assertEquals(1, reads[1]);
        IOException broken = new IOException("broken");
        InputStream breaking = new InputStream() {
            @Override
            public int read() throws IOException {
                throw broken;
            }
        };
        try (Keyring keys = Data.sampleKeys();
             InputStream in = EncryptedMessage.decrypt(breaking, keys)) {
            assertSame(broken, assertThrows(IOException.class, in::read));
        }
    }
}
