import io.github.smimezip.ExportArchive;
import io.github.smimezip.Keyring;
import java.io.IOException;
import java.nio.file.Path;

/** Extracts an export. Arguments: any part or the folder, the key, the folder to extract to. */
public final class FirstProgram {
    public static void main(String[] arguments) throws IOException {
        try (Keyring keys = Keyring.of(Path.of(arguments[1]));
             ExportArchive archive = ExportArchive.open(Path.of(arguments[0]), keys)) {
            System.out.println(archive.extractTo(Path.of(arguments[2])));
        }
    }
}
