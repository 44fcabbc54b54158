//! What the program says of hostile and broken input: the documented code, one message, no panic;
//! in little memory and without a question.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::common;

use common::{NAME, STATE, archive_of, key, part, path, run, sample, test_keys, text};

fn data() -> PathBuf {
    test_keys().join("..")
}

/// Runs the program; it must end with this code and say one thing, with this in it.
#[track_caller]
fn refused(arguments: &[&str], code: i32, message: &str) {
    let output = run(arguments);
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{arguments:?}: {said}");
    assert!(said.contains(message), "{message:?} is not in {said:?}");
    let errors = said.lines().filter(|line| line.starts_with("error: ")).count();
    assert_eq!(errors, 1, "{said}");
    for trace in ["panicked", "RUST_BACKTRACE", "called `", "stack backtrace", ".rs:"] {
        assert!(!said.contains(trace), "{said}");
    }
    assert!(output.stdout.is_empty(), "{arguments:?} wrote {}", text(&output.stdout));
}

/// The codes that the README documents.
fn documented_codes() -> Vec<i32> {
    let readme = std::fs::read_to_string(sample().join("../../README.md")).unwrap();
    let table = readme.split("| exit code | meaning |").nth(1).unwrap();
    table
        .lines()
        .skip(2)
        .take_while(|line| line.starts_with('|'))
        .map(|line| line.split('|').nth(1).unwrap().trim().parse().unwrap())
        .collect()
}

#[test]
fn each_refusal_has_its_documented_code_and_one_message() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let (input, key, out) = (sample(), key(), path(&out).to_owned());
    let file = |name: &str, bytes: &[u8]| {
        let file = folder.path().join(name);
        std::fs::write(&file, bytes).unwrap();
        path(&file).to_owned()
    };
    let vector = |name: &str| path(&data().join("vectors").join(name)).to_owned();
    let keys = |name: &str| path(&test_keys().join(name)).to_owned();
    let extract = |what: &str, code: i32, message: &str| {
        refused(&["extract", what, "-k", &key, "-C", &out], code, message);
    };
    // 1: usage.
    refused(&["extract", path(&input), "-C", &out], 1, "a private key is needed");
    refused(&["extract", path(&input), "-k", &key, "-i", "[["], 1, "not a pattern");
    // 2: input and output.
    refused(&["decrypt", path(&input), "-k", &key, "-o", &out], 2, "not a regular file");
    extract(path(&folder.path().join("none.zip")), 2, "none.zip");
    refused(&["extract", path(&input), "-k", &key, "-C", "/proc/none/out"], 2, "/proc/none");
    // 3: not what is asked for.
    extract(&file("page.zip.smime", b"<html>expired</html>"), 3, "not an S/MIME or CMS message");
    extract(&file("noise.zip", &[0x5a; 5000]), 3, "");
    for (name, cipher) in [("refused-rc2", "RC2"), ("refused-des", "DES")] {
        refused(&["decrypt", &vector(name), "-k", &key, "-o", &out], 3, cipher);
    }
    refused(&["decrypt", &vector("refused-signed"), "-k", &key, "-o", &out], 3, "");
    // 4: keys.
    let wrong = keys("other.key.pem");
    refused(&["extract", path(&input), "-k", &wrong, "-C", &out], 4, "decryption failed");
    let certificate = keys("other.cert.pem");
    let pair = ["-k", &wrong, "--cert", &certificate, "-C", &out];
    refused(&[&["extract", path(&input)], &pair[..]].concat(), 4, "");
    let no_key = file("no.pem", b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n");
    refused(&["list", path(&input), "-k", &no_key], 4, "");
    // 5: damage.
    let whole = std::fs::read(part("zip")).unwrap();
    extract(&file("cut.zip.smime", &whole[..whole.len() - 700]), 5, "cut off");
    let mut damaged = archive_of(&["a", "b"]);
    damaged[30] = b'x';
    extract(&file("lie.zip", &damaged), 5, "differ in the name");
    // 6: sets.
    let lonely = file(&format!("{NAME}.z02.smime"), &std::fs::read(part("z02")).unwrap());
    extract(&lonely, 6, &format!("{NAME}.zip.smime"));
    // 7: refused.
    for name in ["../evil", "/evil", "a\\b", "nul", "a\u{1b}[31mred"] {
        extract(&file("names.zip", &archive_of(&[name])), 7, "");
    }
    extract(&file("pair.zip", &archive_of(&["a", "A"])), 7, "");
    let limited = ["-k", &key, "-C", &out, "--max-size", "1k"];
    refused(&[&["extract", path(&input)], &limited[..]].concat(), 7, "limit reached: total_size");
    std::fs::create_dir_all(Path::new(&out).join("entities/Customer-7f1f3a6c.json")).unwrap();
    extract(path(&input), 7, "already exists");
    std::fs::remove_dir_all(&out).unwrap();
    // 9: nothing of the name.
    refused(&["cat", path(&input), "no such entry", "-k", &key], 9, "no entry of that name");
    // 8 and 130 are tested where they can happen; each code is one of the table's.
    assert_eq!(documented_codes(), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 130]);
    // A name that could drive a terminal is shown without its power.
    let output = run(&["list", &file("names.zip", &archive_of(&["a\u{1b}[31mred"])), "-k", &key]);
    assert!(!text(&output.stderr).contains('\u{1b}') && !text(&output.stdout).contains('\u{1b}'));
}

/// An element with this tag and definite length.
fn tlv(tag: u8, contents: &[u8]) -> Vec<u8> {
    let mut out = vec![tag, 0x84];
    out.extend(u32::try_from(contents.len()).unwrap().to_be_bytes());
    out.extend(contents);
    out
}

const ENVELOPED_DATA: &[u8] = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x03";

/// The start of a ContentInfo and EnvelopedData of indefinite lengths, up to the recipients'
/// contents.
fn head() -> Vec<u8> {
    [b"\x30\x80", ENVELOPED_DATA, b"\xa0\x80\x30\x80\x02\x01\x00\x31\x80"].concat()
}

/// The program's exit code where it may have so many KiB of addresses.
fn within(kib: u64, arguments: &[&str]) -> Option<i32> {
    let output = Command::new("sh")
        .args(["-c", "ulimit -v \"$1\" && shift && exec \"$@\"", "sh", &kib.to_string()])
        .arg(env!("CARGO_BIN_EXE_smimezip"))
        .env("XDG_STATE_HOME", STATE)
        // For a backtrace Rust's standard library reads the program into memory; where there is
        // none it says so with a backtrace, and waits for the first one's lock for ever.
        .env("RUST_BACKTRACE", "0")
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    output.status.code()
}

/// The least that it needs for this, in KiB.
fn least(arguments: &[&str]) -> u64 {
    let (mut too_little, mut enough) = (0, 1 << 20);
    assert_eq!(within(enough, arguments), Some(0), "{arguments:?}");
    while enough - too_little > 64 {
        let middle = u64::midpoint(too_little, enough);
        if within(middle, arguments) == Some(0) { enough = middle } else { too_little = middle }
    }
    enough
}

/// Row C6: what is declared costs nothing, what is nested no stack, and what is repeated ends at a
/// limit.
#[test]
#[cfg_attr(windows, ignore = "there is no ulimit")]
fn c6_hostile_structures_take_little_memory() {
    let folder = tempfile::tempdir().unwrap();
    let recipient =
        tlv(0x30, &[&b"\x02\x01\x00"[..], &tlv(0x30, &[]), &tlv(4, &[7; 256])].concat());
    let mut content = head();
    // A recipient that is none, an algorithm that is none: the walk comes to the chunks all the
    // same or is refused before.
    content.extend(
        [&recipient[..], b"\0\0\x30\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01"].concat(),
    );
    content.extend(b"\x30\x1d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x01\x2a\x04\x10");
    content.extend([&[0; 16][..], b"\xa0\x80"].concat());
    let hostile = [
        ("a million levels", [head(), [0x30, 0x80].repeat(1_000_000)].concat()),
        (
            "a million levels in the content",
            [content.clone(), [0x24, 0x80].repeat(1_000_000)].concat(),
        ),
        ("a million empty chunks", [content, [0x04, 0x00].repeat(1_000_000)].concat()),
        ("a hundred thousand recipients", [head(), recipient.repeat(100_000)].concat()),
        (
            "a length of 2^63",
            [
                b"\x30\x88\x80\0\0\0\0\0\0\0",
                ENVELOPED_DATA,
                b"\xa0\x88\x7f\xff\xff\xff\xff\xff\xff\xff",
            ]
            .concat(),
        ),
        ("an endless header section", b"X-Filler: 0123456789\n".repeat(100_000)),
        ("endless white space", b" \n".repeat(2_000_000)),
    ];
    let (key, out) = (key(), path(&folder.path().join("out")).to_owned());
    let whole = path(&part("z01")).to_owned();
    let usual = [
        ("inspect", least(&["inspect", &whole])),
        ("decrypt", least(&["decrypt", &whole, "-k", &key, "-o", &out, "--overwrite", "always"])),
    ];
    std::fs::remove_file(&out).unwrap();
    for (what, bytes) in hostile {
        let file = folder.path().join("e.z01.smime");
        std::fs::write(&file, &bytes).unwrap();
        for (command, usual) in usual {
            let mut arguments = vec![command, path(&file)];
            if command == "decrypt" {
                arguments.extend(["-k", &key, "-o", &out]);
            }
            let code = within(usual + 8 * 1024, &arguments);
            println!("{command}, {what}: exit {code:?} within {usual} + 8192 KiB");
            let is_refused = code.is_some_and(|code| [3, 5, 7].contains(&code));
            // White space is no message, which `inspect` tells and does not mind.
            assert!(is_refused || what.contains("white space") && command == "inspect", "{what}");
            assert!(!Path::new(&out).exists());
        }
    }
}

#[cfg(target_os = "linux")]
#[test]
fn fewer_threads_than_asked_for_do_the_work() {
    use std::os::unix::fs::PermissionsExt as _;
    // Somebody else's threads are counted, as root's are not.
    const NOBODY: [&str; 5] = ["--reuid=65533", "--regid=65533", "--clear-groups", "--", "true"];
    let is_root = Command::new("setpriv").args(NOBODY).output();
    if !is_root.is_ok_and(|output| output.status.success()) {
        println!("SKIPPED: another user is needed, whom only root can become");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let open = |path: &Path| {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o777)).unwrap();
    };
    open(folder.path());
    let program = folder.path().join("smimezip");
    // By another process: one that a thread beside this one starts would have the copy open for
    // writing for a moment, and what is being written to cannot be run.
    let copied = Command::new("cp").arg(env!("CARGO_BIN_EXE_smimezip")).arg(&program).status();
    assert!(copied.unwrap().success());
    open(&program);
    for entry in std::fs::read_dir(sample()).unwrap() {
        let entry = entry.unwrap();
        if entry.path().extension().is_some_and(|it| it == "smime" || it == "pem") {
            std::fs::copy(entry.path(), folder.path().join(entry.file_name())).unwrap();
        }
    }
    // One listens to signals; then there is the caller's own, and perhaps one more or a few.
    for threads in [2, 3, 4, 6] {
        for command in ["verify", "extract -C out --overwrite always"] {
            // Not by `ulimit -u`, which Debian's `sh` does not know.
            let output = Command::new("setpriv")
                .args(&NOBODY[..4])
                .args(["prlimit", &format!("--nproc={threads}"), "./smimezip"])
                .args(command.split(' '))
                .args(["-j", "64", "-k", "key.pem", &format!("{NAME}.z01.smime")])
                .current_dir(folder.path())
                .env("XDG_STATE_HOME", folder.path())
                .output()
                .unwrap();
            let shown = String::from_utf8_lossy(&output.stderr);
            assert_eq!(output.status.code(), Some(0), "{threads}: {shown}");
            assert!(!shown.contains("panicked") && shown.contains("6 files"), "{shown}");
        }
    }
}
