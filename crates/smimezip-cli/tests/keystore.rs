//! Passphrases in the operating system's key store, against GNOME Keyring and libsecret's
//! `secret-tool`.

#![cfg(all(target_os = "linux", feature = "keystore"))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use crate::common::{self, keystore};

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use common::{expect, json_lines, key, path, sample, smimezip, text};
use keystore::{KeyStore, State};
use tempfile::TempDir;

const SECRET: &str = "hünter 2";

fn folder() -> TempDir {
    tempfile::tempdir().unwrap()
}

/// The sample's key, encrypted.
fn encrypted_key(folder: &Path, passphrase: &str) -> Option<String> {
    let file = folder.join("encrypted.pem");
    let made = Command::new("openssl")
        .args(["pkcs8", "-topk8", "-in", &key(), "-out", path(&file)])
        .args(["-passout", &format!("pass:{passphrase}")])
        .stderr(Stdio::null())
        .status();
    if made.is_err() {
        println!("SKIPPED: openssl is not installed");
        return None;
    }
    assert!(made.unwrap().success());
    Some(path(&file).to_owned())
}

/// Checks what came of a run, which must not have the passphrase in it.
#[track_caller]
fn see(output: &Output, code: i32, in_message: &str) {
    expect(output, code, in_message);
    let all = [&output.stdout[..], &output.stderr].concat();
    assert!(!text(&all).contains(SECRET), "{}", text(&all));
}

#[test]
fn what_is_stored_here_is_found_by_others_until_it_is_forgotten() {
    let home = folder();
    let Some(store) = KeyStore::start(home.path(), State::Unlocked) else { return };
    let lookup = || store.secret_tool(&["lookup", "service", "smimezip", "username", "work"], "");
    let file = home.path().join("passphrase.txt");
    std::fs::write(&file, format!("{SECRET}\nanother line\n")).unwrap();
    let from = format!("file:{}", path(&file));
    let output = store.run(&["passphrase", "store", "work", "--from", &from]);
    see(&output, 0, "stored the passphrase work in the key store; --passin keystore:work reads it");
    assert!(output.stdout.is_empty());
    assert_eq!(text(&lookup().stdout), SECRET);
    let output = store.run(&["passphrase", "store", "work", "--from", "pass:another"]);
    see(&output, 0, "replaced the passphrase work in the key store");
    assert_eq!(text(&lookup().stdout), "another");
    // From one name to another.
    see(&store.run(&["passphrase", "store", "copy", "--from", "keystore:work"]), 0, "stored");
    see(&store.run(&["passphrase", "forget", "work"]), 0, "removed the passphrase work from the");
    assert_eq!((lookup().status.code(), lookup().stdout), (Some(1), Vec::new()));
    let output = store.run(&["passphrase", "forget", "work"]);
    see(&output, 2, "the key store has no passphrase under the name work");
    assert!(!text(&output.stderr).contains("passphrase store"), "{output:?}");
    let output = store.run(&["passphrase", "store", "x", "--from", "keystore:work"]);
    see(&output, 2, "`smimezip passphrase store work` stores it");
}

#[test]
fn what_cannot_be_stored_is_refused() {
    let home = folder();
    let Some(store) = KeyStore::start(home.path(), State::Unlocked) else { return };
    for (arguments, message) in [
        (&["store", ""][..], "a value is required"),
        (&["forget", ""], "a value is required"),
        (&["store", "x", "--from", "pass:"], "the passphrase is empty"),
        (&["store", "x", "--from", "hünter 2"], "--from takes a source: env:VAR"),
        (&["store", "x", "--from", "keystore:"], "--from takes a source: env:VAR"),
    ] {
        see(&store.run(&[&["passphrase"], arguments].concat()), 1, message);
    }
    std::fs::write(home.path().join("latin1"), b"h\xfcnter 2\n").unwrap();
    let from = format!("file:{}", path(&home.path().join("latin1")));
    see(&store.run(&["passphrase", "store", "x", "--from", &from]), 2, "is no UTF-8 text");
    // Nobody is there to be asked.
    let mut nobody = Command::new("setsid");
    nobody.args(["-w", env!("CARGO_BIN_EXE_smimezip"), "passphrase", "store", "x"]);
    let output = store.within(nobody.stdin(Stdio::null())).output().unwrap();
    see(&output, 2, "the terminal: there is none to ask on");
    let found = store.secret_tool(&["search", "--all", "service", "smimezip"], "");
    assert!(found.stdout.is_empty(), "{found:?}");
}

#[test]
fn a_passphrase_is_stored_only_if_it_opens_the_key() {
    let home = folder();
    let Some(encrypted) = encrypted_key(home.path(), SECRET) else { return };
    let Some(store) = KeyStore::start(home.path(), State::Unlocked) else { return };
    let go = |passphrase: &str, file: &str| {
        let from = format!("pass:{passphrase}");
        store.run(&["passphrase", "store", "work", "--from", &from, "--key", file])
    };
    see(&go("wrong", &encrypted), 4, "encrypted.pem: the passphrase does not open");
    see(&go(SECRET, &key()), 1, "key.pem: the private key in it needs no passphrase");
    let certificate = sample().join("certificate.pem");
    see(
        &go(SECRET, path(&certificate)),
        4,
        "certificate.pem: there is a certificate in it, but no",
    );
    // What reads it would leave the line end away.
    see(&go(&format!("{SECRET}\r"), &encrypted), 1, "has a line end at its end");
    see(&go(SECRET, "/no/such"), 2, "/no/such");
    see(&store.run(&["passphrase", "forget", "work"]), 2, "no passphrase under the name");
    see(&go(SECRET, &encrypted), 0, "stored the passphrase work");
}

#[test]
fn what_others_stored_opens_an_export() {
    let home = folder();
    let Some(encrypted) = encrypted_key(home.path(), SECRET) else { return };
    let Some(store) = KeyStore::start(home.path(), State::Unlocked) else { return };
    let put = ["store", "--label=of a test", "service", "smimezip", "username", "of exports"];
    assert!(store.secret_tool(&put, SECRET).status.success());
    let input = sample();
    let (state, configuration) = (home.path().join("state"), home.path().join("config"));
    std::fs::create_dir_all(configuration.join("smimezip")).unwrap();
    let go = |arguments: &[&str]| {
        let mut command = smimezip();
        command.env("XDG_STATE_HOME", &state).env("XDG_CONFIG_HOME", &configuration);
        store.within(command.args(arguments).current_dir(home.path())).output().unwrap()
    };
    let passin = ["-k", &encrypted, "--passin", "keystore:of exports"];
    let extract = [&["extract", path(&input), "-C", "out"], &passin[..]].concat();
    see(&go(&extract), 0, "extracted 6 files");
    see(&go(&[&["list", path(&input), "--verbose", "--json"], &passin[..]].concat()), 0, "");
    // By the environment, and of several keys each.
    let mut command = smimezip();
    command.env("SMIMEZIP_PASSIN", "keystore:of exports");
    command.args(["list", path(&input), "-k", &encrypted, "-k", &encrypted]);
    see(&store.within(&mut command).output().unwrap(), 0, "6 files");
    let toml = configuration.join("smimezip/config.toml");
    let with = format!("[[key]]\nfile = '{encrypted}'\npassin = 'keystore:of exports'\n");
    std::fs::write(&toml, with).unwrap();
    see(&go(&["extract", path(&input), "-C", "again"]), 0, "extracted 6 files");
    std::fs::write(&toml, "passin = 'keystore:'\n").unwrap();
    see(&go(&["list", path(&input)]), 1, "config.toml:1: passin takes a source");
    std::fs::write(&toml, "passin = \"keystore:a\\u0000b\"\n").unwrap();
    see(&go(&["list", path(&input)]), 1, "config.toml:1: passin takes a source");
    std::fs::remove_file(&toml).unwrap();
    // A line end is no part of it, as it is none of what a file or a stream has.
    assert!(store.secret_tool(&put, &format!("{SECRET}\n")).status.success());
    see(&go(&[&["list", path(&input)], &passin[..]].concat()), 0, "6 files");
    assert!(store.secret_tool(&put, "wrong").status.success());
    see(&go(&extract), 4, "the passphrase does not open");
    let other = ["extract", path(&input), "-k", &encrypted, "--passin", "keystore:other's"];
    let output = go(&other);
    see(&output, 2, "encrypted.pem: the key store has no passphrase under the name other's");
    see(&output, 2, "\n  `smimezip passphrase store 'other'\\''s'` stores it\n");
    // What is kept of these runs names the source, and can be repeated.
    let journal = std::fs::read_to_string(state.join("smimezip/history.jsonl")).unwrap();
    assert!(journal.contains("\"keystore:of exports\""), "{journal}");
    assert!(journal.contains("\"code\":\"key_store\""), "{journal}");
    assert!(!journal.contains(SECRET) && !journal.contains("left out"), "{journal}");
    // A password that a message is sealed under.
    assert!(store.secret_tool(&put, SECRET).status.success());
    let password = ["--password", "keystore:of exports", "-o"];
    see(&go(&[&["encrypt", &encrypted], &password[..], &["p.smime"]].concat()), 0, "");
    see(&go(&[&["decrypt", "p.smime"], &password[..], &["p.pem"]].concat()), 0, "");
    assert!(
        std::fs::read(home.path().join("p.pem")).unwrap() == std::fs::read(&encrypted).unwrap()
    );
}

#[test]
fn of_several_entries_none_is_taken() {
    let home = folder();
    let Some(store) = KeyStore::start(home.path(), State::Unlocked) else { return };
    let put = ["store", "--label=x", "service", "smimezip", "username", "work"];
    for more in [["host", "one"], ["host", "two"]] {
        assert!(store.secret_tool(&[&put[..], &more].concat(), SECRET).status.success());
    }
    for arguments in [
        &["list", path(&sample()), "-k", &key(), "--password", "keystore:work"][..],
        &["passphrase", "store", "work", "--from", "pass:p"],
    ] {
        let output = store.run(arguments);
        see(&output, 2, "the key store has several entries under the name work");
        see(&output, 2, "`smimezip passphrase forget work` removes them all");
    }
    see(&store.run(&["passphrase", "forget", "work"]), 0, "removed");
    see(&store.run(&["passphrase", "store", "work", "--from", "pass:p"]), 0, "stored");
}

#[test]
fn without_a_key_store_it_is_said_at_once_what_to_do() {
    let home = folder();
    let Some(encrypted) = encrypted_key(home.path(), SECRET) else { return };
    let Some(store) = KeyStore::start(home.path(), State::None) else { return };
    let input = sample();
    let list = ["list", path(&input), "-k", &encrypted, "--passin", "keystore:work"];
    let check = |go: &dyn Fn(&[&str]) -> Output| {
        for arguments in [
            &list[..],
            &["passphrase", "store", "work", "--from", "pass:p"],
            &["passphrase", "forget", "work"],
        ] {
            let output = go(arguments);
            see(&output, 2, "no key store answers here: ");
            see(&output, 2, "give the passphrase by file:PATH or env:VAR");
        }
        let error = &json_lines(&go(&[&list[..], &["--json"]].concat()))[0];
        assert_eq!((&error["code"], &error["exit_code"]), (&"key_store".into(), &2.into()));
    };
    check(&|arguments| store.run(arguments));
    for address in [None, Some("unix:path=/no/such"), Some("nonsense"), Some("")] {
        check(&|arguments| {
            let mut command = smimezip();
            store.within(command.args(arguments));
            match address {
                Some(address) => command.env("DBUS_SESSION_BUS_ADDRESS", address),
                None => command.env_remove("DBUS_SESSION_BUS_ADDRESS"),
            };
            command.output().unwrap()
        });
    }
}

#[test]
fn a_key_store_that_nobody_unlocks_is_named() {
    let home = folder();
    let Some(encrypted) = encrypted_key(home.path(), SECRET) else { return };
    let Some(store) = KeyStore::start(home.path(), State::Unlocked) else { return };
    see(&store.run(&["passphrase", "store", "work", "--from", "pass:p"]), 0, "stored");
    drop(store);
    let store = KeyStore::start(home.path(), State::Locked).unwrap();
    for arguments in [
        &["list", path(&sample()), "-k", &encrypted, "--passin", "keystore:work"][..],
        &["passphrase", "store", "work", "--from", "pass:p"],
        &["passphrase", "store", "other", "--from", "pass:p"],
        &["passphrase", "forget", "work"],
    ] {
        let output = store.run(arguments);
        see(&output, 2, "the key store is locked, or gives no access: ");
        see(&output, 2, "unlock it, or allow what it asks, and try again");
    }
}

#[test]
fn a_person_is_asked_twice_unless_a_key_shows_that_it_is_right() {
    let home = folder();
    if Command::new("script").arg("--version").output().is_err() {
        println!("SKIPPED: script is not installed");
        return;
    }
    let Some(encrypted) = encrypted_key(home.path(), SECRET) else { return };
    let Some(store) = KeyStore::start(home.path(), State::Unlocked) else { return };
    let ask = |more: &str, typed: &str| {
        let command = format!("'{}' passphrase store work {more}", env!("CARGO_BIN_EXE_smimezip"));
        let mut terminal = Command::new("script");
        // A terminal whose input is ours.
        terminal.args(["-qec", &command, "/dev/null"]);
        terminal.env("XDG_STATE_HOME", common::STATE).env("XDG_CONFIG_HOME", home.path());
        terminal.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = store.within(&mut terminal).spawn().unwrap();
        child.stdin.take().unwrap().write_all(typed.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        (output.status.code(), text(&output.stdout))
    };
    let (code, shown) = ask("", &format!("{SECRET}\nanother\n"));
    assert_eq!(code, Some(1), "{shown}");
    assert!(shown.contains("the two passphrases are not the same"), "{shown}");
    let (code, shown) = ask("", &format!("{SECRET}\n{SECRET}\n"));
    assert_eq!(code, Some(0), "{shown}");
    assert!(shown.contains("Passphrase for work, once more: "), "{shown}");
    assert!(shown.contains("stored the passphrase work"), "{shown}");
    let (code, shown) = ask(&format!("--key '{encrypted}'"), &format!("{SECRET}\n"));
    assert_eq!(code, Some(0), "{shown}");
    assert!(shown.contains("replaced") && !shown.contains("once more"), "{shown}");
}
