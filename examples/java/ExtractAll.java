import io.github.smimezip.ExportArchive;
import io.github.smimezip.ExportSet;
import io.github.smimezip.Keyring;
import java.io.IOException;
import java.nio.file.Path;

/** Extracts every export in a folder of downloads to a folder of its own. */
public final class ExtractAll {
    public static void main(String[] arguments) throws IOException {
        if (arguments.length < 3) {
            System.err.println("usage: ExtractAll DOWNLOADS KEY TARGET");
            System.exit(1);
        }
        int failures = 0;
        try (Keyring keys = Keyring.of(Path.of(arguments[1]))) {
            for (ExportSet set : ExportSet.discoverAll(Path.of(arguments[0]))) {
                try (set; ExportArchive archive = set.open(keys)) {
                    Path target = Path.of(arguments[2], set.name());
                    System.out.println(set.name() + ": " + archive.extractTo(target));
                } catch (IOException failed) {
                    // One that is not complete does not keep the others from being extracted.
                    System.out.println(set.name() + ": " + failed.getMessage());
                    failures++;
                }
            }
        }
        System.exit(failures == 0 ? 0 : 1);
    }
}
