//! Situations as in `situations`: what a download folder holds, from missing parts to pages that a
//! server answered with.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use crate::common::{self, seen};

use std::path::Path;

use common::{NAME, copy_of_sample, key, path, run, sample};
use seen::{at, folder, part_of, see, seen, with_second, without};

#[test]
fn missing_parts() {
    for kind in ["z01", "z02", "z03"] {
        let folder = without(kind);
        see(6, &["extract", path(folder.path()), "-k", &key()])
            .err(&format!("the set of parts is not complete; missing: {NAME}.{kind}.smime"))
            .err("fetch the missing parts into the same folder");
    }
}

#[test]
fn inspecting_what_is_not_complete() {
    let folder = without("z02");
    let input = path(folder.path());
    see(6, &["inspect", input]).out("3 parts here").out(&format!("missing: {NAME}.z02.smime"));
    // What no name shows is said to be unknown.
    std::fs::rename(part_of(&folder, "z03"), part_of(&folder, "z02")).unwrap();
    see(0, &["inspect", input]).out("whether parts follow").out("is seen with --key only");
    see(6, &["inspect", input, "-k", &key()]).out(&format!("missing: {NAME}.z03.smime"));
}

#[test]
fn what_can_be_had_of_an_incomplete_set() {
    let (folder, out) = (without("z02"), folder());
    let extract = ["extract", path(folder.path()), "-k", &key(), "-C", path(out.path())];
    see(6, &extract).err("extract what does not need them by --available");
    see(8, &[&extract[..], &["--available"]].concat())
        .err("not available: attachments/2024/03/recording.raw (missing ")
        .err("extracted 5 files, 310.0 KiB to ")
        .err("; 1 entry not available");
}

#[test]
fn copies_of_parts() {
    let folder = copy_of_sample();
    let (input, second) = (path(folder.path()), part_of(&folder, "z02"));
    for copy in [
        format!("{NAME}.z02 (1).smime"),
        format!("{NAME} (1).z02.smime"),
        format!("Copy of {NAME}.z02.smime"),
    ] {
        let copy = folder.path().join(copy);
        let name = copy.file_name().unwrap().to_str().unwrap().to_owned();
        std::fs::copy(&second, &copy).unwrap();
        see(0, &["verify", input, "-k", &key()])
            .err(&format!("{name} is the same as the part, and is ignored"));
        see(0, &["inspect", input]).out(&format!("the same as the part, and ignored: {name}"));
        // One that differs.
        std::fs::copy(part_of(&folder, "z01"), &copy).unwrap();
        see(6, &["verify", input, "-k", &key()])
            .err(&format!("there more than once: {name}"))
            .err("remove or rename the duplicates");
        std::fs::remove_file(&copy).unwrap();
    }
    // The copy alone.
    std::fs::rename(&second, folder.path().join(format!("{NAME}.z02 (1).smime"))).unwrap();
    see(0, &["verify", input, "-k", &key()]).err("is taken as the part, which is not there");
    see(0, &["inspect", input]).out("taken as the part, which is not there: ");
}

#[test]
fn downloads_that_are_not_finished_or_have_another_name() {
    for (suffix, what, help) in [
        (".smime.crdownload", "still being downloaded: ", "wait until the downloads are finished"),
        (".smime.part", "still being downloaded: ", "wait until the downloads are finished"),
        (".smime.txt", "perhaps a missing part under a wrong name: ", "give the files the names"),
    ] {
        let folder = copy_of_sample();
        let name = format!("{NAME}.z02{suffix}");
        std::fs::rename(part_of(&folder, "z02"), folder.path().join(&name)).unwrap();
        see(6, &["verify", path(folder.path()), "-k", &key()])
            .err(&format!("missing: {NAME}.z02.smime"))
            .err(&format!("{what}{name}"))
            .err(help);
    }
}

#[test]
fn a_part_that_was_cut_off() {
    let whole = std::fs::read(common::part("z02")).unwrap();
    let (folder, out) = (with_second(&whole[..50_000]), folder());
    let extract = ["extract", path(folder.path()), "-k", &key(), "-C", path(out.path())];
    see(5, &extract)
        .err(&format!("{NAME}.z02.smime: cut off: the input ends before it is complete"))
        .err("the download was cut off; fetch this part again")
        .err("if it is not to be had any more, `smimezip salvage` extracts what there is");
    let salvaged = path(out.path());
    see(8, &["salvage", path(folder.path()), "-k", &key(), "-C", salvaged]).err("salvaged 5 files");
    std::fs::remove_file(part_of(&folder, "z02")).unwrap();
    see(8, &[&extract[..], &["--available"]].concat()).err("extracted 5 files");
}

#[test]
fn a_byte_that_changed() {
    let mut bytes = std::fs::read(common::part("z02")).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] = if bytes[middle] == b'A' { b'B' } else { b'A' };
    let (folder, out) = (with_second(&bytes), folder());
    let extract = ["extract", path(folder.path()), "-k", &key(), "-C", path(out.path())];
    see(5, &extract)
        .err(&format!("{NAME}.z02.smime"))
        .err("entry \"attachments/2024/03/recording.raw\": damaged: CRC-32 is ")
        .err("fetch the named parts again and compare: if one is another now (sha256sum)");
    see(8, &[&extract[..], &["--keep-going"]].concat())
        .err("extracted 5 files, 310.0 KiB to ")
        .err("; 1 entry failed");
}

#[test]
fn what_is_no_message() {
    let key_file = std::fs::read(key()).unwrap();
    for (bytes, words, help) in [
        (&b"<html><title>Session expired</title>"[..], "but a text that begins with", "sign in"),
        (b"{\"error\":\"forbidden\"}", "but a text that begins with", "sign in"),
        (b"", "the file is empty", "nothing was downloaded; fetch it again"),
        (&key_file, "a PEM file of another kind", "a key goes to --key"),
    ] {
        let folder = with_second(bytes);
        let input = path(folder.path());
        see(3, &["extract", input, "-k", &key()])
            .err(&format!("{NAME}.z02.smime: not an S/MIME or CMS message"))
            .err(words)
            .err(help);
        see(3, &["inspect", input]).out(words).not("not encrypted");
        let output = run(&["inspect", input, "--json"]);
        seen(3, &output, "inspect --json").out("\"state\":\"unreadable\"").not("\"plain\"");
    }
}

#[test]
fn a_part_of_another_export() {
    let other = folder();
    let (letter, message) = (at(&other, "letter"), at(&other, "letter.smime"));
    std::fs::write(&letter, "dear customer").unwrap();
    let certificate = path(&sample().join("certificate.pem")).to_owned();
    see(0, &["encrypt", &letter, "--to", &certificate, "-o", &message]);
    let folder = with_second(&std::fs::read(&message).unwrap());
    see(5, &["extract", path(folder.path()), "-k", &key()])
        .err(&format!("{NAME}.z02.smime: "))
        .err("the part has 13 bytes and should have 65536")
        .err("compare its size with what is offered for download");
    // Two that were exchanged.
    let folder = copy_of_sample();
    let [first, second] = ["z01", "z02"].map(|kind| part_of(&folder, kind));
    let swap = |from: &Path, to: &Path| std::fs::rename(from, to).unwrap();
    swap(&first, &folder.path().join("aside"));
    swap(&second, &first);
    swap(&folder.path().join("aside"), &second);
    see(5, &["extract", path(folder.path()), "-k", &key()])
        .err("see whether two parts have each other's names");
}
