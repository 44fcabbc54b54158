//! The history: what is kept of runs, what is not, and how it is listed, repeated and cleared.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use crate::common;

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Output;

use common::{
    NAME, archive_of, copy_of_sample, expect, files, json_lines, key, part, path, sample, smimezip,
    text,
};
use serde_json::{Value, json};

/// A user with a state folder of their own, and a folder to work in.
struct User(tempfile::TempDir);

impl User {
    fn new() -> Self {
        let home = tempfile::tempdir().unwrap();
        std::fs::create_dir(home.path().join("work")).unwrap();
        Self(home)
    }

    fn at(&self, name: &str) -> PathBuf {
        let home = self.0.path();
        // On Windows that would be a verbatim path, which is no folder to work in.
        let home = if cfg!(windows) { home.to_owned() } else { home.canonicalize().unwrap() };
        home.join("work").join(name)
    }

    fn journal(&self) -> PathBuf {
        self.0.path().join("state/smimezip/history.jsonl")
    }

    fn run(&self, arguments: &[impl AsRef<OsStr>]) -> Output {
        smimezip()
            .args(arguments)
            .env("XDG_STATE_HOME", self.0.path().join("state"))
            .env("LOCALAPPDATA", self.0.path().join("state"))
            .env("XDG_CONFIG_HOME", self.0.path().join("config"))
            .current_dir(self.at(""))
            .output()
            .unwrap()
    }

    /// The runs, the newest first.
    fn history(&self, more: &[&str]) -> Vec<Value> {
        let output = self.run(&[&["history", "--json"], more].concat());
        expect(&output, 0, "");
        json_lines(&output)
    }

    fn kept(&self) -> String {
        std::fs::read_to_string(self.journal()).unwrap_or_default()
    }
}

fn canonical(path: &Path) -> String {
    common::path(&path.canonicalize().unwrap()).to_owned()
}

#[test]
fn each_command_that_makes_or_checks_something_is_kept() {
    let user = User::new();
    let (key, sample) = (canonical(Path::new(&key())), canonical(&sample()));
    let certificate = canonical(&common::sample().join("certificate.pem"));
    let message = canonical(&part("z01"));
    std::fs::create_dir(user.at("tree")).unwrap();
    std::fs::write(user.at("tree/a.txt"), "a").unwrap();
    let runs: [(&[&str], &str, &str, Option<&str>); 6] = [
        (&["extract", &sample, "-k", &key, "-C", "out"], "extract", NAME, Some("out")),
        (&["verify", &sample, "-k", &key], "verify", NAME, None),
        (&["decrypt", &message, "-k", &key, "-o", "z01"], "decrypt", NAME, Some("z01")),
        (&["seal", "tree", "--to", &certificate, "--name", "s"], "seal", "s", Some("")),
        (&["encrypt", "tree/a.txt", "--to", &certificate], "encrypt", "a.txt", Some("a.txt.smime")),
        (&["extract", &sample, "-k", &key, "-C", "out"], "extract", NAME, Some("out")),
    ];
    for (nth, (arguments, command, export, target)) in runs.into_iter().enumerate() {
        expect(&user.run(arguments), 0, "");
        let run = &user.history(&[])[0];
        assert_eq!(run["number"], json!(nth + 1));
        assert_eq!((&run["command"], &run["export"]), (&json!(command), &json!(export)));
        assert_eq!((&run["status"], &run["exit_code"]), (&json!("completed"), &json!(0)));
        let target = target.map(|name| user.at(name));
        let here = run["target"].as_str().map(Path::new);
        let is_there = here
            .zip(target.as_deref())
            .is_none_or(|(it, other)| it.canonicalize().unwrap() == other.canonicalize().unwrap());
        assert!(is_there && here.is_some() == target.is_some(), "{run}");
        assert_eq!((&run["arguments"], &run["cause"]), (&json!(arguments), &Value::Null));
    }
    let seal = ["seal", "tree", "--to", &certificate, "--name", "m", "--manifest"];
    expect(&user.run(&seal), 0, "");
    std::fs::remove_file(user.at("m.zip.smime")).unwrap();
    expect(&user.run(&["verify", "--manifest", "m.manifest.json"]), 6, "");
    let run = &user.history(&[])[0];
    assert_eq!((&run["export"], &run["status"]), (&json!("m"), &json!("incomplete")));
    // What leaves nothing to be found is not kept.
    for arguments in [
        &["list", &sample, "-k", &key][..],
        &["decrypt", &message, "-k", &key, "-o", "-"],
        &["decrypt", &message, "-k", &key, "-o", if cfg!(windows) { "-" } else { "/dev/null" }],
        &["extract", &sample, "-k", &key, "-C", "elsewhere", "-n"],
        &["verify", &sample, "-k", &key, "--no-history"],
    ] {
        expect(&user.run(arguments), 0, "");
    }
    assert_eq!(user.history(&[]).len(), 8);
    let table = user.run(&["history"]);
    let table = text(&table.stdout);
    assert!(table.starts_with("RUN  STARTED") && table.lines().count() == 9, "{table}");
    assert!(table.lines().nth(1).unwrap().starts_with("8 "), "{table}");
    std::fs::create_dir_all(user.0.path().join("config/smimezip")).unwrap();
    std::fs::write(user.0.path().join("config/smimezip/config.toml"), "history = false").unwrap();
    expect(&user.run(&["verify", &sample, "-k", &key]), 0, "");
    assert_eq!(user.history(&[]).len(), 8);
    // The program's own descriptions have it.
    let completions = text(&user.run(&["completions", "bash"]).stdout);
    assert!(completions.contains("smimezip__subcmd__history__subcmd__again"));
    expect(&user.run(&["man", "."]), 0, "");
    let page = std::fs::read_to_string(user.at("smimezip-history-again.1")).unwrap();
    assert!(page.contains("Run the same command once more"), "{page}");
}

#[test]
fn a_batch_has_a_line_for_each_export_and_says_why_one_failed() {
    let user = User::new();
    let downloads = copy_of_sample();
    let at = |name: &str| downloads.path().join(name);
    std::fs::write(at("good.zip"), archive_of(&["a"])).unwrap();
    std::fs::write(at("taken.zip"), archive_of(&["confidential.txt"])).unwrap();
    std::fs::write(at("unsafe.zip"), archive_of(&["confidential:txt"])).unwrap();
    std::fs::remove_file(at(&format!("{NAME}.z02.smime"))).unwrap();
    std::fs::create_dir_all(user.at("out/taken")).unwrap();
    std::fs::write(user.at("out/taken/confidential.txt"), "mine").unwrap();
    let key = canonical(Path::new(&key()));
    let extract = ["extract", path(downloads.path()), "-k", &key, "-C", "out"];
    expect(&user.run(&extract), 8, "");
    let runs = user.history(&[]);
    let of = |name: &str| runs.iter().find(|run| run["export"] == name).unwrap();
    assert_eq!(runs.len(), 4);
    for (name, status, code, exit_code) in [
        ("good", "completed", Value::Null, 0),
        ("taken", "failed", json!("exists"), 7),
        ("unsafe", "failed", json!("unsafe_name"), 7),
        (NAME, "incomplete", json!("incomplete_set"), 6),
    ] {
        let run = of(name);
        assert_eq!((&run["status"], &run["code"]), (&json!(status), &code), "{run}");
        assert_eq!(run["exit_code"], json!(exit_code));
    }
    assert!(of(NAME)["cause"].as_str().unwrap().contains(&format!("{NAME}.z02.smime")));
    // Names of entries are nobody's business.
    assert!(!user.kept().contains("confidential"), "{}", user.kept());
    let names = |more: &[&str]| {
        let runs = user.history(more);
        runs.iter().map(|run| run["export"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(names(&["--status", "incomplete"]), [NAME]);
    assert_eq!(names(&["--set", "*o*d"]), ["good"]);
    assert_eq!(names(&["--set", "good"]), ["good"]);
    assert!(names(&["--set", "goo"]).is_empty());
    // Of what is there some is extracted.
    let last = path(&at(&format!("{NAME}.zip.smime"))).to_owned();
    let available = ["extract", &last, "-k", &key, "-C", "part", "--available"];
    expect(&user.run(&available), 8, "");
    let run = &user.history(&[])[0];
    assert_eq!((&run["status"], &run["code"]), (&json!("incomplete"), &json!("incomplete_set")));
    assert!(run["cause"].as_str().unwrap().contains("missing parts"), "{run}");
    // All or none.
    std::fs::write(at("taken two.zip"), archive_of(&["confidential.txt"])).unwrap();
    let (one, two) = (path(&at("taken.zip")).to_owned(), path(&at("taken two.zip")).to_owned());
    expect(&user.run(&["extract", &one, &two, "-C", "new", "--together"]), 7, "confidential.txt");
    for run in &user.history(&["--set", "taken*"])[..2] {
        assert_eq!((&run["code"], &run["exit_code"]), (&json!("collision"), &json!(7)));
    }
    assert!(!user.kept().contains("confidential"), "{}", user.kept());
    // It came to no export.
    expect(&user.run(&["extract", path(&user.at("out"))]), 3, "");
    let run = &user.history(&[])[0];
    assert_eq!((&run["export"], &run["status"]), (&Value::Null, &json!("failed")));
}

#[test]
fn secrets_are_not_kept_and_their_runs_not_repeated() {
    let user = User::new();
    let sample = canonical(&sample());
    let key = canonical(Path::new(&key()));
    let certificate = canonical(&common::sample().join("certificate.pem"));
    for (nth, more) in [
        ["--passin", "pass:hunter2"],
        ["--password", "hunter2"],
        ["--secret-key", "pass:hunter2"],
        ["--unwrap-command", "echo hunter2"],
    ]
    .iter()
    .enumerate()
    {
        user.run(&[&["verify", &sample, "-k", &key][..], more].concat());
        let number = (nth + 1).to_string();
        expect(&user.run(&["history", "again", &number]), 1, "secrets are not kept");
        expect(&user.run(&["history", "show", &number]), 0, "");
    }
    let encrypt = ["encrypt", &certificate, "--password", "pass:hunter2", "-o", "made.smime"];
    expect(&user.run(&encrypt), 0, "");
    assert_eq!(user.history(&[]).len(), 5);
    assert!(!user.kept().contains("hunter2"), "{}", user.kept());
    assert_eq!(user.history(&[])[0]["not_repeatable"], "secret");
}

#[test]
fn a_run_is_repeated_where_it_was() {
    let user = User::new();
    std::fs::write(user.at("e.zip"), archive_of(&["a b", "c"])).unwrap();
    let extract = ["extract", "e.zip", "-C", "out", "-i", "a *", "--subfolders"];
    expect(&user.run(&extract), 0, "extracted 1 file");
    let elsewhere = |arguments: &[&str]| {
        smimezip()
            .args(arguments)
            .env("XDG_STATE_HOME", user.0.path().join("state"))
            .env("LOCALAPPDATA", user.0.path().join("state"))
            .current_dir(user.0.path())
            .output()
            .unwrap()
    };
    let again = elsewhere(&["history", "again", "1"]);
    expect(&again, 0, "smimezip extract e.zip -C out -i 'a *' --subfolders\n");
    expect(&again, 0, "already complete: 1 file");
    std::fs::remove_dir_all(user.at("out")).unwrap();
    expect(&elsewhere(&["history", "again", "1", "--no-history"]), 0, "extracted 1 file");
    let found: Vec<String> = files(&user.at("out")).into_keys().collect();
    assert_eq!(found, ["e", "e/a b"]);
    assert_eq!(user.history(&[]).len(), 2);
    // It ends as the run ends.
    std::fs::write(user.at("out/e/a b"), "mine").unwrap();
    expect(&elsewhere(&["history", "again", "2"]), 7, "already exists");
    expect(&elsewhere(&["history", "again", "9"]), 1, "the history has no run 9");
    expect(&elsewhere(&["history", "--status", "failed", "show", "1"]), 1, "for the list");
    let shown = text(&elsewhere(&["history", "show", "3"]).stdout);
    assert!(shown.contains("failed, exit code 7"), "{shown}");
    assert!(!shown.contains("out/e/a b"), "{shown}");
    let cleared = elsewhere(&["history", "clear", "--json"]);
    assert_eq!(json_lines(&cleared)[0]["runs"], 3);
    expect(&elsewhere(&["history"]), 0, "the history is empty");
    assert_eq!(user.kept(), "");
}

#[cfg(unix)]
#[test]
fn what_cannot_be_kept_is_said_once_and_changes_nothing() {
    use std::os::unix::fs::symlink;
    let user = User::new();
    for name in ["a.zip", "b.zip"] {
        std::fs::write(user.at(name), archive_of(&["x"])).unwrap();
    }
    let other = user.at("other");
    std::fs::write(&other, "mine").unwrap();
    let journal = user.journal();
    std::fs::create_dir_all(journal.parent().unwrap()).unwrap();
    let verify = ["verify", "a.zip", "b.zip"];
    let place: [(&str, &dyn Fn()); 3] = [
        ("a link", &|| symlink(&other, &journal).unwrap()),
        ("a folder", &|| std::fs::create_dir(&journal).unwrap()),
        ("a pipe", &|| {
            let made = std::process::Command::new("mkfifo").arg(&journal).status().unwrap();
            assert!(made.success());
        }),
    ];
    for (what, place) in place {
        place();
        let output = user.run(&verify);
        expect(&output, 0, "warning: the history cannot be written, ");
        let warnings = text(&output.stderr).matches("warning").count();
        assert_eq!(warnings, 1, "{what}: {}", text(&output.stderr));
        let quiet = user.run(&[&verify[..], &["-q"]].concat());
        assert_eq!((quiet.status.code(), text(&quiet.stderr)), (Some(0), String::new()));
        let _ = std::fs::remove_file(&journal);
        let _ = std::fs::remove_dir(&journal);
    }
    assert_eq!(std::fs::read_to_string(&other).unwrap(), "mine");
    // Another run that does not go on keeps the lock.
    let lock = std::fs::File::open(journal.with_file_name("history.lock")).unwrap();
    lock.lock().unwrap();
    let output = user.run(&verify);
    expect(&output, 0, "history.jsonl: another run has it locked");
    assert_eq!(text(&output.stderr).matches("warning").count(), 1);
    drop(lock);
    // A line that is broken is left out, and said.
    expect(&user.run(&verify), 0, "");
    let kept = user.kept();
    std::fs::write(&journal, kept.replacen("{\"", "{", 1)).unwrap();
    let output = user.run(&["history", "--json"]);
    expect(&output, 0, "1 line cannot be read, and left out");
    assert_eq!(json_lines(&output).len(), 1);
}

#[cfg(unix)]
#[test]
fn a_run_that_is_stopped_is_kept_as_that() {
    use std::process::{Command, Stdio};
    let user = User::new();
    let pipe = user.at("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let certificate = canonical(&sample().join("certificate.pem"));
    let mut child = smimezip()
        .args(["encrypt", "pipe", "--to", &certificate, "-o", "made"])
        .env("XDG_STATE_HOME", user.0.path().join("state"))
        .current_dir(user.at(""))
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    // Opened once the other side is there, and never written to.
    let writer = std::fs::File::options().write(true).open(&pipe).unwrap();
    std::thread::sleep(std::time::Duration::from_millis(500));
    assert!(
        Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success()
    );
    assert_eq!(child.wait().unwrap().code(), Some(130));
    drop(writer);
    let run = &user.history(&["--status", "cancelled"])[0];
    assert_eq!((&run["exit_code"], &run["code"]), (&json!(130), &json!("cancelled")));
}
