//! `smimezip seal`: what it makes is opened by itself and by the documented command; what cannot be
//! sealed, or for whom, is said with what to do, and leaves nothing.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod common;

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
    std::fs::write(place.tree.join("nul.txt"), "x").unwrap();
    expect(&seal(&place, &["--to", &to]), 7, "--skip-unfit");
    assert!(!place.outbox.exists());
    let output = seal(&place, &["--to", &to, "--skip-unfit"]);
    expect(&output, 0, "left out");
    assert_eq!(files(&place.outbox).len(), 1);
}
