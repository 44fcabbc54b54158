import io.github.smimezip.ExportArchive;
import io.github.smimezip.ExportSet;
import io.github.smimezip.ExtractOptions;
import io.github.smimezip.ExtractReport;
import io.github.smimezip.Keyring;
import io.github.smimezip.OpenOptions;
import io.github.smimezip.SetStatus;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Says what is in a download folder, and extracts what can be had of it: complete exports whole, of
 * others the entries that lie in the parts that are there. Arguments: the folder, the key, the
 * folder to extract to.
 */
public final class Downloads {
    public static void main(String[] arguments) throws IOException {
        Path target = Path.of(arguments[2]);
        List<ExportSet> sets = ExportSet.discoverAll(Path.of(arguments[0]));
        try (Keyring keys = Keyring.of(Path.of(arguments[1]))) {
            List<SetStatus> statuses = SetStatus.ofAll(sets, keys);
            for (int at = 0; at < sets.size(); at++) {
                describe(statuses.get(at));
                // To a folder of the set's name.
                extract(sets.get(at), keys, target.resolve(sets.get(at).name()));
            }
        } finally {
            sets.forEach(ExportSet::close);
        }
    }

    private static void describe(SetStatus status) {
        System.out.println(status);
        if (!status.keyFits().orElse(true)) {
            System.out.println("  no key fits; it is for " + status.recipients());
        }
        status.missing().forEach(name -> System.out.println("  missing " + name));
        status.unfinished().forEach(name -> System.out.println("  still downloading " + name));
        status.conflicting().forEach(name -> System.out.println("  conflicting " + name));
        status.duplicates().forEach(name -> System.out.println("  duplicate " + name));
        status.standIns().forEach(
            name -> System.out.println("  taken for the original " + name));
        status.damage().ifPresent(it -> System.out.println("  damaged: " + it.getMessage()));
    }

    private static void extract(ExportSet set, Keyring keys, Path folder) {
        try (ExportArchive archive = set.open(keys, new OpenOptions().incomplete(true))) {
            ExtractReport report =
                archive.extractTo(folder, new ExtractOptions().available(true));
            System.out.println("  " + report.files() + " files extracted");
            report.unavailable().forEach(entry -> System.out.println("  " + entry));
        } catch (IOException failed) {
            System.out.println("  " + failed.getMessage());
        }
    }
}
