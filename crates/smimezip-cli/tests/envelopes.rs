//! What other senders and other keys need of the program: every kind of recipient, standard input,
//! layers inside, keys that live elsewhere.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use crate::common;

#[cfg(unix)]
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
#[cfg(unix)]
use std::process::Stdio;
#[cfg(unix)]
use std::time::{Duration, Instant};

use common::{expect, feed, files, path, run, smimezip, text};
use serde_json::Value;

fn data() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../smimezip/tests/data")
}

fn envelope(name: &str) -> String {
    path(&data().join("envelopes").join(name)).to_owned()
}

fn key(name: &str) -> String {
    let folder = if name == "main" || name == "other" { "keys" } else { "envelopes/keys" };
    path(&data().join(folder).join(format!("{name}.key.pem"))).to_owned()
}

fn plaintext() -> Vec<u8> {
    let output =
        run(&["decrypt", &envelope("openssl-ktri-aes-256-cbc-der"), "-k", &key("main"), "-o", "-"]);
    assert!(output.status.success());
    output.stdout
}

fn openssl() -> bool {
    let found = Command::new("openssl").arg("version").output().is_ok();
    if !found {
        println!("SKIPPED: openssl is not installed");
    }
    found
}

#[test]
fn every_kind_of_recipient_opens() {
    let expected = plaintext();
    for (message, arguments) in [
        ("openssl-oaep-sha256-sha1", &["-k", &key("main")][..]),
        ("openssl-kari-p256-sha256", &["-k", &key("p256")]),
        ("bc-kari-x448-hkdf-sha512", &["-k", &key("x448")]),
        ("bc-kem-768-sha256", &["-k", &key("mlkem768")]),
        ("openssl-kekri-aes-128-gcm", &["--secret-key", "pass:000102030405060708090a0b0c0d0e0f"]),
        (
            "openssl-kekri-aes-128-gcm",
            &["--secretkey", "pass:00:01:02:03 04050607 08090a0b0c0d0e0f"],
        ),
        ("bc-pwri-256-512", &["--password", "pass:secret"]),
        ("bc-gcm-in-enveloped-256", &["-k", &key("main"), "--accept", "gcm-in-enveloped-data"]),
        ("bc-several", &["--password", "pass:wrong", "--password", "pass:secret"]),
    ] {
        let sealed = envelope(message);
        let mut all = vec!["decrypt", &sealed, "-o", "-"];
        all.extend_from_slice(arguments);
        let output = run(&all);
        expect(&output, 0, "");
        assert!(output.stdout == expected, "{message}");
    }
}

#[test]
fn what_is_not_allowed_says_how_to_allow_it() {
    let output =
        run(&["decrypt", &envelope("bc-gcm-in-enveloped-256"), "-k", &key("main"), "-o", "-"]);
    expect(&output, 3, "--accept gcm-in-enveloped-data");
    assert!(output.stdout.is_empty());
    let folder = tempfile::tempdir().unwrap();
    let padded = folder.path().join("padded");
    let mut bytes = std::fs::read(envelope("openssl-ktri-aes-256-gcm-der")).unwrap();
    bytes.extend_from_slice(b"a footer");
    std::fs::write(&padded, bytes).unwrap();
    let output = run(&["decrypt", path(&padded), "-k", &key("main"), "-o", "-"]);
    expect(&output, 5, "--accept trailing-data");
    let arguments =
        ["decrypt", path(&padded), "-k", &key("main"), "-o", "-", "--accept", "trailing-data"];
    let output = run(&arguments);
    expect(&output, 0, "");
    assert!(output.stdout == plaintext());
}

#[test]
fn a_wrong_key_is_reported_with_the_recipients() {
    let output = run(&[
        "decrypt",
        &envelope("openssl-ktri-aes-256-cbc-der"),
        "-k",
        &key("other"),
        "-o",
        "-",
    ]);
    expect(&output, 4, "the message is for issuer CN=main,O=Test,C=DE, serial 1001");
    expect(&output, 4, "(RSAES-PKCS1-v1_5, 2048 bits)");
    expect(&output, 4, &format!("given: {} (RSA, 2048 bits)", key("other")));
    let output = run(&[
        "decrypt",
        &envelope("openssl-kari-p256-sha256"),
        "-k",
        &key("p384"),
        "-o",
        "-",
        "--json",
    ]);
    expect(&output, 4, "ECDH, X9.63 KDF with SHA-256, AES-256 key wrap");
    expect(&output, 4, &format!("given: {} (EC, P-384", key("p384")));
    let output = run(&[
        "decrypt",
        &envelope("openssl-pwri-3des-cbc"),
        "--password",
        "pass:wrong",
        "-o",
        "-",
        "--json",
    ]);
    let value: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(
        value["recipients"][0].as_str().unwrap().split(" (").next(),
        Some("whoever knows the password")
    );
    assert_eq!(value["keys_given"][0], "a password");
}

#[test]
fn standard_input_is_decrypted_forward() {
    let expected = plaintext();
    for name in
        ["openssl-ktri-aes-256-cbc-mime", "bc-ktri-chacha20-poly1305-mime", "gpgsm-aes-128-cbc-pem"]
    {
        let sealed = std::fs::read(envelope(name)).unwrap();
        let output = feed(&["decrypt", "-", "-k", &key("main")], &sealed);
        expect(&output, 0, "");
        assert!(output.stdout == expected, "{name}");
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("plain");
        let arguments = ["decrypt", "-", "-k", &key("main"), "-o", path(&target)];
        expect(&feed(&arguments, &sealed), 0, "plain: ");
        assert!(std::fs::read(&target).unwrap() == expected);
        // It is there: refused before it is written again.
        expect(&feed(&arguments, &sealed), 7, "already exists");
        std::fs::remove_file(&target).unwrap();
        // Cut off, or for somebody else: nothing is left.
        expect(&feed(&arguments, &sealed[..sealed.len() - 90]), 5, "standard input: ");
        let arguments = ["decrypt", "-", "-k", &key("other"), "-o", path(&target)];
        expect(&feed(&arguments, &sealed), 4, "standard input: ");
        assert!(files(folder.path()).is_empty());
    }
}

#[cfg(unix)]
#[test]
fn pipes_and_devices_are_written_to_and_never_replaced() {
    use std::os::unix::fs::FileTypeExt as _;
    let expected = plaintext();
    let sealed = envelope("openssl-ktri-aes-256-cbc-mime");
    let key = key("main");
    expect(&run(&["decrypt", &sealed, "-k", &key, "-o", "/dev/null"]), 0, "");
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    for input in [sealed.as_str(), "-"] {
        for overwrite in ["never", "always"] {
            let reader = {
                let pipe = pipe.clone();
                std::thread::spawn(move || std::fs::read(pipe).unwrap())
            };
            let arguments =
                ["decrypt", input, "-k", &key, "-o", path(&pipe), "--overwrite", overwrite];
            let bytes = if input == "-" { std::fs::read(&sealed).unwrap() } else { Vec::new() };
            expect(&feed(&arguments, &bytes), 0, "");
            assert!(reader.join().unwrap() == expected, "{input} {overwrite}");
            assert!(std::fs::symlink_metadata(&pipe).unwrap().file_type().is_fifo());
        }
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn standard_input_has_one_use() {
    let arguments = ["decrypt", "-", "-k", &key("main"), "--passin", "stdin"];
    expect(&feed(&arguments, b""), 1, "standard input is the message");
    let arguments = ["decrypt", "-", "-k", &key("main"), "--inner", "mime"];
    expect(&feed(&arguments, b""), 1, "--inner needs a file");
}

#[test]
#[cfg(unix)]
fn f6_an_interrupt_while_standard_input_is_silent() {
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join("plain");
    let mut child = smimezip()
        .args(["decrypt", "-", "-k", &key("main"), "-o", path(&target)])
        .stdin(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let sealed = std::fs::read(envelope("openssl-ktri-aes-256-cbc-der")).unwrap();
    stdin.write_all(&sealed[..200]).unwrap();
    while std::fs::read_dir(folder.path()).unwrap().next().is_none() {
        std::thread::sleep(Duration::from_millis(5));
    }
    let begin = Instant::now();
    let killed = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(killed.success());
    assert_eq!(child.wait().unwrap().code(), Some(130));
    // Not a measure of speed: without the token it would wait for ever.
    assert!(begin.elapsed() < Duration::from_secs(5));
    drop(stdin);
    assert!(files(folder.path()).is_empty());
}

#[test]
fn a_key_in_a_command_opens() {
    if !openssl() {
        return;
    }
    let expected = plaintext();
    let command = format!(
        "openssl pkeyutl -decrypt -inkey '{}' -pkeyopt rsa_padding_mode:pkcs1",
        key("main")
    );
    let message = envelope("openssl-ktri-aes-256-cbc-der");
    let output = run(&["decrypt", &message, "--unwrap-command", &command, "-o", "-"]);
    expect(&output, 0, "");
    assert!(output.stdout == expected);
    // What the environment says.
    let folder = tempfile::tempdir().unwrap();
    let told = folder.path().join("told");
    let command = format!("env | grep ^SMIMEZIP_ >'{}'", path(&told));
    let output = run(&["decrypt", &message, "--unwrap-command", &command, "-o", "-"]);
    expect(&output, 4, "given: a key behind --unwrap-command");
    let told = std::fs::read_to_string(told).unwrap();
    for line in [
        "SMIMEZIP_ALGORITHM=RSAES-PKCS1-v1_5",
        "SMIMEZIP_ISSUER=CN=main,O=Test,C=DE",
        "SMIMEZIP_KEY_SIZE=32",
        "SMIMEZIP_KIND=key transport",
        "SMIMEZIP_SERIAL=1001",
    ] {
        assert!(told.lines().any(|it| it == line), "{line} is not in {told}");
    }
    // A key of another size, or no key at all: not the right key, and another is tried.
    for command in ["printf 0123456789", "true", "cat"] {
        let output = run(&["decrypt", &message, "--unwrap-command", command, "-o", "-"]);
        expect(&output, 4, "decryption failed");
        let both = ["--unwrap-command", command, "-k", &key("main"), "-o", "-"];
        let output = run(&[&["decrypt", message.as_str()], &both[..]].concat());
        expect(&output, 0, "");
        assert!(output.stdout == expected);
    }
}

#[cfg(unix)]
#[test]
fn a_command_that_fails_is_no_wrong_key() {
    let message = envelope("openssl-ktri-aes-256-cbc-der");
    for (command, why) in [
        ("exit 7", "--unwrap-command: the command failed (exit status: 7)"),
        ("echo no >&2; echo network >&2; exit 1", "(exit status: 1): no; network"),
        ("printf 'a\\033[2Jb' >&2; exit 1", "(exit status: 1): a\\u{1b}[2Jb"),
        ("yes why >&2 & sleep 0.2; kill $!; exit 1", "why; why; why; why; why\n"),
        ("kill -9 $$", "(signal: 9 (SIGKILL))"),
        ("no-such-command-is-here", "(exit status: 127)"),
        // It ends although nobody reads all that it writes.
        ("cat /dev/zero", "more than 4096 bytes instead of a key"),
        ("head -c 1000000 /dev/zero", "more than 4096 bytes instead of a key"),
    ] {
        let output = run(&["decrypt", &message, "--unwrap-command", command, "-o", "-"]);
        expect(&output, 2, why);
        let shown = text(&output.stderr);
        assert!(!shown.contains("decryption failed"), "{command}: {shown}");
        assert!(!shown.contains('\u{1b}') && shown.len() < 2000, "{command}: {shown}");
    }
}

#[cfg(unix)]
#[test]
fn f6_an_interrupt_ends_a_command_that_hangs() {
    let message = envelope("openssl-ktri-aes-256-cbc-der");
    let folder = tempfile::tempdir().unwrap();
    let begun = folder.path().join("begun");
    for hang in ["exec sleep 1000", "sleep 1000; true", "cat >&2; sleep 1000 & wait"] {
        let command = format!("echo $$ >'{}'; {hang}", path(&begun));
        let child = smimezip()
            .args(["decrypt", &message, "--unwrap-command", &command, "-o", "-"])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let shell = loop {
            let id = std::fs::read_to_string(&begun).unwrap_or_default();
            if id.ends_with('\n') {
                break id.trim().to_owned();
            }
            std::thread::sleep(Duration::from_millis(5));
        };
        std::fs::remove_file(&begun).unwrap();
        let id = child.id().to_string();
        assert!(Command::new("kill").args(["-s", "INT", &id]).status().unwrap().success());
        expect(&child.wait_with_output().unwrap(), 130, "cancelled");
        let alive = Command::new("kill").args(["-0", &shell]).stderr(Stdio::null()).status();
        assert!(!alive.unwrap().success(), "{hang}");
    }
}

#[test]
fn secrets_are_not_shown() {
    let message = envelope("openssl-kekri-aes-128-gcm");
    for (arguments, code) in [
        (["--secret-key", "pass:0123456789abcdefz"], 1),
        (["--secret-key", "pass:fedcba98765432100123456789abcdef"], 4),
        (["--password", "pass:fedcba98765432100123456789abcdef"], 4),
    ] {
        let output = run(&["decrypt", &message, "-o", "-", arguments[0], arguments[1]]);
        expect(&output, code, "");
        let shown = text(&output.stderr) + &text(&output.stdout);
        assert!(!shown.contains("0123456789"), "{shown}");
    }
}

#[test]
fn inspect_explains_in_words_and_as_json() {
    let output = run(&["inspect", &envelope("bc-several")]);
    expect(&output, 0, "");
    let told = text(&output.stdout);
    for line in [
        "bc-several: 1 part here",
        "ChaCha20-Poly1305 (authenticated)",
        "whoever knows the password (password, PBKDF2 with SHA-256 and 1500 iterations, PWRI-KEK with AES-256-CBC)",
        "(key encapsulation, ML-KEM-768, HKDF with SHA-256, AES-256 key wrap)",
        "secret key 6b6579 (key-encryption key, AES-128 key wrap)",
        "(key agreement, ECDH, HKDF with SHA-256, AES-256 key wrap)",
        "issuer CN=main,O=Test,C=DE, serial 1001 (key transport, RSAES-PKCS1-v1_5, 2048 bits)",
    ] {
        assert!(told.contains(line), "{line:?} is not in {told}");
    }
    let output =
        run(&["inspect", &envelope("openssl-oaep-sha256-sha512"), "--json", "-k", &key("main")]);
    let value: Value = serde_json::from_slice(&output.stdout).unwrap();
    let part = &value["parts"][0];
    assert_eq!(part["integrity"], "not authenticated");
    assert_eq!(part["opened_by_recipient"], 1);
    let recipient = &part["recipients"][0];
    assert_eq!(recipient["key_encryption"], "RSAES-OAEP with SHA-256 and MGF1 with SHA-512");
    assert_eq!(recipient["modulus_bits"], 2048);
    assert_eq!(recipient["unsupported"], Value::Null);
    // What is not supported is named with its identifier.
    let rsa_kem = data().join("rfc/rfc9629-rsa-kem.pem");
    let output = run(&["inspect", path(&rsa_kem), "--json"]);
    let value: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(value["parts"][0]["recipients"][0]["unsupported"], "RSA-KEM (1.0.18033.2.2.4)");
}

/// An archive signed, then encrypted, and one in a MIME entity, made by OpenSSL.
#[test]
fn layers_inside_are_looked_through_when_asked() {
    if !openssl() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| path(&folder.path().join(name)).to_owned();
    let sets = data().join("sets/info-zip-streamed/e.zip");
    let (main, own) = (path(&data().join("keys/main.cert.pem")).to_owned(), key("main"));
    let openssl = |arguments: &[&str]| {
        let output = Command::new("openssl").args(arguments).output().unwrap();
        assert!(output.status.success(), "{arguments:?}: {}", text(&output.stderr));
    };
    openssl(&[
        "cms",
        "-sign",
        "-binary",
        "-nodetach",
        "-in",
        path(&sets),
        "-signer",
        &main,
        "-inkey",
        &own,
        "-outform",
        "DER",
        "-out",
        &at("invoice.zip.p7m"),
    ]);
    openssl(&[
        "cms",
        "-encrypt",
        "-binary",
        "-aes-256-cbc",
        "-in",
        &at("invoice.zip.p7m"),
        "-outform",
        "DER",
        "-out",
        &at("invoice.zip.p7m.enc"),
        &main,
    ]);
    let arguments = ["extract", &at("invoice.zip.p7m.enc"), "-k", &own, "-C", &at("out")];
    expect(&run(&arguments), 3, "not a zip archive");
    let output = smimezip().args(arguments).args(["--inner", "signature"]).output().unwrap();
    expect(&output, 0, "extracted");
    let expected = std::fs::read_to_string(data().join("sets/SHA256SUMS")).unwrap();
    let found = files(&folder.path().join("out"));
    assert!(found.keys().filter(|name| expected.contains(*name)).count() > 5, "{:?}", found.keys());
    // The bytes as they were.
    let output = run(&[
        "decrypt",
        &at("invoice.zip.p7m.enc"),
        "-k",
        &own,
        "-o",
        "-",
        "--inner",
        "signature",
    ]);
    assert!(output.stdout == std::fs::read(&sets).unwrap());

    openssl(&[
        "smime",
        "-encrypt",
        "-text",
        "-aes256",
        "-in",
        path(&data().join("sets/SHA256SUMS")),
        "-out",
        &at("text.smime"),
        &main,
    ]);
    let output = run(&["decrypt", &at("text.smime"), "-k", &own, "-o", "-"]);
    assert!(text(&output.stdout).starts_with("Content-Type: text/plain"));
    let output = run(&["decrypt", &at("text.smime"), "-k", &own, "-o", "-", "--inner", "mime"]);
    assert_eq!(text(&output.stdout).replace("\r\n", "\n"), expected);
}

/// An export whose parts are authenticated and for an elliptic curve, sealed by OpenSSL.
#[test]
fn an_authenticated_export_is_extracted() {
    if !openssl() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    for kind in ["z01", "z02", "z03", "zip"] {
        let part = common::part(kind);
        let plain = folder.path().join("plain");
        let output = run(&["decrypt", path(&part), "-k", &common::key(), "-o", path(&plain)]);
        expect(&output, 0, "");
        let sealed = folder.path().join(part.file_name().unwrap());
        let certificate = data().join("envelopes/keys/p256.cert.pem");
        let status = Command::new("openssl")
            .args([
                "cms",
                "-encrypt",
                "-binary",
                "-aes-256-gcm",
                "-in",
                path(&plain),
                "-out",
                path(&sealed),
            ])
            .arg(certificate)
            .status()
            .unwrap();
        assert!(status.success());
        std::fs::remove_file(plain).unwrap();
    }
    let out = tempfile::tempdir().unwrap();
    let input = path(folder.path());
    let output = run(&["extract", input, "-k", &key("p256"), "-C", path(out.path())]);
    expect(&output, 0, "extracted 6 files, 397.9 KiB");
    expect(&run(&["list", input, "-k", &key("p384")]), 4, "(EC, P-384");
    // A bit changed anywhere in a part is told before anything is written.
    let part = folder.path().join(common::part("z02").file_name().unwrap());
    let mut bytes = std::fs::read(&part).unwrap();
    let at = bytes.len() / 2;
    bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
    std::fs::write(&part, bytes).unwrap();
    let out = tempfile::tempdir().unwrap();
    let output = run(&["extract", input, "-k", &key("p256"), "-C", path(out.path())]);
    expect(&output, 4, "decryption failed");
    expect(&output, 4, ".z02.smime");
    assert!(files(out.path()).is_empty());
}

#[test]
fn a_key_in_a_token_opens_an_export() {
    let missing = ["softhsm2-util", "pkcs11-tool", "openssl"]
        .into_iter()
        .find(|tool| Command::new(tool).arg("--help").output().is_err());
    if let Some(tool) = missing {
        println!("SKIPPED: {tool} is not installed");
        return;
    }
    let out = tempfile::tempdir().unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/pkcs11/extract.sh");
    let mut folders = vec![Path::new(env!("CARGO_BIN_EXE_smimezip")).parent().unwrap().to_owned()];
    folders.extend(std::env::split_paths(&std::env::var_os("PATH").unwrap()));
    let output = Command::new(script)
        .arg(out.path())
        .env("PATH", std::env::join_paths(folders).unwrap())
        .env("XDG_STATE_HOME", common::STATE)
        .output()
        .unwrap();
    expect(&output, 0, "extracted 6 files");
    assert_eq!(files(out.path()).len(), 13);
}
