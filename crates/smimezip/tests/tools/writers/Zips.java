import java.io.*;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.*;
import java.nio.file.attribute.*;
import java.util.*;
import java.util.zip.*;
import net.lingala.zip4j.ZipFile;
import net.lingala.zip4j.model.ZipParameters;
import net.lingala.zip4j.model.enums.CompressionLevel;
import net.lingala.zip4j.model.enums.CompressionMethod;
import org.apache.commons.compress.archivers.zip.*;

/**
 * The JDK, Commons Compress and zip4j write the tree in every mode. Arguments: TREE OUT VERSIONS.
 */
final class Zips {
  /** The time of every entry, in UTC. */
  static final FileTime TIME = FileTime.fromMillis(1_773_489_600_000L);

  /** File or folder, by its name in the archive; folders end in a slash. */
  static final TreeMap<String, byte[]> tree = new TreeMap<>();
  static Path root;
  static Path out;

  public static void main(String[] arguments) throws Exception {
    root = Path.of(arguments[0]);
    out = Path.of(arguments[1]);
    try (var paths = Files.walk(root)) {
      for (Path path : (Iterable<Path>) paths.filter(it -> !it.equals(root))::iterator) {
        String name = root.relativize(path).toString();
        if (Files.isDirectory(path))
          tree.put(name + "/", null);
        else
          tree.put(name, Files.readAllBytes(path));
      }
    }
    jdk(System.getProperty("java.version"));
    commons(arguments[2]);
    zip4j(arguments[3]);
  }

  static void list(String file, String writer, String version, String mode, String tree) {
    System.out.println(String.join("\t", file, writer, version, mode, tree));
  }

  /** A target that cannot be positioned. */
  static OutputStream pipe(String file) throws IOException {
    return new BufferedOutputStream(Files.newOutputStream(out.resolve(file)));
  }

  // --- the JDK ---

  static void jdk(String version) throws Exception {
    String writer = "JDK, ZipOutputStream";
    for (String mode :
        new String[] {"deflated", "stored", "level 0", "comments and extra fields", "no folders"}) {
      String file = "jdk-stream-" + mode.replace(' ', '-') + ".zip";
      try (var zip = new ZipOutputStream(pipe(file))) {
        if (mode.startsWith("comments"))
          zip.setComment("a comment, größer");
        if (mode.equals("level 0"))
          zip.setLevel(0);
        for (var it : tree.entrySet()) {
          byte[] data = it.getValue() == null ? new byte[0] : it.getValue();
          if (it.getValue() == null && mode.equals("no folders"))
            continue;
          var entry = new ZipEntry(it.getKey());
          entry.setLastModifiedTime(TIME);
          if (mode.startsWith("comments")) {
            entry.setComment("of " + it.getKey());
            entry.setLastAccessTime(TIME);
            entry.setCreationTime(TIME);
            entry.setExtra(new byte[] {(byte) 0xfe, (byte) 0xca, 0, 0});
          }
          if (mode.equals("stored")) {
            entry.setMethod(ZipEntry.STORED);
            entry.setSize(data.length);
            var crc = new CRC32();
            crc.update(data);
            entry.setCrc(crc.getValue());
          }
          zip.putNextEntry(entry);
          zip.write(data);
          zip.closeEntry();
        }
      }
      list(file, writer, version, mode, mode.equals("no folders") ? "no-empty-folder" : "whole");
    }
    var options = new LinkedHashMap<String, Map<String, Object>>();
    options.put("default", Map.of("create", "true"));
    options.put("stored", Map.of("create", "true", "compressionMethod", "STORED"));
    options.put("posix", Map.of("create", "true", "enablePosixFileAttributes", "true"));
    options.put("zip64-end", Map.of("create", "true", "forceZIP64End", "true"));
    options.put("temporary-files", Map.of("create", "true", "useTempFile", true));
    for (var it : options.entrySet()) {
      String file = "jdk-zipfs-" + it.getKey() + ".zip";
      var uri = URI.create("jar:" + out.resolve(file).toUri());
      try (var system = FileSystems.newFileSystem(uri, it.getValue())) {
        for (var entry : tree.entrySet()) {
          Path path = system.getPath(entry.getKey());
          if (entry.getValue() == null)
            Files.createDirectories(path);
          else {
            if (path.getParent() != null)
              Files.createDirectories(path.getParent());
            Files.write(path, entry.getValue());
            if (it.getKey().equals("posix")) {
              Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-r-----"));
            }
          }
        }
      }
      list(file, "JDK, zipfs", version, it.getKey().replace('-', ' '), "whole");
    }
    // Opened again and changed: an entry replaced, one removed.
    Path file = out.resolve("jdk-zipfs-changed.zip");
    Files.copy(out.resolve("jdk-zipfs-default.zip"), file);
    try (var system = FileSystems.newFileSystem(file)) {
      Files.write(system.getPath("new.txt"), "new\n".getBytes(StandardCharsets.UTF_8));
      Files.delete(system.getPath("new.txt"));
      Files.write(system.getPath("text.txt"), tree.get("text.txt"));
    }
    list(file.getFileName().toString(), "JDK, zipfs", version, "changed", "whole");
  }

  // --- Commons Compress ---

  static ZipArchiveEntry entry(String name, byte[] data) {
    var entry = new ZipArchiveEntry(name);
    entry.setTime(TIME.toMillis());
    if (data != null)
      entry.setSize(data.length);
    return entry;
  }

  static void fill(ZipArchiveOutputStream zip, boolean sizes, int method, boolean modes)
      throws IOException {
    for (var it : tree.entrySet()) {
      byte[] data = it.getValue();
      var entry = new ZipArchiveEntry(it.getKey());
      entry.setTime(TIME.toMillis());
      if (data != null && sizes)
        entry.setSize(data.length);
      if (data != null)
        entry.setMethod(method);
      if (data != null && method == ZipArchiveEntry.STORED) {
        var crc = new CRC32();
        crc.update(data);
        entry.setCrc(crc.getValue());
      }
      if (modes)
        entry.setUnixMode(data == null ? 0755 : 0640);
      zip.putArchiveEntry(entry);
      if (data != null)
        zip.write(data);
      zip.closeArchiveEntry();
    }
    zip.finish();
  }

  static void commons(String version) throws Exception {
    String writer = "Commons Compress";
    for (Zip64Mode mode : Zip64Mode.values()) {
      for (int method : new int[] {ZipArchiveEntry.DEFLATED, ZipArchiveEntry.STORED}) {
        for (boolean sizes : new boolean[] {true, false}) {
          if (method == ZipArchiveEntry.STORED && !sizes)
            continue;
          for (boolean seekable : new boolean[] {true, false}) {
            String name = "Zip64Mode " + mode + (method == 0 ? ", stored" : ", deflated")
                + (sizes ? "" : ", sizes unknown") + (seekable ? "" : ", to a pipe");
            String file = "commons-" + mode.toString().toLowerCase(Locale.ROOT)
                + (method == 0 ? "-stored" : "") + (sizes ? "" : "-unknown")
                + (seekable ? "" : "-pipe") + ".zip";
            try (var zip = seekable ? new ZipArchiveOutputStream(out.resolve(file).toFile())
                                    : new ZipArchiveOutputStream(pipe(file))) {
              zip.setUseZip64(mode);
              fill(zip, sizes, method, false);
            }
            list(file, writer, version, name, "whole");
          }
        }
      }
    }
    for (String encoding : new String[] {"UTF-8", "Cp437", "US-ASCII"}) {
      for (var policy : List.of(ZipArchiveOutputStream.UnicodeExtraFieldPolicy.ALWAYS,
               ZipArchiveOutputStream.UnicodeExtraFieldPolicy.NOT_ENCODEABLE,
               ZipArchiveOutputStream.UnicodeExtraFieldPolicy.NEVER)) {
        for (boolean flag : new boolean[] {true, false}) {
          String policyName = policy.toString();
          boolean never = policyName.equals("never");
          // Nothing would say that the names are UTF-8, or they would be replaced.
          if (encoding.equals("UTF-8") && !flag && never)
            continue;
          if (!encoding.equals("UTF-8") && flag)
            continue;
          String file =
              ("commons-names-" + encoding + "-" + policyName + (flag ? "" : "-no-flag") + ".zip")
                  .toLowerCase(Locale.ROOT)
                  .replace(' ', '-');
          try (var zip = new ZipArchiveOutputStream(out.resolve(file).toFile())) {
            zip.setEncoding(encoding);
            zip.setCreateUnicodeExtraFields(policy);
            zip.setUseLanguageEncodingFlag(flag);
            zip.setComment("a comment");
            fill(zip, true, ZipArchiveEntry.DEFLATED, true);
          }
          String names = !never || encoding.equals("UTF-8") ? "whole"
              : encoding.equals("Cp437")                    ? "names-cp437"
                                                            : "names-ascii";
          list(file, writer, version,
              "names in " + encoding + ", Unicode fields " + policyName
                  + (encoding.equals("UTF-8") && !flag ? ", no flag" : ""),
              names);
        }
      }
    }
    String file = "commons-fallback.zip";
    try (var zip = new ZipArchiveOutputStream(out.resolve(file).toFile())) {
      zip.setEncoding("US-ASCII");
      zip.setFallbackToUTF8(true);
      fill(zip, true, ZipArchiveEntry.DEFLATED, false);
    }
    list(file, writer, version, "names in US-ASCII, falling back to UTF-8", "whole");
    file = "commons-raw.zip";
    try (var from = new org.apache.commons.compress.archivers.zip.ZipFile(
             out.resolve("commons-asneeded.zip").toFile());
        var zip = new ZipArchiveOutputStream(pipe(file))) {
      from.copyRawEntries(zip, it -> true);
    }
    list(file, writer, version, "entries copied raw, to a pipe", "whole");
    file = "commons-parallel.zip";
    try (var zip = new ZipArchiveOutputStream(out.resolve(file).toFile())) {
      var parallel = new ParallelScatterZipCreator();
      for (var it : tree.entrySet()) {
        byte[] data = it.getValue();
        var entry = entry(it.getKey(), data);
        entry.setMethod(ZipArchiveEntry.DEFLATED);
        parallel.addArchiveEntry(
            entry, () -> new ByteArrayInputStream(data == null ? new byte[0] : data));
      }
      parallel.writeTo(zip);
    }
    list(file, writer, version, "ParallelScatterZipCreator", "whole");
    Path split = Files.createDirectory(out.resolve("commons-split"));
    byte[] large = Files.readAllBytes(root.resolveSibling("large.raw"));
    try (var zip = new ZipArchiveOutputStream(split.resolve("e.zip").toFile(), 65_536)) {
      tree.put("large.raw", large);
      fill(zip, true, ZipArchiveEntry.STORED, false);
    } finally {
      tree.remove("large.raw");
    }
    list("commons-split", writer, version, "split", "large");
  }

  // --- zip4j ---

  static ZipParameters parameters(CompressionMethod method) {
    var parameters = new ZipParameters();
    parameters.setCompressionMethod(method);
    return parameters;
  }

  static void zip4j(String version) throws Exception {
    for (var method : List.of(CompressionMethod.DEFLATE, CompressionMethod.STORE)) {
      String name = method == CompressionMethod.DEFLATE ? "deflated" : "stored";
      String file = "zip4j-" + name + ".zip";
      try (var zip = new ZipFile(out.resolve(file).toFile())) {
        var parameters = parameters(method);
        parameters.setIncludeRootFolder(false);
        zip.addFolder(root.toFile(), parameters);
        if (name.equals("stored"))
          zip.setComment("a comment");
      }
      list(file, "zip4j", version, name, "whole");
      file = "zip4j-stream-" + name + ".zip";
      try (var zip = new net.lingala.zip4j.io.outputstream.ZipOutputStream(pipe(file))) {
        for (var it : tree.entrySet()) {
          // A stored entry's size must be known, its CRC-32 is written after it.
          var each = parameters(it.getValue() == null ? CompressionMethod.STORE : method);
          each.setFileNameInZip(it.getKey());
          each.setLastModifiedFileTime(TIME.toMillis());
          if (it.getValue() == null)
            each.setEntrySize(0);
          else if (method == CompressionMethod.STORE)
            each.setEntrySize(it.getValue().length);
          zip.putNextEntry(each);
          if (it.getValue() != null)
            zip.write(it.getValue());
          zip.closeEntry();
        }
      }
      list(file, "zip4j", version, "stream, " + name, "whole");
    }
    String file = "zip4j-removed.zip";
    Files.copy(out.resolve("zip4j-deflated.zip"), out.resolve(file));
    try (var zip = new ZipFile(out.resolve(file).toFile())) {
      zip.removeFile("empty folder/");
      zip.renameFile("noise.raw", "longer-than-noise.raw");
      zip.renameFile("longer-than-noise.raw", "noise.raw");
    }
    list(file, "zip4j", version, "removed and renamed", "no-empty-folder");
    Path split = Files.createDirectory(out.resolve("zip4j-split"));
    try (var zip = new ZipFile(split.resolve("e.zip").toFile())) {
      var parameters = parameters(CompressionMethod.DEFLATE);
      parameters.setCompressionLevel(CompressionLevel.ULTRA);
      parameters.setIncludeRootFolder(false);
      zip.createSplitZipFileFromFolder(
          root.resolveSibling("large").toFile(), parameters, true, 65_536);
    }
    list("zip4j-split", "zip4j", version, "split", "large");
  }
}
