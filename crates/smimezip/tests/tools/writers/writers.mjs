// What npm has: each writes the tree in its modes. Arguments: TREE OUT; run where the packages are
// installed.
import { createRequire } from "node:module";
import fs from "node:fs";
import path from "node:path";
import { Readable, Writable } from "node:stream";
import { pipeline } from "node:stream/promises";

const [root, out] = process.argv.slice(2);
const time = new Date(1773489600000);
const require = createRequire(path.join(process.cwd(), "package.json"));
const load = (name) => import(require.resolve(name));
const version = (name) =>
  JSON.parse(fs.readFileSync(path.join("node_modules", name, "package.json"))).version;

/** [name, content or null for a folder] in order; folders end in a slash. */
const tree = fs
  .readdirSync(root, { recursive: true })
  .sort()
  .map((name) => {
    const full = path.join(root, name);
    return fs.statSync(full).isDirectory() ? [name + "/", null] : [name, fs.readFileSync(full)];
  });
const files = tree.filter(([, data]) => data);
const list = (file, name, mode, tree) =>
  console.log([file, name, version(name), mode, tree].join("\t"));
/** A file that is only written forward. */
const pipe = (file) => fs.createWriteStream(path.join(out, file));
const write = (file, data) => fs.writeFileSync(path.join(out, file), Buffer.from(data));
/** Chunks of a content, as they come from a network. */
const chunks = (data) =>
  Readable.from(data.length ? [data.subarray(0, 100), data.subarray(100)] : []);

async function jszip(name) {
  const JSZip = (await load(name)).default;
  for (const [mode, options] of [
    ["default", {}],
    ["deflated", { compression: "DEFLATE" }],
    ["streamed", { compression: "DEFLATE", streamFiles: true }],
    ["unix", { compression: "DEFLATE", platform: "UNIX", comment: "a comment" }],
  ]) {
    if (name === "pizzip" && mode === "streamed") continue;
    const zip = new JSZip();
    for (const [name, data] of tree) {
      zip.file(name, data ?? "", {
        date: time,
        dir: data === null,
        unixPermissions: data ? 0o640 : 0o755,
      });
    }
    const file = `${name}-${mode}.zip`;
    if (mode === "streamed") await pipeline(zip.generateNodeStream(options), pipe(file));
    else if (name === "pizzip") write(file, zip.generate({ type: "nodebuffer", ...options }));
    else write(file, await zip.generateAsync({ type: "nodebuffer", ...options }));
    list(file, name, mode, "whole");
  }
}

async function yazl() {
  const { ZipFile } = (await load("yazl")).default;
  for (const mode of ["buffers", "streams", "files", "zip64", "stored"]) {
    const zip = new ZipFile();
    const options = {
      mtime: time,
      mode: 0o100640,
      compress: mode !== "stored",
      forceZip64Format: mode === "zip64",
    };
    for (const [name, data] of tree) {
      if (data === null) zip.addEmptyDirectory(name, { mtime: time });
      else if (mode === "streams") zip.addReadStream(chunks(data), name, options);
      else if (mode === "files") zip.addFile(path.join(root, name), name, options);
      else zip.addBuffer(data, name, options);
    }
    zip.end(mode === "files" ? { comment: "a comment" } : {});
    await pipeline(zip.outputStream, pipe(`yazl-${mode}.zip`));
    list(`yazl-${mode}.zip`, "yazl", mode, "whole");
  }
}

async function archiver() {
  const { ZipArchive } = await load("archiver");
  for (const [mode, options] of [
    ["default", {}],
    ["stored", { store: true }],
    ["zip64", { forceZip64: true, comment: "a comment" }],
    ["streams", {}],
    ["folder", { zlib: { level: 9 } }],
  ]) {
    const archive = new ZipArchive(options);
    const done = pipeline(archive, pipe(`archiver-${mode}.zip`));
    if (mode === "folder") archive.directory(root, false);
    else {
      for (const [name, data] of tree) {
        const source = mode === "streams" && data ? chunks(data) : (data ?? "");
        archive.append(source, {
          name,
          date: time,
          mode: 0o640,
          type: data ? "file" : "directory",
        });
      }
    }
    await archive.finalize();
    await done;
    list(`archiver-${mode}.zip`, "archiver", mode, "whole");
  }
}

async function zipStream() {
  const ZipStream = (await load("zip-stream")).default;
  for (const [mode, options] of [
    ["default", {}],
    ["stored", { store: true }],
    ["zip64", { forceZip64: true }],
  ]) {
    const zip = new ZipStream(options);
    const done = pipeline(zip, pipe(`zip-stream-${mode}.zip`));
    for (const [name, data] of tree) {
      const source = mode === "stored" || data === null ? data : chunks(data);
      await new Promise((resolve, reject) =>
        zip.entry(source, { name, date: time, type: data ? "file" : "directory" }, (error) =>
          error ? reject(error) : resolve(),
        ),
      );
    }
    zip.finish();
    await done;
    list(`zip-stream-${mode}.zip`, "zip-stream", mode, "whole");
  }
}

async function fflate() {
  const { zipSync, Zip, ZipDeflate, ZipPassThrough } = await load("fflate");
  const attributes = { mtime: time, os: 3, attrs: 0o100640 << 16 };
  const input = Object.fromEntries(
    tree.map(([name, data]) => [
      name,
      [data ?? new Uint8Array(), data ? attributes : { mtime: time }],
    ]),
  );
  write("fflate-whole.zip", zipSync(input));
  list("fflate-whole.zip", "fflate", "zipSync", "whole");
  write("fflate-stored.zip", zipSync(input, { level: 0, comment: "a comment" }));
  list("fflate-stored.zip", "fflate", "zipSync, stored", "whole");
  for (const [mode, Entry] of [
    ["deflated", ZipDeflate],
    ["stored", ZipPassThrough],
  ]) {
    const parts = [];
    const zip = new Zip((error, part) => {
      if (error) throw error;
      parts.push(part);
    });
    for (const [name, data] of tree) {
      const entry = new Entry(name);
      entry.mtime = time;
      zip.add(entry);
      for await (const chunk of chunks(data ?? Buffer.alloc(0))) entry.push(chunk);
      entry.push(new Uint8Array(), true);
    }
    zip.end();
    write(`fflate-stream-${mode}.zip`, Buffer.concat(parts));
    list(`fflate-stream-${mode}.zip`, "fflate", `stream, ${mode}`, "whole");
  }
}

async function admZip() {
  const AdmZip = (await load("adm-zip")).default;
  let zip = new AdmZip();
  for (const [name, data] of tree)
    zip.addFile(name, data ?? Buffer.alloc(0), data ? "a comment" : "");
  zip.writeZip(path.join(out, "adm-zip-buffers.zip"));
  list("adm-zip-buffers.zip", "adm-zip", "buffers", "whole");
  zip = new AdmZip();
  zip.addLocalFolder(root);
  zip.addZipComment("a comment");
  zip.writeZip(path.join(out, "adm-zip-folder.zip"));
  list("adm-zip-folder.zip", "adm-zip", "folder", "whole");
  zip = new AdmZip(path.join(out, "jszip-streamed.zip"));
  zip.deleteFile("empty folder/");
  zip.writeZip(path.join(out, "adm-zip-changed.zip"));
  list("adm-zip-changed.zip", "adm-zip", "a streamed archive changed", "no-empty-folder");
}

async function clientZip() {
  const { downloadZip, makeZip } = await load("client-zip");
  const entries = () =>
    tree.map(([name, data]) => ({ name, lastModified: time, ...(data && { input: data }) }));
  write("client-zip-default.zip", await downloadZip(entries()).arrayBuffer());
  list("client-zip-default.zip", "client-zip", "default", "whole");
  const streams = tree.map(([name, data]) => ({
    name,
    lastModified: time,
    ...(data && { input: Readable.toWeb(chunks(data)) }),
  }));
  write("client-zip-streams.zip", await new Response(makeZip(streams)).arrayBuffer());
  list("client-zip-streams.zip", "client-zip", "streams", "whole");
}

async function zipJs() {
  const zipjs = await load("@zip.js/zip.js");
  zipjs.configure({ useWebWorkers: false });
  const fill = async (zip, content, tree) => {
    for (const [name, data] of tree) {
      await zip.add(name, data ? content(data) : undefined, {
        directory: data === null,
        lastModDate: time,
      });
    }
    await zip.close();
  };
  const bytes = (data) => new zipjs.Uint8ArrayReader(new Uint8Array(data));
  const stream = (data) => Readable.toWeb(chunks(data));
  for (const [mode, options] of [
    ["default", {}],
    ["stored", { level: 0 }],
    ["no descriptor", { dataDescriptor: false }],
    ["descriptor without signature", { dataDescriptor: true, dataDescriptorSignature: false }],
    ["descriptor with signature", { dataDescriptor: true, dataDescriptorSignature: true }],
    ["zip64", { zip64: true }],
    ["zip64, no descriptor", { zip64: true, dataDescriptor: false }],
    ["zip64, stored", { zip64: true, level: 0 }],
    ["keeping the order", { keepOrder: true, bufferedWrite: true }],
    ["no extended timestamps", { extendedTimestamp: false }],
    ["Unix ids", { unixMode: 0o640, uid: 1000, gid: 1000, unixExtraFieldType: "unix" }],
    ["Info-ZIP ids", { unixMode: 0o640, uid: 1000, gid: 1000, unixExtraFieldType: "infozip" }],
  ]) {
    const target = new zipjs.Uint8ArrayWriter();
    await fill(new zipjs.ZipWriter(target, options), bytes, tree);
    const file = `zip.js-${mode.toLowerCase().replaceAll(/[ ,]+/g, "-")}.zip`;
    write(file, await target.getData());
    list(file, "@zip.js/zip.js", mode, "whole");
  }
  const target = new zipjs.Uint8ArrayWriter();
  await fill(new zipjs.ZipWriter(target), stream, tree);
  write("zip.js-streams.zip", await target.getData());
  list("zip.js-streams.zip", "@zip.js/zip.js", "streams", "whole");
  // Parts of a size, as a split archive.
  for (const mode of ["split", "split, zip64"]) {
    const folder = path.join(out, `zip.js-${mode.replaceAll(/[ ,]+/g, "-")}`);
    fs.mkdirSync(folder);
    const parts = [];
    async function* disks() {
      for (;;) {
        const part = [];
        parts.push(part);
        yield {
          writable: new WritableStream({ write: (chunk) => void part.push(Buffer.from(chunk)) }),
          maxSize: 1000,
        };
      }
    }
    await fill(new zipjs.ZipWriter(disks(), { zip64: mode.endsWith("zip64") }), bytes, tree);
    const full = parts.map((part) => Buffer.concat(part)).filter((part) => part.length);
    full.forEach((part, at) => {
      const name = at + 1 === full.length ? "e.zip" : `e.z${String(at + 1).padStart(2, "0")}`;
      fs.writeFileSync(path.join(folder, name), part);
    });
    list(path.basename(folder), "@zip.js/zip.js", mode, "whole");
  }
}

async function conflux() {
  // It asks for a browser's name of the global object.
  globalThis.self ??= globalThis;
  const { Writer } = await load("@transcend-io/conflux");
  const { readable, writable } = new Writer();
  const writer = writable.getWriter();
  const done = new Response(readable).arrayBuffer();
  for (const [name, data] of tree) {
    await writer.write(
      data === null
        ? { name: name.slice(0, -1), directory: true, lastModified: time }
        : { name, lastModified: time, stream: () => Readable.toWeb(chunks(data)) },
    );
  }
  await writer.close();
  write("conflux.zip", await done);
  list("conflux.zip", "@transcend-io/conflux", "stream", "whole");
}

async function small() {
  const { ZipWriter } = await load("@endo/zip");
  const endo = new ZipWriter({ date: time });
  for (const [name, data] of files) endo.write(name, new Uint8Array(data), { mode: 0o640 });
  write("endo.zip", endo.snapshot());
  list("endo.zip", "@endo/zip", "default", "no-empty-folder");
  // It cuts characters to bytes.
  const ascii = files.filter(([name]) => /^[ -~]*$/.test(name));
  const doNotZip = await load("do-not-zip");
  write("do-not-zip.zip", doNotZip.toBuffer(ascii.map(([path, data]) => ({ path, data }))));
  list("do-not-zip.zip", "do-not-zip", "default", "ascii");
}

for (const work of [
  () => jszip("jszip"),
  () => jszip("pizzip"),
  yazl,
  archiver,
  zipStream,
  fflate,
  admZip,
  clientZip,
  zipJs,
  conflux,
  small,
]) {
  await work();
}
