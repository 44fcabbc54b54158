//! `smimezip encrypt`: what it makes is opened by `decrypt` and by the documented command, from a
//! file or a stream, and nothing is left if something is wrong.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use crate::common;

#[cfg(unix)]
use std::io::Write as _;
use std::path::PathBuf;
#[cfg(unix)]
use std::process::Stdio;
use std::process::{Command, Output};

use common::{expect, feed, files, json_lines, key, path, run, sample, smimezip, test_keys, text};

struct Place {
    _temporary: tempfile::TempDir,
    folder: PathBuf,
    file: String,
    content: Vec<u8>,
}

fn place() -> Place {
    let temporary = tempfile::tempdir().unwrap();
    let folder = temporary.path().to_owned();
    let file = path(&folder.join("a letter.txt")).to_owned();
    let content: Vec<u8> = (0..300_001_u32).flat_map(u32::to_le_bytes).collect();
    std::fs::write(&file, &content).unwrap();
    Place { _temporary: temporary, folder, file, content }
}

fn certificate() -> String {
    path(&sample().join("certificate.pem")).to_owned()
}

fn decrypt(file: &str, key: &str) -> Output {
    run(&["decrypt", file, "-k", key, "-o", "-"])
}

#[test]
fn a_file_is_encrypted_for_two_and_each_opens_it() {
    let place = place();
    let main = path(&test_keys().join("main.cert.pem")).to_owned();
    let mut command = smimezip();
    command.args(["encrypt", &place.file, "--to", &certificate(), "--to", &main]);
    let output = command.current_dir(&place.folder).output().unwrap();
    expect(&output, 0, "a letter.txt.smime: 1.5 MiB");
    let made = format!("{}.smime", place.file);
    for key in [key(), path(&test_keys().join("main.key.pem")).to_owned()] {
        let output = decrypt(&made, &key);
        expect(&output, 0, "");
        assert!(output.stdout == place.content);
    }
    if Command::new("openssl").arg("version").output().is_err() {
        println!("SKIPPED: openssl is not there");
        return;
    }
    let command = ["smime", "-decrypt", "-binary", "-inkey", &key(), "-in", &made];
    let openssl = Command::new("openssl").args(command).output().unwrap();
    assert!(openssl.status.success() && openssl.stdout == place.content);
}

#[test]
fn each_container_and_cipher_is_opened_from_a_file_and_from_a_stream() {
    let place = place();
    let to = certificate();
    for more in [
        &["--container", "mime"][..],
        &["--container", "mime-binary", "--authenticated"],
        &["--container", "pem", "--authenticated"],
        &["--container", "binary"],
    ] {
        let from_file = run(&[&["encrypt", &place.file, "--to", &to, "-o", "-"], more].concat());
        expect(&from_file, 0, "");
        let streamed = [&["encrypt", "-", "--to", &to], more].concat();
        let from_stream = feed(&streamed, &place.content);
        expect(&from_stream, 0, "");
        for message in [from_file.stdout, from_stream.stdout] {
            let opened = feed(&["decrypt", "-", "-k", &key()], &message);
            expect(&opened, 0, "");
            assert!(opened.stdout == place.content, "{more:?}");
        }
    }
}

#[test]
fn a_file_is_never_replaced_unless_asked() {
    let place = place();
    let out = path(&place.folder.join("out.p7m")).to_owned();
    std::fs::write(&out, "there before").unwrap();
    let to = certificate();
    let encrypt = ["encrypt", &place.file, "--to", &to, "-o", &out];
    expect(&run(&encrypt), 7, "another file by -o, or --overwrite always");
    assert_eq!(std::fs::read(&out).unwrap(), b"there before");
    let output = run(&[&encrypt[..], &["--overwrite", "always", "--json"]].concat());
    expect(&output, 0, "");
    let line = &json_lines(&output)[0];
    assert_eq!((&line["type"], &line["action"]), (&"file".into(), &"encrypted".into()));
    assert_eq!(line["bytes"], std::fs::metadata(&out).unwrap().len());
    assert!(decrypt(&out, &key()).stdout == place.content);
}

#[test]
fn what_is_wrong_is_said_and_leaves_nothing() {
    let place = place();
    let to = certificate();
    let before = files(&place.folder);
    let (out, nowhere) = (place.folder.join("out"), place.folder.join("nowhere"));
    let (folder, out) = (path(&place.folder), path(&out));
    let a_folder = if cfg!(windows) { "(os error 5)" } else { "directory" };
    for (arguments, code, said) in [
        (&["encrypt", path(&nowhere), "--to", &to, "-o", out][..], 2, "(os error 2)"),
        (&["encrypt", folder, "--to", &to], 1, "seal a whole export"),
        (&["encrypt", folder, "--to", &to, "-o", out], 2, a_folder),
        (&["encrypt", &place.file, "--to", &key(), "-o", out], 4, "--to takes the certificate"),
        (&["encrypt", &place.file, "--to", "", "-o", out], 1, "--to"),
        (&["encrypt", &place.file, "-o", out], 1, "--to"),
    ] {
        expect(&run(arguments), code, said);
        assert!(files(&place.folder) == before, "{arguments:?}");
    }
    let output = feed(&["encrypt", "-", "--to", &to, "-o", out], b"");
    expect(&output, 0, "out: ");
    assert_eq!(text(&decrypt(out, &key()).stdout), "");
}

/// Neither a link nor a folder is replaced, so nobody is told that it could be.
#[test]
fn what_is_never_replaced_is_said() {
    let place = place();
    let folder = place.folder.join("folder");
    std::fs::create_dir(&folder).unwrap();
    let to = certificate();
    let all = ["encrypt", &place.file, "--to", &to, "--overwrite", "always", "-o", path(&folder)];
    let output = run(&all);
    expect(&output, 7, "never replaced");
    assert!(!text(&output.stderr).contains("--overwrite"), "{}", text(&output.stderr));
}

#[cfg(unix)]
#[test]
fn f6_an_interrupt_while_a_pipe_is_silent() {
    use std::process::Stdio;

    let place = place();
    let (pipe, out) = (place.folder.join("pipe"), place.folder.join("out"));
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let mut child = smimezip()
        .args(["encrypt", path(&pipe), "--to", &certificate(), "-o", path(&out)])
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // Open, and nothing comes.
    let writer = std::fs::File::options().write(true).open(&pipe).unwrap();
    let is_staged = |name: std::io::Result<std::fs::DirEntry>| {
        name.unwrap().file_name().to_string_lossy().contains(".smimezip-")
    };
    while !std::fs::read_dir(&place.folder).unwrap().any(is_staged) {
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    let killed = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(killed.success());
    assert_eq!(child.wait().unwrap().code(), Some(130));
    drop(writer);
    std::fs::remove_file(&pipe).unwrap();
    assert_eq!(files(&place.folder).len(), 1);
}

#[test]
fn whoever_knows_the_password_opens_it() {
    let place = place();
    let (secret, out) = (place.folder.join("secret"), place.folder.join("out"));
    std::fs::write(&secret, "said on the telephone\n").unwrap();
    let (source, out) = (format!("file:{}", path(&secret)), path(&out).to_owned());
    let encrypt = ["encrypt", &place.file, "--password", &source, "-o", &out];
    expect(&run(&encrypt), 0, "out: ");
    expect(&run(&["decrypt", &out, "--password", "pass:guessed", "-o", "-"]), 4, "");
    if Command::new("openssl").arg("version").output().is_ok() {
        let command = ["cms", "-decrypt", "-binary", "-in", &out];
        let password = ["-pwri_password", "said on the telephone"];
        let openssl = Command::new("openssl").args(command).args(password).output().unwrap();
        assert!(openssl.status.success() && openssl.stdout == place.content);
    } else {
        println!("SKIPPED: openssl is not there");
    }
    let both = ["--to", &certificate(), "--overwrite", "always"];
    expect(&run(&[&encrypt[..], &both].concat()), 0, "out: ");
    let by_password = run(&["decrypt", &out, "--password", &source, "-o", "-"]);
    for opened in [by_password, decrypt(&out, &key())] {
        expect(&opened, 0, "");
        assert!(opened.stdout == place.content);
    }
}

#[test]
fn a_password_that_is_none_is_refused_and_not_shown() {
    let place = place();
    let out = path(&place.folder.join("out")).to_owned();
    for (file, source, said) in [
        (&*place.file, "hunter2", "--password takes a source"),
        (&place.file, "pass:", "an empty password"),
        ("-", "stdin", "standard input is the content"),
    ] {
        let output = run(&["encrypt", file, "--password", source, "-o", &out]);
        expect(&output, 1, said);
        assert!(!text(&output.stderr).contains("hunter2"));
        assert_eq!(files(&place.folder).len(), 1);
    }
}

#[test]
#[cfg(target_os = "linux")]
fn a_password_is_asked_for_twice() {
    let place = place();
    let out = path(&place.folder.join("out")).to_owned();
    let program = env!("CARGO_BIN_EXE_smimezip");
    let command = format!("'{program}' encrypt '{}' --password prompt -o '{out}'", place.file);
    let typed = |lines: &str| {
        // A terminal whose input is ours.
        let mut terminal = Command::new("script");
        terminal.args(["-qec", &command, "/dev/null"]).env("XDG_STATE_HOME", common::STATE);
        let mut child = terminal.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(lines.as_bytes()).unwrap();
        child.wait_with_output().unwrap()
    };
    let output = typed("one\nanother\n");
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stdout));
    assert!(text(&output.stdout).contains("the two passwords are not the same"));
    assert_eq!(files(&place.folder).len(), 1);
    assert_eq!(typed("one\none\n").status.code(), Some(0));
    expect(&run(&["decrypt", &out, "--password", "pass:one", "-o", "-"]), 0, "");
}
