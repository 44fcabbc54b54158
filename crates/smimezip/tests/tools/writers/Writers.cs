// What .NET and Mono have: System.IO.Compression, and SharpZipLib where it is. Arguments: TREE OUT
// WRITER VERSION.
using System;
using System.Collections.Generic;
using System.IO;
using System.IO.Compression;
using System.Text;

static class Writers
{
    static readonly SortedDictionary<string, byte[]> Tree =
        new SortedDictionary<string, byte[]>(StringComparer.Ordinal);
    static readonly DateTimeOffset Time = new DateTimeOffset(2026, 3, 14, 12, 0, 0, TimeSpan.Zero);
    static string folder, writer, version;

    // What cannot be positioned.
    sealed class Pipe : Stream
    {
        readonly Stream inner;
        public Pipe(Stream inner) { this.inner = inner; }
        public override bool CanRead
        {
            get {
                return false;
            }
        }
        public override bool CanSeek
        {
            get {
                return false;
            }
        }
        public override bool CanWrite
        {
            get {
                return true;
            }
        }
        public override long Length
        {
            get {
                throw new NotSupportedException();
            }
        }
        public override long Position
        {
            get {
                throw new NotSupportedException();
            }
            set {
                throw new NotSupportedException();
            }
        }
        public override void Flush() { inner.Flush(); }
        public override int Read(byte[] buffer, int offset, int count)
        {
            throw new NotSupportedException();
        }
        public override long Seek(long offset, SeekOrigin origin)
        {
            throw new NotSupportedException();
        }
        public override void SetLength(long value) { throw new NotSupportedException(); }
        public override void Write(byte[] buffer, int offset, int count)
        {
            inner.Write(buffer, offset, count);
        }
        protected override void Dispose(bool disposing) { inner.Dispose(); }
    }

    static void List(string file, string mode, string tree)
    {
        Console.WriteLine(string.Join("\t", file, writer, version, mode, tree));
    }

    static void Main(string[] arguments)
    {
        Console.OutputEncoding = new UTF8Encoding(false);
        string root = arguments[0], prefix = arguments[2].StartsWith("Mono") ? "mono" : "dotnet";
        folder = arguments[1];
        writer = arguments[2];
        version = arguments[3];
        foreach (string path in Directory.GetFileSystemEntries(root, "*",
                                                               SearchOption.AllDirectories))
        {
            string name = path.Substring(root.Length + 1);
            if (Directory.Exists(path))
                Tree[name + "/"] = null;
            else
                Tree[name] = File.ReadAllBytes(path);
        }
        foreach (string mode in new[] { "optimal", "no compression", "to a pipe" })
        {
            string file = prefix + "-" + mode.Replace(' ', '-') + ".zip";
            Stream target = File.Create(Path.Combine(folder, file));
            if (mode == "to a pipe")
                target = new Pipe(target);
            using (var zip = new ZipArchive(target, ZipArchiveMode.Create))
            {
                foreach (var it in Tree)
                {
                    var level = mode == "no compression" ? CompressionLevel.NoCompression
                                                         : CompressionLevel.Optimal;
                    var entry = zip.CreateEntry(it.Key, level);
                    entry.LastWriteTime = Time;
                    if (it.Value == null)
                        continue;
                    using (var stream = entry.Open()) stream.Write(it.Value, 0, it.Value.Length);
                }
            }
            List(file, mode, "whole");
        }
        string whole = prefix + "-create-from-directory.zip";
        ZipFile.CreateFromDirectory(root, Path.Combine(folder, whole));
        List(whole, "CreateFromDirectory", "whole");
        string changed = prefix + "-update.zip";
        File.Copy(Path.Combine(folder, prefix + "-to-a-pipe.zip"), Path.Combine(folder, changed));
        using (var zip = new ZipArchive(File.Open(Path.Combine(folder, changed), FileMode.Open),
                                        ZipArchiveMode.Update))
        {
            zip.GetEntry("empty folder/").Delete();
            var entry = zip.GetEntry("noise.raw");
            entry.Delete();
            using (var stream = zip.CreateEntry("noise.raw").Open())
                stream.Write(Tree["noise.raw"], 0, 300);
        }
        List(changed, "Update", "no-empty-folder");
#if SHARPZIPLIB
        writer = "SharpZipLib";
        version = arguments[4];
        ICSharpCode.SharpZipLib.Zip.ZipConstants.DefaultCodePage = 65001;
        foreach (string mode in new[] { "stream", "stream, stored", "to a pipe" })
        {
            string file = "sharpziplib-" + mode.Replace(", ", "-").Replace(' ', '-') + ".zip";
            Stream target = File.Create(Path.Combine(folder, file));
            if (mode == "to a pipe")
                target = new Pipe(target);
            using (var zip = new ICSharpCode.SharpZipLib.Zip.ZipOutputStream(target))
            {
                zip.SetLevel(mode.EndsWith("stored") ? 0 : 9);
                foreach (var it in Tree)
                {
                    var entry = new ICSharpCode.SharpZipLib.Zip.ZipEntry(
                        it.Key) { DateTime = Time.UtcDateTime };
                    zip.PutNextEntry(entry);
                    if (it.Value != null)
                        zip.Write(it.Value, 0, it.Value.Length);
                    zip.CloseEntry();
                }
            }
            List(file, mode, "whole");
        }
        var fast = new ICSharpCode.SharpZipLib.Zip.FastZip { CreateEmptyDirectories = true };
        fast.CreateZip(Path.Combine(folder, "sharpziplib-fastzip.zip"), root, true, null);
        List("sharpziplib-fastzip.zip", "FastZip", "whole");
#endif
    }
}
