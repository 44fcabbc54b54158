import java.io.File;
import java.io.InputStream;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipSplitReadOnlySeekableByteChannel;

/**
 * Extracts archives, split or not. Each line of the input: zip4j or commons, archive, folder; a line
 * without a folder has commons count the entries.
 */
public final class Extract {
    public static void main(String[] arguments) throws Exception {
        var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            String[] job = line.split("\t");
            try {
                if (job.length == 2) {
                    System.out.println(count(new File(job[1])));
                    continue;
                }
                if (job[0].equals("zip4j")) {
                    try (var zip = new net.lingala.zip4j.ZipFile(job[1])) {
                        zip.extractAll(job[2]);
                    }
                } else {
                    commons(new File(job[1]), Path.of(job[2]));
                }
                System.out.println("ok");
            } catch (Exception | Error error) {
                System.out.println(error);
            }
        }
    }

    private static int count(File archive) throws Exception {
        try (SeekableByteChannel parts =
                        ZipSplitReadOnlySeekableByteChannel.buildFromLastSplitSegment(archive);
                var zip = new org.apache.commons.compress.archivers.zip.ZipFile(parts)) {
            return Collections.list(zip.getEntries()).size();
        }
    }

    private static void commons(File archive, Path folder) throws Exception {
        try (SeekableByteChannel parts =
                        ZipSplitReadOnlySeekableByteChannel.buildFromLastSplitSegment(archive);
                var zip = new org.apache.commons.compress.archivers.zip.ZipFile(parts)) {
            for (ZipArchiveEntry entry : Collections.list(zip.getEntries())) {
                Path path = folder.resolve(entry.getName());
                if (entry.isDirectory()) {
                    Files.createDirectories(path);
                    continue;
                }
                Files.createDirectories(path.getParent());
                try (InputStream contents = zip.getInputStream(entry)) {
                    Files.copy(contents, path);
                }
            }
        }
    }
}
