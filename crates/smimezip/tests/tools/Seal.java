import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.FileInputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Security;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Base64;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.cms.CMSAlgorithm;
import org.bouncycastle.cms.CMSEnvelopedDataStreamGenerator;
import org.bouncycastle.cms.jcajce.JceCMSContentEncryptorBuilder;
import org.bouncycastle.cms.jcajce.JceKeyTransRecipientInfoGenerator;
import org.bouncycastle.jce.provider.BouncyCastleProvider;

/**
 * Seals files as Bouncy Castle does: BER of indefinite length with byte strings of 1000 bytes, in a
 * MIME entity with base64 lines of 76 columns and CR LF. Arguments: certificates, in PEM. Standard
 * input: lines of plaintext file, TAB, sealed file, TAB, cipher, TAB, form (mime, binary or ber).
 */
public final class Seal {
    public static void main(String[] certificates) throws Exception {
        Security.addProvider(new BouncyCastleProvider());
        BufferedReader jobs =
            new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String job = jobs.readLine(); job != null; job = jobs.readLine()) {
            String[] fields = job.split("\t");
            byte[] ber = seal(Files.readAllBytes(Path.of(fields[0])), cipher(fields[2]), certificates);
            try (OutputStream out = Files.newOutputStream(Path.of(fields[1]))) {
                write(out, ber, fields[3]);
            }
        }
    }

    private static void write(OutputStream out, byte[] ber, String form) throws Exception {
        if (!form.equals("ber")) {
            String encoding = form.equals("mime") ? "base64" : "binary";
            String header = "MIME-Version: 1.0\r\n"
                + "Content-Type: application/pkcs7-mime; name=\"smime.p7m\"; "
                + "smime-type=enveloped-data\r\n"
                + "Content-Transfer-Encoding: " + encoding + "\r\n"
                + "Content-Disposition: attachment; filename=\"smime.p7m\"\r\n"
                + "Content-Description: S/MIME Encrypted Message\r\n\r\n";
            out.write(header.getBytes(StandardCharsets.US_ASCII));
        }
        out.write(form.equals("mime") ? Base64.getMimeEncoder().encode(ber) : ber);
    }

    private static byte[] seal(byte[] data, ASN1ObjectIdentifier cipher, String[] certificates)
        throws Exception {
        CMSEnvelopedDataStreamGenerator generator = new CMSEnvelopedDataStreamGenerator();
        for (String certificate : certificates) {
            try (FileInputStream in = new FileInputStream(certificate)) {
                X509Certificate x509 = (X509Certificate)
                    CertificateFactory.getInstance("X.509").generateCertificate(in);
                generator.addRecipientInfoGenerator(new JceKeyTransRecipientInfoGenerator(x509));
            }
        }
        ByteArrayOutputStream ber = new ByteArrayOutputStream();
        try (OutputStream out =
            generator.open(ber, new JceCMSContentEncryptorBuilder(cipher).setProvider("BC").build())) {
            out.write(data);
        }
        return ber.toByteArray();
    }

    private static ASN1ObjectIdentifier cipher(String name) {
        switch (name) {
            case "aes-128-cbc": return CMSAlgorithm.AES128_CBC;
            case "aes-192-cbc": return CMSAlgorithm.AES192_CBC;
            case "aes-256-cbc": return CMSAlgorithm.AES256_CBC;
            case "des-ede3-cbc": return CMSAlgorithm.DES_EDE3_CBC;
            default: throw new IllegalArgumentException(name);
        }
    }
}
