import io.github.smimezip.EncryptedMessage;
import io.github.smimezip.Keyring;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * Decrypts one file: the job of the vendor's sample, whose one call {@code InputStream
 * decrypt(File, key)} is the method below. To a file it is shorter: {@code
 * EncryptedMessage.open(file).decryptTo(keys, target)}.
 */
public final class DecryptFile {
    public static void main(String[] arguments) throws IOException {
        if (arguments.length < 3) {
            System.err.println("usage: DecryptFile ENCRYPTED KEY TARGET [PASSPHRASE]");
            System.exit(1);
        }
        char[] passphrase = arguments.length > 3 ? arguments[3].toCharArray() : null;
        try (InputStream in = decrypt(new File(arguments[0]), Path.of(arguments[1]), passphrase)) {
            Path target = Path.of(arguments[2]);
            long size = Files.copy(in, target, StandardCopyOption.REPLACE_EXISTING);
            System.out.println(size + " bytes");
        }
    }

    static InputStream decrypt(File file, Path key, char[] passphrase) throws IOException {
        try (Keyring keys = Keyring.of(key, passphrase)) {
            return EncryptedMessage.decrypt(file.toPath(), keys);
        }
    }
}
