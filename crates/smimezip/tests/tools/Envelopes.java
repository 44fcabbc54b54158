import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.FileInputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Security;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.MGF1ParameterSpec;
import java.util.Base64;
import java.util.Date;
import java.util.HexFormat;
import java.util.Map;
import javax.crypto.spec.OAEPParameterSpec;
import javax.crypto.spec.PSource;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.cms.CMSAlgorithm;
import org.bouncycastle.cms.CMSAuthEnvelopedDataStreamGenerator;
import org.bouncycastle.cms.CMSEnvelopedDataStreamGenerator;
import org.bouncycastle.cms.PasswordRecipient;
import org.bouncycastle.cms.RecipientInfoGenerator;
import org.bouncycastle.cms.jcajce.JceCMSContentEncryptorBuilder;
import org.bouncycastle.cms.jcajce.JceKEKRecipientInfoGenerator;
import org.bouncycastle.cms.jcajce.JceKEMRecipientInfoGenerator;
import org.bouncycastle.cms.jcajce.JceKeyAgreeRecipientInfoGenerator;
import org.bouncycastle.cms.jcajce.JceKeyTransRecipientInfoGenerator;
import org.bouncycastle.cms.jcajce.JcePasswordRecipientInfoGenerator;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.operator.OutputAEADEncryptor;
import org.bouncycastle.operator.OutputEncryptor;
import org.bouncycastle.operator.jcajce.JcaAlgorithmParametersConverter;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * Seals a file as Bouncy Castle does, for recipients of every kind. Arguments: the plaintext. Standard
 * input: lines of sealed file, TAB, form (ber, mime), TAB, type (enveloped, auth), TAB, cipher, TAB,
 * recipients separated by spaces; or of "mlkem", TAB, name, TAB, parameter set, which makes a key pair
 * and a certificate.
 */
public final class Envelopes {
    private static final Map<String, ASN1ObjectIdentifier> NAMES = Map.ofEntries(
        Map.entry("aes-128-cbc", CMSAlgorithm.AES128_CBC),
        Map.entry("aes-192-cbc", CMSAlgorithm.AES192_CBC),
        Map.entry("aes-256-cbc", CMSAlgorithm.AES256_CBC),
        Map.entry("3des-cbc", CMSAlgorithm.DES_EDE3_CBC),
        Map.entry("aes-128-gcm", CMSAlgorithm.AES128_GCM),
        Map.entry("aes-192-gcm", CMSAlgorithm.AES192_GCM),
        Map.entry("aes-256-gcm", CMSAlgorithm.AES256_GCM),
        Map.entry("aes-128-ccm", CMSAlgorithm.AES128_CCM),
        Map.entry("aes-192-ccm", CMSAlgorithm.AES192_CCM),
        Map.entry("aes-256-ccm", CMSAlgorithm.AES256_CCM),
        Map.entry("chacha20-poly1305", CMSAlgorithm.ChaCha20Poly1305),
        Map.entry("camellia-128-cbc", CMSAlgorithm.CAMELLIA128_CBC),
        Map.entry("aes-128-wrap", CMSAlgorithm.AES128_WRAP),
        Map.entry("aes-192-wrap", CMSAlgorithm.AES192_WRAP),
        Map.entry("aes-256-wrap", CMSAlgorithm.AES256_WRAP),
        Map.entry("3des-wrap", CMSAlgorithm.DES_EDE3_WRAP),
        Map.entry("std-sha1", CMSAlgorithm.ECDH_SHA1KDF),
        Map.entry("std-sha224", CMSAlgorithm.ECDH_SHA224KDF),
        Map.entry("std-sha256", CMSAlgorithm.ECDH_SHA256KDF),
        Map.entry("std-sha384", CMSAlgorithm.ECDH_SHA384KDF),
        Map.entry("std-sha512", CMSAlgorithm.ECDH_SHA512KDF),
        Map.entry("cofactor-sha1", CMSAlgorithm.ECCDH_SHA1KDF),
        Map.entry("cofactor-sha256", CMSAlgorithm.ECCDH_SHA256KDF),
        Map.entry("cofactor-sha384", CMSAlgorithm.ECCDH_SHA384KDF),
        Map.entry("cofactor-sha512", CMSAlgorithm.ECCDH_SHA512KDF),
        Map.entry("hkdf-sha256", new ASN1ObjectIdentifier("1.2.840.113549.1.9.16.3.19")),
        Map.entry("hkdf-sha384", new ASN1ObjectIdentifier("1.2.840.113549.1.9.16.3.20")),
        Map.entry("hkdf-sha512", new ASN1ObjectIdentifier("1.2.840.113549.1.9.16.3.21")));

    private static final Map<String, PasswordRecipient.PRF> PRFS = Map.of(
        "HMacSHA1", PasswordRecipient.PRF.HMacSHA1,
        "HMacSHA224", PasswordRecipient.PRF.HMacSHA224,
        "HMacSHA256", PasswordRecipient.PRF.HMacSHA256,
        "HMacSHA384", PasswordRecipient.PRF.HMacSHA384,
        "HMacSHA512", PasswordRecipient.PRF.HMacSHA512);

    public static void main(String[] arguments) throws Exception {
        Security.addProvider(new BouncyCastleProvider());
        byte[] plaintext = Files.readAllBytes(Path.of(arguments[0]));
        BufferedReader jobs =
            new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String job = jobs.readLine(); job != null; job = jobs.readLine()) {
            String[] fields = job.split("\t");
            try {
                if (fields[0].equals("mlkem")) {
                    keyPair(fields[1], fields[2]);
                    continue;
                }
                byte[] ber = fields[2].equals("auth")
                    ? authEnveloped(plaintext, fields[3], fields[4].split(" "))
                    : enveloped(plaintext, fields[3], fields[4].split(" "));
                try (OutputStream out = Files.newOutputStream(Path.of(fields[0]))) {
                    out.write(fields[1].equals("mime") ? mime(ber, fields[2]) : ber);
                }
            } catch (Exception error) {
                throw new Exception(job, error);
            }
        }
    }

    private static byte[] enveloped(byte[] data, String cipher, String[] recipients)
        throws Exception {
        CMSEnvelopedDataStreamGenerator generator = new CMSEnvelopedDataStreamGenerator();
        for (String recipient : recipients) {
            generator.addRecipientInfoGenerator(recipient(recipient));
        }
        OutputEncryptor encryptor =
            new JceCMSContentEncryptorBuilder(NAMES.get(cipher)).setProvider("BC").build();
        ByteArrayOutputStream ber = new ByteArrayOutputStream();
        try (OutputStream out = generator.open(ber, encryptor)) {
            out.write(data);
        }
        return ber.toByteArray();
    }

    private static byte[] authEnveloped(byte[] data, String cipher, String[] recipients)
        throws Exception {
        CMSAuthEnvelopedDataStreamGenerator generator = new CMSAuthEnvelopedDataStreamGenerator();
        for (String recipient : recipients) {
            generator.addRecipientInfoGenerator(recipient(recipient));
        }
        OutputAEADEncryptor encryptor = (OutputAEADEncryptor)
            new JceCMSContentEncryptorBuilder(NAMES.get(cipher)).setProvider("BC").build();
        ByteArrayOutputStream ber = new ByteArrayOutputStream();
        try (OutputStream out = generator.open(ber, encryptor)) {
            out.write(data);
        }
        return ber.toByteArray();
    }

    /** kind:certificate or secret:options. */
    private static RecipientInfoGenerator recipient(String text) throws Exception {
        String[] parts = text.split(":");
        switch (parts[0]) {
            case "ktri":
                return new JceKeyTransRecipientInfoGenerator(certificate(parts[1]));
            case "ktri-ski":
                X509Certificate named = certificate(parts[1]);
                byte[] identifier = new JcaX509ExtensionUtils()
                    .createSubjectKeyIdentifier(named.getPublicKey()).getKeyIdentifier();
                return new JceKeyTransRecipientInfoGenerator(identifier, named.getPublicKey());
            case "oaep":
                PSource label = parts.length > 4
                    ? new PSource.PSpecified(parts[4].getBytes(StandardCharsets.UTF_8))
                    : PSource.PSpecified.DEFAULT;
                AlgorithmIdentifier oaep = new JcaAlgorithmParametersConverter().getAlgorithmIdentifier(
                    PKCSObjectIdentifiers.id_RSAES_OAEP,
                    new OAEPParameterSpec(parts[2], "MGF1", new MGF1ParameterSpec(parts[3]), label));
                return new JceKeyTransRecipientInfoGenerator(certificate(parts[1]), oaep)
                    .setProvider("BC");
            case "kari":
                return agreement(certificate(parts[1]), NAMES.get(parts[2]), NAMES.get(parts[3]),
                    parts.length > 4 ? parts[4].getBytes(StandardCharsets.UTF_8) : null);
            case "kekri":
                byte[] bytes = hex(parts[2]);
                return new JceKEKRecipientInfoGenerator(
                    parts[1].getBytes(StandardCharsets.UTF_8), new SecretKeySpec(bytes, "AES"));
            case "pwri":
                return new JcePasswordRecipientInfoGenerator(
                    NAMES.get(parts[2]), parts[1].toCharArray())
                    .setProvider("BC")
                    .setPRF(PRFS.get(parts[3]))
                    .setSaltAndIterationCount(new byte[] {1, 2, 3, 4, 5, 6, 7, 8}, 1500)
                    .setPasswordConversionScheme(PasswordRecipient.PKCS5_SCHEME2_UTF8);
            case "kem":
                return new JceKEMRecipientInfoGenerator(certificate(parts[1]), NAMES.get(parts[2]))
                    .setKDF(new AlgorithmIdentifier(
                        new ASN1ObjectIdentifier("1.2.840.113549.1.9.16.3." + parts[3])));
            default:
                throw new IllegalArgumentException(text);
        }
    }

    private static RecipientInfoGenerator agreement(
        X509Certificate certificate, ASN1ObjectIdentifier scheme, ASN1ObjectIdentifier wrap, byte[] ukm)
        throws Exception {
        PublicKey theirs = certificate.getPublicKey();
        KeyPairGenerator ephemeral;
        if (theirs.getAlgorithm().startsWith("X") || theirs.getAlgorithm().equals("XDH")) {
            boolean small = theirs.getEncoded().length < 60;
            ephemeral = KeyPairGenerator.getInstance(small ? "X25519" : "X448", "BC");
        } else {
            ephemeral = KeyPairGenerator.getInstance("EC", "BC");
            ephemeral.initialize(((java.security.interfaces.ECPublicKey) theirs).getParams());
        }
        KeyPair pair = ephemeral.generateKeyPair();
        JceKeyAgreeRecipientInfoGenerator generator = new JceKeyAgreeRecipientInfoGenerator(
            scheme, pair.getPrivate(), pair.getPublic(), wrap).setProvider("BC");
        if (ukm != null) {
            generator.setUserKeyingMaterial(ukm);
        }
        return generator.addRecipient(certificate);
    }

    /** A key pair for ML-KEM in NAME.key.pem and a certificate by a key of its own in NAME.cert.pem. */
    private static void keyPair(String name, String set) throws Exception {
        KeyPair pair = KeyPairGenerator.getInstance(set, "BC").generateKeyPair();
        KeyPairGenerator issuer = KeyPairGenerator.getInstance("EC", "BC");
        issuer.initialize(new ECGenParameterSpec("P-256"));
        X500Name subject = new X500Name("C=DE,O=Test,CN=" + Path.of(name).getFileName());
        JcaX509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
            subject, BigInteger.valueOf(0x2000 + set.length()), new Date(0L),
            new Date(4102444800000L), subject, pair.getPublic());
        builder.addExtension(Extension.subjectKeyIdentifier, false,
            new JcaX509ExtensionUtils().createSubjectKeyIdentifier(pair.getPublic()));
        byte[] certificate = builder.build(new JcaContentSignerBuilder("SHA256withECDSA")
            .build(issuer.generateKeyPair().getPrivate())).getEncoded();
        pem(name + ".cert.pem", "CERTIFICATE", certificate);
        pem(name + ".key.pem", "PRIVATE KEY", pair.getPrivate().getEncoded());
    }

    private static void pem(String path, String label, byte[] bytes) throws Exception {
        String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes);
        Files.writeString(Path.of(path),
            "-----BEGIN " + label + "-----\n" + body + "\n-----END " + label + "-----\n");
    }

    private static byte[] mime(byte[] ber, String type) throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        String header = "MIME-Version: 1.0\r\n"
            + "Content-Type: application/pkcs7-mime; name=\"smime.p7m\"; smime-type="
            + (type.equals("auth") ? "authEnveloped-data" : "enveloped-data") + "\r\n"
            + "Content-Transfer-Encoding: base64\r\n\r\n";
        out.write(header.getBytes(StandardCharsets.US_ASCII));
        out.write(Base64.getMimeEncoder().encode(ber));
        return out.toByteArray();
    }

    private static X509Certificate certificate(String path) throws Exception {
        try (FileInputStream in = new FileInputStream(path)) {
            return (X509Certificate)
                CertificateFactory.getInstance("X.509", "BC").generateCertificate(in);
        }
    }

    private static byte[] hex(String text) {
        return HexFormat.of().parseHex(text);
    }
}
