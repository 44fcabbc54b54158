//! Every example runs on the sample export.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

fn data() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("data")
}

fn part(kind: &str) -> String {
    let name = format!("export-2b710a2c-5d0e-4c53-9d0b-7f1f3a6c8e21.{kind}.smime");
    data().join(name).to_str().unwrap().to_owned()
}

fn key() -> String {
    data().join("key.pem").to_str().unwrap().to_owned()
}

fn run(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).stdin(Stdio::null()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// The first programs in the README are those in the folders, which the tests of each language
/// run.
#[test]
fn the_readme_has_the_first_programs() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = std::fs::read_to_string(root.join("../README.md")).unwrap();
    for (language, file) in [
        ("rust,no_run", "rust/first_program.rs"),
        ("c", "c/first_program.c"),
        ("cpp", "cpp/first_program.cpp"),
        ("java", "java/FirstProgram.java"),
    ] {
        let fence = format!("```{language}\n");
        let (_, block) = page.split_once(&fence).unwrap_or_else(|| panic!("no {language}"));
        let (block, _) = block.split_once("```").unwrap();
        assert_eq!(block, std::fs::read_to_string(root.join(file)).unwrap(), "{file}");
    }
    assert!(page.contains("\nsmimezip extract downloads --key key.pem -C out\n"));
}

/// A folder with the sample as `downloads` and its key, as the first programs want it.
fn first_folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("downloads")).unwrap();
    for kind in ["z01", "z02", "z03", "zip"] {
        let from = PathBuf::from(part(kind));
        let to = folder.path().join("downloads").join(from.file_name().unwrap());
        std::fs::copy(from, to).unwrap();
    }
    std::fs::copy(key(), folder.path().join("key.pem")).unwrap();
    folder
}

#[test]
fn first_program() {
    let folder = first_folder();
    let output = Command::new(env!("CARGO_BIN_EXE_first-program"))
        .current_dir(folder.path())
        .output()
        .unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stdout), "6 files, 407455 bytes\n");
    assert!(folder.path().join("out/entities/Customer-7f1f3a6c.json").exists());
}

#[test]
fn extract_with_progress() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let shown = run(
        env!("CARGO_BIN_EXE_extract-with-progress"),
        &[&part("z02"), &key(), out.to_str().unwrap()],
    );
    assert!(shown.contains("407455 of 407455 bytes"), "{shown}");
    assert!(shown.ends_with("6 files, 407455 bytes\n"), "{shown}");
    assert!(out.join("entities/Customer-7f1f3a6c.json").exists());
}

/// Stopped at any moment, it leaves the whole tree or nothing.
#[cfg(unix)]
#[test]
fn extraction_is_stopped_by_ctrl_c() {
    let mut stopped = 0;
    for wait in [5, 10, 20, 40, 80] {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("out");
        let mut child = Command::new(env!("CARGO_BIN_EXE_extract-with-progress"))
            .args([&part("z02"), &key(), out.to_str().unwrap()])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(std::time::Duration::from_millis(wait));
        let id = child.id().to_string();
        drop(Command::new("kill").args(["-INT", &id]).stderr(Stdio::null()).status());
        let succeeded = child.wait().unwrap().success();
        let files = out.join("entities/Customer-7f1f3a6c.json").exists();
        assert_eq!(succeeded, files, "after {wait} ms");
        if !succeeded {
            assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "after {wait} ms");
            stopped += 1;
        }
    }
    println!("{stopped} of 5 were stopped");
}

#[test]
fn filter_lines() {
    let (part, key) = (part("zip"), key());
    let arguments = [&*part, &key, "attachments/Übersicht, Größe.txt", "Export"];
    let shown = run(env!("CARGO_BIN_EXE_filter-lines"), &arguments);
    assert_eq!(shown, "Grüße aus dem Export\n1 lines\n");
}

#[test]
fn error_facts() {
    let program = env!("CARGO_BIN_EXE_error-facts");
    assert_eq!(run(program, &[&part("zip"), &key()]), "complete\n");
    let folder = tempfile::tempdir().unwrap();
    for kind in ["z01", "z03", "zip"] {
        let from = PathBuf::from(part(kind));
        std::fs::copy(&from, folder.path().join(from.file_name().unwrap())).unwrap();
    }
    let any = folder.path().to_str().unwrap();
    let missing = PathBuf::from(part("z02"));
    let name = missing.file_name().unwrap().to_str().unwrap();
    let shown = run(program, &[any, &key()]);
    assert_eq!(shown, format!("download {name}\ncode incomplete_set\n"));
    let other = "../crates/smimezip/tests/data/keys/other.key.pem";
    let other = Path::new(env!("CARGO_MANIFEST_DIR")).join(other);
    let shown = run(program, &[&part("zip"), other.to_str().unwrap()]);
    assert!(shown.starts_with("find the key of issuer CN=Export key 1"), "{shown}");
}

#[test]
fn pkcs12() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("key.p12");
    let made = Command::new("openssl")
        .args(["pkcs12", "-export", "-passout", "pass:x", "-inkey", &key(), "-in"])
        .arg(data().join("certificate.pem"))
        .arg("-out")
        .arg(&file)
        .status();
    if !made.is_ok_and(|status| status.success()) {
        println!("SKIPPED: openssl is not installed");
        return;
    }
    let open = |passphrase| {
        Command::new(env!("CARGO_BIN_EXE_pkcs12"))
            .args([&part("z01"), file.to_str().unwrap()])
            .env("PASSPHRASE", passphrase)
            .output()
            .unwrap()
    };
    let output = open("x");
    assert!(String::from_utf8_lossy(&output.stdout).ends_with("13 entries\n"), "{output:?}");
    let output = open("y");
    assert!(String::from_utf8_lossy(&output.stderr).contains("does not open"), "{output:?}");
}

/// Starts a server and returns it with the address that it prints.
fn serve(program: &str, arguments: &[&str]) -> (std::process::Child, String) {
    use std::io::{BufRead as _, BufReader};
    let mut child = Command::new(program).args(arguments).stdout(Stdio::piped()).spawn().unwrap();
    let mut address = String::new();
    BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut address).unwrap();
    (child, address.trim().to_owned())
}

#[test]
fn from_a_socket() {
    use std::io::Write as _;
    let folder = tempfile::tempdir().unwrap();
    let message = std::fs::read(part("zip")).unwrap();
    for (sent, expected) in [(message.len(), true), (message.len() / 2, false)] {
        let file = folder.path().join(sent.to_string());
        let arguments = [&*key(), file.to_str().unwrap()];
        let (mut child, address) = serve(env!("CARGO_BIN_EXE_from-a-socket"), &arguments);
        let mut connection = std::net::TcpStream::connect(address).unwrap();
        // The receiver may hang up when it has seen enough.
        drop(connection.write_all(&message[..sent]));
        drop(connection);
        assert_eq!(child.wait().unwrap().success(), expected);
        assert_eq!(file.exists(), expected);
    }
}

#[test]
fn in_tokio() {
    let name = "attachments/Übersicht, Größe.txt";
    let shown = run(env!("CARGO_BIN_EXE_in-tokio"), &[&part("z01"), &key(), name]);
    assert_eq!(shown, "Grüße aus dem Export\n");
}

#[test]
fn axum_service() {
    use std::io::{Read as _, Write as _};
    let (mut child, address) = serve(env!("CARGO_BIN_EXE_axum-service"), &[&key()]);
    let message = std::fs::read(part("zip")).unwrap();
    let post = |body: &[u8]| {
        let mut connection = std::net::TcpStream::connect(&address).unwrap();
        let length = body.len();
        write!(
            connection,
            "POST /decrypt HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n"
        )
        .unwrap();
        connection.write_all(body).unwrap();
        let mut answer = Vec::new();
        connection.read_to_end(&mut answer).unwrap();
        answer
    };
    let whole = post(&message);
    assert!(whole.starts_with(b"HTTP/1.1 200"));
    // The end of central directory record is within the last chunk.
    assert!(whole.windows(4).any(|it| it == b"PK\x05\x06"));
    assert!(post(&message[..message.len() / 2]).starts_with(b"HTTP/1.1 422"));
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn http_ranges() {
    let (address, asked) = range_server();
    let folder = format!("{address}/");
    let names = ["z01", "z02", "z03", "zip"]
        .map(|kind| PathBuf::from(part(kind)).file_name().unwrap().to_str().unwrap().to_owned());
    let key = key();
    let mut arguments = vec![&*folder, &*key];
    arguments.extend(names.iter().map(String::as_str));
    let shown = run(env!("CARGO_BIN_EXE_http-ranges"), &arguments);
    assert!(shown.contains("105382 entities/Customer-7f1f3a6c.json"), "{shown}");
    let requests: u64 = shown.lines().last().unwrap().split(' ').next().unwrap().parse().unwrap();
    assert!(requests <= 20, "{shown}");
    assert_eq!(asked.load(std::sync::atomic::Ordering::Relaxed), requests);
}

/// A web server of the sample that knows ranges, and counts.
fn range_server() -> (String, std::sync::Arc<std::sync::atomic::AtomicU64>) {
    use std::io::{BufRead as _, BufReader, Write as _};
    use std::sync::atomic::Ordering;
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let asked = std::sync::Arc::new(std::sync::atomic::AtomicU64::new(0));
    let counter = std::sync::Arc::clone(&asked);
    std::thread::spawn(move || {
        for connection in listener.incoming() {
            let mut connection = connection.unwrap();
            counter.fetch_add(1, Ordering::Relaxed);
            let lines: Vec<String> = BufReader::new(&connection)
                .lines()
                .map(Result::unwrap)
                .take_while(|line| !line.is_empty())
                .collect();
            let name = lines[0].split(' ').nth(1).unwrap().trim_start_matches('/');
            let bytes = std::fs::read(data().join(name)).unwrap();
            let range = lines.iter().find_map(|line| line.strip_prefix("Range: bytes="));
            let (status, body) = match range.and_then(|range| range.split_once('-')) {
                Some((first, last)) => {
                    let (first, last): (usize, usize) =
                        (first.parse().unwrap(), last.parse().unwrap());
                    ("206 Partial Content", &bytes[first..=last])
                }
                None => ("200 OK", &bytes[..]),
            };
            write!(connection, "HTTP/1.1 {status}\r\nContent-Length: {}\r\n\r\n", body.len())
                .unwrap();
            if !lines[0].starts_with("HEAD") {
                connection.write_all(body).unwrap();
            }
        }
    });
    (address, asked)
}

#[test]
fn one_entry() {
    let name = "attachments/Übersicht, Größe.txt";
    let shown = run(env!("CARGO_BIN_EXE_one-entry"), &[&part("z01"), &key(), name]);
    assert_eq!(shown, "Grüße aus dem Export\n");
}

#[test]
fn read_and_seek() {
    let shown = run(env!("CARGO_BIN_EXE_read-and-seek"), &[&part("zip"), &key()]);
    assert!(shown.contains("S/MIME, base64, AES-256-CBC"), "{shown}");
    assert!(shown.contains("for issuer CN=Export key 1"), "{shown}");
    // The end of central directory record.
    assert!(shown.contains("[50, 4b, 05, 06]"), "{shown}");
}

#[test]
fn parts_from_elsewhere() {
    let shown =
        run(env!("CARGO_BIN_EXE_parts-from-elsewhere"), &[data().to_str().unwrap(), &key()]);
    assert!(shown.contains("105382 entities/Customer-7f1f3a6c.json"), "{shown}");
    assert!(shown.contains("bytes served"), "{shown}");
}

#[test]
fn key_elsewhere() {
    if Command::new("openssl").arg("version").output().is_err() {
        println!("SKIPPED: openssl is not installed");
        return;
    }
    let output = Command::new(env!("CARGO_BIN_EXE_key-elsewhere"))
        .args([&part("zip"), "openssl", "pkeyutl", "-decrypt", "-inkey", &key()])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let end = output.stdout.len() - 22;
    assert!(output.stdout[end..].starts_with(b"PK\x05\x06"));
}

#[test]
fn from_a_pipe() {
    let message = std::fs::File::open(part("zip")).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_from-a-pipe"))
        .arg(key())
        .stdin(Stdio::from(message))
        .output()
        .unwrap();
    assert!(output.status.success());
    let end = output.stdout.len() - 22;
    // The end of central directory record.
    assert!(output.stdout[end..].starts_with(b"PK\x05\x06"));
}

#[test]
fn seal_a_stream() {
    let part = std::fs::File::open(part("zip")).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_seal-a-stream"))
        .arg(data().join("certificate.pem"))
        .stdin(Stdio::from(part))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    // What is inside is the part, itself sealed: opened twice, it is the end of an archive.
    let folder = tempfile::tempdir().unwrap();
    let mut message = output.stdout;
    for _ in 0..2 {
        let file = folder.path().join("message");
        std::fs::write(&file, &message).unwrap();
        let opened = Command::new(env!("CARGO_BIN_EXE_from-a-pipe"))
            .arg(key())
            .stdin(Stdio::from(std::fs::File::open(&file).unwrap()))
            .output()
            .unwrap();
        assert!(opened.status.success(), "{}", String::from_utf8_lossy(&opened.stderr));
        message = opened.stdout;
    }
    assert!(message[message.len() - 22..].starts_with(b"PK\x05\x06"));
}
