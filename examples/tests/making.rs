//! Every example that makes an export runs, and what it made is opened.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex};

use smimezip::{Archive, Export, KeyRing, Part};

fn data() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("data")
}

fn key() -> PathBuf {
    data().join("key.pem")
}

fn certificate() -> String {
    data().join("certificate.pem").display().to_string()
}

fn run(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// A folder with a text, and a file with data that no compression makes smaller.
fn tree() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let mut state = 1_u32;
    let noise: Vec<u8> = std::iter::repeat_with(|| {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state.to_le_bytes()[0]
    })
    .take(200_000)
    .collect();
    std::fs::write(folder.path().join("noise"), noise).unwrap();
    std::fs::write(folder.path().join("hello.txt"), "Hello").unwrap();
    folder
}

/// What is in the export in a folder, opened with the sample's key.
fn opened(outbox: &Path) -> Archive {
    Export::discover(outbox).unwrap().unlock(&KeyRing::from_file(key()).unwrap()).unwrap()
}

fn bytes_of(archive: &Archive, name: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    archive.by_name(name).unwrap().read_to_end(&mut bytes).unwrap();
    bytes
}

#[test]
fn seal_folder() {
    let (tree, outbox) = (tree(), tempfile::tempdir().unwrap());
    let [from, to] = [&tree, &outbox].map(|folder| folder.path().display().to_string());
    let said = run(env!("CARGO_BIN_EXE_seal-folder"), &[&from, &certificate(), &to]);
    assert!(said.contains(".zip.smime\n2 files, 200005 bytes"), "{said}");
    let archive = opened(outbox.path());
    for name in ["noise", "hello.txt"] {
        assert_eq!(bytes_of(&archive, name), std::fs::read(tree.path().join(name)).unwrap());
    }
}

#[test]
fn seal_rows() {
    let outbox = tempfile::tempdir().unwrap();
    let to = outbox.path().display().to_string();
    run(env!("CARGO_BIN_EXE_seal-rows"), &["10000", &certificate(), &to]);
    let rows = bytes_of(&opened(outbox.path()), "entities/customers.csv");
    let rows = String::from_utf8(rows).unwrap();
    assert!(rows.starts_with("id,name\n1,customer 1\n"), "{}", &rows[..40]);
    assert_eq!(rows.lines().count(), 10_001);
}

type Files = Arc<Mutex<BTreeMap<String, Vec<u8>>>>;

/// A server with as much of WebDAV as the example needs, and its files. It moves so many of them.
fn dav_server(moves: usize) -> (String, Files) {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let files = Files::default();
    let (shared, left) = (Arc::clone(&files), Arc::new(Mutex::new(moves)));
    std::thread::spawn(move || {
        for connection in listener.incoming() {
            let (files, left) = (Arc::clone(&shared), Arc::clone(&left));
            std::thread::spawn(move || answer(&connection.unwrap(), &files, &left));
        }
    });
    (address, files)
}

/// Answers one request. One that is broken off changes nothing.
fn answer(mut connection: &std::net::TcpStream, files: &Files, left: &Mutex<usize>) -> Option<()> {
    let mut request = BufReader::new(connection);
    let mut lines = request.by_ref().lines().map_while(Result::ok);
    let first = lines.next()?;
    let headers: Vec<String> = lines.take_while(|line| !line.is_empty()).collect();
    let (method, rest) = first.split_once(' ')?;
    let path = rest.split(' ').next()?.trim_start_matches('/').to_owned();
    let status = match method {
        "PUT" => {
            let mut body = Vec::new();
            loop {
                let mut size = String::new();
                request.read_line(&mut size).ok()?;
                let size = u64::from_str_radix(size.trim(), 16).ok()?;
                let mut chunk = Vec::new();
                request.by_ref().take(size + 2).read_to_end(&mut chunk).ok()?;
                if chunk.len() as u64 != size + 2 {
                    return None;
                } else if size == 0 {
                    break;
                }
                body.extend_from_slice(chunk.strip_suffix(b"\r\n")?);
            }
            files.lock().unwrap().insert(path, body);
            201
        }
        "DELETE" => files.lock().unwrap().remove(&path).map_or(404, |_| 204),
        "MOVE" if *left.lock().unwrap() == 0 => 507,
        "MOVE" => {
            *left.lock().unwrap() -= 1;
            let to = headers.iter().find_map(|line| line.strip_prefix("Destination: http://"))?;
            let to = to.split_once('/')?.1.to_owned();
            let body = files.lock().unwrap().remove(&path)?;
            files.lock().unwrap().insert(to, body);
            201
        }
        _ => 405,
    };
    write!(connection, "HTTP/1.1 {status} -\r\nContent-Length: 0\r\n\r\n").ok()
}

#[test]
fn upload_parts() {
    let tree = tree();
    let from = tree.path().display().to_string();
    let (host, files) = dav_server(usize::MAX);
    run(env!("CARGO_BIN_EXE_upload-parts"), &[&from, &certificate(), &host]);
    let parts = files.lock().unwrap().clone();
    assert_eq!(parts.len(), 4, "{:?}", parts.keys());
    let parts = parts.into_iter().map(|(name, bytes)| Part::new(name, bytes));
    let keys = KeyRing::from_file(key()).unwrap();
    let archive = Export::from_parts(parts).unwrap().unlock(&keys).unwrap();
    for name in ["noise", "hello.txt"] {
        assert_eq!(bytes_of(&archive, name), std::fs::read(tree.path().join(name)).unwrap());
    }

    // A server that is full after two of them has none afterwards.
    let (host, files) = dav_server(2);
    let output = Command::new(env!("CARGO_BIN_EXE_upload-parts"))
        .args([&from, &certificate(), &host])
        .output()
        .unwrap();
    assert!(String::from_utf8_lossy(&output.stderr).contains("507"), "{output:?}");
    assert_eq!(files.lock().unwrap().len(), 0);
}
