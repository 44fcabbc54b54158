import io.github.smimezip.ExportBuilder;
import io.github.smimezip.ExportReceipt;
import io.github.smimezip.Recipients;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Makes an export. Arguments: the folder, the recipient's certificate, the folder for the parts.
 */
public final class SealFolder {
    public static void main(String[] arguments) throws IOException {
        try (Recipients recipients = Recipients.of(Path.of(arguments[1]))) {
            ExportReceipt receipt = new ExportBuilder(recipients)
                .partSize(500L << 20)
                .build(Path.of(arguments[0]), Path.of(arguments[2]));
            receipt.parts().forEach(System.out::println);
        }
    }
}
