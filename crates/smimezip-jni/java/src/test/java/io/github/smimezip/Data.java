package io.github.smimezip;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;

/** The committed messages, keys and sample, by the folders that the test's caller names. */
final class Data {
    static final Path SAMPLE = Path.of(System.getProperty("smimezip.sample"));
    static final Path DATA = Path.of(System.getProperty("smimezip.data"));
    static final String STEM = "export-2b710a2c-5d0e-4c53-9d0b-7f1f3a6c8e21";

    private Data() {}

    static Path part(String kind) {
        return SAMPLE.resolve(STEM + "." + kind + ".smime");
    }

    static Keyring sampleKeys() throws IOException {
        return new Keyring().addFile(SAMPLE.resolve("key.pem"));
    }

    static Path message(String name) {
        return DATA.resolve("envelopes").resolve(name);
    }

    /** The file of a key of the messages, or of its certificate. */
    static Path key(String name, String what) {
        String folder = name.equals("main") || name.equals("other") ? "keys" : "envelopes/keys";
        return DATA.resolve(folder).resolve(name + "." + what + ".pem");
    }

    static Keyring keys(String name) throws IOException {
        return new Keyring().addFile(key(name, "key")).addFile(key(name, "cert"));
    }

    static X509Certificate certificate(String name) throws Exception {
        try (InputStream in = Files.newInputStream(key(name, "cert"))) {
            return (X509Certificate) CertificateFactory.getInstance("X.509")
                .generateCertificate(in);
        }
    }

    static KeyStore store(String type, Path path, char[] password) throws Exception {
        KeyStore store = KeyStore.getInstance(type);
        try (InputStream in = Files.newInputStream(path)) {
            store.load(in, password);
        }
        return store;
    }

    /**
     * The lines of the manifest: file, producer, kind, key encryption, cipher, encoding, what opens
     * it.
     */
    static List<String[]> manifest() throws IOException {
        List<String[]> lines = new ArrayList<>();
        for (String line : Files.readAllLines(message("MANIFEST.tsv"))) {
            lines.add(line.split("\t"));
        }
        return lines;
    }

    static String plaintextSum() throws IOException {
        return Files.readString(message("PLAINTEXT.sha256")).trim();
    }

    static String sum(byte[] bytes) throws Exception {
        StringBuilder text = new StringBuilder();
        for (byte value : MessageDigest.getInstance("SHA-256").digest(bytes)) {
            text.append(String.format("%02x", value));
        }
        return text.toString();
    }

    /** Resident memory of this process in KiB. */
    static long resident() throws IOException {
        System.gc();
        for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
            if (line.startsWith("VmRSS:")) {
                return Long.parseLong(line.replaceAll("[^0-9]", ""));
            }
        }
        throw new IOException("no VmRSS");
    }
}
