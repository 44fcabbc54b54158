import io.github.smimezip.CancelledException;
import io.github.smimezip.ExportArchive;
import io.github.smimezip.ExtractOptions;
import io.github.smimezip.ExtractReport;
import io.github.smimezip.Keyring;
import io.github.smimezip.MissingPartException;
import io.github.smimezip.SmimezipException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Extracts an export, or the entries that patterns are for, with progress, and says what a person
 * can do where it fails.
 */
public final class ExtractExport {
    public static void main(String[] arguments) throws IOException {
        if (arguments.length < 3) {
            System.err.println("usage: ExtractExport PART|FOLDER KEY TARGET [PATTERN…]");
            System.exit(1);
        }
        ExtractOptions options = new ExtractOptions().progress(progress -> {
            System.out.println(progress);
            // False, or an interrupt of the thread, ends it; then nothing is left behind.
            return true;
        });
        if (arguments.length > 3) {
            options.include(Arrays.copyOfRange(arguments, 3, arguments.length));
        }
        try (Keyring keys = Keyring.of(Path.of(arguments[1]));
             ExportArchive archive = ExportArchive.open(Path.of(arguments[0]), keys)) {
            ExtractReport report = archive.extractTo(Path.of(arguments[2]), options);
            System.out.println(report.files() + " files, " + report.bytes() + " bytes");
        } catch (MissingPartException missing) {
            System.err.println("download these as well: " + missing.missing());
            System.exit(1);
        } catch (CancelledException cancelled) {
            System.err.println("cancelled");
            System.exit(1);
        } catch (SmimezipException failed) {
            switch (failed.status()) {
                case EXISTS:
                    System.err.println(failed.getMessage() + "; extract to another folder");
                    break;
                case NO_MATCHING_KEY:
                    System.err.println(failed.getMessage() + "; older exports need older keys");
                    break;
                default:
                    System.err.println(failed.getMessage());
            }
            System.exit(1);
        }
    }
}
