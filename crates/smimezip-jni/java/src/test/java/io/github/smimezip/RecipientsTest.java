package io.github.smimezip;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Whom messages are made for. */
class RecipientsTest {
    @Test
    void everyKindOfRecipient() throws Exception {
        byte[] content = SealTest.noise(1000);
        byte[] secret = SealTest.noise(32);
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
            byte[] message = SealTest.sealed(recipients, new SealOptions(), content);
            assertEquals(owners.length + 3, recipients.describe().size());
            assertTrue(recipients.toString().contains("whoever knows the password"));
            assertFalse(recipients.toString().contains("telephone"));
            assertArrayEquals(content, SealTest.opened(message, byPassword));
            assertArrayEquals(content, SealTest.opened(message, bySecret));
            for (String owner : owners) {
                try (Keyring keys = Data.keys(owner)) {
                    assertArrayEquals(content, SealTest.opened(message, keys), owner);
                }
            }
            try (Keyring keys = Data.keys("other")) {
                assertThrows(SmimezipException.class, () -> SealTest.opened(message, keys));
            }
        }
    }

    @Test
    void howACertificateIsUsed() throws Exception {
        byte[] content = SealTest.noise(100);
        for (RsaPadding padding : RsaPadding.values()) {
            CertificateOptions options = new CertificateOptions().rsaPadding(padding);
            try (Recipients recipients = new Recipients().add(Data.certificate("main"), options);
                 Keyring keys = Data.keys("main");
                 EncryptedMessage message = EncryptedMessage.open(
                     PartSource.of(SealTest.sealed(recipients, new SealOptions(), content)))) {
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
                 PartSource.of(SealTest.sealed(recipients, new SealOptions(), content)))) {
            assertTrue(message.recipients().get(0).keyIdentifier().get().length > 0);
        }
    }

    @Test
    void whatNothingIsSealedFor() throws Exception {
        Instant before = Instant.parse("1999-12-31T23:59:59Z");
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
            assertTrue(none.getCause() instanceof NoSuchFileException);
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
                new CertificateOptions().validAt(Instant.MAX);
            assertThrows(IllegalArgumentException.class,
                () -> recipients.add(Data.certificate("main"), never));
            assertEquals(1, recipients.describe().size());
        }
        try (Recipients nobody = new Recipients()) {
            assertThrows(IllegalArgumentException.class,
                () -> new SealingOutputStream(new ByteArrayOutputStream(), nobody));
        }
    }

    @Test
    void recipientsAreSharedByThreads() throws Exception {
        try (Recipients recipients = Recipients.of(Data.key("main", "cert"));
             Keyring keys = Data.keys("main")) {
            List<Thread> threads = new ArrayList<>();
            List<Throwable> failures = Collections.synchronizedList(new ArrayList<>());
            for (int number = 0; number < 4; number++) {
                byte[] content = SealTest.noise(100_000 + number);
                Thread thread = new Thread(() -> {
                    try {
                        recipients.addSecretKey(Arrays.copyOf(content, 16), new byte[1]);
                        byte[] message = SealTest.sealed(recipients, new SealOptions(), content);
                        assertArrayEquals(content, SealTest.opened(message, keys));
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
}
