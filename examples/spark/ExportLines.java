import io.github.smimezip.Entry;
import io.github.smimezip.ExportArchive;
import io.github.smimezip.ExtractOptions;
import io.github.smimezip.Keyring;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.apache.spark.sql.api.java.UDF2;

/**
 * How many lines the JSON entries of an export have: a function of Spark SQL, run in the executors.
 * The export and the key are paths that every executor can read; from an object store it would be a
 * {@code PartSource}.
 */
public final class ExportLines implements UDF2<String, String, Long> {
    private static final long serialVersionUID = 1L;

    @Override
    public Long call(String anyPart, String key) throws IOException {
        long lines = 0;
        ExtractOptions wanted = new ExtractOptions().include("**/*.json")
            .filter(Entry::isFile);
        try (Keyring keys = Keyring.of(Path.of(key));
             ExportArchive archive = ExportArchive.open(Path.of(anyPart), keys)) {
            for (Entry entry : archive.entries(wanted)) {
                try (BufferedReader in = new BufferedReader(new InputStreamReader(
                        archive.newInputStream(entry), StandardCharsets.UTF_8))) {
                    while (in.readLine() != null) {
                        lines++;
                    }
                }
            }
        }
        return lines;
    }
}
