import java.io.BufferedReader;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Security;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.cms.CMSAuthEnvelopedData;
import org.bouncycastle.cms.CMSEnvelopedDataParser;
import org.bouncycastle.cms.Recipient;
import org.bouncycastle.cms.RecipientInformation;
import org.bouncycastle.cms.jcajce.JceKEKEnvelopedRecipient;
import org.bouncycastle.cms.jcajce.JceKeyAgreeEnvelopedRecipient;
import org.bouncycastle.cms.jcajce.JceKeyTransAuthEnvelopedRecipient;
import org.bouncycastle.cms.jcajce.JceKeyTransEnvelopedRecipient;
import org.bouncycastle.cms.jcajce.JceKeyTransRecipientId;
import org.bouncycastle.cms.jcajce.JcePasswordEnvelopedRecipient;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.util.encoders.Hex;

/**
 * Opens messages in DER or BER, or in MIME, by Bouncy Castle's streaming parser where it has one.
 * Standard input: lines of message, TAB, plaintext file, TAB, private key in PKCS #8 PEM, TAB, its
 * algorithm (RSA or EC), TAB, form (mime, mime-binary or binary), TAB, authenticated or not. In place
 * of the key and its algorithm a password and PASSWORD, or a secret key in hexadecimal and SECRET. A
 * certificate may follow, by which the recipient is found; without it the first one is taken.
 * Standard output: a line a message, OK or why not.
 */
public final class Unseal {
    public static void main(String[] arguments) throws Exception {
        Security.addProvider(new BouncyCastleProvider());
        BufferedReader jobs =
            new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String job = jobs.readLine(); job != null; job = jobs.readLine()) {
            String result = "OK";
            try {
                open(job.split("\t"));
            } catch (Exception error) {
                result = error.toString().replace('\n', ' ');
            }
            System.out.println(result);
        }
    }

    private static void open(String[] fields) throws Exception {
        try (InputStream file = Files.newInputStream(Path.of(fields[0]));
                OutputStream out = Files.newOutputStream(Path.of(fields[1]))) {
            InputStream in = file;
            if (fields[4].startsWith("mime")) {
                skipHeader(file);
            }
            if (fields[4].equals("mime")) {
                in = Base64.getMimeDecoder().wrap(file);
            }
            if (fields[5].equals("authenticated")) {
                // There is no streaming parser for these.
                PrivateKey key = key(fields[2], fields[3]);
                CMSAuthEnvelopedData data = new CMSAuthEnvelopedData(in);
                out.write(data.getRecipientInfos().iterator().next()
                    .getContent(new JceKeyTransAuthEnvelopedRecipient(key).setProvider("BC")));
                return;
            }
            CMSEnvelopedDataParser parser = new CMSEnvelopedDataParser(in);
            RecipientInformation recipient = fields.length > 6
                ? parser.getRecipientInfos().get(new JceKeyTransRecipientId(certificate(fields[6])))
                : parser.getRecipientInfos().iterator().next();
            recipient.getContentStream(opener(fields[2], fields[3])).getContentStream()
                .transferTo(out);
        }
    }

    private static Recipient opener(String key, String algorithm) throws Exception {
        switch (algorithm) {
            case "PASSWORD":
                return new JcePasswordEnvelopedRecipient(key.toCharArray()).setProvider("BC");
            case "SECRET":
                return new JceKEKEnvelopedRecipient(new SecretKeySpec(Hex.decode(key), "AES"))
                    .setProvider("BC");
            case "RSA":
                return new JceKeyTransEnvelopedRecipient(key(key, algorithm)).setProvider("BC");
            default:
                return new JceKeyAgreeEnvelopedRecipient(key(key, algorithm)).setProvider("BC");
        }
    }

    private static X509Certificate certificate(String file) throws Exception {
        try (InputStream in = Files.newInputStream(Path.of(file))) {
            return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
        }
    }

    private static void skipHeader(InputStream in) throws Exception {
        int line = 0;
        for (int next = in.read(); next >= 0; next = in.read()) {
            if (next == '\n') {
                if (line == 0) {
                    return;
                }
                line = 0;
            } else if (next != '\r') {
                line++;
            }
        }
    }

    private static PrivateKey key(String file, String algorithm) throws Exception {
        String pem = Files.readString(Path.of(file));
        String base64 = pem.replaceAll("-----[A-Z ]+-----", "").replaceAll("\\s", "");
        PKCS8EncodedKeySpec spec = new PKCS8EncodedKeySpec(Base64.getDecoder().decode(base64));
        return KeyFactory.getInstance(algorithm, "BC").generatePrivate(spec);
    }
}
