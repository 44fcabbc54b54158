import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Security;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import net.lingala.zip4j.ZipFile;
import org.bouncycastle.cms.CMSEnvelopedDataParser;
import org.bouncycastle.cms.RecipientInformation;
import org.bouncycastle.cms.jcajce.JceKeyTransEnvelopedRecipient;
import org.bouncycastle.jce.provider.BouncyCastleProvider;

/**
 * What Java programs do with an export: one base64 MIME message decrypted by Bouncy Castle's streaming parser with
 * the JCE's ciphers, or a zip extracted by zip4j. Arguments: "decrypt", message, key, output; or "extract", zip,
 * folder.
 */
public final class Peer {
    private static final int BUFFER = 256 * 1024;

    public static void main(String[] arguments) throws Exception {
        if (arguments[0].equals("extract")) {
            try (ZipFile zip = new ZipFile(arguments[1])) {
                zip.extractAll(arguments[2]);
            }
            return;
        }
        Security.addProvider(new BouncyCastleProvider());
        try (InputStream body = body(Path.of(arguments[1]));
             OutputStream out = Files.newOutputStream(Path.of(arguments[3]))) {
            CMSEnvelopedDataParser parser = new CMSEnvelopedDataParser(Base64.getMimeDecoder().wrap(body));
            RecipientInformation recipient = parser.getRecipientInfos().getRecipients().iterator().next();
            JceKeyTransEnvelopedRecipient key = new JceKeyTransEnvelopedRecipient(privateKey(Path.of(arguments[2])));
            InputStream content = recipient.getContentStream(key).getContentStream();
            byte[] buffer = new byte[BUFFER];
            for (int count = content.read(buffer); count >= 0; count = content.read(buffer)) {
                out.write(buffer, 0, count);
            }
        }
    }

    private static PrivateKey privateKey(Path file) throws Exception {
        String pem = Files.readString(file).replaceAll("-----[A-Z ]+-----", "");
        byte[] der = Base64.getMimeDecoder().decode(pem);
        return KeyFactory.getInstance("RSA").generatePrivate(new PKCS8EncodedKeySpec(der));
    }

    /** What follows the blank line after the headers. */
    private static InputStream body(Path message) throws IOException {
        InputStream in = new BufferedInputStream(Files.newInputStream(message), BUFFER);
        for (int line = 0, value = in.read(); value >= 0; value = in.read()) {
            if (value == '\n' && line == 0) {
                return in;
            }
            line = value == '\n' ? 0 : value == '\r' ? line : line + 1;
        }
        throw new IOException("no blank line");
    }
}
