import io.github.smimezip.EncryptedMessage;
import io.github.smimezip.Keyring;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * Decrypts one file: the job of the vendor's sample, whose one call {@code InputStream decrypt(File, key)} is
 * the method below. Arguments: the encrypted file, the key, the file to write, perhaps the key's passphrase.
 */
public final class DecryptFile {
    public static void main(String[] arguments) throws IOException {
        char[] passphrase = arguments.length > 3 ? arguments[3].toCharArray() : null;
        try (InputStream in = decrypt(new File(arguments[0]), Path.of(arguments[1]), passphrase)) {
            long size = Files.copy(in, Path.of(arguments[2]), StandardCopyOption.REPLACE_EXISTING);
            System.out.println(size + " bytes");
        }
    }

    static InputStream decrypt(File file, Path key, char[] passphrase) throws IOException {
        try (Keyring keys = new Keyring().addFile(key, passphrase)) {
            return EncryptedMessage.decrypt(file.toPath(), keys);
        }
    }
}
