//! Where output goes that nobody can take: a full device, a pipe without a reader. And a command
//! line that is another program's.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use crate::common;

use std::process::Stdio;

use common::{NAME, expect, json_lines, key, part, path, run, sample, smimezip, text};

/// Commands that write to standard output.
fn commands() -> Vec<Vec<String>> {
    let (input, key, part) = (path(&sample()).to_owned(), key(), part("z01"));
    let part = path(&part).to_owned();
    let certificate = path(&sample().join("certificate.pem")).to_owned();
    let of = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
    let mut all: Vec<Vec<String>> = vec![
        of(&["list", &input, "-k", &key]),
        of(&["list", "--long", &input, "-k", &key]),
        of(&["list", "--json", &input, "-k", &key]),
        of(&["verify", "--json", &input, "-k", &key]),
        of(&["inspect", &input]),
        of(&["inspect", "--json", &input]),
        of(&["cat", &input, "attachments/2024/03/recording.raw", "-k", &key]),
        of(&["decrypt", &part, "-k", &key, "-o", "-"]),
        of(&["which", &input, "--all", "-k", &key]),
        of(&["which", &input, "--all", "-k", &key, "--json"]),
        of(&["status", &input]),
        of(&["status", &input, "-k", &key, "--json"]),
        of(&["verify", &input, "-k", &key, "--json", "--progress"]),
        of(&["extract", &input, "-k", &key, "-C", "/proc/nowhere", "--dry-run", "--json"]),
        of(&["seal", &input, "--to", &certificate, "--dry-run", "--json"]),
        of(&["check-cert", &certificate]),
        of(&["check-cert", &certificate, "--json"]),
        of(&["encrypt", &part, "--to", &certificate, "-o", "-"]),
        of(&["help"]),
        of(&["help", "extract"]),
        of(&["--help"]),
        of(&["extract", "--help"]),
        of(&["--version"]),
    ];
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        all.push(of(&["completions", shell]));
    }
    all
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_device_is_an_error_and_no_panic() {
    for command in commands() {
        let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
        let output = smimezip().args(&command).stdout(full).output().unwrap();
        let message = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{command:?}: {message}");
        assert!(!message.contains("panicked"), "{command:?}: {message}");
    }
    // With standard error full as well, there is but the code.
    for (arguments, code) in
        [(&["completions", "zsh"][..], 2), (&["list", "/no/such"], 2), (&["nonsense"], 1)]
    {
        let full = || std::fs::File::options().write(true).open("/dev/full").unwrap();
        let status = smimezip().args(arguments).stdout(full()).stderr(full()).status().unwrap();
        assert_eq!(status.code(), Some(code), "{arguments:?}");
    }
}

#[test]
fn a_pipe_without_a_reader_is_no_panic() {
    for command in commands() {
        let mut child = smimezip()
            .args(&command)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        let message = text(&output.stderr);
        assert!(!message.contains("panicked"), "{command:?}: {message}");
        assert_ne!(output.status.code(), Some(101), "{command:?}");
    }
}

#[test]
fn manual_pages_go_to_a_folder_or_say_why_not() {
    let folder = tempfile::tempdir().unwrap();
    let none = folder.path().join("none");
    expect(&run(&["man", path(&none)]), 2, &format!("{}: ", path(&none)));
    let file = folder.path().join("file");
    std::fs::write(&file, "").unwrap();
    expect(&run(&["man", path(&file)]), 2, &format!("{}: ", path(&file)));
    expect(&run(&["man", "/proc/self"]), 2, "/proc/self: ");
}

#[test]
fn flags_of_openssl_are_distinguished() {
    let (input, key) = (sample(), key());
    for (flag, here) in [("-inkey", "--key FILE"), ("-recip", "--cert FILE"), ("-passin", "SRC")] {
        let output = run(&["extract", path(&input), flag, &key]);
        expect(&output, 1, &format!("{flag} is OpenSSL's; here it is "));
        expect(&output, 1, here);
    }
    expect(&run(&[path(&input)]), 1, "a command goes first: smimezip extract");
    let out = tempfile::tempdir().unwrap();
    let target = out.path().join("o");
    expect(&run(&["x", path(&input), "-k", &key, "-o", path(&target)]), 0, "extracted 6 files");
    expect(&run(&["x", "/no/such/*.smime", "-k", &key]), 2, "a pattern goes to --include");
}

#[test]
fn progress_is_shown_on_a_pipe_where_it_is_asked_for() {
    let output = run(&["verify", path(&sample()), "-k", &key(), "--progress", "always"]);
    expect(&output, 0, " of 397.9 KiB");
    // Before a value of another thing, and at the end.
    let (input, key) = (sample(), key());
    for arguments in [
        &["verify", "--progress", path(&input), "-k", &key][..],
        &["verify", path(&input), "-k", &key, "--progress"],
        &["verify", path(&input), "--progress=always", "-k", &key],
        &["--progress", "verify", path(&input), "-k", &key],
    ] {
        expect(&run(arguments), 0, " of 397.9 KiB");
    }
    expect(&run(&["verify", path(&input), "-k", &key, "--progress=often"]), 1, "[possible values");
}

#[test]
fn progress_of_several_says_which_of_them_it_is() {
    let (folder, out, key) = (common::copy_of_sample(), tempfile::tempdir().unwrap(), key());
    for stem in ["another", "third"] {
        for kind in ["z01", "z02", "z03", "zip"] {
            let to = folder.path().join(format!("{stem}.{kind}.smime"));
            std::fs::copy(part(kind), to).unwrap();
        }
    }
    let (all, target) = (path(folder.path()), path(out.path()));
    let messages = [part("z01"), part("z02"), part("z03")];
    let [first, second, third] = messages.each_ref().map(|it| path(it));
    let commands: [&[&str]; 4] = [
        &["extract", all, "-k", &key, "-C", target],
        &["verify", all, "-k", &key],
        &["salvage", all, "-k", &key, "-C", target],
        &["decrypt", first, second, third, "-k", &key, "-d", target],
    ];
    for command in commands {
        let output = run(&[command, &["--progress", "always"]].concat());
        let said = text(&output.stderr);
        for nth in 1..=3 {
            let begins = |line: &str| line.starts_with(&format!("{nth} of 3: "));
            assert!(said.lines().any(begins), "{command:?}: {said}");
        }
    }
    // One alone is not counted.
    let output = run(&["verify", path(&sample()), "-k", &key, "--progress", "always"]);
    assert!(!text(&output.stderr).contains("1 of 1"), "{}", text(&output.stderr));
}

#[test]
fn programs_get_progress_as_lines_if_they_ask() {
    let out = tempfile::tempdir().unwrap();
    let (input, key) = (sample(), key());
    let verify = ["verify", path(&input), "-k", &key, "--json"];
    let kinds = |output: &std::process::Output| -> Vec<String> {
        json_lines(output).iter().map(|line| line["type"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(kinds(&run(&verify)), ["summary"]);
    let output = run(&[&verify[..], &["--progress"]].concat());
    assert_eq!(kinds(&output), ["progress", "summary"]);
    assert!(!text(&output.stderr).contains("397.9 KiB"), "{}", text(&output.stderr));
    let line = &json_lines(&output)[0];
    assert_eq!((&line["phase"], &line["export"]), (&"verifying".into(), &NAME.into()));
    assert_eq!((&line["bytes_total"], &line["entries_total"]), (&407_455.into(), &6.into()));
    // Content on standard output stays alone, and a file does not.
    let (message, file) = (part("z01"), out.path().join("z01"));
    let decrypt = ["decrypt", path(&message), "-k", &key, "--json", "--progress", "-o"];
    let content = run(&[&decrypt[..], &["-"]].concat()).stdout;
    assert_eq!(content.len(), 65536);
    let output = run(&[&decrypt[..], &[path(&file)]].concat());
    assert_eq!(kinds(&output), ["progress", "file"]);
    assert_eq!(std::fs::read(&file).unwrap(), content);
    let entry = "entities/Customer-7f1f3a6c.json";
    let cat =
        |more: &[&str]| run(&[&["cat", path(&input), entry, "-k", &key], more].concat()).stdout;
    assert_eq!(cat(&["--json", "--progress"]), cat(&[]));
}
