import io.github.smimezip.CancelledException;
import io.github.smimezip.ExportArchive;
import io.github.smimezip.ExportSet;
import io.github.smimezip.ExtractOptions;
import io.github.smimezip.ExtractReport;
import io.github.smimezip.Keyring;
import io.github.smimezip.MissingPartException;
import java.io.IOException;
import java.nio.file.Path;

/** Extracts an export with progress. Arguments: any part or the folder, the key, the folder to extract to. */
public final class ExtractExport {
    public static void main(String[] arguments) throws IOException {
        try (Keyring keys = new Keyring().addFile(Path.of(arguments[1]));
             ExportSet set = ExportSet.discover(Path.of(arguments[0]));
             ExportArchive archive = set.open(keys)) {
            ExtractOptions options = new ExtractOptions().progress(progress -> {
                System.out.println(progress.bytesDone() + " of " + progress.bytesTotal() + " bytes");
                // False, or an interrupt of the thread, ends it; then nothing is left behind.
                return true;
            });
            ExtractReport report = archive.extractTo(Path.of(arguments[2]), options);
            System.out.println(report.files() + " files, " + report.bytes() + " bytes");
        } catch (MissingPartException missing) {
            System.err.println("download these as well: " + missing.getMessage());
            System.exit(1);
        } catch (CancelledException cancelled) {
            System.err.println("cancelled");
            System.exit(1);
        }
    }
}
