import io.github.smimezip.Entry;
import io.github.smimezip.ExportArchive;
import io.github.smimezip.Keyring;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;

/**
 * Lists an export, or prints one of its entries. Only what is needed is decrypted: a few kilobytes
 * to list, the ranges of the entry to print it.
 */
public final class ListExport {
    public static void main(String[] arguments) throws IOException {
        if (arguments.length < 2) {
            System.err.println("usage: ListExport PART|FOLDER KEY [ENTRY]");
            System.exit(1);
        }
        try (Keyring keys = Keyring.of(Path.of(arguments[1]));
             ExportArchive archive = ExportArchive.open(Path.of(arguments[0]), keys)) {
            if (arguments.length > 2) {
                Entry entry = archive.find(arguments[2])
                    .orElseThrow(() -> new IOException("no entry " + arguments[2]));
                try (InputStream in = archive.newInputStream(entry)) {
                    System.out.print(new String(in.readAllBytes(), StandardCharsets.UTF_8));
                }
                return;
            }
            for (Entry entry : archive.entries()) {
                if (entry.isFile()) {
                    String modified = entry.modified(ZoneId.systemDefault())
                        .map(Instant::toString).orElse("-");
                    System.out.println(entry.size() + " " + modified + " " + entry.rawName());
                }
            }
        }
    }
}
