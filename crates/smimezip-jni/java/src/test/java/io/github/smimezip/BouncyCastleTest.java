package io.github.smimezip;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Security;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Random;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.cms.CMSAlgorithm;
import org.bouncycastle.cms.CMSEnvelopedDataParser;
import org.bouncycastle.cms.CMSEnvelopedDataStreamGenerator;
import org.bouncycastle.cms.CMSTypedStream;
import org.bouncycastle.cms.RecipientInformation;
import org.bouncycastle.cms.jcajce.JceCMSContentEncryptorBuilder;
import org.bouncycastle.cms.jcajce.JceKEKEnvelopedRecipient;
import org.bouncycastle.cms.jcajce.JceKeyTransEnvelopedRecipient;
import org.bouncycastle.cms.jcajce.JceKeyTransRecipientInfoGenerator;
import org.bouncycastle.cms.jcajce.JcePasswordEnvelopedRecipient;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Bouncy Castle seals what we open, and opens what we open and what we seal: the same bytes. */
class BouncyCastleTest {
    private static PrivateKey key;

    @BeforeAll
    static void provider() throws Exception {
        Security.addProvider(new BouncyCastleProvider());
        String pem =
            Files.readString(Data.key("main", "key")).replaceAll("-----[^-]*-----|\\s", "");
        key = KeyFactory.getInstance("RSA")
            .generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(pem)));
    }

    /** As the vendor's sample decrypts. */
    private static byte[] decrypt(byte[] cms) throws Exception {
        CMSEnvelopedDataParser parser = new CMSEnvelopedDataParser(new ByteArrayInputStream(cms));
        RecipientInformation recipient =
            parser.getRecipientInfos().getRecipients().iterator().next();
        return recipient.getContentStream(new JceKeyTransEnvelopedRecipient(key).setProvider("BC"))
            .getContentStream().readAllBytes();
    }

    @Test
    void whatItSeals() throws Exception {
        Random random = new Random(5);
        ASN1ObjectIdentifier[] ciphers = {CMSAlgorithm.AES128_CBC, CMSAlgorithm.AES192_CBC,
            CMSAlgorithm.AES256_CBC, CMSAlgorithm.DES_EDE3_CBC};
        int count = 0;
        for (int size : new int[] {0, 1, 15, 16, 999, 1000, 100_000, 1_000_000}) {
            byte[] plain = new byte[size];
            random.nextBytes(plain);
            for (ASN1ObjectIdentifier cipher : ciphers) {
                CMSEnvelopedDataStreamGenerator generator = new CMSEnvelopedDataStreamGenerator();
                generator.addRecipientInfoGenerator(
                    new JceKeyTransRecipientInfoGenerator(Data.certificate("main")));
                if (size % 2 == 0) {
                    generator.setBufferSize(4096);
                }
                ByteArrayOutputStream ber = new ByteArrayOutputStream();
                try (OutputStream out = generator.open(
                        ber, new JceCMSContentEncryptorBuilder(cipher).setProvider("BC").build())) {
                    out.write(plain);
                }
                String base64 = Base64.getMimeEncoder().encodeToString(ber.toByteArray());
                String mime = "Content-Type: application/pkcs7-mime\r\n\r\n" + base64;
                String pem = "-----BEGIN CMS-----\n" + base64 + "\n-----END CMS-----\n";
                for (byte[] message :
                        new byte[][] {ber.toByteArray(), ascii(base64), ascii(mime), ascii(pem)}) {
                    try (Keyring keys = Data.keys("main");
                         InputStream in = EncryptedMessage.decrypt(
                             new ByteArrayInputStream(message), keys)) {
                        assertEquals(Data.sum(plain), Data.sum(in.readAllBytes()));
                    }
                    Path file = Files.createTempFile("smimezip", "");
                    Files.write(file, message);
                    try (Keyring keys = Data.keys("main");
                         InputStream in = EncryptedMessage.decrypt(file, keys)) {
                        assertEquals(Data.sum(plain), Data.sum(in.readAllBytes()));
                    }
                    Files.delete(file);
                    count++;
                }
            }
        }
        assertEquals(128, count);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    @Test
    void whatItOpensToo() throws Exception {
        int count = 0;
        for (String[] line : Data.manifest()) {
            boolean plainRsa = line[3].equals("RSAES-PKCS1-v1_5") && line[4].endsWith("-cbc");
            if (!plainRsa || !(line[5].equals("der") || line[5].equals("ber"))) {
                continue;
            }
            byte[] theirs = decrypt(Files.readAllBytes(Data.message(line[0])));
            assertEquals(Data.plaintextSum(), Data.sum(theirs), line[0]);
            try (Keyring keys = Data.keys("main");
                 InputStream in = EncryptedMessage.decrypt(Data.message(line[0]), keys)) {
                assertEquals(Data.sum(theirs), Data.sum(in.readAllBytes()), line[0]);
            }
            count++;
        }
        assertTrue(count >= 15, count + " messages");
    }

    private static byte[] decrypt(CMSTypedStream content) throws Exception {
        return content.getContentStream().readAllBytes();
    }

    @Test
    void whatWeSeal() throws Exception {
        Random random = new Random(6);
        ContentCipher[] ciphers =
            {ContentCipher.AES_128_CBC, ContentCipher.AES_192_CBC, ContentCipher.AES_256_CBC};
        int count = 0;
        for (int size : new int[] {0, 1, 16, 100_000, 1_000_000}) {
            byte[] plain = new byte[size];
            random.nextBytes(plain);
            for (ContentCipher cipher : ciphers) {
                for (RsaPadding padding : new RsaPadding[] {
                    RsaPadding.PKCS1_V1_5, RsaPadding.OAEP_SHA256}) {
                    CertificateOptions how = new CertificateOptions().rsaPadding(padding);
                    try (Recipients recipients =
                            new Recipients().add(Data.certificate("main"), how)) {
                        SealOptions options = new SealOptions().contentCipher(cipher)
                            .container(SealContainer.BINARY);
                        byte[] ber = SealTest.sealed(recipients, options, plain);
                        assertEquals(Data.sum(plain), Data.sum(decrypt(ber)));
                        byte[] der =
                            SealTest.sealed(recipients, options.knownSize(size), plain);
                        assertEquals(Data.sum(plain), Data.sum(decrypt(der)));
                        count += 2;
                    }
                }
            }
        }
        assertEquals(60, count);
    }

    @Test
    void whatWeSealForOthers() throws Exception {
        byte[] plain = new byte[50_000];
        new Random(7).nextBytes(plain);
        char[] password = "said on the telephone".toCharArray();
        SealOptions options = new SealOptions().container(SealContainer.BINARY);
        try (Recipients recipients = new Recipients().addPassword(password, 1000)) {
            CMSEnvelopedDataParser parser = new CMSEnvelopedDataParser(
                new ByteArrayInputStream(SealTest.sealed(recipients, options, plain)));
            RecipientInformation recipient =
                parser.getRecipientInfos().getRecipients().iterator().next();
            assertEquals(Data.sum(plain), Data.sum(decrypt(recipient.getContentStream(
                new JcePasswordEnvelopedRecipient(password).setProvider("BC")))));
        }
        SecretKeySpec secret = new SecretKeySpec(new byte[32], "AES");
        try (Recipients recipients =
                new Recipients().addSecretKey(secret.getEncoded(), new byte[] {1})) {
            CMSEnvelopedDataParser parser = new CMSEnvelopedDataParser(
                new ByteArrayInputStream(SealTest.sealed(recipients, options, plain)));
            RecipientInformation recipient =
                parser.getRecipientInfos().getRecipients().iterator().next();
            assertEquals(Data.sum(plain), Data.sum(decrypt(recipient.getContentStream(
                new JceKEKEnvelopedRecipient(secret).setProvider("BC")))));
        }
    }
}
