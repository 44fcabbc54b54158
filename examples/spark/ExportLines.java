import io.github.smimezip.Entry;
import io.github.smimezip.ExportArchive;
import io.github.smimezip.ExportSet;
import io.github.smimezip.Keyring;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.apache.spark.sql.api.java.UDF2;

/**
 * How many lines the JSON entries of an export have: a function of Spark SQL, run in the executors. The export
 * and the key are paths that every executor can read; from an object store it would be a {@code PartSource}.
 */
public final class ExportLines implements UDF2<String, String, Long> {
    private static final long serialVersionUID = 1L;

    @Override
    public Long call(String anyPart, String key) throws IOException {
        long lines = 0;
        try (Keyring keys = new Keyring().addFile(Path.of(key));
             ExportSet set = ExportSet.discover(Path.of(anyPart));
             ExportArchive archive = set.open(keys)) {
            for (Entry entry : archive.entries()) {
                if (entry.isFile() && entry.rawName().endsWith(".json")) {
                    try (BufferedReader in = new BufferedReader(new InputStreamReader(
                            archive.newInputStream(entry), StandardCharsets.UTF_8))) {
                        while (in.readLine() != null) {
                            lines++;
                        }
                    }
                }
            }
        }
        return lines;
    }
}
