//! `smimezip seal`: what it makes is opened by itself and by the documented command; what cannot be
//! sealed, or for whom, is said with what to do, and leaves nothing.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use crate::common;

use std::path::PathBuf;
use std::process::Command;

use common::{expect, files, json_lines, key, path, run, sample, test_keys, text};

struct Place {
    _temporary: tempfile::TempDir,
    tree: PathBuf,
    outbox: PathBuf,
    back: PathBuf,
}

fn place() -> Place {
    let temporary = tempfile::tempdir().unwrap();
    let at = |name: &str| temporary.path().join(name);
    let (tree, outbox, back) = (at("tree"), at("outbox"), at("back"));
    std::fs::create_dir_all(tree.join("folder/empty")).unwrap();
    let lines: Vec<_> = (0..60_000_u32).map(|number| (number * number).to_string()).collect();
    std::fs::write(tree.join("folder/lines.txt"), lines.join("\n")).unwrap();
    std::fs::write(tree.join("Größe.txt"), "a note").unwrap();
    Place { _temporary: temporary, tree, outbox, back }
}

fn certificate() -> String {
    path(&sample().join("certificate.pem")).to_owned()
}

fn seal(place: &Place, more: &[&str]) -> std::process::Output {
    let (tree, outbox) = (path(&place.tree), path(&place.outbox));
    run(&[&["seal", tree, "-o", outbox], more].concat())
}

#[test]
fn a_folder_is_sealed_for_two_and_each_opens_it() {
    let place = place();
    let main = path(&test_keys().join("main.cert.pem")).to_owned();
    let to = ["--to", &certificate(), "--to", &main, "--split", "64K", "--name", "customer-7"];
    let output = seal(&place, &to);
    expect(&output, 0, "customer-7: sealed 2 files");
    let names: Vec<_> = files(&place.outbox).into_keys().collect();
    assert!(names.len() > 2 && names.iter().all(|it| it.starts_with("customer-7.z")), "{names:?}");
    let main_key = path(&test_keys().join("main.key.pem")).to_owned();
    for key in [key(), main_key] {
        let to = path(&place.back);
        expect(&run(&["extract", path(&place.outbox), "-k", &key, "-C", to]), 0, "2 files");
        assert_eq!(files(&place.back), files(&place.tree));
        std::fs::remove_dir_all(&place.back).unwrap();
    }
    // A second one does not go over it.
    expect(&seal(&place, &to), 7, "another name by --name");
}

#[test]
fn the_documented_command_opens_every_part() {
    if Command::new("openssl").arg("version").output().is_err() {
        println!("SKIPPED: openssl is not there");
        return;
    }
    let place = place();
    let output = seal(&place, &["--to", &certificate(), "--split", "64K", "--json"]);
    let line = json_lines(&output).pop().unwrap();
    assert!(line["export"].as_str().unwrap().starts_with("export-"), "{line}");
    let parts = line["parts"].as_array().unwrap();
    assert!(parts.len() > 2 && parts.len() == files(&place.outbox).len());
    for part in parts {
        let file = place.outbox.join(part["name"].as_str().unwrap());
        assert_eq!(part["size"], std::fs::metadata(&file).unwrap().len());
        let decrypt = ["smime", "-decrypt", "-binary", "-inkey", &key(), "-in", path(&file)];
        let openssl = Command::new("openssl").args(decrypt).output().unwrap();
        assert!(openssl.status.success(), "{}", text(&openssl.stderr));
        let is_first = part == &parts[0];
        assert_eq!(openssl.stdout.starts_with(b"PK\x07\x08"), is_first);
    }
}

#[test]
fn an_export_with_nothing_in_it_is_made_and_said() {
    let (place, to) = (place(), certificate());
    let nothing = "warning: the export is empty: there was nothing";
    let only_folders = "warning: the export has no file in it, only folders";
    for dry_run in [&["--dry-run"][..], &[]] {
        std::fs::remove_dir_all(&place.tree).unwrap();
        std::fs::create_dir(&place.tree).unwrap();
        for json in [&["--json"][..], &[]] {
            let more = [&["--to", &to][..], dry_run, json].concat();
            expect(&seal(&place, &more), 0, nothing);
        }
        std::fs::create_dir_all(place.tree.join("folder/empty")).unwrap();
        expect(&seal(&place, &[&["--to", &to][..], dry_run].concat()), 0, only_folders);
        std::fs::write(place.tree.join("note.txt"), "a note").unwrap();
        let output = seal(&place, &[&["--to", &to][..], dry_run].concat());
        expect(&output, 0, "1 file");
        assert!(!text(&output.stderr).contains("warning"), "{}", text(&output.stderr));
    }
    // All of it was left out.
    let more = ["--to", &to, "--exclude", "note.txt", "--exclude", "folder"];
    expect(&seal(&place, &more), 0, nothing);
}

#[test]
fn authenticated_parts_are_authenticated() {
    let place = place();
    expect(&seal(&place, &["--to", &certificate(), "--authenticated"]), 0, "in 1 part");
    let output = run(&["inspect", path(&place.outbox), "-k", &key()]);
    expect(&output, 0, "");
    assert!(text(&output.stdout).contains("AES-256-GCM"), "{}", text(&output.stdout));
}

#[test]
fn what_cannot_be_sealed_is_said_and_leaves_nothing() {
    let place = place();
    let to = certificate();
    for (more, code, said) in [
        (&["--to", &key()][..], 4, "--to takes the certificate"),
        (&["--to", "no such file"], 2, "no such file"),
        (&["--to", ""], 1, "a value is required for '--to"),
        (&["--to", &to, "--split", "1K"], 1, "from 65536"),
        (&["--to", &to, "--name", ""], 1, "no part can be named"),
        (&["--to", &to, "--level", "10"], 1, "0..=9"),
        (&[], 1, "--to"),
    ] {
        expect(&seal(&place, more), code, said);
        assert!(!place.outbox.exists(), "{more:?}");
    }
    let inside = path(&place.tree.join("outbox")).to_owned();
    let output = run(&["seal", path(&place.tree), "-o", &inside, "--to", &to]);
    expect(&output, 1, "is in");
    // Windows has no file of such a name.
    if cfg!(unix) {
        std::fs::write(place.tree.join("nul.txt"), "x").unwrap();
        expect(&seal(&place, &["--to", &to]), 7, "--skip-unfit");
        assert!(!place.outbox.exists());
        let output = seal(&place, &["--to", &to, "--skip-unfit"]);
        expect(&output, 0, "left out");
        assert_eq!(files(&place.outbox).len(), 1);
    }
    assert_eq!(place.outbox.exists(), cfg!(unix));
}

#[test]
fn several_folders_and_files_go_under_their_names() {
    let place = place();
    let note = place.tree.parent().unwrap().join("a note.txt");
    std::fs::write(&note, "by itself").unwrap();
    let (to, outbox, folder) = (certificate(), path(&place.outbox), place.tree.join("folder"));
    let sealed = ["seal", path(&folder), path(&note), "--to", &to, "-o", outbox];
    expect(&run(&sealed), 0, "sealed 2 files");
    expect(&run(&["extract", outbox, "-k", &key(), "-C", path(&place.back)]), 0, "2 files");
    let names: Vec<_> = files(&place.back).into_keys().collect();
    assert_eq!(names, ["a note.txt", "folder", "folder/empty", "folder/lines.txt"]);
    // One file alone has its name, too.
    let (single, back) = (path(&note).to_owned(), place.back.join("2"));
    let outbox = place.outbox.join("2");
    expect(&run(&["seal", &single, "--to", &to, "-o", path(&outbox)]), 0, "sealed 1 file");
    expect(&run(&["extract", path(&outbox), "-k", &key(), "-C", path(&back)]), 0, "1 file");
    assert_eq!(files(&back)["a note.txt"], b"by itself");
}

#[test]
fn paths_of_one_name_or_none_are_refused_by_name() {
    let place = place();
    let (tree, to, outbox) = (path(&place.tree), certificate(), path(&place.outbox));
    let other = place.tree.join("folder/empty/TREE");
    std::fs::create_dir(&other).unwrap();
    for (paths, said) in [
        ([tree, path(&other)], "have the same name, \"TREE\""),
        ([tree, tree], "have the same name, \"tree\""),
        ([tree, ".."], ".. has no name of its own"),
    ] {
        let output = run(&[&["seal"], &paths[..], &["--to", &to, "-o", outbox]].concat());
        expect(&output, 1, said);
    }
    let output = run(&["seal", tree, "nowhere", "--to", &to, "-o", outbox]);
    expect(&output, 2, "nowhere: ");
    expect(&output, 2, "(os error 2)");
    let inside = path(&other.join("outbox")).to_owned();
    let output = run(&["seal", path(&other), tree, "--to", &to, "-o", &inside]);
    expect(&output, 1, "have the same name");
    let lines = path(&place.tree.join("folder/lines.txt")).to_owned();
    expect(&run(&["seal", &lines, tree, "--to", &to, "-o", &inside]), 1, "is in");
    assert!(!place.outbox.exists() && !other.join("outbox").exists());
}

#[test]
fn what_is_excluded_is_not_looked_at() {
    let place = place();
    std::fs::create_dir_all(place.tree.join("deep/cache/nul")).unwrap();
    std::fs::write(place.tree.join("deep/a.tmp"), "x").unwrap();
    std::fs::write(place.tree.join("a.tmp"), "x").unwrap();
    let to = ["--to", &certificate(), "-x", "**/cache", "--exclude", "**/*.tmp"];
    expect(&seal(&place, &to), 0, "sealed 2 files");
    let output = run(&["list", path(&place.outbox), "-k", &key()]);
    let list = text(&output.stdout);
    assert!(list.contains("deep/") && !list.contains("cache") && !list.contains("tmp"), "{list}");
    expect(&seal(&place, &["--to", &certificate(), "-x", "a[b"]), 1, "not a pattern: a[b");
}

#[test]
fn an_exclusion_that_is_for_nothing_is_said() {
    let place = place();
    let with =
        |more: &[&str]| seal(&place, &[&["--to", &certificate(), "--name", "e"], more].concat());
    for pattern in ["tree/folder", "folder/lines"] {
        let what = format!("nothing to be sealed is {pattern}, which --exclude names");
        expect(&with(&["-x", pattern]), 9, &what);
        expect(&with(&["-x", pattern]), 9, "seal --dry-run --verbose");
        expect(&with(&["-x", pattern, "-n"]), 9, &what);
    }
    assert!(!place.outbox.exists());
    let output = with(&["-x", "./folder/", "-x", "folder/lines.txt", "-x", "**/*.tmp"]);
    expect(&output, 0, "nothing to be sealed matches --exclude **/*.tmp");
    expect(&output, 0, "sealed 1 file,");
}

#[test]
fn the_largest_size_of_parts_may_be_written_as_4g() {
    let place = place();
    for (size, code) in [("4G", 0), ("4294967295", 0), ("4294967297", 1)] {
        let output = seal(&place, &["--to", &certificate(), "--split", size, "-n"]);
        assert_eq!(output.status.code(), Some(code), "{size}");
    }
}

#[test]
fn a_name_that_is_too_long_for_the_manifest_is_refused_first() {
    let place = place();
    let name = "n".repeat(243);
    let to = ["--to", &certificate(), "--name", &name];
    expect(&seal(&place, &[&to[..], &["--manifest"]].concat()), 1, "is too long for the name");
    assert!(!place.outbox.exists());
    expect(&seal(&place, &to), 0, "sealed 2 files");
}

#[test]
fn a_dry_run_says_what_would_be_made_and_writes_nothing() {
    let place = place();
    let to = ["--to", &certificate(), "--split", "64K", "--name", "e", "-n"];
    let output = seal(&place, &[&to[..], &["-v"]].concat());
    expect(&output, 0, "e: would seal 2 files, ");
    let said = text(&output.stderr);
    for part in ["would seal: folder/empty/", "for CN=", "in at most "] {
        assert!(said.contains(part), "{part}: {said}");
    }
    let plan = json_lines(&seal(&place, &[&to[..], &["--json"]].concat())).pop().unwrap();
    assert!(!place.outbox.exists());
    expect(&seal(&place, &to[..6]), 0, "sealed 2 files");
    let made = files(&place.outbox).len();
    assert_eq!((&plan["files"], &plan["folders"]), (&2.into(), &2.into()));
    assert!(plan["max_parts"].as_u64().unwrap() >= u64::try_from(made).unwrap(), "{plan}");
    // What would be refused is, and what is there stays as it is.
    expect(&seal(&place, &to), 7, "already exists");
    assert_eq!(files(&place.outbox).len(), made);
    let inside = path(&place.tree.join("outbox")).to_owned();
    expect(&run(&["seal", path(&place.tree), "-o", &inside, "--to", to[1], "-n"]), 1, "is in");
    // Windows has no file of such a name.
    if cfg!(unix) {
        std::fs::write(place.tree.join("nul.txt"), "x").unwrap();
        expect(&seal(&place, &["--to", to[1], "-n"]), 7, "--skip-unfit");
    }
}

#[test]
fn too_many_parts_are_seen_before_anything_is_written() {
    let place = place();
    let large = std::fs::File::create(place.tree.join("large")).unwrap();
    large.set_len(5 << 30).unwrap();
    let to = ["--to", &certificate(), "--split", "64K", "--name", "e"];
    let output = seal(&place, &[&to[..], &["--level", "0"]].concat());
    expect(&output, 1, "parts of 65536 bytes make more than 65535 of them; with ");
    let said = text(&output.stderr);
    let (_, enough) = said.split_once("; with ").unwrap();
    let enough = enough.split(' ').next().unwrap();
    let better = ["--to", to[1], "--split", enough, "--level", "0", "--dry-run"];
    let output = seal(&place, &better);
    expect(&output, 0, "in at most ");
    assert!(!text(&output.stderr).contains("more than"), "{enough}");
    // How well it compresses is not known before.
    expect(&seal(&place, &[&to[..], &["-n"]].concat()), 0, "use a larger --split");
    assert!(!place.outbox.exists());
}

#[test]
fn each_container_is_opened() {
    let place = place();
    for (container, seen) in [
        ("mime", "MIME"),
        ("mime-binary", "MIME"),
        ("pem", "PEM"),
        ("binary", "BER"),
        ("der", "BER"),
    ] {
        let outbox = place.outbox.join(container);
        let at = ["-o", path(&outbox), "--container", container];
        let (tree, to) = (path(&place.tree), certificate());
        expect(&run(&[&["seal", tree, "--to", &to], &at[..]].concat()), 0, "sealed 2 files");
        expect(&run(&["verify", path(&outbox), "-k", &key()]), 0, "verified 2 files");
        let inspected = text(&run(&["inspect", path(&outbox)]).stdout);
        assert!(inspected.contains(seen), "{container}: {inspected}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_file_that_cannot_be_read_is_named_and_leaves_nothing() {
    let place = place();
    // Nothing is at the address 0 of any process, whoever reads.
    let (tree, outbox) = (path(&place.tree), path(&place.outbox));
    let to = certificate();
    let output = run(&["seal", tree, "/proc/self/mem", "--to", &to, "-o", outbox]);
    expect(&output, 2, "entry \"mem\"");
    assert!(!place.outbox.exists());
}

#[test]
fn reading_back_has_progress_of_its_own() {
    let place = place();
    let to = ["--to", &certificate(), "--progress", "always"];
    let said = text(&seal(&place, &to).stderr);
    assert!(said.contains("  verifying"), "{said}");
    std::fs::remove_dir_all(&place.outbox).unwrap();
    let said = text(&seal(&place, &[&to[..], &["--no-read-back"]].concat()).stderr);
    assert!(!said.contains("verifying") && said.contains("  writing to the disk\n"), "{said}");
}

#[test]
fn the_flags_that_whoever_opens_it_needs_are_said() {
    let place = place();
    let to = ["--to", &certificate(), "--split", "64K"];
    let output = seal(&place, &to);
    expect(&output, 0, "sealed 2 files");
    assert!(!text(&output.stderr).contains("--limit"), "{}", text(&output.stderr));
    let small = ["--limit", "entries=3", "--limit", "parts=1"];
    std::fs::remove_dir_all(&place.outbox).unwrap();
    expect(&seal(&place, &[&to[..], &small].concat()), 0, "to give --limit parts=");
    std::fs::remove_dir_all(&place.outbox).unwrap();
    let line = json_lines(&seal(&place, &[&to[..], &small, &["--json"]].concat())).pop().unwrap();
    let [parts, entries] = &line["needs"].as_array().unwrap()[..] else { panic!("{line}") };
    assert_eq!(parts["value"], line["parts"].as_array().unwrap().len());
    let expected = serde_json::json!({
        "limit": "entries", "value": 4, "flag": "--limit entries=4"
    });
    assert_eq!(entries, &expected);
    let verify = ["verify", path(&place.outbox), "-k", &key()];
    expect(&run(&[&verify[..], &small].concat()), 7, "limit reached");
    let flags = [parts, entries].map(|it| it["flag"].as_str().unwrap().split(' '));
    let flags: Vec<_> = flags.into_iter().flatten().collect();
    expect(&run(&[&verify[..], &flags].concat()), 0, "verified 2 files");
}
