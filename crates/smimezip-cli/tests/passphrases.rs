//! Passphrases from sources that are read once, for several keys; and what is no source, which is
//! never shown.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod common;

use std::path::Path;
use std::process::Command;

use common::{expect, feed, key, path, run, sample, smimezip, text};

fn openssl() -> bool {
    let found = Command::new("openssl").arg("version").output().is_ok();
    if !found {
        println!("SKIPPED: openssl is not installed");
    }
    found
}

/// The sample's key, encrypted under `passphrase`.
fn encrypted_key(folder: &Path, passphrase: &str) -> String {
    let file = folder.join(format!("{passphrase}.pem"));
    let output = Command::new("openssl")
        .args(["pkcs8", "-topk8", "-in", &key(), "-out", path(&file)])
        .args(["-passout", &format!("pass:{passphrase}")])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", text(&output.stderr));
    path(&file).to_owned()
}

#[test]
fn one_stream_opens_several_keys() {
    if !openssl() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let (one, two, three) = (
        encrypted_key(folder.path(), "one"),
        encrypted_key(folder.path(), "two"),
        encrypted_key(folder.path(), "three"),
    );
    let again = folder.path().join("again.pem");
    std::fs::copy(&one, &again).unwrap();
    let input = sample();
    let list = |keys: &[&str], source: &str, lines: &str| {
        let mut all = vec!["list", path(&input), "--passin", source];
        for key in keys {
            all.extend(["-k", key]);
        }
        feed(&all, lines.as_bytes())
    };
    for source in ["stdin", "fd:0"] {
        // The same for both, and a line each.
        for lines in ["one\n", "one", "one\none\n", "one\r\n", "one\n\n"] {
            expect(&list(&[&one, path(&again)], source, lines), 0, "6 files");
        }
        for lines in ["one\ntwo\n", "one\ntwo", "one\r\ntwo\r\n", "one\ntwo\nmore\n"] {
            expect(&list(&[&one, &two], source, lines), 0, "6 files");
        }
        // A key that is not encrypted takes no line.
        expect(&list(&[&one, &key(), &two], source, "one\ntwo\n"), 0, "6 files");
        // The last line is for all others.
        expect(&list(&[&two, &one, path(&again)], source, "two\none\n"), 0, "6 files");
        expect(&list(&[&three, &two, &one], source, "three\nwrong\n"), 0, "6 files");
        expect(&list(&[&three, &two], source, "one\ntwo\n"), 0, "6 files");
        expect(&list(&[&two, &one], source, "one\ntwo\n"), 4, "two.pem: the passphrase");
    }
    let file = folder.path().join("passphrases");
    std::fs::write(&file, "one\ntwo\n").unwrap();
    expect(&list(&[&one, &two], &format!("file:{}", path(&file)), ""), 0, "6 files");
    // One line of the stream for the key, the next for the message.
    let secret = ["list", path(&input), "-k", &one, "--passin", "stdin", "--password", "stdin"];
    expect(&feed(&secret, b"one\npassword of a message\n"), 0, "6 files");
}

#[test]
fn what_is_no_source_is_never_shown() {
    let input = sample();
    for flag in ["--passin", "--password", "--secret-key"] {
        for wrong in
            ["hunter2", "hunter2:", "fd:hunter2", "password:hunter2", "Stdin hunter2", "-hunter2"]
        {
            for command in ["list", "extract", "verify", "inspect"] {
                let output = run(&[command, path(&input), "-k", &key(), flag, wrong]);
                expect(&output, 1, &format!("{flag} takes a source: env:VAR, file:PATH"));
                assert!(!text(&output.stderr).contains("hunter2"));
                assert!(output.stdout.is_empty());
            }
            let part = common::part("z01");
            let output = run(&["decrypt", path(&part), "-k", &key(), "-o", "-", flag, wrong]);
            expect(&output, 1, "takes a source");
            assert!(!text(&output.stderr).contains("hunter2"));
        }
    }
    let output = smimezip()
        .args(["list", path(&input), "-k", &key(), "--json"])
        .env("SMIMEZIP_PASSIN", "hunter2")
        .output()
        .unwrap();
    expect(&output, 1, "--passin takes a source");
    assert!(!text(&[output.stdout, output.stderr].concat()).contains("hunter2"));
}

#[test]
fn a_source_that_cannot_be_read_is_named() {
    if !openssl() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let one = encrypted_key(folder.path(), "one");
    for (source, message) in [
        ("file:/no/such/file", "one.pem: /no/such/file: "),
        ("env:SMIMEZIP_NO_SUCH", "one.pem: the environment: SMIMEZIP_NO_SUCH is not set"),
        ("fd:99", "one.pem: file descriptor 99: "),
    ] {
        expect(&run(&["list", path(&sample()), "-k", &one, "--passin", source]), 2, message);
    }
}

#[test]
fn a_certificate_given_as_a_key_is_named() {
    let certificate = sample().join("certificate.pem");
    let output = run(&["list", path(&sample()), "-k", path(&certificate)]);
    expect(&output, 4, "certificate.pem: there is a certificate in it, but no private key");
    expect(&output, 4, "--cert");
}

#[test]
#[cfg(not(feature = "keystore"))]
fn a_build_without_the_key_store_names_the_feature() {
    let input = sample();
    let home = tempfile::tempdir().unwrap();
    std::fs::create_dir(home.path().join("smimezip")).unwrap();
    std::fs::write(home.path().join("smimezip/config.toml"), "passin = 'keystore:work'\n").unwrap();
    let said = "needs a build with the feature \"keystore\"";
    for arguments in [
        &["list", path(&input), "-k", &key(), "--passin", "keystore:work"][..],
        &["list", path(&input), "-k", &key(), "--password", "keystore:work"],
        &["encrypt", &key(), "--password", "keystore:work"],
        &["passphrase", "store", "work", "--from", "pass:p"],
        &["passphrase", "forget", "work"],
    ] {
        let output = run(arguments);
        expect(&output, 1, said);
        expect(&output, 1, "give the passphrase by file:PATH or env:VAR instead");
    }
    let mut configured = smimezip();
    configured.env("XDG_CONFIG_HOME", home.path()).args(["list", path(&input), "-k", &key()]);
    expect(&configured.output().unwrap(), 1, said);
}
