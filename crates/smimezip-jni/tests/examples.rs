//! The examples in Java and the programs on the page, run on the sample export.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use crate::common;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use common::{class_path, compile, jar, root, run, scratch, sources, tools};

/// The examples, compiled once.
fn classes() -> &'static Path {
    static CLASSES: OnceLock<PathBuf> = OnceLock::new();
    CLASSES.get_or_init(|| {
        let examples = sources(&root().join("examples/java"));
        compile(&examples, &class_path(&[jar()]), "example-classes")
    })
}

#[test]
fn every_example_runs() {
    if !tools() {
        return;
    }
    let (examples, classes) = (root().join("examples"), classes());
    let out = scratch("example-out");
    let data = examples.join("data");
    let key = data.join("key.pem");
    let stem = "export-2b710a2c-5d0e-4c53-9d0b-7f1f3a6c8e21";
    let part = |kind: &str| data.join(format!("{stem}.{kind}.smime"));
    let java = |class: &str, arguments: &[&Path]| {
        let output = run(Command::new("java")
            .args(["-Xcheck:jni", "-cp", &class_path(&[classes, jar()]), class])
            .args(arguments)
            .current_dir(&out));
        let shown = String::from_utf8(output.stdout).unwrap();
        assert!(!shown.contains("WARNING"), "{shown}");
        shown
    };
    let shown = java("FirstProgram", &[&data, &key, &out.join("first")]);
    assert!(shown.starts_with("ExtractReport[6 files, "), "{shown}");
    let shown = java("DecryptFile", &[&part("zip"), &key, &out.join("part.zip")]);
    let size = std::fs::metadata(out.join("part.zip")).unwrap().len();
    assert_eq!(shown, format!("{size} bytes\n"));
    let shown = java("ExtractExport", &[&part("z02"), &key, &out.join("tree")]);
    assert!(shown.contains("PUBLISHING 407455 of 407455 bytes, 6 of 6 entries"), "{shown}");
    assert!(shown.ends_with("6 files, 407455 bytes\n"), "{shown}");
    assert!(out.join("tree/entities/Customer-7f1f3a6c.json").exists());
    let json = Path::new("**/*.json");
    let shown = java("ExtractExport", &[&part("z02"), &key, &out.join("json"), json]);
    assert!(shown.ends_with("3 files, 317432 bytes\n"), "{shown}");
    let shown = java("ExtractAll", &[&data, &key, &out.join("all")]);
    assert!(shown.starts_with(&format!("{stem}: ExtractReport[6 files, ")), "{shown}");
    assert!(out.join("all").join(stem).join("entities/Customer-7f1f3a6c.json").exists());
    let shown = java("Downloads", &[&data, &key, &out.join("had")]);
    let whole = format!("SetStatus[{stem}, COMPLETE, 4 of 4 parts, ");
    assert!(shown.starts_with(&whole) && shown.ends_with("\n  6 files extracted\n"), "{shown}");
    let downloads = out.join("downloads");
    std::fs::create_dir(&downloads).unwrap();
    for (kind, name) in [("z01", "z01 (1)"), ("zip", "zip")] {
        std::fs::copy(part(kind), downloads.join(format!("{stem}.{name}.smime"))).unwrap();
    }
    let shown = java("Downloads", &[&downloads, &key, &out.join("some")]);
    assert!(shown.starts_with(&format!("SetStatus[{stem}, MISSING, 2 of 4 parts, ")), "{shown}");
    for line in [
        &format!("  missing {stem}.z02.smime"),
        &format!("  taken for the original {stem}.z01 (1).smime"),
        "  2 files extracted",
        &format!("  attachments/2024/03/recording.raw needs {stem}.z02.smime"),
    ] {
        assert!(shown.contains(&format!("\n{line}")), "{line} is not in {shown}");
    }
    let [rest, apart] = ["rest", "uncertain"].map(|name| out.join(name));
    std::fs::create_dir(&rest).unwrap();
    for from in ["z01", "z02", "z03"].map(part) {
        std::fs::copy(&from, rest.join(from.file_name().unwrap())).unwrap();
    }
    let shown = java("SalvageExport", &[&rest, &key, &out.join("salvaged"), &apart]);
    for line in [
        &format!("missing: {stem}.zip.smime"),
        "no directory: there may be entries that nobody knows of",
        "found: entities/Customer-7f1f3a6c.json",
        &format!("entities/archive/2019/Ticket-7f1f3a6c.json needs {stem}.zip.smime"),
    ] {
        assert!(shown.contains(&format!("{line}\n")), "{line} is not in {shown}");
    }
    assert!(shown.ends_with("\n5 files extracted\n"), "{shown}");
    assert!(out.join("salvaged/entities/Customer-7f1f3a6c.json").exists());
    let z02 = rest.join(format!("{stem}.z02.smime"));
    std::fs::File::options().write(true).open(&z02).unwrap().set_len(30_000).unwrap();
    let shown = java("SalvageExport", &[&rest, &key, &out.join("salvaged-less"), &apart]);
    assert!(shown.contains(&format!("\ndamaged: {stem}.z02.smime: cut off: ")), "{shown}");
    assert!(shown.contains("\nlost: entry \"attachments/2024/03/recording.raw\": "), "{shown}");
    assert!(!shown.contains("uncertain: ") && !apart.exists(), "{shown}");
    // Nothing leads from the start to what is in the others.
    std::fs::copy(part("z02"), z02).unwrap();
    std::fs::remove_file(rest.join(format!("{stem}.z01.smime"))).unwrap();
    let shown = java("SalvageExport", &[&rest, &key, &out.join("salvaged-none"), &apart]);
    assert!(shown.contains("\n0 files extracted\nuncertain: attachments/"), "{shown}");
    assert!(!shown.contains("found: ") && shown.ends_with("\n2 files extracted\n"), "{shown}");
    assert!(apart.join("entities/Customer-7f1f3a6c.json").exists());
    let shown = java("ListExport", &[&data, &key]);
    assert_eq!(shown.lines().count(), 6);
    let name = Path::new("attachments/Übersicht, Größe.txt");
    assert!(java("ListExport", &[&data, &key, name]).contains("aus dem Export"));
    let shown = java("PartsFromElsewhere", &[&data, &key]);
    assert!(shown.contains("105382 entities/Customer-7f1f3a6c.json"), "{shown}");
    assert!(shown.contains("bytes served") && shown.ends_with("6 files verified\n"), "{shown}");
}

#[test]
fn every_example_that_makes_something_runs() {
    if !tools() {
        return;
    }
    let (examples, classes) = (root().join("examples"), classes());
    let out = scratch("making-example-out");
    let (certificate, key) = (examples.join("data/certificate.pem"), examples.join("data/key.pem"));
    let command = |class: &str| {
        let mut command = Command::new("java");
        command.args(["-Xcheck:jni", "-cp", &class_path(&[classes, jar()]), class]);
        command
    };
    let java = |class: &str, arguments: &[&Path]| {
        let output = run(command(class).args(arguments));
        let shown = String::from_utf8(output.stdout).unwrap();
        assert!(!shown.contains("WARNING"), "{shown}");
        shown
    };
    // A tree that is sealed and extracted again.
    let (downloads, tree, outbox) = (examples.join("data"), out.join("tree"), out.join("outbox"));
    java("FirstProgram", &[&downloads, &key, &tree]);
    let shown = java("SealFolder", &[&tree, &certificate, &outbox]);
    assert!(shown.ends_with(".zip.smime\n") && shown.lines().count() == 1, "{shown}");
    let shown = java("FirstProgram", &[&outbox, &key, &out.join("again")]);
    assert!(shown.starts_with("ExtractReport[6 files, "), "{shown}");
    run(Command::new("diff").arg("-r").args([&tree, &out.join("again")]));

    let rows = out.join("rows");
    let shown = java("SealRows", &[Path::new("1000"), &certificate, &rows]);
    assert!(shown.starts_with("ExportReceipt[1 parts, 1 files, "), "{shown}");
    let name = Path::new("entities/customers.csv");
    let shown = java("ListExport", &[&rows, &key, name]);
    assert!(shown.starts_with("id,name\n") && shown.ends_with("1000,customer 1000\n"), "{shown}");

    let bucket = out.join("bucket");
    let shown = java("UploadParts", &[&downloads, &certificate, &bucket]);
    assert!(shown.lines().count() >= 4, "{shown}");
    assert_eq!(shown.lines().count(), std::fs::read_dir(&bucket).unwrap().count());
    assert_eq!(java("ListExport", &[&bucket, &key]).lines().count(), 8);

    let content = std::fs::File::open(&certificate).unwrap();
    let message = run(command("SealStream").arg(&certificate).stdin(content)).stdout;
    std::fs::write(out.join("message"), message).unwrap();
    java("DecryptFile", &[&out.join("message"), &key, &out.join("content")]);
    assert_eq!(std::fs::read(out.join("content")).unwrap(), std::fs::read(&certificate).unwrap());
}

/// The programs on the page are those in the examples, which are run.
#[test]
fn the_pages_programs_are_examples() {
    let page = std::fs::read_to_string(root().join("crates/smimezip-jni/README.md")).unwrap();
    let blocks: Vec<&str> =
        page.split("```java\n").skip(1).map(|rest| rest.split("```").next().unwrap()).collect();
    let [first, seal, decrypt] = blocks[..] else { panic!("{} programs", blocks.len()) };
    let example =
        |name: &str| std::fs::read_to_string(root().join("examples/java").join(name)).unwrap();
    assert_eq!(first, example("FirstProgram.java"));
    assert_eq!(seal, example("SealFolder.java"));
    let method = example("DecryptFile.java").replace("\n    ", "\n");
    assert!(method.contains(decrypt), "{decrypt}");
}
