//! The configuration file: what it gives, that the command line wins, and that no passphrase is in
//! it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use crate::common;

use std::path::Path;
use std::process::Output;

use common::{expect, files, json_lines, key, path, sample, smimezip, test_keys, text};

/// Runs the program with this configuration.
fn run(home: &Path, configuration: &str, arguments: &[&str]) -> Output {
    let folder = home.join("smimezip");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("config.toml"), configuration).unwrap();
    smimezip().args(arguments).env("XDG_CONFIG_HOME", home).current_dir(home).output().unwrap()
}

#[test]
fn keys_folder_and_limits_come_from_the_file_and_the_command_line_wins() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("smimezip");
    let key = key();
    let input = sample();
    let input = path(&input);
    let go = |text: &str, arguments: &[&str]| run(home.path(), text, arguments);
    let with_key = format!("[[key]]\nfile = '{key}'\n");
    expect(&go(&with_key, &["list", input]), 0, "6 files");
    expect(&go(&with_key, &["list", input, "--no-config"]), 1, "a private key is needed");
    let wrong = test_keys().join("other.key.pem");
    expect(&go(&with_key, &["list", input, "-k", path(&wrong)]), 4, "other.key.pem (RSA");
    // From the folder the file is in.
    std::fs::create_dir_all(folder.join("keys")).unwrap();
    std::fs::copy(&key, folder.join("keys/key.pem")).unwrap();
    std::fs::copy(sample().join("certificate.pem"), folder.join("certificate.pem")).unwrap();
    let all = "keys = ['keys']\ncert = ['certificate.pem']\nto = ['certificate.pem']\n\
               directory = '../out'\n[limits]\nentries = 100\ntotal-size = '2G'\n";
    expect(&go(all, &["extract", input]), 0, "extracted 6 files");
    assert!(!files(&home.path().join("out")).is_empty());
    expect(&go(all, &["extract", input, "-C", "elsewhere"]), 0, "extracted 6 files");
    assert_eq!(files(&home.path().join("out")), files(&home.path().join("elsewhere")));
    let few = "keys = ['keys']\n[limits]\nentries = 2\n";
    expect(&go(few, &["list", input]), 7, "entries");
    expect(&go(few, &["list", input, "--limit", "entries=100"]), 0, "6 files");
    // Whom something is sealed for.
    let key = key.as_str();
    expect(&go(all, &["encrypt", key, "-o", "key.smime"]), 0, "key.smime");
    expect(&go(all, &["decrypt", "key.smime", "-o", "-"]), 0, "");
    expect(&go("", &["encrypt", key]), 1, "for whom? --to FILE or --password SRC is needed");
    expect(&go("", &["seal", "smimezip"]), 1, "for whom? --to FILE is needed");
    expect(&go(all, &["seal", "smimezip", "-o", "sealed"]), 0, "");
    expect(&go(all, &["encrypt", key, "--password", "pass:p", "-o", "p.smime"]), 0, "");
    expect(&go(all, &["decrypt", "p.smime", "-o", "-"]), 4, "");
}

#[test]
fn sources_of_passphrases_come_from_the_file_and_passphrases_do_not() {
    if std::process::Command::new("openssl").arg("version").output().is_err() {
        println!("SKIPPED: openssl is not installed");
        return;
    }
    let home = tempfile::tempdir().unwrap();
    let encrypted = home.path().join("encrypted.pem");
    let made = std::process::Command::new("openssl")
        .args(["pkcs8", "-topk8", "-in", &key(), "-out", path(&encrypted)])
        .args(["-passout", "pass:hunter2"])
        .status()
        .unwrap();
    assert!(made.success());
    let input = sample();
    let go = |text: &str, more: &[&str]| {
        run(home.path(), text, &[&["list", path(&input)], more].concat())
    };
    std::fs::create_dir_all(home.path().join("smimezip")).unwrap();
    std::fs::write(home.path().join("smimezip/passphrase.txt"), "hunter2\n").unwrap();
    let with = |passin: &str| format!("[[key]]\nfile = '../encrypted.pem'\n{passin}\n");
    expect(&go(&with("passin = 'file:passphrase.txt'"), &[]), 0, "6 files");
    let before = "passin = 'file:passphrase.txt'\n";
    expect(&go(&format!("{before}{}", with("")), &[]), 0, "6 files");
    // For a key of the command line, too, which may say otherwise.
    expect(&go(before, &["-k", path(&encrypted)]), 0, "6 files");
    let output = go(before, &["-k", path(&encrypted), "--passin", "pass:wrong"]);
    expect(&output, 4, "the passphrase does not open");
    for (text, message) in [
        (with("passin = 'pass:hunter2'"), "config.toml:3: passin: pass: is refused here"),
        ("\npassin = 'pass:hunter2'".into(), "config.toml:2: passin: pass: is refused here"),
        (with("passin = 'hunter2'"), "config.toml:3: passin takes a source"),
        (with("passin = ['hunter2']"), "config.toml:3: a value of another kind is needed"),
        ("\n\npassphrase = 'hunter2'".into(), "config.toml:3: unknown field `passphrase`"),
        (with("passphrase = 'hunter2'"), "config.toml:3: unknown field `passphrase`"),
        ("keys = 'hunter2'".into(), "config.toml:1: a value of another kind is needed"),
        ("keys = []\npassin = hunter2".into(), "config.toml:2: "),
        ("keys = []\npassin = 'hunter2".into(), "config.toml:2: "),
        ("[limits]\nentries = 'hunter2x'".into(), "config.toml:2: limits.entries: "),
        ("[limits]\ncolour = 5".into(), "config.toml:2: limits.colour: there is no such limit"),
    ] {
        for json in [false, true] {
            let output = go(&text, if json { &["--json"] } else { &[] });
            expect(&output, 1, message);
            let shown = text_of(&output);
            if !text.contains("hunter2x") {
                assert!(!shown.contains("hunter2"), "{shown}");
            }
            if json {
                assert_eq!(json_lines(&output)[0]["code"], "usage");
            }
        }
    }
    // Who does not read it does not mind.
    let broken = "nonsense";
    expect(&go(broken, &["--no-config", "-k", &key()]), 0, "6 files");
    expect(&run(home.path(), broken, &["completions", "bash"]), 0, "");
}

fn text_of(output: &Output) -> String {
    text(&[&output.stdout[..], &output.stderr].concat())
}
