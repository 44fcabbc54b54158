import io.github.smimezip.EncryptedMessage;
import io.github.smimezip.Keyring;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Security;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bouncycastle.cms.CMSEnvelopedDataParser;
import org.bouncycastle.cms.RecipientInformation;
import org.bouncycastle.cms.jcajce.JceKeyTransEnvelopedRecipient;
import org.bouncycastle.jce.provider.BouncyCastleProvider;

/**
 * One base64 MIME message read to nowhere, in one machine of Java, in alternation: by smimezip at positions
 * and forward, by Bouncy Castle's streaming parser with the JCE's ciphers, and by smimezip's reader in Rust as a
 * program of its own. Arguments: message, key, the benches' program, runs. With "ours" or "none" instead
 * of the program, it reads once by smimezip, or not at all, and prints its highest resident memory.
 */
public final class Compare {
    private static final int BUFFER = 256 * 1024;

    private interface Way {
        void run() throws Exception;
    }

    public static void main(String[] arguments) throws Exception {
        Path message = Path.of(arguments[0]);
        Path key = Path.of(arguments[1]);
        if (arguments[2].equals("ours") || arguments[2].equals("none")) {
            memory(message, key, arguments[2].equals("ours"));
            return;
        }
        Security.addProvider(new BouncyCastleProvider());
        PrivateKey bouncy = privateKey(key);
        Map<String, Way> ways = new LinkedHashMap<>();
        ways.put("smimezip, newInputStream", () -> {
            try (Keyring keys = new Keyring().addFile(key); InputStream in = EncryptedMessage.decrypt(message, keys)) {
                drain(in);
            }
        });
        ways.put("smimezip, forward from an InputStream", () -> {
            try (Keyring keys = new Keyring().addFile(key);
                 InputStream in = EncryptedMessage.decrypt(Files.newInputStream(message), keys)) {
                drain(in);
            }
        });
        ways.put("Bouncy Castle (JCE), streaming parser", () -> {
            try (InputStream body = body(message)) {
                CMSEnvelopedDataParser parser = new CMSEnvelopedDataParser(Base64.getMimeDecoder().wrap(body));
                RecipientInformation recipient = parser.getRecipientInfos().getRecipients().iterator().next();
                // The JCE's own ciphers, which use the processor's instructions.
                drain(recipient.getContentStream(new JceKeyTransEnvelopedRecipient(bouncy)).getContentStream());
            }
        });
        ways.put("smimezip in Rust, a program", () -> {
            Process process = new ProcessBuilder(arguments[2], "read", message.toString(), key.toString(), "1",
                String.valueOf(BUFFER)).inheritIO().start();
            if (process.waitFor() != 0) {
                throw new IOException("the program failed");
            }
        });
        int runs = Integer.parseInt(arguments[3]);
        Map<String, List<Double>> times = new LinkedHashMap<>();
        for (int run = -1; run < runs; run++) {
            for (Map.Entry<String, Way> way : ways.entrySet()) {
                long begin = System.nanoTime();
                way.getValue().run();
                double seconds = (System.nanoTime() - begin) / 1e9;
                // The first round warms up.
                if (run >= 0) {
                    times.computeIfAbsent(way.getKey(), it -> new ArrayList<>()).add(seconds);
                }
            }
        }
        double ours = median(times.get("smimezip, newInputStream"));
        System.out.println("| way | wall s, median | lowest to highest | to newInputStream |");
        System.out.println("|---|---|---|---|");
        for (Map.Entry<String, List<Double>> way : times.entrySet()) {
            double[] sorted = way.getValue().stream().mapToDouble(it -> it).sorted().toArray();
            System.out.printf("| %s | %.3f | %.3f to %.3f | %.2f |%n", way.getKey(), median(way.getValue()),
                sorted[0], sorted[sorted.length - 1], median(way.getValue()) / ours);
        }
    }

    private static double median(List<Double> times) {
        double[] sorted = times.stream().mapToDouble(it -> it).sorted().toArray();
        return sorted[sorted.length / 2];
    }

    private static void memory(Path message, Path key, boolean read) throws IOException {
        if (read) {
            try (Keyring keys = new Keyring().addFile(key); InputStream in = EncryptedMessage.decrypt(message, keys)) {
                drain(in);
            }
            try (Keyring keys = new Keyring().addFile(key);
                 InputStream in = EncryptedMessage.decrypt(Files.newInputStream(message), keys)) {
                drain(in);
            }
        }
        for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
            if (line.startsWith("VmHWM:")) {
                System.out.println((read ? "both ways read: " : "nothing read: ") + line);
            }
        }
    }

    private static void drain(InputStream in) throws IOException {
        byte[] buffer = new byte[BUFFER];
        while (in.read(buffer) > 0) {
            Arrays.fill(buffer, 0, 1, (byte) 0);
        }
    }

    /** The body after the header section. */
    private static InputStream body(Path message) throws IOException {
        InputStream in = new BufferedInputStream(Files.newInputStream(message), BUFFER);
        int ends = 0;
        while (ends < 2) {
            int value = in.read();
            if (value < 0) {
                throw new IOException("no body");
            }
            ends = value == '\n' ? ends + 1 : value == '\r' ? ends : 0;
        }
        return in;
    }

    private static PrivateKey privateKey(Path path) throws Exception {
        String pem = Files.readString(path).replaceAll("-----[^-]*-----|\\s", "");
        return KeyFactory.getInstance("RSA").generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(pem)));
    }
}
