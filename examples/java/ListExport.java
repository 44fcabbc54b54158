import io.github.smimezip.Entry;
import io.github.smimezip.EntryKind;
import io.github.smimezip.ExportArchive;
import io.github.smimezip.ExportSet;
import io.github.smimezip.Keyring;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.ZoneId;

/**
 * Lists an export, and prints one of its entries if one is named. Only what is needed is decrypted: a few
 * kilobytes to list, the ranges of the entry to print it. Arguments: any part or the folder, the key, perhaps
 * the name of an entry.
 */
public final class ListExport {
    public static void main(String[] arguments) throws IOException {
        try (Keyring keys = new Keyring().addFile(Path.of(arguments[1]));
             ExportSet set = ExportSet.discover(Path.of(arguments[0]));
             ExportArchive archive = set.open(keys)) {
            if (arguments.length > 2) {
                Entry entry = archive.find(arguments[2])
                    .orElseThrow(() -> new IOException("no entry " + arguments[2]));
                try (InputStream in = archive.newInputStream(entry)) {
                    System.out.print(new String(in.readAllBytes(), StandardCharsets.UTF_8));
                }
                return;
            }
            for (Entry entry : archive.entries()) {
                if (entry.kind() == EntryKind.FILE) {
                    System.out.println(
                        entry.size() + " " + entry.modified(ZoneId.systemDefault()) + " " + entry.rawName());
                }
            }
        }
    }
}
