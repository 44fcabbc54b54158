//! `smimezip check-cert`, and what `seal` and `encrypt` say of the same certificates.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use crate::common::{self, certificates};

use certificates::certificates;
use common::{expect, files, json_lines, key, path, run, sample, test_keys, text};

#[test]
fn a_good_one_is_said_to_be_good_and_until_when() {
    let certificate = path(&sample().join("certificate.pem")).to_owned();
    let output = run(&["check-cert", &certificate]);
    expect(&output, 0, "");
    let said = text(&output.stdout);
    for part in ["exports can be sealed for CN=Export key 1,O=Sample customer", "valid from 20"] {
        assert!(said.contains(part), "{said}");
    }
    assert!(!said.contains("the key given"), "{said}");
    let output = run(&["check-cert", &certificate, "--key", &key(), "--json"]);
    let line = &json_lines(&output)[0];
    assert_eq!((&line["suitable"], &line["key_opens"]), (&true.into(), &true.into()));
    assert!(line["not_after"].as_str().unwrap().ends_with('Z'), "{line}");
}

#[test]
fn a_key_is_tried() {
    let at = |name: &str| path(&test_keys().join(name)).to_owned();
    let check = |key: &str, more: &[&str]| {
        run(&[&["check-cert", &at("main.cert.der"), "--key", key], more].concat())
    };
    let output = check(&at("main.pkcs1.der"), &[]);
    expect(&output, 0, "");
    assert!(text(&output.stdout).contains("the key given opens what is sealed"));
    let output = check(&at("other.key.pem"), &[]);
    expect(&output, 4, "");
    assert!(text(&output.stdout).contains("the key given does not open"));
    // Another one's key in the environment says nothing of it.
    let mut command = common::smimezip();
    command.env("SMIMEZIP_KEY", at("other.key.pem")).args(["check-cert", &at("main.cert.pem")]);
    expect(&command.output().unwrap(), 0, "");
    expect(&check(&at("main.cert.pem"), &[]), 4, "no private key");
    expect(&check("nowhere", &[]), 2, "nowhere");
}

#[test]
fn each_reason_is_said_in_words_everywhere() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| path(&folder.path().join(name)).to_owned();
    std::fs::create_dir(at("tree")).unwrap();
    let words = |problem: &str| match problem {
        "expired" => ("it expired on 2021-01-01", "ask its owner for the new one"),
        "not_yet_valid" => ("it is not valid before 2049-01-01", "look at the clock"),
        "key_usage" => ("its keyUsage lacks keyEncipherment", "-ext keyUsage"),
        "weak_key" => ("its RSA key has 1024 bits", "ask its owner for a new one"),
        "unsupported_key" => ("its key is of another kind", "a key for RSA, P-256"),
        other => panic!("{other}"),
    };
    for (problem, der) in certificates() {
        let file = at(problem);
        std::fs::write(&file, der).unwrap();
        if problem == "good" {
            expect(&run(&["check-cert", &file]), 0, "");
            continue;
        }
        let (why, advice) = words(problem);
        let output = run(&["check-cert", &file]);
        expect(&output, 4, why);
        expect(&output, 4, advice);
        let said = text(&output.stdout);
        assert!(said.contains("exports cannot be sealed for CN=Maker"), "{said}");
        let line = &json_lines(&run(&["check-cert", &file, "--json"]))[0];
        assert_eq!((&line["suitable"], &line["subject"]), (&false.into(), &"CN=Maker".into()));
        assert_eq!(line["error"]["problem"], problem);
        let out = at("out");
        for command in [["seal", &at("tree")], ["encrypt", &file]] {
            let output = run(&[&command[..], &["--to", &file, "-o", &out]].concat());
            expect(&output, 4, why);
            expect(&output, 4, advice);
            assert!(!folder.path().join("out").exists());
        }
    }
}

#[test]
fn what_is_no_certificate_is_called_by_its_name() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| path(&test_keys().join(name)).to_owned();
    let empty = path(&folder.path().join("empty")).to_owned();
    std::fs::write(&empty, "").unwrap();
    let letter = path(&folder.path().join("letter")).to_owned();
    std::fs::write(&letter, "Dear Sir or Madam").unwrap();
    for (file, code, said) in [
        (at("main.key.pem"), 4, "a private key is in it, and no certificate"),
        (at("main.pkcs1.der"), 4, "a private key is in it, and no certificate"),
        (at("main.traditional-aes128.pem"), 4, "a private key is in it, and no certificate"),
        (at("main.pbes2.der"), 4, "the private key, for --key, stays with its owner"),
        (at("main.p12"), 4, "openssl pkcs12 -in FILE -clcerts -nokeys"),
        (empty, 4, "the certificate of who shall open exports"),
        (letter, 4, "the certificate of who shall open exports"),
        ("nowhere".to_owned(), 2, "nowhere: "),
        (
            path(folder.path()).to_owned(),
            2,
            if cfg!(windows) { "(os error 5)" } else { "directory" },
        ),
    ] {
        let output = run(&["check-cert", &file]);
        expect(&output, code, said);
        assert!(output.stdout.is_empty(), "{file}");
        // The same, where something is to be sealed for it.
        let output = run(&["encrypt", &key(), "--to", &file, "-o", "never"]);
        expect(&output, code, "");
    }
    assert_eq!(files(folder.path()).len(), 2);
}
