import io.github.smimezip.ExportBuilder;
import io.github.smimezip.ExportWriter;
import io.github.smimezip.Recipients;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Writes rows, as a query returns them, into an entry of an export. Nobody has to know how many
 * there will be: nothing is collected in memory, and no file of them is ever on the disk.
 */
public final class SealRows {
    /** What a driver of a database would return, row by row. */
    private static Stream<String> query(int count) {
        return IntStream.rangeClosed(1, count).mapToObj(id -> id + ",customer " + id);
    }

    public static void main(String[] arguments) throws IOException {
        if (arguments.length < 3) {
            System.err.println("usage: SealRows COUNT CERTIFICATE OUTBOX");
            System.exit(1);
        }
        try (Recipients recipients = Recipients.of(Path.of(arguments[1]));
             Stream<String> rows = query(Integer.parseInt(arguments[0]));
             ExportWriter export = new ExportBuilder(recipients)
                 .partSize(100L << 20)
                 .newWriter(Path.of(arguments[2]))) {
            try (Writer entry = new OutputStreamWriter(
                    export.newEntry("entities/customers.csv"), StandardCharsets.UTF_8)) {
                entry.write("id,name\n");
                for (String row : (Iterable<String>) rows::iterator) {
                    entry.write(row + "\n");
                }
            }
            // Until here nothing is in the outbox; closed, the writer takes it all back.
            System.out.println(export.commit());
        }
    }
}
