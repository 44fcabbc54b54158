package io.github.smimezip;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.smimezip.internal.Bytes;
import io.github.smimezip.internal.Native;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZoneId;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/** What the package's page promises of every class: of null, of {@code toString}, of closing. */
class ContractTest {
    private static PrivateKey privateKey() throws Exception {
        String pem = Files.readString(Data.key("main", "key"))
            .replaceAll("-----[^-]*-----|\\s", "");
        return KeyFactory.getInstance("RSA")
            .generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(pem)));
    }

    /** A value for each type of a parameter. */
    private static Map<Class<?>, Object> values(ExportArchive archive) throws Exception {
        Map<Class<?>, Object> values = new HashMap<>();
        values.put(Path.class, Data.part("zip"));
        values.put(Keyring.class, Data.sampleKeys());
        values.put(OpenOptions.class, new OpenOptions());
        values.put(ExtractOptions.class, new ExtractOptions());
        values.put(Limits.class, new Limits());
        values.put(Limit.class, Limit.PARTS);
        values.put(Entry.class, archive.entries().get(0));
        values.put(PartSource.class, PartSource.of(new byte[1]));
        values.put(InputStream.class, new ByteArrayInputStream(new byte[1]));
        values.put(KeyStore.class,
            Data.store("PKCS12", Data.DATA.resolve("keyforms/main.keytool.p12"),
                "correct".toCharArray()));
        values.put(String.class, "text");
        values.put(byte[].class, new byte[16]);
        values.put(char[].class, "text".toCharArray());
        values.put(Map.class, Map.of("a.zip", PartSource.of(new byte[1])));
        values.put(PrivateKey.class, privateKey());
        values.put(X509Certificate.class, Data.certificate("main"));
        values.put(Predicate.class, (Predicate<Entry>) it -> true);
        values.put(ProgressListener.class, (ProgressListener) it -> true);
        values.put(ZoneId.class, ZoneOffset.UTC);
        values.put(SeekableByteChannel.class, FileChannel.open(Data.part("zip")));
        values.put(long.class, 1L);
        values.put(int.class, 1);
        values.put(boolean.class, true);
        values.put(CertificateOptions.class, new CertificateOptions());
        values.put(Instant.class, Instant.EPOCH);
        values.put(SealOptions.class, new SealOptions());
        values.put(EntryOptions.class, new EntryOptions());
        values.put(List.class, List.of(Data.part("zip")));
        for (Class<?> type : List.of(Overwrite.class, Links.class, Names.class, SkipReason.class,
                RsaPadding.class, ContentCipher.class, SealContainer.class, Unfit.class,
                ManifestContents.class)) {
            values.put(type, type.getEnumConstants()[0]);
        }
        values.put(String[].class, new String[] {"*"});
        values.put(ReadOption[].class, new ReadOption[0]);
        return values;
    }

    /** A parameter that may be null says so; all others are named by the exception. */
    @Test
    void nullIsRefusedByName() throws Exception {
        int count = 0;
        try (Keyring keys = Data.sampleKeys(); ExportSet set = ExportSet.discover(Data.SAMPLE);
             ExportArchive archive = set.open(keys); Salvage salvage = set.salvage(keys);
             EncryptedMessage message = EncryptedMessage.open(Data.message("bc-several"));
             Recipients recipients = Recipients.of(Data.certificate("main"));
             ExportWriter writer = new ExportBuilder(recipients)
                 .newWriter(Files.createTempDirectory("smimezip"))) {
            Map<Class<?>, Object> values = values(archive);
            Object[] owners = {keys, set, set.status(keys), archive, salvage, message,
                archive.verify(),
                archive.entries().get(0), message.recipients().get(0), new Limits(),
                new OpenOptions(), new ExtractOptions(), PartSource.of(new byte[1]), recipients,
                new CertificateOptions(), new SealOptions(),
                new SealingOutputStream(OutputStream.nullOutputStream(), recipients),
                new ExportBuilder(recipients), new EntryOptions(), writer};
            for (Object owner : owners) {
                Class<?> type = owner instanceof PartSource ? PartSource.class : owner.getClass();
                for (Method method : type.getDeclaredMethods()) {
                    if (Modifier.isPublic(method.getModifiers()) && !method.isSynthetic()
                            && !method.getName().equals("readAt")) {
                        count += refused(method, owner, values);
                    }
                }
            }
        }
        assertTrue(count > 120, count + " parameters");
    }

    private static int refused(Method method, Object owner, Map<Class<?>, Object> values)
            throws Exception {
        Class<?>[] types = method.getParameterTypes();
        int count = 0;
        for (int at = 0; at < types.length; at++) {
            // Passphrases may be null.
            if (types[at].isPrimitive()
                    || types[at] == char[].class && !method.getName().equals("addPassword")) {
                continue;
            }
            Object[] arguments = new Object[types.length];
            for (int other = 0; other < types.length; other++) {
                if (other != at) {
                    arguments[other] = values.get(types[other]);
                    assertTrue(arguments[other] != null, types[other] + " has no value here");
                }
            }
            String what = method + ", parameter " + at;
            InvocationTargetException thrown = assertThrows(
                InvocationTargetException.class, () -> method.invoke(owner, arguments), what);
            NullPointerException named = assertInstanceOf(
                NullPointerException.class, thrown.getCause(), what);
            assertTrue(named.getMessage() != null && named.getMessage().matches("[A-Za-z]+"),
                what + ": " + named.getMessage());
            count++;
        }
        return count;
    }

    @Test
    void everythingSaysWhatItIs() throws Exception {
        Keyring keys = Data.sampleKeys();
        ExportSet set = ExportSet.discover(Data.SAMPLE);
        ExportArchive archive = set.open(keys);
        Salvage salvage = set.salvage(keys);
        EncryptedMessage message = EncryptedMessage.open(Data.part("z01"));
        assertTrue(keys.toString().startsWith("Keyring[RSA, "), keys.toString());
        assertEquals("ExportSet[" + Data.STEM + ", 4 parts]", set.toString());
        String entries = archive.entries().size() + " entries";
        assertEquals("ExportArchive[" + entries + ", CHECKSUMMED]", archive.toString());
        assertEquals("Salvage[" + entries + ", 0 missing and 0 damaged parts]",
            salvage.toString());
        assertEquals(
            "EncryptedMessage[S/MIME, base64, AES-256-CBC, 1 recipients]", message.toString());
        assertTrue(archive.verify().toString().startsWith("ExtractReport[6 files, "));
        StringBuilder progress = new StringBuilder();
        archive.verify(new ExtractOptions().progress(it -> {
            progress.append(it).append('\n');
            return true;
        }));
        assertTrue(progress.toString().contains("VERIFYING 407455 of 407455 bytes, 6 of 6 entries"),
            progress.toString());
        for (AutoCloseable one : List.of(keys, set, archive, salvage, message)) {
            one.close();
            assertTrue(one.toString().contains("closed]"), one.toString());
        }
        OpenOptions opening = new OpenOptions().with(ReadOption.ACCEPT_UNUSED_BYTES)
            .limit(Limit.PARTS, 5);
        assertEquals("OpenOptions[with=[ACCEPT_UNUSED_BYTES], limits={PARTS=5}, threads=0]",
            opening.toString());
        String options = new ExtractOptions().include("*").overwrite(Overwrite.SKIP).toString();
        assertTrue(options.contains("include=[*]") && options.contains("SKIP"), options);
        assertEquals("SealOptions[contentCipher=AES_256_CBC, container=PEM, columns=64, "
            + "crlf=false, knownSize=7]",
            new SealOptions().container(SealContainer.PEM).knownSize(7).toString());
        assertEquals("CertificateOptions[rsaPadding=PKCS1_V1_5, byKeyIdentifier=true, "
            + "validAt=now]", new CertificateOptions().byKeyIdentifier(true).toString());
    }

    @Test
    void aRingOfOneStep() throws Exception {
        try (Keyring keys = Keyring.of(Data.SAMPLE.resolve("key.pem"));
             ExportArchive archive = ExportArchive.open(Data.SAMPLE, keys)) {
            assertEquals(6, archive.verify().files());
        }
        char[] correct = "correct".toCharArray();
        Path store = Data.DATA.resolve("keyforms/main.keytool.p12");
        try (Keyring keys = Keyring.of(store, correct)) {
            assertFalse(keys.describe().isEmpty());
        }
        assertThrows(PassphraseException.class, () -> Keyring.of(store));
        assertThrows(PassphraseException.class, () -> Keyring.of(store, "wrong".toCharArray()));
        try (Keyring keys = Keyring.of(Data.store("PKCS12", store, correct), correct)) {
            assertEquals("RSA, 2048 bits, issuer CN=main,O=Test,C=DE, serial 1001",
                keys.describe().get(0));
        }
        KeyStore empty = KeyStore.getInstance("PKCS12");
        empty.load(null, null);
        assertThrows(java.security.KeyStoreException.class, () -> Keyring.of(empty, correct));
        try (Keyring keys = new Keyring().addPrivateKey(privateKey());
             InputStream in = EncryptedMessage.decrypt(
                 Data.message("openssl-ktri-aes-256-cbc-der"), keys)) {
            assertEquals(Data.plaintextSum(), Data.sum(in.readAllBytes()));
        }
        PrivateKey held = new Offline.Held(new IllegalStateException());
        assertThrows(
            IllegalArgumentException.class, () -> new Keyring().addPrivateKey(held));
    }

    /** What the native side writes for a certificate that nothing is sealed for. */
    @Test
    void whatIsWrongWithACertificateIsAnExceptionOfItsOwn() {
        Bytes.Writer out = new Bytes.Writer().number(-20);
        out.text("nothing is sealed for the certificate of CN=a: it expired");
        out.text("unsuitable_certificate");
        out.text("");
        out.number(0).text("");
        out.size(-1).number(0).text("");
        out.number(0).number(2).number(10).number(1).text("CN=a");
        out.number(11).number(1).text("expired");
        UnsuitableCertificateException error = assertInstanceOf(
            UnsuitableCertificateException.class,
            Native.exception(new Bytes.Reader(out.bytes())));
        assertEquals(Status.UNSUITABLE_CERTIFICATE, error.status());
        assertEquals("unsuitable_certificate", error.code());
        assertEquals("CN=a", error.subject());
        assertEquals("expired", error.problem());
        assertTrue(error.getMessage().contains("expired"));
    }
}
