import io.github.smimezip.Entry;
import io.github.smimezip.ExportSet;
import io.github.smimezip.ExtractReport;
import io.github.smimezip.Keyring;
import io.github.smimezip.Salvage;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Extracts what is whole of an export whose parts are damaged, cut or missing, the last one as
 * well, and says what is not. What may be of an archive that is a file in the export goes to a
 * second folder, which is not made if there is no such entry. Arguments: any part or the folder, the
 * key, the folder to extract to, the second folder.
 */
public final class SalvageExport {
    public static void main(String[] arguments) throws IOException {
        try (Keyring keys = Keyring.of(Path.of(arguments[1]));
             ExportSet set = ExportSet.discover(Path.of(arguments[0]));
             Salvage salvage = set.salvage(keys)) {
            salvage.missing().forEach(name -> System.out.println("missing: " + name));
            salvage.damaged().forEach(it -> System.out.println("damaged: " + it.getMessage()));
            salvage.ambiguous().forEach(name -> System.out.println("several entries: " + name));
            salvage.lost().forEach(it -> System.out.println("lost: " + it.getMessage()));
            if (!salvage.hasDirectory()) {
                System.out.println("no directory: there may be entries that nobody knows of");
            }
            for (Entry entry : salvage.archive().entries()) {
                System.out.println("found: " + entry);
            }
            describe(salvage.extractTo(Path.of(arguments[2])));
            for (Entry entry : salvage.uncertain().entries()) {
                System.out.println("uncertain: " + entry);
            }
            if (!salvage.uncertain().entries().isEmpty()) {
                describe(salvage.extractUncertainTo(Path.of(arguments[3])));
            }
        }
    }

    private static void describe(ExtractReport report) {
        report.unavailable().forEach(System.out::println);
        report.failed().forEach(it -> System.out.println("failed: " + it.getMessage()));
        System.out.println(report.files() + " files extracted");
    }
}
