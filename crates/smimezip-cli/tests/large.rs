//! Size and memory: members beyond 4 GiB, messages beyond 2 GiB, resident memory under 64 MiB. The
//! large ones are ignored, as they take minutes and tens of gigabytes of disk:
//!
//! ```text
//! cargo test --release -p smimezip-cli --test large -- --ignored --nocapture --test-threads 1
//! ```
//!
//! The small twins run always. They need openssl and zip, and say so where those are missing.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use std::fs::File;
use std::io::{BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

/// Most resident memory, in KiB.
const MOST: u64 = 64 * 1024;

fn sample() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/data")
}

/// Lines that compress, or noise that does not; the same for the same seed.
struct Contents {
    state: u64,
    left: u64,
    text: bool,
}

impl Read for Contents {
    fn read(&mut self, buf: &mut [u8]) -> std::io::Result<usize> {
        let mut done = 0;
        while done < buf.len() && self.left > 0 {
            self.state ^= self.state << 13;
            self.state ^= self.state >> 7;
            self.state ^= self.state << 17;
            let line = if self.text {
                format!("{{\"id\":\"{:08x}\",\"state\":\"closed\"}}\n", self.state >> 32)
                    .into_bytes()
            } else {
                self.state.to_le_bytes().to_vec()
            };
            let most = usize::try_from(self.left).unwrap_or(usize::MAX);
            let count = line.len().min(buf.len() - done).min(most);
            buf[done..done + count].copy_from_slice(&line[..count]);
            done += count;
            self.left -= count as u64;
        }
        Ok(done)
    }
}

fn member(number: u64) -> String {
    format!("member-{number}")
}

fn contents(size: u64, text: bool) -> Contents {
    Contents { state: 0x1234_5678_9abc_def1, left: size, text }
}

fn same_contents(path: &Path, mut expected: Contents) -> bool {
    let mut file = File::open(path).unwrap();
    let (mut left, mut right) = (vec![0; 1 << 20], vec![0; 1 << 20]);
    loop {
        let count = file.read(&mut left).unwrap();
        if count == 0 {
            return expected.left == 0;
        }
        // The generator's chunks depend on where they are cut, so they are cut alike.
        if expected.read_exact(&mut right[..count]).is_err() || left[..count] != right[..count] {
            return false;
        }
    }
}

fn tools() -> bool {
    let found = ["openssl", "zip"].iter().all(|program| {
        Command::new(program).arg("-h").stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok()
    });
    if !found {
        let why = "
SKIPPED: tests of size and memory need openssl and zip
";
        std::io::stderr().write_all(why.as_bytes()).unwrap();
    }
    found
}

fn run(folder: &Path, program: &str, arguments: &[&str]) {
    let status = Command::new(program).args(arguments).current_dir(folder).status().unwrap();
    assert!(status.success(), "{program} {arguments:?}");
}

/// Zips members into parts and seals each; the folder then holds the sealed parts only.
fn export(folder: &Path, members: u64, size: u64, text: bool, zip: &[&str], seal: &[&str]) {
    let names: Vec<String> = (0..members).map(member).collect();
    for name in &names {
        let file = File::create(folder.join(name)).unwrap();
        let mut file = BufWriter::with_capacity(1 << 20, file);
        std::io::copy(&mut contents(size, text), &mut file).unwrap();
        file.flush().unwrap();
    }
    let mut all = vec!["-q"];
    all.extend(zip);
    all.push("e.zip");
    all.extend(names.iter().map(String::as_str));
    run(folder, "zip", &all);
    for name in &names {
        std::fs::remove_file(folder.join(name)).unwrap();
    }
    let parts: Vec<_> = std::fs::read_dir(folder).unwrap().map(|it| it.unwrap().path()).collect();
    for part in parts {
        let name = part.file_name().unwrap().to_str().unwrap().to_owned();
        let sealed = format!("{name}.smime");
        let mut all =
            vec!["smime", "-encrypt", "-binary", "-aes256", "-in", &name, "-out", &sealed];
        all.extend(seal);
        let certificate = sample().join("certificate.pem").canonicalize().unwrap();
        all.push(certificate.to_str().unwrap());
        run(folder, "openssl", &all);
        std::fs::remove_file(part).unwrap();
    }
}

/// Runs the program; its highest resident memory in KiB. Panics unless it succeeds.
fn peak(arguments: &[&str]) -> u64 {
    peak_of(arguments, Stdio::null())
}

/// As `peak`, with that on its standard input.
fn peak_of(arguments: &[&str], input: Stdio) -> u64 {
    let mut child = Command::new(env!("CARGO_BIN_EXE_smimezip"))
        .env("XDG_STATE_HOME", concat!(env!("CARGO_TARGET_TMPDIR"), "/state"))
        .args(arguments)
        .stdin(input)
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let status_file = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    let status = loop {
        if let Ok(text) = std::fs::read_to_string(&status_file)
            && let Some(line) = text.lines().find(|line| line.starts_with("VmHWM"))
        {
            let kib = line.split_whitespace().nth(1).unwrap().parse().unwrap();
            peak = std::cmp::max(peak, kib);
        }
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        std::thread::sleep(Duration::from_millis(2));
    };
    assert!(status.success(), "{arguments:?}");
    println!("{:10} KiB at most: {}", peak, arguments[0]);
    assert!((1..=MOST).contains(&peak), "{peak} KiB for {arguments:?}");
    peak
}

fn check(folder: &Path, members: u64, size: u64, text: bool) {
    let key = sample().join("key.pem");
    let input = folder.to_str().unwrap();
    let out = folder.join("out");
    let keys = ["-k", key.to_str().unwrap(), "-q"];
    peak(&[&["list", input], &keys[..]].concat());
    peak(&[&["inspect", input], &keys[..]].concat());
    for threads in [&[][..], &["-j16"], &["-j64"]] {
        peak(&[&["verify", input], &keys[..], threads].concat());
    }
    peak(&[&["extract", input, "-C", out.to_str().unwrap()], &keys[..]].concat());
    for number in 0..members {
        assert!(same_contents(&out.join(member(number)), contents(size, text)));
    }
    std::fs::remove_dir_all(&out).unwrap();
    if members > 1 {
        // As many threads as there may be, each with its buffers, and those that help them.
        let extract = ["extract", input, "-C", out.to_str().unwrap(), "--no-sync", "-j64"];
        peak(&[&extract[..], &keys[..]].concat());
        std::fs::remove_dir_all(&out).unwrap();
    }
    peak(&[&["cat", input, &member(0)], &keys[..]].concat());
    let last = folder.join("e.zip.smime");
    let plain = folder.join("plain");
    peak(
        &[&["decrypt", last.to_str().unwrap(), "-o", plain.to_str().unwrap()], &keys[..]].concat(),
    );
}

/// Seals one message by `openssl cms` and decrypts it, from its file and from a pipe.
fn check_message(size: u64, options: &[&str], key: &Path) {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let folder = folder.path();
    let member = folder.join("member");
    let mut file = BufWriter::with_capacity(1 << 20, File::create(&member).unwrap());
    std::io::copy(&mut contents(size, false), &mut file).unwrap();
    file.flush().unwrap();
    let mut all = vec!["cms", "-encrypt", "-binary", "-stream", "-in", "member", "-out", "sealed"];
    all.extend(options);
    run(folder, "openssl", &all);
    std::fs::remove_file(member).unwrap();
    let [sealed, plain] = ["sealed", "plain"].map(|name| folder.join(name));
    let (out, key) = (plain.to_str().unwrap(), key.to_str().unwrap());
    peak(&["decrypt", sealed.to_str().unwrap(), "-o", out, "-k", key, "-q"]);
    assert!(same_contents(&plain, contents(size, false)));
    std::fs::remove_file(&plain).unwrap();
    let mut cat = Command::new("cat").arg(&sealed).stdout(Stdio::piped()).spawn().unwrap();
    let pipe = cat.stdout.take().unwrap();
    peak_of(&["decrypt", "-", "-o", out, "-k", key, "-q"], pipe.into());
    assert!(cat.wait().unwrap().success());
    assert!(same_contents(&plain, contents(size, false)));
    // What others say of it, for the report of the large ones.
    let openssl = Command::new("openssl")
        .args(["cms", "-decrypt", "-binary", "-in", "sealed", "-out", "/dev/null", "-inkey", key])
        .args(
            options
                .windows(2)
                .find(|it| it[0] == "-outform")
                .map_or(&[][..], |it| if it[1] == "DER" { &["-inform", "DER"] } else { &[] }),
        )
        .current_dir(folder)
        .output()
        .unwrap();
    let message = String::from_utf8_lossy(&openssl.stderr);
    println!("openssl cms -decrypt: {}: {message}", openssl.status);
}

fn test_data() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../smimezip/tests/data").canonicalize().unwrap()
}

/// One authenticated message for an RSA key, and one in CBC for an elliptic curve.
fn check_both_kinds(size: u64) {
    let keys = test_data();
    let certificate = keys.join("keys/main.cert.pem");
    let options = ["-aes-256-gcm", "-outform", "DER", "-recip", certificate.to_str().unwrap()];
    check_message(size, &options, &keys.join("keys/main.key.pem"));
    let certificate = keys.join("envelopes/keys/p384.cert.pem");
    let options = ["-aes-256-cbc", "-recip", certificate.to_str().unwrap()];
    check_message(size, &options, &keys.join("envelopes/keys/p384.key.pem"));
}

#[test]
fn a_twin_of_the_large_messages_of_other_kinds() {
    if tools() {
        check_both_kinds(30_000_000);
    }
}

#[test]
#[ignore = "takes minutes and 10 GB of disk; run by hand (CONTRIBUTING.md), its twin always"]
fn f5_messages_of_3_gb_of_other_kinds() {
    check_both_kinds(3_000_000_000);
}

#[test]
fn a_twin_of_the_large_set() {
    if tools() {
        let folder = tempfile::tempdir().unwrap();
        // Zip64 records and many parts, as in the large one.
        export(folder.path(), 1, 30_000_000, true, &["-fz", "-s", "1m"], &[]);
        check(folder.path(), 1, 30_000_000, true);
    }
}

#[test]
fn a_twin_of_the_large_message() {
    if tools() {
        let folder = tempfile::tempdir().unwrap();
        export(folder.path(), 1, 100_000_000, false, &["-0"], &["-stream"]);
        check(folder.path(), 1, 100_000_000, false);
    }
}

#[test]
fn s3_a_thousand_parts_with_64_open_files() {
    if !tools() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let member = folder.path().join("member");
    let mut file = BufWriter::with_capacity(1 << 20, File::create(&member).unwrap());
    std::io::copy(&mut contents(66_000_000, false), &mut file).unwrap();
    file.flush().unwrap();
    run(folder.path(), "zip", &["-q", "-0", "-s", "64k", "e.zip", "member"]);
    std::fs::remove_file(&member).unwrap();
    assert!(std::fs::read_dir(folder.path()).unwrap().count() > 1000);
    let key = sample().join("key.pem").canonicalize().unwrap();
    let script = format!(
        "ulimit -n 64; exec {} verify e.zip --no-history -q -k {}",
        env!("CARGO_BIN_EXE_smimezip"),
        key.display()
    );
    run(folder.path(), "sh", &["-c", &script]);
}

#[test]
fn a_twin_of_the_large_set_of_many_members() {
    if tools() {
        let folder = tempfile::tempdir().unwrap();
        export(folder.path(), 70, 1_200_000, true, &["-1", "-s", "4m"], &[]);
        check(folder.path(), 70, 1_200_000, true);
    }
}

#[test]
#[ignore = "takes minutes and 35 GB of disk; run by hand (CONTRIBUTING.md), its twin always"]
fn f5_80_members_of_128_mib_in_512_mib_parts() {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let size = 128 * 1024 * 1024 + 1;
    export(folder.path(), 80, size, false, &["-0", "-s", "512m"], &[]);
    check(folder.path(), 80, size, false);
}

#[test]
#[ignore = "takes minutes and 25 GB of disk; run by hand (CONTRIBUTING.md), its twin always"]
fn f5_a_5_gib_member_in_1_gib_parts() {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let size = 5 * 1024 * 1024 * 1024 + 12_345;
    export(folder.path(), 1, size, false, &["-0", "-s", "1g"], &[]);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 6);
    check(folder.path(), 1, size, false);
}

#[test]
#[ignore = "takes minutes and 15 GB of disk; run by hand (CONTRIBUTING.md), its twin always"]
fn f5_a_lone_message_of_3_gb() {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    export(folder.path(), 1, 3_000_000_000, false, &["-0"], &["-stream"]);
    check(folder.path(), 1, 3_000_000_000, false);
    let key = sample().join("key.pem").canonicalize().unwrap();
    let openssl = Command::new("openssl")
        .args(["smime", "-decrypt", "-binary", "-in", "e.zip.smime", "-out", "/dev/null", "-inkey"])
        .arg(key)
        .current_dir(folder.path())
        .output()
        .unwrap();
    let message = String::from_utf8_lossy(&openssl.stderr);
    println!("openssl smime -decrypt: {}: {message}", openssl.status);
}
