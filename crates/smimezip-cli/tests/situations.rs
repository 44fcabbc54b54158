//! Situations of somebody who has this program for a day: what is typed, and which keys there are.
//! Each test is one of them, and says the words that help on, the stream they are on, and the exit
//! code. What download folders hold is in `situations_of_sets`, what becomes of the files in
//! `situations_at_work`.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use crate::common::{self, seen};

use std::process::Command;

use common::{feed, key, path, sample};
use seen::{at, collected, encrypted, folder, given, message, openssl, see, seen};

#[test]
fn no_arguments() {
    see(1, &[])
        .err("Usage: smimezip")
        .err("Examples:\n  smimezip extract export-….zip.smime --key key.pem -C out")
        .err("Exit codes:");
}

#[test]
fn a_folder_where_a_command_should_be() {
    let (input, _) = given();
    see(1, &[&input]).err(&format!("a command goes first: smimezip extract {input}"));
}

#[test]
fn help_as_a_command() {
    see(0, &["help"]).out("Usage: smimezip").out("Exit codes:");
    see(0, &["help", "extract"]).out("--directory <DIR>").out("Examples:\n  smimezip extract");
}

#[test]
fn no_key() {
    see(1, &["extract", &given().0])
        .err("a private key is needed: --key FILE, or SMIMEZIP_KEY in the environment")
        .err("the message is for issuer CN=Export key 1");
}

#[test]
fn flags_of_openssl() {
    let (input, key) = given();
    for (flag, here) in [
        ("-inkey", "--key FILE"),
        ("-in", "the INPUT itself"),
        ("-out", "-C DIR for extract"),
        ("-recip", "--cert FILE"),
        ("-passin", "--passin SRC"),
        ("-outform", "--container WHAT"),
    ] {
        see(1, &["extract", &input, flag, &key])
            .err(&format!("error: {flag} is OpenSSL's; here it is {here}"));
    }
    see(1, &["smime", "-decrypt", "-in", &input]).err("`smimezip extract` for a whole export");
}

#[test]
fn flags_of_unzip_and_7_zip() {
    let ((input, key), folder) = (given(), folder());
    for (number, flag) in ["-C", "-d", "-o", "--output"].into_iter().enumerate() {
        let out = at(&folder, &number.to_string());
        see(0, &["x", &input, "-k", &key, flag, &out]).err("extracted 6 files");
    }
    let glued = format!("-o{}", at(&folder, "glued"));
    see(0, &["x", &input, "-k", &key, &glued]).err("extracted 6 files");
    for (flag, here) in [
        ("-f", "--overwrite always replaces files that exist"),
        ("--force", "--overwrite always replaces files that exist"),
        ("-y", "nothing is ever asked"),
        ("-aoa", "--overwrite always"),
        ("-l", "`smimezip list INPUT`"),
        ("-t", "`smimezip verify INPUT`"),
        ("-so", "`smimezip cat INPUT ENTRY`"),
        ("-x!*.txt", "--exclude GLOB"),
        ("-ir!*.txt", "--include GLOB"),
        ("-r", "all that is in a folder is meant"),
    ] {
        let seen = see(1, &["x", &input, "-k", &key, flag]).err("error: ").err(here);
        seen.not("to pass").not("Usage:");
    }
    // What may be a passphrase is not repeated.
    see(1, &["x", &input, "-phunter2"]).err("comes by --passin SRC").not("hunter2");
    see(1, &["-l", &input]).err("`smimezip list INPUT`");
    see(1, &["-d", &input]).err("`smimezip decrypt FILE`");
    see(1, &["unzip", "-l", &input]).err("smimezip extract INPUT");
    see(1, &["e", &input]).err("there is no command e here");
    see(0, &["l", &input, "-k", &key]).err("6 files");
    see(0, &["t", &input, "-k", &key]).err("verified 6 files");
    // Of a flag that nobody knows there is no nonsense either; and a file may have any name.
    see(1, &["x", &input, "-Z"]).err("unexpected argument '-Z' found\n\nUsage").not("to pass");
    see(2, &["x", "--", "-f"]).err("-f: ").err("(os error 2)");
    see(1, &["x", &input, "--force", "--json"]).out("\"code\":\"usage\"").out("--overwrite always");
}

#[test]
fn typing_errors() {
    see(1, &["extarct"]).err("'extract'");
    see(1, &["list", "x", "--keyy", "k"]).err("'--key'");
}

#[test]
fn a_folder_without_parts() {
    let folder = folder();
    std::fs::write(folder.path().join("letter.txt"), "dear").unwrap();
    let input = path(folder.path());
    for command in ["extract", "list", "which", "verify", "inspect", "status"] {
        see(3, &[command, input, "-k", &key()])
            .err(&format!("{input}: there is no part of an export here (files named X.z01.smime"))
            .err("name a part of the export, or the folder that has its parts")
            .not("not a zip archive");
    }
}

#[test]
fn parts_one_folder_deeper() {
    let folder = folder();
    let below = folder.path().join("sub");
    std::fs::create_dir(&below).unwrap();
    std::fs::copy(common::part("zip"), below.join("e.zip.smime")).unwrap();
    see(3, &["extract", path(folder.path()), "-k", &key()])
        .err(&format!("folders in it are not searched, and {} has some", path(&below)));
}

#[test]
fn a_path_that_is_not_there() {
    see(2, &["extract", "nosuch", "-k", &key()]).err("error: nosuch: ").err("(os error 2)");
}

#[test]
fn a_key_or_a_certificate_as_input() {
    let certificate = path(&sample().join("certificate.pem")).to_owned();
    for input in [&key(), &certificate] {
        see(3, &["extract", input, "-k", &key()])
            .err("not an S/MIME or CMS message: a PEM file of another kind, a key or certificate")
            .err("a key goes to --key, a certificate to --cert")
            .not("download");
    }
}

#[test]
fn keys_in_all_forms() {
    for name in [
        "main.key.pem",
        "main.pkcs1.der",
        "main.pkcs8.der",
        "main.bundle.pem",
        "main.p12",
        "main.traditional-des3.pem",
        "main.pbes1.pem",
    ] {
        let key = collected(name);
        see(0, &["decrypt", &message(), "-k", &key, "--passin", "pass:correct", "-o", "-"]);
    }
}

#[test]
fn an_encrypted_key() {
    let key = collected("main.pbes2-aes256.pem");
    let decrypt = ["decrypt", &message(), "-k", &key, "-o", "-"];
    see(4, &decrypt)
        .err("main.pbes2-aes256.pem: the private key is encrypted and needs a passphrase")
        .err("give it by --passin, for example --passin file:PATH");
    see(4, &[&decrypt[..], &["--passin", "pass:wrong"]].concat())
        .err("the passphrase does not open the private key")
        .err("check the passphrase, or the key it belongs to");
}

#[test]
fn two_encrypted_keys() {
    let (folder, (input, _)) = (folder(), given());
    let Some(new) = encrypted(&folder, "new") else { return };
    let old = encrypted(&folder, "old").unwrap();
    let list = ["list", &input, "-k", &old, "-k", &new];
    let stream = [&list[..], &["--passin", "stdin"]].concat();
    // A line each; and one line for both, of which it opens one.
    for lines in ["old\nnew\n", "old\n", "new\n"] {
        seen(0, &feed(&stream, lines.as_bytes()), lines).err("6 files");
    }
    let each = ["-k", &old, "--passin", "pass:no", "-k", &new, "--passin", "pass:new"];
    see(0, &[&["list", &input], &each[..]].concat()).err("6 files");
}

#[test]
fn a_key_that_is_not_needed() {
    let encrypted = collected("main.pbes2-aes256.pem");
    see(0, &["list", &given().0, "-k", &encrypted, "-k", &key()]).err("6 files").not("passphrase");
}

#[test]
fn the_empty_passphrase() {
    let folder = folder();
    let file = at(&folder, "empty.p12");
    let (key, certificate) = (key(), sample().join("certificate.pem"));
    let export = ["pkcs12", "-export", "-inkey", &key, "-in", path(&certificate), "-out", &file];
    if openssl(&[&export[..], &["-passout", "pass:"]].concat()) {
        see(0, &["list", &given().0, "-k", &file]).err("6 files");
    }
}

#[test]
fn a_passphrase_where_its_source_should_be() {
    let list = ["list", &given().0, "-k", &key(), "--passin", "hunter2"];
    see(1, &list).err("--passin takes a source: env:VAR, file:PATH").not("hunter2");
    see(1, &[&list[..], &["--json"]].concat()).out("takes a source").not("hunter2");
}

#[test]
fn sources_that_cannot_be_read() {
    let key = collected("main.pbes2-aes256.pem");
    let decrypt = ["decrypt", &message(), "-k", &key, "-o", "-", "--passin"];
    see(2, &[&decrypt[..], &["file:nope"]].concat()).err("nope: ").err("(os error 2)");
    see(2, &[&decrypt[..], &["env:NOT_SET"]].concat()).err("NOT_SET is not set");
    let mut detached = Command::new("setsid");
    detached.args(["-w", env!("CARGO_BIN_EXE_smimezip")]).args(decrypt).arg("prompt");
    if let Ok(output) = detached.stdin(std::process::Stdio::null()).output() {
        seen(2, &output, "without a terminal").err("the terminal: there is none to ask on");
    }
}

#[test]
fn no_private_key() {
    let (folder, (input, _)) = (folder(), given());
    let write = |name: &str, text: &str| {
        std::fs::write(folder.path().join(name), text).unwrap();
        at(&folder, name)
    };
    let list = |file: &str| see(4, &["list", &input, "-k", file]);
    let certificate = path(&sample().join("certificate.pem")).to_owned();
    list(&certificate)
        .err("certificate.pem: there is a certificate in it, but no private key")
        .err("give the certificate by --cert, and its private key by --key");
    list(&write("empty.pem", "")).err("empty.pem: not a usable key or certificate: an empty file");
    list(&write("junk.pem", "hello")).err("--key takes a private key as PEM, DER or PKCS #12");
    // A folder is none either, and it is said where folders go.
    see(1, &["list", &input, "-k", path(folder.path())]).err("is a folder; all keys in a folder");
    let (public, bundle) = (at(&folder, "public.pem"), at(&folder, "bundle.p7b"));
    if openssl(&["rsa", "-in", &key(), "-pubout", "-out", &public]) {
        list(&public).err("a public key; the private key is needed");
        openssl(&["crl2pkcs7", "-nocrl", "-certfile", &certificate, "-out", &bundle]);
        list(&bundle).err("certificates in a PKCS #7 bundle").not("no certificate in it");
    }
}

#[test]
fn a_wrong_key_of_another_size() {
    see(4, &["list", &given().0, "-k", &collected("large.key.pem")])
        .err("none of the given keys is for this message; it is addressed to issuer CN=Export key")
        .err("large.key.pem (RSA, 3072 bits)")
        .err("openssl x509 -in FILE -noout -serial shows a certificate's number");
}

#[test]
fn a_wrong_key_of_the_same_size() {
    see(4, &["list", &given().0, "-k", &collected("other.key.pem")])
        .err("decryption failed: the key does not fit, or the message is damaged")
        .err("  the message is for issuer CN=Export key 1")
        .err("other.key.pem (RSA, 2048 bits)\n")
        .err("--key may be given several times");
}

#[test]
fn more_keys_than_needed() {
    let ((input, key), folder) = (given(), folder());
    let (other, certificate) = (collected("other.key.pem"), collected("other.cert.pem"));
    see(0, &["list", &input, "-k", &other, "-k", &key]).err("6 files");
    see(0, &["list", &input, "-k", &key, "--cert", &certificate]).err("6 files");
    std::fs::copy(&other, folder.path().join("a.pem")).unwrap();
    std::fs::copy(&key, folder.path().join("b.pem")).unwrap();
    see(0, &["list", &input, "--keys", path(folder.path())]).err("6 files");
}
