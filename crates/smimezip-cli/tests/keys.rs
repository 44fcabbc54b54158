//! Several keys: each with its passphrase, which is asked for only if no other key fits; folders of
//! keys; and what is said of keys that do not fit.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use crate::common;

#[cfg(target_os = "linux")]
use std::io::Write;
use std::process::Command;
#[cfg(target_os = "linux")]
use std::process::Stdio;

use common::{expect, feed, key, path, run, sample, smimezip, test_keys, text};

/// Keys in a folder: two that open the sample, encrypted under "new" and "old"; one that does not,
/// under "other"; and the same without a passphrase.
struct Place {
    folder: tempfile::TempDir,
    new: String,
    old: String,
    other: String,
    plain_other: String,
}

fn place() -> Option<Place> {
    if Command::new("openssl").arg("version").output().is_err() {
        println!("SKIPPED: openssl is not installed");
        return None;
    }
    let folder = tempfile::tempdir().unwrap();
    let plain_other = path(&test_keys().join("other.key.pem")).to_owned();
    let encrypt = |from: &str, name: &str| {
        let file = folder.path().join(format!("{name}.pem"));
        let output = Command::new("openssl")
            .args(["pkcs8", "-topk8", "-in", from, "-out", path(&file)])
            .args(["-passout", &format!("pass:{name}")])
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", text(&output.stderr));
        path(&file).to_owned()
    };
    let (new, old) = (encrypt(&key(), "new"), encrypt(&key(), "old"));
    let other = encrypt(&plain_other, "other");
    Some(Place { folder, new, old, other, plain_other })
}

fn list(arguments: &[&str]) -> std::process::Output {
    run(&[&["list", path(&sample())], arguments].concat())
}

#[test]
fn each_passphrase_is_for_the_key_before_it() {
    let Some(Place { folder: _kept, new, other, .. }) = place() else { return };
    let input = sample();
    let of =
        |one: &str, two: &str| list(&["-k", &other, "--passin", one, "-k", &new, "--passin", two]);
    expect(&of("pass:other", "pass:new"), 0, "6 files");
    expect(&of("pass:new", "pass:other"), 4, "other.pem: the passphrase does not open");
    // One that stands first is for the keys without one of their own.
    let first = ["--passin", "pass:new", "-k", &other, "--passin", "pass:other", "-k", &new];
    expect(&list(&first), 0, "6 files");
    // The only one is for all, wherever it stands.
    for arguments in [
        ["-k", &other, "-k", &new, "--passin", "stdin"],
        ["--passin", "stdin", "-k", &other, "-k", &new],
        ["-k", &other, "--passin", "stdin", "-k", &new],
    ] {
        let all = [&["list", path(&input)], &arguments[..]].concat();
        expect(&feed(&all, b"other\nnew\n"), 0, "6 files");
    }
    // The same source again is its next line.
    let twice = ["-k", &other, "--passin", "fd:0", "-k", &new, "--passin", "fd:0"];
    let all = [&["list", path(&input)], &twice[..]].concat();
    expect(&feed(&all, b"other\nnew\n"), 0, "6 files");
    let two = list(&["-k", &new, "--passin", "pass:secret", "--passin", "pass:new"]);
    expect(&two, 1, "there are two --passin for one key");
    assert!(!text(&two.stderr).contains("secret"));
}

#[test]
fn a_passphrase_is_read_only_if_no_other_key_fits() {
    let Some(Place { folder: _kept, new, old, other, .. }) = place() else { return };
    let (plain, input) = (key(), sample());
    for keys in [["-k", &other, "-k", &plain], ["-k", &plain, "-k", &other]] {
        // Nobody is there to ask, and nobody has to be.
        expect(&list(&keys), 0, "6 files");
        let missing = ["--passin", "file:/no/such/file"];
        expect(&list(&[&keys[..], &missing].concat()), 0, "6 files");
        for command in ["extract", "verify", "inspect"] {
            let mut all = vec![command, path(&input)];
            all.extend(keys);
            if command == "extract" {
                all.push("--dry-run");
            }
            expect(&run(&all), 0, "");
        }
    }
    // After the first that fits, none is asked for.
    let unread = ["-k", &new, "--passin", "pass:new", "-k", &old, "--passin", "file:/no/such/file"];
    expect(&list(&unread), 0, "6 files");
    // One that cannot be opened might have been the right one.
    expect(&list(&["-k", &other]), 4, "other.pem: the private key is encrypted");
    // A message that is read once has all keys opened, of which one is enough.
    let message = std::fs::read(common::part("z01")).unwrap();
    let output = feed(&["decrypt", "-", "-k", &other, "-k", &plain], &message);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert!(text(&output.stderr).contains("other.pem: the private key is encrypted"));
}

#[test]
fn the_empty_passphrase_is_tried_before_one_is_asked_for() {
    let Some(Place { folder, .. }) = place() else { return };
    let file = folder.path().join("empty.p12");
    let certificate = sample().join("certificate.pem");
    let made = Command::new("openssl")
        .args(["pkcs12", "-export", "-inkey", &key(), "-in", path(&certificate)])
        .args(["-out", path(&file), "-passout", "pass:"])
        .status()
        .unwrap();
    assert!(made.success());
    expect(&list(&["-k", path(&file)]), 0, "6 files");
}

#[test]
#[cfg(target_os = "linux")]
fn a_person_has_three_attempts() {
    let Some(Place { folder: _kept, new, plain_other, .. }) = place() else { return };
    let program = env!("CARGO_BIN_EXE_smimezip");
    let input = sample();
    let typed = |keys: &str, lines: &str| {
        let command = format!("'{program}' list '{}' --no-config {keys}", path(&input));
        // A terminal whose input is ours.
        let mut terminal = Command::new("script");
        terminal.args(["-qec", &command, "/dev/null"]).env("XDG_STATE_HOME", common::STATE);
        terminal.env_remove("SMIMEZIP_KEY").env_remove("SMIMEZIP_PASSIN");
        let mut child = terminal.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(lines.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        (output.status.code(), text(&output.stdout))
    };
    let one = format!("-k '{new}'");
    let (code, shown) = typed(&one, "wrong\nwrong\nnew\n");
    assert_eq!(code, Some(0), "{shown}");
    assert_eq!(shown.matches("the passphrase does not open the private key").count(), 2, "{shown}");
    let (code, shown) = typed(&one, "wrong\nwrong\nwrong\nnew\n");
    assert_eq!(code, Some(4), "{shown}");
    assert_eq!(shown.matches("Passphrase for").count(), 3, "{shown}");
    // Nobody is asked where another key fits.
    let (code, shown) = typed(&format!("-k '{new}' -k '{}'", key()), "");
    assert_eq!(code, Some(0), "{shown}");
    assert!(!shown.contains("Passphrase for"), "{shown}");
    let (code, shown) = typed(&format!("-k '{plain_other}' -k '{new}'"), "new\n");
    assert_eq!(code, Some(0), "{shown}");
}

#[test]
fn a_folder_of_keys_gives_all_of_them() {
    let Some(Place { folder, plain_other, .. }) = place() else { return };
    let keys = path(folder.path());
    std::fs::write(folder.path().join("notes.txt"), "which key is which\n").unwrap();
    std::fs::create_dir(folder.path().join("deeper")).unwrap();
    std::fs::copy(key(), folder.path().join("deeper/key.pem")).unwrap();
    // Not those of folders in it.
    expect(&list(&["--keys", keys]), 4, "new.pem: the private key is encrypted");
    let input = sample();
    let all = ["list", path(&input), "--keys", keys, "--passin", "stdin"];
    expect(&feed(&all, b"new\n"), 0, "6 files");
    let verbose = feed(&[&all[..], &["--verbose"]].concat(), b"new\n");
    expect(&verbose, 0, &format!("ignored: {keys}/notes.txt: "));
    std::fs::copy(key(), folder.path().join("zuletzt.pem")).unwrap();
    let output = list(&["--keys", keys]);
    expect(&output, 0, "6 files");
    assert!(!text(&output.stderr).contains("ignored"));
    // Where none fits, each is named, and what is none.
    let wrong = tempfile::tempdir().unwrap();
    std::fs::copy(plain_other, wrong.path().join("wrong.pem")).unwrap();
    std::fs::write(wrong.path().join("notes.txt"), "a note\n").unwrap();
    let wrong = path(wrong.path());
    let output = list(&["--keys", wrong]);
    expect(&output, 4, &format!("given: {wrong}/wrong.pem (RSA, 2048 bits)"));
    expect(&output, 4, &format!("ignored: {wrong}/notes.txt: "));
    // Beside other keys it is one more.
    expect(&list(&["--keys", wrong, "-k", &key()]), 0, "6 files");
    let empty = tempfile::tempdir().unwrap();
    expect(&list(&["--keys", path(empty.path())]), 1, "there is no private key in this folder");
    expect(&list(&["--keys", "/no/such"]), 2, "/no/such: ");
}

#[test]
fn keys_that_do_not_fit_are_named_by_their_files() {
    let wrong = path(&test_keys().join("other.key.pem")).to_owned();
    let folder = tempfile::tempdir().unwrap();
    let again = folder.path().join("old.pem");
    std::fs::copy(&wrong, &again).unwrap();
    let output = list(&["-k", &wrong, "-k", path(&again)]);
    expect(&output, 4, &format!("given: {wrong} (RSA, 2048 bits)"));
    expect(&output, 4, &format!("given: {} (RSA, 2048 bits)", path(&again)));
}

#[test]
fn a_key_from_the_environment_takes_the_passphrase() {
    let Some(Place { folder: _kept, new, .. }) = place() else { return };
    let listed = |passin: Option<&str>| {
        let mut command = smimezip();
        command.args(["list", path(&sample())]).env("SMIMEZIP_KEY", &new);
        command.env("SMIMEZIP_PASSIN", "pass:wrong");
        command.args(passin.map(|source| ["--passin", source]).into_iter().flatten());
        command.output().unwrap()
    };
    expect(&listed(Some("pass:new")), 0, "6 files");
    expect(&listed(None), 4, "new.pem: the passphrase");
}

/// A file with a key that needs no passphrase is not open because of that.
#[test]
fn the_encrypted_key_behind_a_plain_one_in_a_file_is_opened() {
    let Some(Place { folder, new, plain_other, .. }) = place() else { return };
    let both = folder.path().join("both.pem");
    let contents = [std::fs::read(plain_other).unwrap(), std::fs::read(new).unwrap()].concat();
    std::fs::write(&both, contents).unwrap();
    let both = path(&both);
    expect(&list(&["-k", both, "--passin", "pass:new"]), 0, "6 files");
    expect(&list(&["-k", both, "--passin", "pass:no"]), 4, "both.pem: the passphrase does not");
}

#[test]
fn each_key_of_a_file_is_named_once() {
    let Some(Place { folder, other, plain_other, .. }) = place() else { return };
    let both = folder.path().join("both.pem");
    let main = test_keys().join("main.key.pem");
    let given = |plain: &str, count: usize| {
        let contents = [std::fs::read(plain).unwrap(), std::fs::read(&other).unwrap()].concat();
        std::fs::write(&both, contents).unwrap();
        let output = list(&["-k", path(&both), "--passin", "pass:other"]);
        expect(&output, 4, "both.pem (RSA");
        let message = text(&output.stderr);
        assert_eq!(message.matches("both.pem (RSA").count(), count, "{message}");
    };
    given(path(&main), 2);
    // The same key, plain and encrypted, is one; and its passphrase is not said to be wrong.
    given(&plain_other, 1);
}

#[cfg(unix)]
#[test]
fn a_key_elsewhere_that_fails_does_not_keep_others_from_being_opened() {
    let Some(Place { folder: _kept, new, .. }) = place() else { return };
    let elsewhere = ["-k", &new, "--unwrap-command", "exit 3", "--passin"];
    expect(&list(&[&elsewhere[..], &["pass:new"]].concat()), 0, "6 files");
    expect(&list(&[&elsewhere[..], &["pass:no"]].concat()), 2, "the command failed");
}

#[test]
fn what_is_wrong_with_a_key_is_said_of_each_export() {
    let Some(Place { folder, new, .. }) = place() else { return };
    for name in ["a", "b"] {
        let from = sample().join(format!("{}.zip.smime", common::NAME));
        std::fs::copy(from, folder.path().join(format!("{name}.zip.smime"))).unwrap();
    }
    let out = folder.path().join("out");
    let extract = ["extract", path(folder.path()), "-C", path(&out), "-k", &new, "--passin"];
    let output = run(&[&extract[..], &["pass:no"]].concat());
    expect(&output, 8, "2 exports: 2 not decrypted\n");
    let message = text(&output.stderr);
    assert_eq!(message.matches("the passphrase does not open").count(), 2, "{message}");
    // A status has no keys that fit, and shows what can be seen all the same.
    let status = ["status", path(folder.path()), "-k", &new];
    let output = run(&status);
    assert_eq!(output.status.code(), Some(8), "{}", text(&output.stderr));
    assert!(text(&output.stdout).contains("2 without a key that fits"));
    let output = run(&[&status[..], &["-k", &key(), "--passin", "file:/no/such"]].concat());
    assert!(!text(&output.stderr).contains("/no/such"), "{}", text(&output.stderr));
}

#[test]
fn a_certificate_of_none_of_the_keys_is_said() {
    let words = "no certificate given belongs to a private key given";
    let other = path(&test_keys().join("other.cert.pem")).to_owned();
    let (own, key) = (path(&sample().join("certificate.pem")).to_owned(), key());
    let out = tempfile::tempdir().unwrap();
    let (input, whole, first) = (sample(), sample(), common::part("z01"));
    let (saved, target) = (out.path().join("z01"), out.path().join("out"));
    let commands: [&[&str]; 4] = [
        &["extract", path(&whole), "-C", path(&target)],
        &["verify", path(&input)],
        &["decrypt", path(&first), "-o", path(&saved)],
        &["list", path(&input)],
    ];
    for command in commands {
        let output = run(&[command, &["-k", &key, "--cert", &other]].concat());
        expect(&output, 0, words);
        // Both are named.
        let said = text(&output.stderr);
        assert!(said.contains("issuer CN=") && said.contains("key.pem (RSA, 2048 bits)"), "{said}");
    }
    let quiet = |arguments: &[&str], code| {
        let output = list(arguments);
        assert_eq!(output.status.code(), Some(code), "{}", text(&output.stderr));
        assert!(!text(&output.stderr).contains(words), "{}", text(&output.stderr));
    };
    // One that belongs is enough, and without a key there is nothing to belong to.
    quiet(&["-k", &key, "--cert", &own], 0);
    quiet(&["-k", &key, "--cert", &own, "--cert", &other], 0);
    quiet(&["-k", &key, "--cert", &other, "--quiet"], 0);
    quiet(&["--cert", &other, "--password", "pass:x"], 4);
    // A key that stays closed may be its own; one that was opened is compared.
    let Some(place) = place() else { return };
    let other_key = ["-k", &place.other, "--passin", "pass:other"];
    quiet(&[&["-k", &key, "--cert", &other], &other_key[..]].concat(), 0);
    let new = ["-k", &place.new, "--passin", "pass:new"];
    expect(&list(&[&["--cert", &other], &new[..]].concat()), 0, words);
    let closed = ["-k", &place.new, "--passin", "pass:wrong"];
    quiet(&[&["--cert", &own, "-k", &place.plain_other], &closed[..]].concat(), 4);
}
