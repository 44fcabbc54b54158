import io.github.smimezip.Entry;
import io.github.smimezip.ExportArchive;
import io.github.smimezip.ExportSet;
import io.github.smimezip.Keyring;
import io.github.smimezip.PartSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/**
 * An export whose parts are elsewhere than in files: in an object store, in Hadoop's file systems.
 * Here they are served from files, and what is served is counted. Files of other file systems of
 * Java, channels and arrays need no class of their own: {@code PartSource.of} has them.
 */
public final class PartsFromElsewhere {
    /** One object of a store; a store's client would ask for a range here. */
    private static final class StoredPart implements PartSource {
        private final PartSource object;
        private final AtomicLong served;

        StoredPart(Path path, AtomicLong served) throws IOException {
            object = PartSource.of(path);
            this.served = served;
        }

        @Override
        public long size() throws IOException {
            return object.size();
        }

        @Override
        public int readAt(long position, ByteBuffer target) throws IOException {
            int count = object.readAt(position, target);
            served.addAndGet(Math.max(0, count));
            return count;
        }

        @Override
        public void close() throws IOException {
            object.close();
        }
    }

    public static void main(String[] arguments) throws IOException {
        if (arguments.length < 2) {
            System.err.println("usage: PartsFromElsewhere FOLDER KEY");
            System.exit(1);
        }
        AtomicLong served = new AtomicLong();
        Map<String, StoredPart> parts = new HashMap<>();
        Path folder = Path.of(arguments[0]);
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*.smime")) {
            for (Path file : files) {
                parts.put(file.getFileName().toString(), new StoredPart(file, served));
            }
        }
        try (Keyring keys = Keyring.of(Path.of(arguments[1]));
             ExportSet set = ExportSet.of(parts);
             ExportArchive archive = set.open(keys)) {
            for (Entry entry : archive.entries()) {
                System.out.println(entry.size() + " " + entry.rawName());
            }
            System.out.println(served + " bytes served to list it");
            System.out.println(archive.verify().files() + " files verified");
        } finally {
            for (StoredPart part : parts.values()) {
                part.close();
            }
        }
    }
}
