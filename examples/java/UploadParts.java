import io.github.smimezip.ExportBuilder;
import io.github.smimezip.ExportReceipt;
import io.github.smimezip.ExportWriter;
import io.github.smimezip.PartReceipt;
import io.github.smimezip.PartSink;
import io.github.smimezip.PartSource;
import io.github.smimezip.Recipients;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * An export whose parts go to a store while they are made, as an upload. The store here is a folder
 * of objects; a store's client would be called where its files are written, renamed and deleted.
 */
public final class UploadParts {
    /**
     * Uploads each part under a name that nobody looks for, and publishes all of them at the end.
     */
    private static final class Store implements PartSink {
        private final Path bucket;
        private final List<Path> uploads = new ArrayList<>();

        Store(Path bucket) {
            this.bucket = bucket;
        }

        private Path pending(String name) {
            return bucket.resolve(name + ".pending");
        }

        @Override
        public Part begin(String name) throws IOException {
            Path upload = pending(name);
            OutputStream out = Files.newOutputStream(upload);
            return new Part() {
                @Override
                public void write(byte[] bytes) throws IOException {
                    out.write(bytes);
                }

                @Override
                public void finish() throws IOException {
                    out.close();
                    uploads.add(upload);
                }

                @Override
                public void abort() throws IOException {
                    out.close();
                    Files.deleteIfExists(upload);
                }
            };
        }

        /** A store that can be read lets the export be verified before anybody sees it. */
        @Override
        public Optional<PartSource> readBack(PartReceipt part) throws IOException {
            return Optional.of(PartSource.of(pending(part.begunAs())));
        }

        @Override
        public void commit(List<PartReceipt> parts) throws IOException {
            for (PartReceipt part : parts) {
                Path object = bucket.resolve(part.name());
                Files.move(pending(part.begunAs()), object, StandardCopyOption.ATOMIC_MOVE);
                uploads.add(object);
            }
        }

        @Override
        public void abort() throws IOException {
            for (Path upload : uploads) {
                Files.deleteIfExists(upload);
            }
        }
    }

    public static void main(String[] arguments) throws IOException {
        if (arguments.length < 3) {
            System.err.println("usage: UploadParts FOLDER CERTIFICATE BUCKET");
            System.exit(1);
        }
        Path bucket = Files.createDirectories(Path.of(arguments[2]));
        try (Recipients recipients = Recipients.of(Path.of(arguments[1]));
             ExportWriter export = new ExportBuilder(recipients)
                 .partSize(65_536)
                 .newWriter(new Store(bucket));
             DirectoryStream<Path> files = Files.newDirectoryStream(Path.of(arguments[0]))) {
            for (Path file : files) {
                try (OutputStream entry = export.newEntry(file.getFileName().toString())) {
                    Files.copy(file, entry);
                }
            }
            ExportReceipt receipt = export.commit();
            receipt.parts().forEach(part ->
                System.out.println(part.size() + " bytes uploaded as " + part.name()));
        }
    }
}
