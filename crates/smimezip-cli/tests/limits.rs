//! Limits as a person meets them: each is set by its name, and whoever meets one reads how to go
//! on.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use crate::common;

use common::{case, expect, json_lines, key, path, run, sample, smimezip, test_keys, text};

#[test]
fn help_and_manual_list_every_limit() {
    let help = text(&run(&["--help"]).stdout);
    let folder = tempfile::tempdir().unwrap();
    expect(&run(&["man", path(folder.path())]), 0, "");
    let page = std::fs::read_to_string(folder.path().join("smimezip.1")).unwrap();
    let page = page.replace("\\-", "-");
    let refused = text(&run(&["--limit", "nonsense=1", "list", "x"]).stderr);
    for name in [
        "header-section",
        "structure",
        "depth",
        "recipients",
        "private-key-operations",
        "kdf-iterations",
        "scrypt-memory",
        "empty-chunks",
        "parts",
        "directory",
        "entries",
        "total-size",
        "ratio",
        "layers",
        "spool",
    ] {
        for (what, where_) in [("help", &help), ("manual", &page), ("error", &refused)] {
            assert!(where_.contains(name), "{name} is not in the {what}");
        }
    }
    assert!(page.contains("9    no entry matches"), "{page}");
}

#[test]
fn wrong_limits_are_wrong_usage() {
    for (setting, message) in [
        ("nonsense=1", "there is no such limit; the limits are header-section"),
        ("entries", "NAME=VALUE"),
        ("entries=", "no number"),
        ("entries=-1", "no number"),
        ("entries=5x", "no unit of size"),
        ("entries=99999999999T", "too large"),
    ] {
        expect(&run(&["list", path(&sample()), "-k", &key(), "--limit", setting]), 1, message);
    }
}

#[test]
fn no_limit_is_lost() {
    let (input, key) = (sample(), key());
    let list = ["list", path(&input), "-k", &key];
    let both = [&["--limit", "entries=5"][..], &list, &["--limit", "parts=30"]].concat();
    expect(&run(&both), 1, "--limit stands before and after the command");
    let before = [&["--limit", "entries=5", "--limit=parts=30"][..], &list].concat();
    expect(&run(&before), 7, "limit reached: entries, allowed 5");
    let after = [&list[..], &["--limit=entries=5", "--limit", "parts=30"]].concat();
    expect(&run(&after), 7, "limit reached: entries, allowed 5");
    let accept = [&["--accept", "trailing-data"][..], &list, &["--accept=unused-bytes"]].concat();
    expect(&run(&accept), 1, "--accept stands before and after the command");
}

#[test]
fn a_limit_says_how_to_raise_it_and_that_helps() {
    let (input, key) = (sample(), key());
    // The archive has 13 entries and 4 parts, a head of some hundred bytes, and 397.9 KiB of files.
    for (command, name, low, high) in [
        ("list", "entries", "12", "13"),
        ("list", "parts", "3", "4"),
        ("list", "directory", "100", "1M"),
        ("list", "structure", "100", "64K"),
        ("list", "depth", "1", "32"),
        ("list", "recipients", "0", "1"),
    ] {
        let setting = format!("{name}={low}");
        let refused = run(&[command, path(&input), "-k", &key, "--limit", &setting]);
        expect(&refused, 7, &format!("limit reached: {}", name.replace('-', "_")));
        expect(&refused, 7, &format!("--limit {name}=NUMBER"));
        let setting = format!("{name}={high}");
        expect(&run(&[command, path(&input), "-k", &key, "--limit", &setting]), 0, "6 files");
    }
    // A head longer than any mail has.
    let folder = tempfile::tempdir().unwrap();
    let message = folder.path().join("long-head.smime");
    let head = "X-Trace: one more server on the way of this message\n".repeat(2000);
    let part = std::fs::read(common::part("z01")).unwrap();
    std::fs::write(&message, [head.as_bytes(), &part].concat()).unwrap();
    let decrypt = ["decrypt", path(&message), "-k", &key, "-o", "-"];
    expect(&run(&decrypt), 7, "--limit header-section=NUMBER");
    expect(&run(&[&decrypt[..], &["--limit", "header-section=1M"]].concat()), 0, "");
    // Underscores are as good, and several limits at once.
    let mut all = vec!["verify", path(&input), "-k", &key, "--limit", "total_size=100K"];
    expect(&run(&all), 7, "--max-size 500G");
    all.extend(["--limit", "entries=13", "--limit", "total-size=1M"]);
    expect(&run(&all), 0, "verified 6 files");
    // A number that no field holds is the largest it can hold.
    let most = ["list", path(&input), "-k", &key, "--limit", "parts=18446744073709551615"];
    expect(&run(&most), 0, "6 files");
}

#[test]
fn json_has_the_limit_and_its_value() {
    let output = run(&["list", path(&sample()), "-k", &key(), "--limit", "entries=5", "--json"]);
    let error = &json_lines(&output)[0];
    assert_eq!(
        (&error["exit_code"], &error["limit"], &error["allowed"]),
        (&7.into(), &"entries".into(), &5.into())
    );
    assert!(error["advice"].as_str().unwrap().contains("--limit entries=NUMBER"), "{error}");
}

#[test]
fn costly_keys_say_where_the_number_stands() {
    let message = test_keys().join("../vectors/openssl-smime-aes256");
    for (file, limit, low, high) in [
        ("main.pbes2-scrypt.pem", "scrypt-memory", "1M", "64M"),
        ("main.pbes2-aes256.pem", "kdf-iterations", "100", "10M"),
        ("main.p12", "kdf-iterations", "100", "10M"),
    ] {
        let key = test_keys().join(file);
        let decrypt = |value: &str| {
            let setting = format!("{limit}={value}");
            let arguments = ["decrypt", path(&message), "-k", path(&key), "-o", "-"];
            smimezip()
                .args(arguments)
                .args(["--passin", "pass:correct", "--limit", &setting])
                .output()
                .unwrap()
        };
        let refused = decrypt(low);
        expect(&refused, 7, "the key file says how");
        expect(&refused, 7, &format!("--limit {limit}=NUMBER"));
        expect(&decrypt(high), 0, "");
    }
}

#[test]
fn seventeen_recipients_say_that_a_certificate_helps() {
    let (message, key) =
        (case("message-17-recipients/message.p7m"), case("message-17-recipients/key.pem"));
    let certificate = case("message-17-recipients/certificate-crt.pem");
    let decrypt = ["decrypt", &message, "-k", &key, "-o", "-"];
    let refused = run(&decrypt);
    expect(&refused, 7, "limit reached: private_key_operations, allowed 16");
    expect(&refused, 7, "--cert FILE, or put it into the key file");
    expect(&refused, 7, "--limit private-key-operations=NUMBER");
    let opened = run(&[&decrypt[..], &["--cert", &certificate]].concat());
    expect(&opened, 0, "");
    assert!(!opened.stdout.is_empty());
    let limit = ["--limit", "private-key-operations=17"];
    let tried = run(&[&decrypt[..], &limit].concat());
    expect(&tried, 0, "");
    assert!(tried.stdout == opened.stdout);
    // In one file with its key, the certificate chooses as well.
    let folder = tempfile::tempdir().unwrap();
    let both = folder.path().join("both.pem");
    let pem = [&key, &certificate].map(|file| std::fs::read_to_string(file).unwrap()).concat();
    std::fs::write(&both, pem).unwrap();
    let chosen = run(&["decrypt", &message, "-k", path(&both), "-o", "-"]);
    expect(&chosen, 0, "");
    assert!(chosen.stdout == opened.stdout);
}
