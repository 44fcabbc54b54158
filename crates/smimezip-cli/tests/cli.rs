//! The program as a person or a script uses it: exit codes, messages, what is left behind.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use std::io::{Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
#[cfg(unix)]
use std::process::Command;
use std::process::{Output, Stdio};
use std::time::Duration;

use serde_json::Value;

use crate::common;

use common::{
    NAME, copy_of_sample, expect, files, key, part, path, run, sample, smimezip, test_keys, text,
    thorough,
};

const FILES: [&str; 6] = [
    "Interaction-7f1f3a6c.json",
    "attachments/2024/03/recording.raw",
    "attachments/empty.txt",
    "attachments/Übersicht, Größe.txt",
    "entities/Customer-7f1f3a6c.json",
    "entities/archive/2019/Ticket-7f1f3a6c.json",
];

#[test]
fn extract_makes_exactly_the_tree() {
    for input in [part("z01"), part("z03"), part("zip"), sample()] {
        let out = tempfile::tempdir().unwrap();
        let target = out.path().join("new/folder");
        let output = run(&["extract", path(&input), "-k", &key(), "-C", path(&target)]);
        expect(&output, 0, "extracted 6 files");
        assert!(output.stdout.is_empty());
        let found = files(&target);
        for name in FILES {
            assert!(found.contains_key(name), "{name}");
        }
        assert!(found.contains_key("empty folder"));
        // Six files and seven folders, nothing else.
        assert_eq!(found.len(), 13, "{:?}", found.keys());
        assert_eq!(found["attachments/Übersicht, Größe.txt"], "Grüße aus dem Export\n".as_bytes());
    }
}

#[test]
fn all_parts_as_arguments_are_one_export() {
    let out = tempfile::tempdir().unwrap();
    let parts = ["z01", "z02", "z03", "zip"].map(part);
    let output = smimezip()
        .arg("x")
        .args(&parts)
        .args(["--inkey", &key(), "--recip", path(&sample().join("certificate.pem"))])
        .arg("-C")
        .arg(out.path())
        .output()
        .unwrap();
    expect(&output, 0, "extracted 6 files");
}

#[test]
fn existing_files_are_refused_kept_or_replaced() {
    let out = tempfile::tempdir().unwrap();
    let planted = out.path().join("entities/Customer-7f1f3a6c.json");
    std::fs::create_dir(out.path().join("entities")).unwrap();
    std::fs::write(&planted, "mine").unwrap();
    std::fs::write(out.path().join("unrelated"), "mine too").unwrap();
    let input = sample();
    let extract = |more: &[&str]| {
        let mut all = vec!["extract", path(&input)];
        let key = key();
        let out = path(out.path()).to_owned();
        all.extend(["-k", &key, "-C", &out]);
        all.extend(more);
        run(&all)
    };
    expect(&extract(&[]), 7, "already exists");
    assert_eq!(files(out.path()).len(), 3);
    assert_eq!(std::fs::read(&planted).unwrap(), b"mine");
    expect(&extract(&["--dry-run"]), 7, "already exists");
    expect(&extract(&["--overwrite", "skip"]), 0, "left out: entities/Customer-7f1f3a6c.json");
    assert_eq!(std::fs::read(&planted).unwrap(), b"mine");
    expect(&extract(&["--overwrite", "always"]), 0, "extracted 6 files");
    assert!(std::fs::metadata(&planted).unwrap().len() > 1000);
    assert_eq!(std::fs::read(out.path().join("unrelated")).unwrap(), b"mine too");
    assert_eq!(files(out.path()).len(), 14);
}

#[cfg(unix)]
#[test]
fn f3_links_at_the_target_are_not_followed() {
    let out = tempfile::tempdir().unwrap();
    let elsewhere = tempfile::tempdir().unwrap();
    std::os::unix::fs::symlink(elsewhere.path(), out.path().join("entities")).unwrap();
    for overwrite in ["never", "skip", "always"] {
        let output = run(&[
            "extract",
            path(&sample()),
            "-k",
            &key(),
            "-C",
            path(out.path()),
            "--overwrite",
            overwrite,
        ]);
        expect(&output, 7, "already exists");
        assert!(files(elsewhere.path()).is_empty());
        assert_eq!(std::fs::read_dir(out.path()).unwrap().count(), 1, "{overwrite}");
    }
}

#[test]
fn a_selection_is_extracted() {
    let out = tempfile::tempdir().unwrap();
    let output = run(&[
        "extract",
        path(&part("z02")),
        "-k",
        &key(),
        "-C",
        path(out.path()),
        "-i",
        "**/*.json",
        "-x",
        "entities/*.json",
    ]);
    expect(&output, 0, "extracted 2 files");
    let names: Vec<_> = files(out.path()).into_keys().collect();
    assert_eq!(
        names,
        [
            "Interaction-7f1f3a6c.json",
            "entities",
            "entities/archive",
            "entities/archive/2019",
            "entities/archive/2019/Ticket-7f1f3a6c.json"
        ]
    );
}

#[test]
fn list_verify_and_cat() {
    let output = run(&["list", path(&part("z01")), "-k", &key()]);
    expect(&output, 0, "6 files");
    let listed = text(&output.stdout);
    for name in FILES {
        assert!(listed.contains(name), "{name}");
    }
    assert_eq!(listed.lines().count(), 13);
    expect(&run(&["list", "--long", path(&sample()), "-k", &key()]), 0, "6 files");
    expect(&run(&["verify", path(&sample()), "-k", &key()]), 0, "verified 6 files");
    let output = run(&["cat", path(&sample()), FILES[3], "-k", &key()]);
    expect(&output, 0, "");
    assert_eq!(text(&output.stdout), "Grüße aus dem Export\n");
    expect(&run(&["cat", path(&sample()), "no such", "-k", &key()]), 9, "no entry of that name");
}

/// The command on the repository's first page, in the folder that it expects.
#[test]
fn the_first_command() {
    let folder = tempfile::tempdir().unwrap();
    let downloads = folder.path().join("downloads");
    std::fs::create_dir(&downloads).unwrap();
    for kind in ["z01", "z02", "z03", "zip"] {
        std::fs::copy(part(kind), downloads.join(part(kind).file_name().unwrap())).unwrap();
    }
    std::fs::copy(key(), folder.path().join("key.pem")).unwrap();
    let output = smimezip()
        .current_dir(&folder)
        .args(["extract", "downloads", "--key", "key.pem", "-C", "out"])
        .output()
        .unwrap();
    expect(&output, 0, "extracted 6 files");
    assert!(folder.path().join("out").join(FILES[1]).exists());
}

#[test]
fn json_lines_say_what_was_done() {
    let lines = |output: &Output| -> Vec<Value> {
        text(&output.stdout).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    };
    let entries = lines(&run(&["list", "--json", path(&sample()), "-k", &key()]));
    assert_eq!(entries.len(), 13);
    let file = entries.iter().find(|entry| entry["name"] == FILES[1]).unwrap();
    assert_eq!((&file["type"], &file["size"]), (&"entry".into(), &90_000.into()));
    assert_eq!(file["modified"], "2026-03-14T15:09:26Z");
    let summary = lines(&run(&["verify", "--json", path(&sample()), "-k", &key()]));
    assert_eq!((summary.len(), &summary[0]["files"]), (1, &6.into()));
    let inspected = lines(&run(&["inspect", "--json", path(&sample())]));
    assert_eq!(inspected[0]["parts"].as_array().unwrap().len(), 4);
    assert_eq!(inspected[0]["parts"][0]["content_encryption"], "AES-256-CBC");
    let wrong = test_keys().join("other.key.pem");
    let output = run(&["list", "--json", path(&sample()), "-k", path(&wrong)]);
    let error = &lines(&output)[0];
    assert_eq!((&error["type"], &error["exit_code"]), (&"error".into(), &4.into()));
    assert_eq!(error["part"], format!("{NAME}.zip.smime"));
}

#[test]
fn inspect_needs_no_key() {
    let output = run(&["inspect", path(&part("z02"))]);
    expect(&output, 0, "");
    let shown = text(&output.stdout);
    for wanted in [
        "4 parts here",
        "S/MIME, base64, AES-256-CBC",
        "issuer CN=Export key 1,O=Sample customer, serial ",
        "key transport, RSAES-PKCS1-v1_5",
    ] {
        assert!(shown.contains(wanted), "{wanted:?} is not in {shown}");
    }
    let shown = text(&run(&["inspect", path(&sample()), "--key", &key()]).stdout);
    assert!(shown.contains("a key given opens it, as recipient 1"), "{shown}");
    let certificate = sample().join("certificate.pem");
    let shown = text(&run(&["inspect", path(&sample()), "--cert", path(&certificate)]).stdout);
    assert!(shown.contains("a certificate given is named"), "{shown}");
    let wrong = test_keys().join("other.key.pem");
    let shown = text(&run(&["inspect", path(&sample()), "--key", path(&wrong)]).stdout);
    assert!(shown.contains("no key given opens it"), "{shown}");
    let given = format!("key given: {} (RSA, 2048 bits)", path(&wrong));
    assert!(shown.contains(&given), "{shown}");
}

#[test]
fn missing_parts_are_named_before_anything_is_decrypted() {
    let folder = copy_of_sample();
    for kind in ["z01", "z03"] {
        std::fs::remove_file(folder.path().join(format!("{NAME}.{kind}.smime"))).unwrap();
    }
    let out = folder.path().join("out");
    let output = run(&["extract", path(folder.path()), "-k", &key(), "-C", path(&out)]);
    expect(&output, 6, &format!("missing: {NAME}.z01.smime, {NAME}.z03.smime"));
    assert!(!out.exists());
    let shown = text(&run(&["inspect", path(folder.path()), "-k", &key()]).stdout);
    assert!(shown.contains("z01.smime, "), "{shown}");
    std::fs::remove_file(folder.path().join(format!("{NAME}.zip.smime"))).unwrap();
    let output = run(&["list", path(folder.path()), "-k", &key()]);
    expect(&output, 6, &format!("{NAME}.zip.smime"));
}

#[test]
fn duplicate_parts_are_named() {
    let folder = copy_of_sample();
    let copy = format!("{NAME}.z02 (1).smime");
    std::fs::copy(part("z02"), folder.path().join(&copy)).unwrap();
    let verify = ["verify", path(folder.path()), "-k", &key()];
    expect(&run(&verify), 0, &format!("{copy} is the same as the part, and is ignored"));
    std::fs::copy(part("z01"), folder.path().join(&copy)).unwrap();
    expect(&run(&verify), 6, &format!("there more than once: {copy}"));
    // Without the original, the copy is the part.
    std::fs::copy(part("z02"), folder.path().join(&copy)).unwrap();
    std::fs::remove_file(folder.path().join(format!("{NAME}.z02.smime"))).unwrap();
    expect(&run(&verify), 0, &format!("{copy} is a copy by its name, and is taken as the part"));
}

#[test]
fn a_flipped_byte_in_any_part_names_entry_or_part_and_leaves_nothing() {
    for kind in ["z01", "z02", "z03", "zip"] {
        let folder = copy_of_sample();
        let file = folder.path().join(format!("{NAME}.{kind}.smime"));
        let good = std::fs::read(&file).unwrap();
        let out = folder.path().join("out");
        // From after the recipient's key to before the last block.
        let body = 1400;
        for step in 0..12 {
            let mut bytes = good.clone();
            let at = body + (good.len() - body - 100) * step / 12;
            bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
            if good[at] == b'\n' {
                continue;
            }
            std::fs::write(&file, &bytes).unwrap();
            let output =
                run(&["extract", path(&sample_at(&folder)), "-k", &key(), "-C", path(&out)]);
            expect(&output, 5, &format!("{NAME}.{kind}.smime"));
            let message = text(&output.stderr);
            // The directory has no entry's name to tell.
            assert!(message.contains("entry \"") || kind == "zip", "{kind} at {at}: {message}");
            assert!(!out.exists());
        }
    }
}

#[test]
fn keep_going_extracts_the_rest_and_exits_with_8() {
    let folder = copy_of_sample();
    let file = folder.path().join(format!("{NAME}.z02.smime"));
    let mut bytes = std::fs::read(&file).unwrap();
    // In the second part there is nothing but a piece of the recording.
    let at = bytes.len() / 2;
    bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
    std::fs::write(&file, &bytes).unwrap();
    let (out, input, key) = (folder.path().join("out"), sample_at(&folder), key());
    let arguments = ["extract", path(&input), "-k", &key, "-C", path(&out), "--keep-going"];
    let output = run(&arguments);
    expect(&output, 8, "entry \"attachments/2024/03/recording.raw\"");
    expect(&output, 8, "extracted 5 files");
    let found = files(&out);
    for name in FILES {
        assert_eq!(found.contains_key(name), !name.ends_with("recording.raw"), "{name}");
    }
    let verify = ["verify", path(&input), "-k", &key, "--keep-going", "--json"];
    let output = run(&verify);
    assert_eq!(output.status.code(), Some(8));
    let summary: Value = serde_json::from_str(&text(&output.stdout)).unwrap();
    assert_eq!(summary["failed"][0]["entry"], "attachments/2024/03/recording.raw");
}

fn sample_at(folder: &tempfile::TempDir) -> PathBuf {
    folder.path().join(format!("{NAME}.z01.smime"))
}

#[test]
fn c4_a_wrong_key_never_succeeds_and_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let wrong = test_keys().join("other.key.pem");
    // 500 runs before a release, of each command half of them.
    for _ in 0..thorough(250, 30) {
        let output = run(&["extract", path(&part("z01")), "-k", path(&wrong), "-C", path(&out)]);
        expect(&output, 4, "decryption failed");
        let output = run(&["decrypt", path(&part("z02")), "-k", path(&wrong), "-o", path(&out)]);
        expect(&output, 4, "decryption failed");
        assert!(output.stdout.is_empty());
    }
    assert!(files(folder.path()).is_empty());
    let large = test_keys().join("large.key.pem");
    let output = run(&["extract", path(&part("z01")), "-k", path(&large), "-C", path(&out)]);
    expect(&output, 4, "it is addressed to issuer CN=Export key 1");
}

#[test]
fn decrypt_writes_a_file_or_standard_output() {
    let folder = tempfile::tempdir().unwrap();
    let output = smimezip()
        .args(["decrypt", path(&part("z01").canonicalize().unwrap()), "-k"])
        .arg(sample().canonicalize().unwrap().join("key.pem"))
        .current_dir(folder.path())
        .output()
        .unwrap();
    expect(&output, 0, "64.0 KiB");
    let written = std::fs::read(folder.path().join(format!("{NAME}.z01"))).unwrap();
    assert_eq!(written.len(), 65_536);
    assert!(written.starts_with(b"PK\x07\x08"));
    let output = run(&["decrypt", path(&part("z01")), "-k", &key(), "-o", "-"]);
    assert!(output.stdout == written);
    let again = folder.path().join(format!("{NAME}.z01"));
    let (sealed, key) = (part("z01"), key());
    let arguments = ["decrypt", path(&sealed), "-k", &key, "-o", path(&again)];
    expect(&run(&arguments), 7, "already exists");
    let mut replacing = arguments.to_vec();
    replacing.extend(["--overwrite", "always"]);
    expect(&run(&replacing), 0, "");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn irregular_chunks_are_scanned() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let key = test_keys().join("main.key.pem");
    let vectors = test_keys().join("../vectors");
    let regular = vectors.join("openssl-cms-der");
    let expected = run(&["decrypt", path(&regular), "-k", path(&key), "-o", "-"]).stdout;
    let irregular = vectors.join("irregular-chunks");
    let decrypt = ["decrypt", path(&irregular), "-k", path(&key), "-o"];
    let output = run(&[&decrypt[..], &[path(&out)]].concat());
    expect(&output, 0, "");
    assert!(std::fs::read(&out).unwrap() == expected);
    // What was written to standard output before it shows was right.
    let output = run(&[&decrypt[..], &["-"]].concat());
    expect(&output, 0, "");
    assert!(output.stdout == expected);
}

#[test]
fn passphrases_come_from_every_source() {
    let folder = tempfile::tempdir().unwrap();
    let encrypted = folder.path().join("key.pem");
    let file = folder.path().join("passphrase");
    std::fs::write(&file, "correct\nsecond line\n").unwrap();
    std::fs::copy(test_keys().join("main.pbes2-aes256.pem"), &encrypted).unwrap();
    let vector = test_keys().join("../vectors/openssl-smime-aes256");
    let with = |source: &str, input: &str| {
        let mut child = smimezip()
            .args(["decrypt", path(&vector), "-k", path(&encrypted), "-o", "-", "--passin", source])
            .env("SECRET", "correct")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        child.wait_with_output().unwrap()
    };
    let from_file = format!("file:{}", path(&file));
    for (source, input) in [
        ("pass:correct", ""),
        ("env:SECRET", ""),
        (&*from_file, ""),
        ("stdin", "correct\n"),
        ("fd:0", "correct"),
    ] {
        if cfg!(windows) && source == "fd:0" {
            // There are none: tests/windows.rs.
            continue;
        }
        let output = with(source, input);
        expect(&output, 0, "");
        assert!(!output.stdout.is_empty());
    }
    expect(&with("pass:wrong", ""), 4, "does not open the private key");
    expect(&with("env:NOT_SET", ""), 2, "NOT_SET is not set");
    expect(&with("nonsense", ""), 1, "env:VAR");
    let output = run(&["decrypt", path(&vector), "-k", path(&encrypted), "-o", "-"]);
    expect(&output, 4, "needs a passphrase");
}

#[test]
fn usage_errors_exit_with_1() {
    expect(&run(&[]), 1, "");
    expect(&run(&["nonsense"]), 1, "unrecognized subcommand");
    expect(&run(&["extract"]), 1, "required");
    expect(&run(&["extract", path(&sample())]), 1, "a private key is needed");
    expect(&run(&["extract", path(&sample()), "-k", &key(), "-i", "[["]), 1, "not a pattern");
}

#[test]
fn other_errors_have_their_codes() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("e.zip.smime");
    expect(&run(&["list", path(&file), "-k", &key()]), 2, "(os error 2)");
    expect(&run(&["list", path(folder.path()), "-k", &key()]), 3, "no part of an export here");
    std::fs::write(&file, "<html>Session expired</html>").unwrap();
    expect(&run(&["list", path(&file), "-k", &key()]), 3, "not an S/MIME or CMS message");
    let cut = std::fs::read(part("zip")).unwrap();
    std::fs::write(&file, &cut[..cut.len() / 2]).unwrap();
    expect(&run(&["list", path(&file), "-k", &key()]), 5, "cut off");
    let message = test_keys().join("../vectors/openssl-smime-aes256");
    expect(&run(&["list", path(&message), "-k", &key()]), 4, "decryption failed");
    let right = test_keys().join("main.key.pem");
    expect(&run(&["list", path(&message), "-k", path(&right)]), 3, "not a zip archive");
    let (input, key) = (sample(), key());
    let arguments = ["extract", path(&input), "-k", &key, "-C", path(folder.path())];
    let mut limited = arguments.to_vec();
    limited.extend(["--max-size", "100k"]);
    expect(&run(&limited), 7, "limit reached: total_size");
    std::fs::write(folder.path().join("file"), "").unwrap();
    let below_a_file = folder.path().join("file/below");
    let mut arguments = arguments;
    arguments[5] = path(&below_a_file);
    expect(&run(&arguments), 7, "already exists");
}

#[test]
fn a_closed_pipe_is_no_panic() {
    let mut child = smimezip()
        .args(["cat", path(&sample()), FILES[0], "-k", &key()])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert!(!text(&output.stderr).contains("panicked"));
}

#[test]
fn progress_is_shown_when_asked_for_and_not_on_a_pipe() {
    let verify = ["verify", path(&sample()), "-k", &key()].map(str::to_owned);
    let output = smimezip().args(&verify).output().unwrap();
    assert!(!text(&output.stderr).contains('█'));
    let quiet = smimezip().args(&verify).arg("-q").output().unwrap();
    let message = text(&quiet.stderr);
    assert!(
        message.lines().all(|line| line.starts_with("warning:")) || message.is_empty(),
        "{message}"
    );
}

#[test]
fn completions_and_manual_pages() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let output = run(&["completions", shell]);
        expect(&output, 0, "");
        assert!(text(&output.stdout).contains("inspect"), "{shell}");
    }
    let folder = tempfile::tempdir().unwrap();
    expect(&run(&["man", path(folder.path())]), 0, "");
    let page = |name: &str| {
        let page = std::fs::read_to_string(folder.path().join(format!("{name}.1"))).unwrap();
        page.replace("\\-", "-").replace("\\fB", "").replace("\\fR", "")
    };
    let extract = page("smimezip-extract");
    for part in [
        ".SH SYNOPSIS\nsmimezip extract [OPTIONS] <INPUT>...\n",
        ".SH EXAMPLES\n.nf\n  smimezip extract export-….zip.smime --key key.pem -C out\n",
        ".SH NOTES\n.nf\nSeveral exports go to a folder each",
    ] {
        assert!(extract.contains(part), "{part:?} is not in {extract}");
    }
    for command in ["", "cat", "check-cert", "completions", "decrypt", "encrypt", "extract"]
        .into_iter()
        .chain(["history", "inspect", "list", "passphrase", "salvage", "seal", "status", "verify"])
        .chain(["which"])
    {
        let name = format!("smimezip-{command}");
        let page = page(name.trim_end_matches('-'));
        assert!(page.contains(".SH EXAMPLES\n.nf\n  smimezip "), "{page}");
        let help = text(&run(&["help", command][..2 - usize::from(command.is_empty())]).stdout);
        assert!(help.contains("Examples:\n  smimezip "), "{command}: {help}");
    }
    let help = text(&run(&["--help"]).stdout);
    assert!(help.contains("Exit codes:"), "{help}");
    assert!(text(&run(&["--version"]).stdout).contains(env!("CARGO_PKG_VERSION")));
}

/// An unsealed archive with one stored file of `size` zeros, written sparsely and fast. Its CRC-32
/// is wrong: those who read it are stopped before they could know.
fn stored_archive(path: &Path, size: u32) {
    let mut out = std::fs::File::create(path).unwrap();
    let sizes = [[0; 4], size.to_le_bytes(), size.to_le_bytes()].concat();
    let mut local = b"PK\x03\x04\x14\0\0\0\0\0\0\0\x21\0".to_vec();
    local.extend(&sizes);
    local.extend(b"\x01\0\0\0a");
    out.write_all(&local).unwrap();
    out.set_len(local.len() as u64 + u64::from(size)).unwrap();
    let mut end = b"PK\x01\x02\x14\0\x14\0\0\0\0\0\0\0\x21\0".to_vec();
    end.extend(&sizes);
    end.extend(b"\x01\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0a");
    let directory = u32::try_from(end.len()).unwrap();
    end.extend(b"PK\x05\x06\0\0\0\0\x01\0\x01\0");
    end.extend(directory.to_le_bytes());
    end.extend((u32::try_from(local.len()).unwrap() + size).to_le_bytes());
    end.extend([0, 0]);
    out.seek(SeekFrom::End(0)).unwrap();
    out.write_all(&end).unwrap();
}

/// Waits for what a child process is about to do, but not for ever.
#[track_caller]
fn wait_until(happened: impl Fn() -> bool) {
    for _ in 0..30_000 {
        if happened() {
            return;
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    panic!("it did not happen within half a minute");
}

/// On Windows `.ci/windows` sends Ctrl-C.
#[cfg(unix)]
#[test]
fn f6_an_interrupt_ends_with_130_and_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let archive = folder.path().join("e.zip");
    stored_archive(&archive, 1_000_000_000);
    let out = folder.path().join("out");
    for signal in ["INT", "TERM"] {
        let child = smimezip()
            .args(["extract", path(&archive), "-k", &key(), "-C", path(&out), "--no-sync"])
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // Wait until it has begun to write.
        let staging = || {
            std::fs::read_dir(folder.path())
                .unwrap()
                .any(|entry| entry.unwrap().file_name().to_str().unwrap().starts_with(".smimezip-"))
        };
        wait_until(staging);
        let id = child.id().to_string();
        assert!(Command::new("kill").args(["-s", signal, &id]).status().unwrap().success());
        let output = child.wait_with_output().unwrap();
        expect(&output, 130, "cancelled");
        let left: Vec<_> =
            std::fs::read_dir(folder.path()).unwrap().map(|it| it.unwrap().file_name()).collect();
        assert_eq!(left, ["e.zip"], "after {signal}");
    }
}

#[test]
fn f2_what_a_killed_run_left_is_removed_by_the_next() {
    let folder = tempfile::tempdir().unwrap();
    let archive = folder.path().join("e.zip");
    stored_archive(&archive, 1_000_000_000);
    let (out, key) = (folder.path().join("out"), key());
    let arguments = ["extract", path(&archive), "-k", &key, "-C", path(&out), "--no-sync"];
    let mut child = smimezip().args(arguments).stderr(Stdio::null()).spawn().unwrap();
    let written = || {
        std::fs::read_dir(folder.path())
            .unwrap()
            .any(|entry| entry.unwrap().path().join("tree/out/a").exists())
    };
    wait_until(written);
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(!out.exists());
    assert!(written());
    let input = sample();
    let arguments = ["extract", path(&input), "-k", &key, "-C", path(&out)];
    expect(&run(&arguments), 0, "extracted 6 files");
    let left: Vec<_> = std::fs::read_dir(folder.path()).unwrap().collect();
    assert_eq!(left.len(), 2, "{left:?}");
}
