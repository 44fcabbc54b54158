// Writes a key in forms of Bouncy Castle, each to FOLDER/FORM:
// KeyMaker KEY.der CERTIFICATE.der PASSPHRASE FOLDER FORM ...

import java.io.*;
import java.nio.file.*;
import java.security.*;
import java.security.cert.*;
import java.security.cert.Certificate;
import java.security.spec.*;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.openssl.jcajce.*;
import org.bouncycastle.operator.OutputEncryptor;

public class KeyMaker {
    public static void main(String[] arguments) throws Exception {
        Security.addProvider(new BouncyCastleProvider());
        PrivateKey key = KeyFactory.getInstance("RSA")
            .generatePrivate(new PKCS8EncodedKeySpec(Files.readAllBytes(Path.of(arguments[0]))));
        Certificate certificate = CertificateFactory.getInstance("X.509")
            .generateCertificate(new ByteArrayInputStream(Files.readAllBytes(Path.of(arguments[1]))));
        char[] passphrase = arguments[2].toCharArray();
        for (int at = 4; at < arguments.length; at++) {
            write(key, certificate, passphrase, arguments[at], Path.of(arguments[3], arguments[at]));
        }
    }

    private static void write(
            PrivateKey key, Certificate certificate, char[] passphrase, String form, Path to)
            throws Exception {
        try (OutputStream out = Files.newOutputStream(to)) {
            if (form.startsWith("store-")) {
                KeyStore store = KeyStore.getInstance(form.substring(6), "BC");
                store.load(null, null);
                store.setKeyEntry("main", key, passphrase, new Certificate[] {certificate});
                store.store(out, passphrase);
                return;
            }
            try (JcaPEMWriter pem = new JcaPEMWriter(new OutputStreamWriter(out))) {
                if (form.equals("traditional")) {
                    pem.writeObject(key, new JcePEMEncryptorBuilder("AES-256-CBC").setProvider("BC")
                        .build(passphrase));
                } else if (form.equals("plain")) {
                    pem.writeObject(key);
                } else {
                    JceOpenSSLPKCS8EncryptorBuilder builder =
                        new JceOpenSSLPKCS8EncryptorBuilder(form.equals("pbes2")
                            ? NISTObjectIdentifiers.id_aes256_CBC
                            : PKCSObjectIdentifiers.pbeWithSHAAnd3_KeyTripleDES_CBC);
                    OutputEncryptor encryptor =
                        builder.setProvider("BC").setPassword(passphrase).build();
                    pem.writeObject(new JcaPKCS8Generator(key, encryptor));
                }
            }
        }
    }
}
