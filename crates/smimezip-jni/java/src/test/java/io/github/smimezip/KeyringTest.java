package io.github.smimezip;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Key;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Security;
import java.security.cert.Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeyringTest {
    private static final char[] CORRECT = "correct".toCharArray();

    private static void opens(Keyring keys, String message) throws Exception {
        try (InputStream in = EncryptedMessage.decrypt(Data.message(message), keys)) {
            assertEquals(Data.plaintextSum(), Data.sum(in.readAllBytes()), message);
        }
    }

    private static PrivateKey privateKey(String name, String algorithm) throws Exception {
        String pem = Files.readString(Data.key(name, "key")).replaceAll("-----[^-]*-----|\\s", "");
        return KeyFactory.getInstance(algorithm)
            .generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(pem)));
    }

    @Test
    void filesOfEveryForm() throws Exception {
        Path forms = Data.DATA.resolve("keyforms");
        for (String name :
                new String[] {"main.rc2-40.p12", "main.aes128.p12", "main.pbmac1-sha256.p12",
            "main.keytool.p12"}) {
            try (Keyring keys = new Keyring().addFile(forms.resolve(name), CORRECT)) {
                opens(keys, "openssl-ktri-aes-256-cbc-der");
            }
            assertThrows(PassphraseException.class,
                () -> new Keyring().addFile(forms.resolve(name)));
            assertThrows(PassphraseException.class,
                () -> new Keyring().addFile(forms.resolve(name), "wrong".toCharArray()));
        }
        byte[] file = Files.readAllBytes(forms.resolve("main.bmp.p12"));
        try (Keyring keys = new Keyring().add(file, "pässwört".toCharArray())) {
            opens(keys, "openssl-ktri-aes-256-cbc-der");
        }
        SmimezipException none = assertThrows(SmimezipException.class,
            () -> new Keyring().addFile(Data.part("zip")));
        assertEquals(Status.BAD_KEY, none.status());
        try (Keyring keys = new Keyring().addFile(forms.resolve("several.pem"))) {
            assertEquals("EC, P-256, issuer CN=authority,O=Test,C=DE, serial 3001",
                keys.describe().get(1));
        }
    }

    /** A key store whose keys can be exported; and, through the provider, keys that are not. */
    @Test
    void keyStores(@TempDir Path folder) throws Exception {
        KeyStore store =
            Data.store("PKCS12", Data.DATA.resolve("keyforms/main.keytool.p12"), CORRECT);
        String alias = store.aliases().nextElement();
        try (Keyring keys = new Keyring().addKeyStore(store, alias, CORRECT)) {
            opens(keys, "openssl-ktri-aes-256-cbc-der");
            assertEquals("RSA, 2048 bits, issuer CN=main,O=Test,C=DE, serial 1001",
                keys.describe().get(0));
        }
        KeyStore jks = KeyStore.getInstance("JKS");
        jks.load(null, null);
        jks.setKeyEntry("it", store.getKey(alias, CORRECT), CORRECT,
            new Certificate[] {store.getCertificate(alias)});
        try (Keyring keys = new Keyring().addKeyStore(jks, "it", CORRECT)) {
            opens(keys, "bc-oaep-256-256");
        }
        assertThrows(java.security.KeyStoreException.class,
            () -> new Keyring().addKeyStore(jks, "none", CORRECT));
    }

    @Test
    void aKeyThatStaysWithItsProvider() throws Exception {
        PrivateKey rsa = privateKey("main", "RSA");
        try (Keyring keys = new Keyring().addPrivateKey(rsa, Data.certificate("main"))) {
            for (String message :
                    new String[] {"openssl-ktri-aes-256-cbc-der", "openssl-oaep-sha256-sha1",
                "openssl-oaep-sha1-sha1", "openssl-oaep-label", "bc-oaep-512-1", "bc-several"}) {
                opens(keys, message);
            }
            assertTrue(keys.describe().get(0)
                .startsWith("a key in a Java provider, issuer CN=main"));
        }
        for (String[] curve : new String[][] {{"p256", "EC"}, {"p384", "EC"}, {"p521", "EC"},
            {"x25519", "XDH"}, {"x448", "XDH"}}) {
            PrivateKey key = privateKey(curve[0], curve[1]);
            try (Keyring keys = new Keyring().addPrivateKey(key, Data.certificate(curve[0]))) {
                for (String[] line : Data.manifest()) {
                    if (line[2].equals("kari") && line[6].equals(curve[0])) {
                        opens(keys, line[0]);
                    }
                }
            }
        }
        // Another key under the same certificate.
        try (Keyring keys =
            new Keyring().addPrivateKey(privateKey("other", "RSA"), Data.certificate("main"))) {
            assertThrows(DecryptionException.class,
                () -> EncryptedMessage.decrypt(Data.message("openssl-ktri-aes-256-cbc-der"), keys));
        }
    }

    /** What a provider throws arrives as it is. */
    @Test
    void aProviderThatThrows() throws Exception {
        PrivateKey odd = new PrivateKey() {
            private static final long serialVersionUID = 1L;

            @Override
            public String getAlgorithm() {
                return "RSA";
            }

            @Override
            public String getFormat() {
                return null;
            }

            @Override
            public byte[] getEncoded() {
                return null;
            }
        };
        try (Keyring keys = new Keyring().addPrivateKey(odd, Data.certificate("main"))) {
            assertThrows(java.security.InvalidKeyException.class,
                () -> EncryptedMessage.decrypt(Data.message("openssl-ktri-aes-256-cbc-der"), keys));
        }
    }

    /**
     * A key that cannot be asked is not a wrong one: what it threw arrives, though another is tried
     * after it.
     */
    @Test
    void whatAKeyThrowsArrivesThoughOthersDoNotFit() throws Exception {
        Security.addProvider(new Offline());
        RuntimeException[] thrown = {new IllegalStateException("no connection"),
            new UnsupportedOperationException("503"),
            new java.security.ProviderException("token removed")};
        for (RuntimeException exception : thrown) {
            PrivateKey offline = new Offline.Held(exception);
            Path message = Data.message("openssl-ktri-aes-256-cbc-der");
            Path authenticated = Data.message("bc-ktri-aes-256-gcm-mime");
            try (Keyring keys = new Keyring().addPrivateKey(offline, Data.certificate("main"))) {
                assertSame(exception, assertThrows(RuntimeException.class,
                    () -> EncryptedMessage.decrypt(message, keys)));
                // Another key, which does not fit, before and after it.
                keys.addFile(Data.key("other", "key"));
                keys.addPrivateKey(privateKey("other", "RSA"), Data.certificate("main"));
                keys.addPrivateKey(offline, Data.certificate("main"));
                for (Path path : new Path[] {message, authenticated}) {
                    assertSame(exception, assertThrows(RuntimeException.class,
                        () -> EncryptedMessage.decrypt(path, keys)), path.toString());
                }
                assertSame(exception, assertThrows(RuntimeException.class, () -> EncryptedMessage
                    .decrypt(Files.newInputStream(message), keys).readAllBytes()));
                // And one that fits: nobody needs the other.
                keys.addFile(Data.key("main", "key"));
                opens(keys, "openssl-ktri-aes-256-cbc-der");
            }
        }
    }

    @Test
    void secretsThatBothSidesHave() throws Exception {
        byte[] key = new byte[16];
        for (int at = 0; at < key.length; at++) {
            key[at] = (byte) at;
        }
        try (Keyring keys = new Keyring().addSecretKey(key, "key".getBytes())) {
            opens(keys, "bc-kekri-128");
        }
        try (Keyring keys = new Keyring().addSecretKey(key, "other".getBytes())) {
            assertThrows(NoMatchingKeyException.class,
                () -> EncryptedMessage.decrypt(Data.message("bc-kekri-128"), keys));
        }
        assertThrows(IOException.class, () -> new Keyring().addSecretKey(new byte[15]));
        try (Keyring keys =
            new Keyring().addPassword("wrong".toCharArray()).addPassword("secret".toCharArray())) {
            opens(keys, "bc-pwri-256-512");
        }
    }
}
