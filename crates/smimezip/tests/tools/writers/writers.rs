//! Crates that write zip archives: each writes the tree in its modes. Arguments: TREE OUT VERSIONS,
//! those of zip, async_zip, rawzip, mtzip and s-zip.

use std::collections::BTreeMap;
use std::error::Error;
use std::fs::File;
use std::io::{Seek, Write};
use std::path::{Path, PathBuf};

/// Content by name; none for a folder, whose name ends in a slash.
type Tree = BTreeMap<String, Option<Vec<u8>>>;
type Done = Result<(), Box<dyn Error>>;

fn walk(root: &Path, folder: &Path, tree: &mut Tree) -> Done {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.strip_prefix(root)?.to_str().ok_or("no UTF-8")?.to_owned();
        if path.is_dir() {
            tree.insert(format!("{name}/"), None);
            walk(root, &path, tree)?;
        } else {
            tree.insert(name, Some(std::fs::read(path)?));
        }
    }
    Ok(())
}

fn list(file: &str, writer: &str, version: &str, mode: &str, tree: &str) {
    println!("{file}\t{writer}\t{version}\t{mode}\t{tree}");
}

fn fill<W: Write + Seek>(zip: &mut zip::ZipWriter<W>, tree: &Tree, mode: &str) -> Done {
    let method = if mode.contains("stored") {
        zip::CompressionMethod::Stored
    } else {
        zip::CompressionMethod::Deflated
    };
    let options = zip::write::SimpleFileOptions::default()
        .compression_method(method)
        .unix_permissions(0o640)
        .large_file(mode.contains("large_file"));
    for (name, data) in tree {
        match data {
            None => zip.add_directory(name.as_str(), options)?,
            Some(data) => {
                zip.start_file(name.as_str(), options)?;
                zip.write_all(data)?;
            }
        }
    }
    Ok(())
}

fn zip_crate(tree: &Tree, out: &Path, version: &str) -> Done {
    let modes = ["deflated", "stored", "large_file", "large_file, stored"];
    for mode in modes {
        let file = format!("rust-zip-{}.zip", mode.replace(", ", "-").replace('_', "-"));
        let mut zip = zip::ZipWriter::new(File::create(out.join(&file))?);
        if mode == "stored" {
            zip.set_comment("a comment")?;
        }
        fill(&mut zip, tree, mode)?;
        zip.finish()?;
        list(&file, "zip", version, mode, "whole");
        let file = file.replace(".zip", "-stream.zip");
        let mut zip = zip::ZipWriter::new_stream(File::create(out.join(&file))?);
        fill(&mut zip, tree, mode)?;
        zip.finish()?;
        list(&file, "zip", version, &format!("{mode}, new_stream"), "whole");
    }
    let file = "rust-zip-append.zip";
    std::fs::copy(out.join("rust-zip-deflated.zip"), out.join(file))?;
    let both = File::options().read(true).write(true).open(out.join(file))?;
    let mut zip = zip::ZipWriter::new_append(both)?;
    zip.start_file("more.txt", zip::write::SimpleFileOptions::default())?;
    zip.write_all(b"more\n")?;
    zip.finish()?;
    list(file, "zip", version, "new_append", "more");
    let file = "rust-zip-deep-copy.zip";
    let both = File::options().read(true).write(true).create_new(true).open(out.join(file))?;
    let mut zip = zip::ZipWriter::new(both);
    fill(&mut zip, tree, "deflated")?;
    zip.deep_copy_file("text.txt", "copy.txt")?;
    zip.finish()?;
    list(file, "zip", version, "deep_copy_file", "copy");
    let file = "rust-zip-shallow-copy.zip";
    let mut zip = zip::ZipWriter::new(File::create(out.join(file))?);
    fill(&mut zip, tree, "deflated")?;
    zip.shallow_copy_file("text.txt", "copy.txt")?;
    zip.finish()?;
    list(file, "zip", version, "shallow_copy_file", "copy");
    let file = "rust-zip-raw-copy.zip";
    let mut from = zip::ZipArchive::new(File::open(out.join("rust-zip-stored-stream.zip"))?)?;
    let mut zip = zip::ZipWriter::new(File::create(out.join(file))?);
    for at in 0..from.len() {
        zip.raw_copy_file(from.by_index_raw(at)?)?;
    }
    zip.finish()?;
    list(file, "zip", version, "raw_copy_file", "whole");
    Ok(())
}

async fn async_zip(tree: &Tree, out: &Path, version: &str) -> Done {
    use async_zip::{Compression, ZipEntryBuilder, base::write::ZipFileWriter};
    use futures_lite::io::{AsyncWriteExt as _, Cursor};
    for mode in ["whole", "stored", "stream", "stream, stored", "zip64", "zip64, stream"] {
        let file = format!("rust-async-zip-{}.zip", mode.replace(", ", "-"));
        let mut zip = ZipFileWriter::new(Cursor::new(Vec::new()));
        if mode.contains("zip64") {
            zip = zip.force_zip64();
        }
        if mode == "stored" {
            zip.comment("a comment".to_owned());
        }
        for (name, data) in tree {
            let stored = mode.contains("stored") || data.is_none();
            let method = if stored { Compression::Stored } else { Compression::Deflate };
            let permissions = if data.is_some() { 0o640 } else { 0o755 };
            let entry =
                ZipEntryBuilder::new(name.clone().into(), method).unix_permissions(permissions);
            let data = data.as_deref().unwrap_or_default();
            if mode.contains("stream") {
                let mut stream = zip.write_entry_stream(entry).await?;
                stream.write_all(data).await?;
                stream.close().await?;
            } else {
                zip.write_entry_whole(entry, data).await?;
            }
        }
        std::fs::write(out.join(&file), zip.close().await?.into_inner())?;
        list(&file, "async_zip", version, mode, "whole");
    }
    Ok(())
}

fn rawzip(tree: &Tree, out: &Path, version: &str) -> Done {
    for mode in ["deflated", "stored"] {
        let file = format!("rust-rawzip-{mode}.zip");
        let mut zip = rawzip::ZipArchiveWriter::new(File::create(out.join(&file))?);
        for (name, data) in tree {
            let Some(data) = data else {
                zip.new_dir(name.as_str()).unix_permissions(0o755).create()?;
                continue;
            };
            let method = if mode == "stored" {
                rawzip::CompressionMethod::STORE
            } else {
                rawzip::CompressionMethod::DEFLATE
            };
            let builder =
                zip.new_file(name.as_str()).compression_method(method).unix_permissions(0o640);
            let (mut entry, config) = builder.start()?;
            if mode == "stored" {
                let mut writer = config.wrap(&mut entry);
                writer.write_all(data)?;
                let (_, descriptor) = writer.finish()?;
                entry.finish(descriptor)?;
            } else {
                let encoder =
                    flate2::write::DeflateEncoder::new(&mut entry, flate2::Compression::best());
                let mut writer = config.wrap(encoder);
                writer.write_all(data)?;
                let (encoder, descriptor) = writer.finish()?;
                encoder.finish()?;
                entry.finish(descriptor)?;
            }
        }
        zip.finish()?;
        list(&file, "rawzip", version, mode, "whole");
    }
    Ok(())
}

fn small(tree: &Tree, out: &Path, mtzip: &str, s_zip: &str) -> Done {
    let mut zip = mtzip::ZipArchive::new();
    for (name, data) in tree {
        match data {
            Some(data) => zip.add_file_from_memory(data.as_slice(), name.clone()).done(),
            None => zip.add_directory(name.trim_end_matches('/').to_owned()).done(),
        }
    }
    zip.write(&mut File::create(out.join("rust-mtzip.zip"))?)?;
    list("rust-mtzip.zip", "mtzip", mtzip, "default", "whole");
    for mode in ["start_entry", "to a pipe"] {
        let file = format!("rust-s-zip-{}.zip", mode.replace([' ', '_'], "-"));
        let target = out.join(&file);
        let files = tree.iter().filter_map(|(name, data)| Some((name, data.as_ref()?)));
        if mode == "start_entry" {
            let mut zip = s_zip::StreamingZipWriter::new(&target)?;
            for (name, data) in files {
                zip.start_entry(name)?;
                zip.write_data(data)?;
            }
            zip.finish()?;
        } else {
            let mut zip = s_zip::StreamingZipWriter::from_writer(File::create(&target)?)?;
            for (name, data) in files {
                zip.add_entry(name, data)?;
            }
            zip.finish()?.flush()?;
        }
        list(&file, "s-zip", s_zip, mode, "no-empty-folder");
    }
    Ok(())
}

fn main() -> Done {
    let mut arguments = std::env::args().skip(1);
    let mut next = || arguments.next().ok_or("too few arguments");
    let (root, out) = (PathBuf::from(next()?), PathBuf::from(next()?));
    let mut tree = Tree::new();
    walk(&root, &root, &mut tree)?;
    zip_crate(&tree, &out, &next()?)?;
    futures_lite::future::block_on(async_zip(&tree, &out, &next()?))?;
    rawzip(&tree, &out, &next()?)?;
    small(&tree, &out, &next()?, &next()?)
}
