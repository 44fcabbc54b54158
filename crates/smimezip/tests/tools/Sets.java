import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import net.lingala.zip4j.ZipFile;
import net.lingala.zip4j.model.ZipParameters;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveOutputStream;

/**
 * Makes split archives. Arguments: zip4j or commons, folder, archive, part size in bytes. More sizes
 * after it make one archive each, whose name has its size instead of a percent sign.
 */
public final class Sets {
    public static void main(String[] arguments) throws Exception {
        Path folder = Path.of(arguments[1]);
        for (int at = 3; at < arguments.length; at++) {
            File archive = new File(arguments[2].replace("%", arguments[at]));
            make(arguments[0], folder, archive, Long.parseLong(arguments[at]));
        }
    }

    private static void make(String producer, Path folder, File archive, long size)
            throws Exception {
        if (producer.equals("zip4j")) {
            ZipParameters parameters = new ZipParameters();
            parameters.setIncludeRootFolder(false);
            try (ZipFile zip = new ZipFile(archive)) {
                zip.createSplitZipFileFromFolder(folder.toFile(), parameters, true, size);
            }
            return;
        }
        List<Path> paths;
        try (Stream<Path> walk = Files.walk(folder)) {
            paths = walk.filter(path -> !path.equals(folder)).sorted().collect(Collectors.toList());
        }
        try (ZipArchiveOutputStream out = new ZipArchiveOutputStream(archive, size)) {
            for (Path path : paths) {
                String name = folder.relativize(path).toString();
                String suffix = Files.isDirectory(path) ? "/" : "";
                ZipArchiveEntry entry = new ZipArchiveEntry(path.toFile(), name + suffix);
                out.putArchiveEntry(entry);
                if (suffix.isEmpty()) {
                    Files.copy(path, out);
                }
                out.closeArchiveEntry();
            }
        }
    }
}
