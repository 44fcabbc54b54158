// Writes a key in the forms of Bouncy Castle: KeyMaker FORM KEY.der CERTIFICATE.der OUT PASSPHRASE

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
        String form = arguments[0];
        PrivateKey key = KeyFactory.getInstance("RSA")
            .generatePrivate(new PKCS8EncodedKeySpec(Files.readAllBytes(Path.of(arguments[1]))));
        Certificate certificate = CertificateFactory.getInstance("X.509")
            .generateCertificate(new ByteArrayInputStream(Files.readAllBytes(Path.of(arguments[2]))));
        char[] passphrase = arguments[4].toCharArray();
        try (OutputStream out = new FileOutputStream(arguments[3])) {
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
