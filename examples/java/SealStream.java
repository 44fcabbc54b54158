import io.github.smimezip.Recipients;
import io.github.smimezip.SealingOutputStream;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Seals standard input for the owner of a certificate, to standard output: one message that {@code
 * openssl smime -decrypt} opens, in constant memory.
 */
public final class SealStream {
    public static void main(String[] arguments) throws IOException {
        if (arguments.length < 1) {
            System.err.println("usage: SealStream CERTIFICATE <CONTENT >MESSAGE");
            System.exit(1);
        }
        try (Recipients recipients = Recipients.of(Path.of(arguments[0]));
             SealingOutputStream out = new SealingOutputStream(System.out, recipients)) {
            System.in.transferTo(out);
            // Only now it is complete: whatever throws before leaves a message that nobody opens.
            out.finish();
        }
    }
}
