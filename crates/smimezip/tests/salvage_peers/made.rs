//! Archives and split sets that real tools make of one tree, which has what makes a search err:
//! archives in it, bytes that look like headers, empty files, names that are long or alike.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;

use smimezip::build::{ArchiveWriter, BuildOptions, EntryAttributes};
use smimezip::parts::PartName;
use zip::CompressionMethod;

use super::common::sinks::MemorySink;
use super::common::{Tree, json_lines, noise, run_with, write_tree, zips};

/// Names and bytes of parts, in their order.
pub(super) type Parts = Vec<(String, Vec<u8>)>;

/// What is to be found: files only.
pub(super) fn tree() -> Tree {
    let inner: Tree = (0..8)
        .map(|it| (format!("inner/{it}.bin"), Some(noise(it + 100, 1_500))))
        // The same name as outside, and other contents.
        .chain([("a text.txt".to_owned(), Some(b"of the inner archive".to_vec()))])
        .collect();
    let document: Tree = [("[Content_Types].xml", 1), ("word/document.xml", 120)]
        .map(|(name, lines)| (name.to_owned(), Some(json_lines(7, lines))))
        .into();
    let mut looks_like = Vec::new();
    for number in 0..40_usize {
        looks_like.extend(noise(200 + number as u64, 61));
        looks_like.extend(b"PK\x03\x04\x14\0\x08\0\x08\0");
        looks_like.extend(noise(300 + number as u64, 7));
        looks_like.extend([&b"PK\x01\x02"[..], b"PK\x05\x06", b"PK\x07\x08"][number % 3]);
    }
    let mut tree = Tree::new();
    let mut add = |name: &str, contents: Vec<u8>| tree.insert(name.to_owned(), Some(contents));
    add("a text.txt", json_lines(1, 300));
    add("backup/stored.zip", zips::archive(&inner, |_| CompressionMethod::Stored));
    add("backup/deflated.jar", zips::archive(&inner, |_| CompressionMethod::Deflated));
    add("document.docx", zips::archive(&document, |_| CompressionMethod::Deflated));
    add("looks like.bin", looks_like);
    add("empty.txt", Vec::new());
    add("folder/empty too", Vec::new());
    add("folder/Größe, 大小.txt", json_lines(4, 40));
    add(&format!("folder/{}.txt", "long name ".repeat(12)), json_lines(5, 30));
    for number in 0..6_usize {
        add(&format!("noise/{number}.raw"), noise(number as u64 + 10, 9_000 + 7_000 * number));
    }
    for number in 0..12_usize {
        add(&format!("small/{number:02}.json"), json_lines(number as u64 + 40, 5 + number));
    }
    tree
}

/// What is made, by its name. Sets have several parts.
pub(super) fn archives(root: &Path, tree: &Tree, jars: &str) -> Vec<(String, Parts)> {
    let source = root.join("tree");
    write_tree(&source, tree);
    let mut list = String::new();
    for name in tree.keys() {
        writeln!(list, "{name}").unwrap();
    }
    let mut all = Vec::new();
    let mut read = |name: &str| all.push((name.to_owned(), parts_of(&root.join(name))));
    let zip: [(&str, &[&str]); 6] = [
        ("zip", &[]),
        ("zip -0", &["-0"]),
        ("zip -fd", &["-fd"]),
        ("zip -0 -fd", &["-0", "-fd"]),
        ("zip -s 64k", &["-s", "64k"]),
        ("zip -0 -s 64k", &["-0", "-s", "64k"]),
    ];
    let out = |name: &str| {
        std::fs::create_dir_all(root.join(name)).unwrap();
        root.join(name).join("e.zip").to_str().unwrap().to_owned()
    };
    for (name, options) in zip {
        let file = out(name);
        let arguments = [options, &["-q", "-@", &file]].concat();
        run_with(&source, "zip", &arguments, list.as_bytes());
        read(name);
    }
    for method in ["Deflate", "Copy", "Deflate64"] {
        let name = format!("7z -mm={method}");
        let (file, method) = (out(&name), format!("-mm={method}"));
        run_with(&source, "7z", &["a", "-tzip", &method, &file, "."], b"");
        read(&name);
    }
    for method in ["DEFLATED", "STORED"] {
        let name = format!("Python to a pipe, {method}");
        let file = out(&name);
        // `cat` is what makes it a pipe.
        let program = format!(
            "import sys, zipfile\n\
             with zipfile.ZipFile(sys.stdout.buffer, 'w', zipfile.ZIP_{method}) as out:\n    \
             for name in open(sys.argv[1], encoding='utf-8').read().split('\\n')[:-1]:\n        \
             out.write(name)\n"
        );
        std::fs::write(root.join("list"), &list).unwrap();
        let command = "python3 -c \"$1\" ../list | cat >\"$2\"";
        run_with(&source, "sh", &["-c", command, "sh", &program, &file], b"");
        read(&name);
    }
    let sets = super::common::core().join("tests/tools/Sets.java");
    for producer in ["zip4j", "commons"] {
        let file = out(producer);
        let arguments =
            ["-cp", jars, sets.to_str().unwrap(), producer, source.to_str().unwrap(), &file];
        run_with(&source, "java", &[&arguments[..], &["65536"]].concat(), b"");
        read(producer);
    }
    for (name, level, size) in [
        ("ours", 6, None),
        ("ours in parts", 6, Some(65_536)),
        ("ours in parts, -0", 0, Some(65_536)),
    ] {
        all.push((name.to_owned(), ours(tree, level, size)));
    }
    all
}

fn ours(tree: &Tree, level: u32, size: Option<u64>) -> Parts {
    let options = BuildOptions::new().level(level);
    let options = size.map_or(options.clone(), |size| options.part_size(size));
    let sink = MemorySink::default();
    let name = PartName::parse("e.zip").unwrap();
    let mut archive = ArchiveWriter::new(sink.clone(), &name, &options).unwrap();
    for (name, contents) in tree {
        let mut entry = archive.begin_file(name, &EntryAttributes::new()).unwrap();
        entry.write_all(contents.as_ref().unwrap()).unwrap();
        entry.finish().unwrap();
    }
    archive.finish().unwrap();
    sink.parts().unwrap()
}

/// The parts in a folder, the last one at the end.
fn parts_of(folder: &Path) -> Parts {
    let files = std::fs::read_dir(folder).unwrap().map(|it| it.unwrap().path());
    let mut parts: Parts = files
        .map(|it| {
            let name = it.file_name().unwrap().to_str().unwrap().to_owned();
            (name, std::fs::read(it).unwrap())
        })
        .collect();
    parts.sort_by_key(|(name, _)| (name == "e.zip", name.clone()));
    parts
}
