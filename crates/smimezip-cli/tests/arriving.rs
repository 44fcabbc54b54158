//! `smimezip extract --watch` beside a downloader: each export is extracted once, when all of it is
//! there, and nothing of it before. What arrives takes its time, so the file's name is one that is
//! begun early, while other tests need the processor.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use crate::common;

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use common::{NAME, archive_of, expect, files, key, part, path, run, smimezip, test_keys};
use serde_json::Value;

const KINDS: [&str; 4] = ["z01", "z02", "z03", "zip"];
/// How long a test waits for what must come. A look is every 2 seconds.
const PATIENCE: Duration = Duration::from_secs(120);

/// The program, and the lines that it prints.
struct Watcher {
    child: Child,
    lines: Receiver<Value>,
}

impl Watcher {
    fn new(arguments: &[&str]) -> Self {
        let mut child = smimezip()
            .args([&["extract", "--watch", "--json"], arguments].concat())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        let (sender, lines) = channel();
        std::thread::spawn(move || {
            for line in stdout.lines() {
                let line = serde_json::from_str(&line.unwrap()).unwrap();
                if sender.send(line).is_err() {
                    return;
                }
            }
        });
        Self { child, lines }
    }

    /// The next line.
    fn next(&self) -> Value {
        self.lines.recv_timeout(PATIENCE).expect("nothing comes")
    }

    /// Stops it by this signal; how it ended, and its last lines.
    fn stop(mut self, signal: &str) -> (ExitStatus, Vec<Value>) {
        let kill = Command::new("kill").args([signal, &self.child.id().to_string()]).status();
        assert!(kill.unwrap().success());
        let status = self.child.wait().unwrap();
        (status, self.lines.iter().collect())
    }
}

/// How a program writes what it downloads.
#[derive(Clone, Copy)]
enum Style {
    /// `NAME.crdownload`, renamed at the end.
    Chrome,
    /// `NAME`, empty, and beside it `NAME.part`, renamed at the end.
    Firefox,
    /// `NAME`.
    Wget,
}

/// Downloads a part slowly; of a program that is killed only the first half.
fn download(folder: &Path, stem: &str, kind: &str, style: Style, is_killed: bool) {
    let bytes = std::fs::read(part(kind)).unwrap();
    let name = folder.join(format!("{stem}.{kind}.smime"));
    let named = |suffix: &str| folder.join(format!("{stem}.{kind}.smime{suffix}"));
    let unfinished = match style {
        Style::Chrome => named(".crdownload"),
        Style::Firefox => {
            File::create(&name).unwrap();
            named(".part")
        }
        Style::Wget => name.clone(),
    };
    let mut file = File::create(&unfinished).unwrap();
    let chunks: Vec<&[u8]> = bytes.chunks(bytes.len() / 8 + 1).collect();
    let count = if is_killed { chunks.len() / 2 } else { chunks.len() };
    for chunk in &chunks[..count] {
        file.write_all(chunk).unwrap();
        std::thread::sleep(Duration::from_millis(150));
    }
    if !is_killed && unfinished != name {
        std::fs::rename(&unfinished, &name).unwrap();
    }
}

fn put(folder: &Path, stem: &str, kinds: &[&str]) {
    for kind in kinds {
        std::fs::copy(part(kind), folder.join(format!("{stem}.{kind}.smime"))).unwrap();
    }
}

/// The tree of the sample.
fn tree() -> BTreeMap<String, Vec<u8>> {
    let out = tempfile::tempdir().unwrap();
    let (sample, key) = (common::sample(), key());
    let output = run(&["extract", path(&sample), "-k", &key, "-C", path(out.path())]);
    expect(&output, 0, "extracted 6 files");
    files(out.path())
}

/// Each waits more than it works: all of them at once.
#[test]
fn what_arrives_is_extracted() {
    std::thread::scope(|scope| {
        for scenario in [
            each_export_is_extracted_once_when_all_of_it_is_there,
            what_fails_is_said_once_and_tried_again_when_it_changes,
            what_failed_is_said_again_by_the_next_run,
            it_ends_by_itself_when_its_time_is_over,
            what_curl_and_wget_download_is_extracted,
            an_export_without_its_key_is_said_once,
        ] {
            scope.spawn(scenario);
        }
    });
}

fn each_export_is_extracted_once_when_all_of_it_is_there() {
    let (folder, out, whole) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap(), tree());
    let (folder, key) = (folder.path(), key());
    let watcher = Watcher::new(&[path(folder), "-k", &key, "-C", path(out.path())]);
    let is_over = AtomicBool::new(false);
    let of_set = |line: &Value| line["export"].as_str().unwrap_or_default().to_owned();
    std::thread::scope(|scope| {
        for (stem, style) in [("a", Style::Chrome), ("b", Style::Firefox), ("c", Style::Wget)] {
            scope.spawn(move || {
                for kind in KINDS {
                    download(folder, stem, kind, style, false);
                }
            });
        }
        // The last part is there first, and the program is killed in one of the others.
        for (stem, style) in [("d", Style::Chrome), ("e", Style::Firefox), ("f", Style::Wget)] {
            scope.spawn(move || {
                put(folder, stem, &["zip", "z03", "z01"]);
                download(folder, stem, "z02", style, true);
                std::thread::sleep(Duration::from_secs(12));
                download(folder, stem, "z02", style, false);
            });
        }
        // Whatever is seen is as it will be.
        scope.spawn(|| {
            while !is_over.load(Ordering::Relaxed) {
                let mut found = files(out.path());
                // What is not yet published is in a folder of its own.
                found.retain(|name, _| !name.contains(".smimezip-"));
                for (name, bytes) in found {
                    let Some((_, name)) = name.split_once('/') else { continue };
                    assert!(whole.get(name) == Some(&bytes), "{name} is there in part");
                }
                std::thread::sleep(Duration::from_millis(5));
            }
        });
        let mut extracted = Vec::new();
        let mut errors = Vec::new();
        while extracted.len() < 6 {
            let line = watcher.next();
            match line["type"].as_str().unwrap() {
                "summary" => {
                    assert_eq!(line["action"], "extracted");
                    extracted.push(of_set(&line));
                }
                "error" => errors.push(line),
                _ => panic!("{line}"),
            }
        }
        extracted.sort();
        assert_eq!(extracted, ["a", "b", "c", "d", "e", "f"]);
        // Nothing shows that a part which has its name is to grow, if nothing does it for long.
        assert!(errors.len() <= 1, "{errors:?}");
        assert!(errors.iter().all(|it| it["part"] == "f.z02.smime"), "{errors:?}");
        let (status, lines) = watcher.stop("-INT");
        is_over.store(true, Ordering::Relaxed);
        assert!(status.success(), "{status}");
        assert_eq!(lines.len(), 1, "{lines:?}");
        assert_eq!((&lines[0]["exports"], &lines[0]["extracted"]), (&6.into(), &6.into()));
    });
    for stem in ["a", "b", "c", "d", "e", "f"] {
        assert!(files(&out.path().join(stem)) == whole, "{stem}");
    }
}

/// A whole export, one that lacks a part, and three that cannot be extracted.
fn put_broken(folder: &Path, out: &Path) {
    let at = |name: &str| folder.join(name);
    put(folder, "a", &KINDS);
    put(folder, "incomplete", &["z01", "z03", "zip"]);
    put(folder, "damaged", &KINDS);
    std::fs::write(at("damaged.z03.smime"), "<html>").unwrap();
    std::fs::write(at("unsafe.zip"), archive_of(&["a:b"])).unwrap();
    std::fs::write(at("taken.zip"), archive_of(&["x"])).unwrap();
    std::fs::create_dir(out.join("taken")).unwrap();
    std::fs::write(out.join("taken/x"), "mine").unwrap();
}

/// What the next lines say, in the order of the alphabet.
fn take(watcher: &Watcher, count: usize) -> Vec<String> {
    let lines = (0..count).map(|_| watcher.next());
    let said = |line: Value| {
        let what = if line["type"] == "error" { &line["code"] } else { &line["action"] };
        let of = line["export"].as_str().or(line["part"].as_str()).unwrap_or_default();
        format!("{} {of}", what.as_str().unwrap())
    };
    let mut said: Vec<String> = lines.map(said).collect();
    said.sort();
    said
}

fn what_failed_is_said_again_by_the_next_run() {
    let (folder, out) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (folder, out, key) = (folder.path(), out.path(), key());
    put_broken(folder, out);
    let arguments = [path(folder), "-k", &key, "-C", path(out)];
    let watcher = Watcher::new(&arguments);
    let first = take(&watcher, 4);
    assert_eq!(first[1], "extracted a", "{first:?}");
    let (status, lines) = watcher.stop("-KILL");
    assert!(!status.success() && lines.is_empty(), "{lines:?}");
    let watcher = Watcher::new(&arguments);
    let second = take(&watcher, 4);
    assert_eq!(second[0], "already complete a", "{second:?}");
    assert_eq!(second[1..], [&first[..1], &first[2..]].concat());
    put(folder, "damaged", &["z03"]);
    assert_eq!(take(&watcher, 1), ["extracted damaged"]);
    let (status, lines) = watcher.stop("-TERM");
    assert_eq!((status.code(), lines.len()), (Some(8), 1), "{lines:?}");
    assert_eq!((&lines[0]["extracted"], &lines[0]["already_complete"]), (&1.into(), &1.into()));
}

fn what_fails_is_said_once_and_tried_again_when_it_changes() {
    let (folder, out) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (folder, out, key) = (folder.path(), out.path(), key());
    put_broken(folder, out);
    let watcher = Watcher::new(&[path(folder), "-k", &key, "-C", path(out)]);
    let first = take(&watcher, 4);
    assert_eq!(first[1], "extracted a", "{first:?}");
    assert!(first[2].contains("damaged.z03.smime"), "{first:?}");
    assert!(first[3].starts_with("unsafe_name") && first[0].starts_with("exists"), "{first:?}");
    // Three more looks have nothing to say. What changes is tried again.
    std::thread::sleep(Duration::from_secs(7));
    put(folder, "damaged", &["z03"]);
    put(folder, "incomplete", &["z02"]);
    assert_eq!(take(&watcher, 2), ["extracted damaged", "extracted incomplete"]);
    put(folder, "begun", &["z01"]);
    std::thread::sleep(Duration::from_secs(5));
    let (status, lines) = watcher.stop("-TERM");
    assert_eq!((status.code(), lines.len()), (Some(8), 1), "{lines:?}");
    let closing = &lines[0];
    assert_eq!((&closing["exports"], &closing["already_complete"]), (&6.into(), &0.into()));
    assert_eq!((&closing["extracted"], &closing["waiting"][0]), (&3.into(), &"begun".into()));
    assert_eq!(closing["failed"].as_array().unwrap().len(), 2);
    assert_eq!(std::fs::read(out.join("taken/x")).unwrap(), b"mine");
    for stem in ["unsafe", "begun"] {
        assert!(!out.join(stem).exists(), "{stem}");
    }
}

/// Two downloaders that others wrote, the first of which is killed and started again.
fn what_curl_and_wget_download_is_extracted() {
    let is_there = |tool: &str| Command::new(tool).arg("--version").output().is_ok();
    if !["python3", "curl", "wget"].into_iter().all(is_there) {
        println!("SKIPPED: python3, curl or wget is not installed");
        return;
    }
    let (folder, out, whole) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap(), tree());
    let (site, key) = (tempfile::tempdir().unwrap(), key());
    put(site.path(), "curl", &KINDS);
    put(site.path(), "wget", &KINDS);
    let mut server = Command::new("python3")
        .args(["-u", "-m", "http.server", "0", "--bind", "127.0.0.1"])
        .current_dir(site.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut first = String::new();
    BufReader::new(server.stdout.take().unwrap()).read_line(&mut first).unwrap();
    let port = first.split_whitespace().nth(5).unwrap();
    let urls = |stem: &str| {
        KINDS.map(|kind| format!("http://127.0.0.1:{port}/{stem}.{kind}.smime")).to_vec()
    };
    let start = |program: &str, arguments: &[&str], urls: Vec<String>| {
        let mut command = Command::new(program);
        command.args(arguments).args(urls).current_dir(folder.path());
        command.env("no_proxy", "127.0.0.1").spawn().unwrap()
    };
    let watcher = Watcher::new(&[path(folder.path()), "-k", &key, "-C", path(out.path())]);
    let curl = ["-s", "--noproxy", "*", "--limit-rate", "60K", "--remote-name-all"];
    let mut downloading = start("curl", &curl, urls("curl"));
    let mut wget = start("wget", &["-q", "--limit-rate=60k"], urls("wget"));
    std::thread::sleep(Duration::from_secs(3));
    downloading.kill().unwrap();
    downloading.wait().unwrap();
    std::thread::sleep(Duration::from_secs(5));
    let mut curl = start("curl", &curl, urls("curl"));
    let mut extracted: Vec<String> = (0..2)
        .map(|_| {
            let line = watcher.next();
            assert_eq!(line["action"], "extracted", "{line}");
            line["export"].as_str().unwrap().to_owned()
        })
        .collect();
    extracted.sort();
    assert_eq!(extracted, ["curl", "wget"]);
    assert!(curl.wait().unwrap().success() && wget.wait().unwrap().success());
    std::thread::sleep(Duration::from_secs(5));
    let (status, lines) = watcher.stop("-TERM");
    assert!(status.success() && lines.len() == 1, "{lines:?}");
    server.kill().unwrap();
    server.wait().unwrap();
    for stem in extracted {
        assert!(files(&out.path().join(&stem)) == whole, "{stem}");
    }
}

fn an_export_without_its_key_is_said_once() {
    let (folder, out) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    put(folder.path(), NAME, &KINDS);
    let other = path(&test_keys().join("other.key.pem")).to_owned();
    let watcher = Watcher::new(&[path(folder.path()), "-k", &other, "-C", path(out.path())]);
    assert_eq!(watcher.next()["exit_code"], 4);
    std::thread::sleep(Duration::from_secs(5));
    let (status, lines) = watcher.stop("-INT");
    assert_eq!((status.code(), lines.len()), (Some(8), 1), "{lines:?}");
    assert_eq!(lines[0]["failed"][0]["why"], "not decrypted");
    assert!(files(out.path()).is_empty());
}

fn it_ends_by_itself_when_its_time_is_over() {
    let (folder, out) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    put(folder.path(), NAME, &KINDS);
    let timed = ["extract", path(folder.path()), "--watch", "--for", "15s", "-k", &key()];
    let output = run(&[&timed[..], &["-C", path(out.path())]].concat());
    expect(&output, 0, "1 export: 1 extracted; below");
    expect(&run(&["extract", path(folder.path()), "--for", "5s"]), 1, "--watch");
    // Nothing came.
    let empty = tempfile::tempdir().unwrap();
    let watcher = Watcher::new(&[path(empty.path()), "-C", path(out.path())]);
    std::thread::sleep(Duration::from_secs(3));
    let (status, lines) = watcher.stop("-INT");
    assert!(status.success() && lines[0]["exports"] == 0, "{lines:?}");
    let file = path(&folder.path().join(format!("{NAME}.zip.smime"))).to_owned();
    expect(&run(&["extract", &file, "--watch"]), 1, "--watch takes folders");
    expect(&run(&["extract", path(empty.path()), "--watch", "-n"]), 1, "cannot be used with");
    let none = path(&empty.path().join("none")).to_owned();
    expect(&run(&["extract", &none, "--watch"]), 2, "none");
}
