//! The JSON lines: their fields are those of `docs/JSON.md`, neither more nor fewer, whatever is
//! asked for.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

#[cfg(all(target_os = "linux", feature = "keystore"))]
use crate::common::keystore;
use crate::common::{self, certificates};

use std::collections::{BTreeMap, BTreeSet};

use common::{NAME, archive_of, case, copy_of_sample, key, path, run, sample, test_keys, text};
use serde_json::Value;

/// Fields of errors that these runs do not bring about: a full disk, sizes that contradict.
const NOT_SEEN: [&str; 5] = ["needed", "available", "expected", "actual", "sets"];

/// The fields in each chapter of the page, those of `parts` under `parts`, with whether a line may
/// lack them.
fn page() -> BTreeMap<String, BTreeMap<String, bool>> {
    let mut chapters: BTreeMap<String, BTreeMap<String, bool>> = BTreeMap::new();
    let mut chapter = String::new();
    for line in include_str!("../docs/JSON.md").lines() {
        if let Some(title) = line.strip_prefix("## ") {
            title.trim_matches('`').clone_into(&mut chapter);
        } else if line.starts_with("Each of `parts`") {
            "parts".clone_into(&mut chapter);
        } else if line.starts_with("| `") && !chapter.is_empty() {
            let cells: Vec<&str> = line.split('|').collect();
            let names = cells[1].split(", ").map(|name| name.trim().trim_matches('`').to_owned());
            let is_some = cells[2].contains("some");
            chapters.entry(chapter.clone()).or_default().extend(names.map(|it| (it, is_some)));
        }
    }
    chapters
}

/// Lines of all types and of many errors.
fn lines() -> Vec<String> {
    let (sample, key) = (path(&sample()).to_owned(), key());
    let wrong = path(&test_keys().join("other.key.pem")).to_owned();
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| path(&folder.path().join(name)).to_owned();
    let (out, file, conflict) = (at("out"), at("part.zip"), at("conflict.zip"));
    std::fs::write(&conflict, archive_of(&["a:b", "./c"])).unwrap();
    let trailing = at("trailing.zip");
    std::fs::write(&trailing, [&archive_of(&["a"])[..], b"after the end"].concat()).unwrap();
    // The compression method, 12, in the local header and in the directory's.
    let (bzip2, mut bytes) = (at("bzip2.zip"), archive_of(&["a"]));
    let directory = bytes.windows(4).position(|it| it == b"PK\x01\x02").unwrap();
    (bytes[8], bytes[directory + 10]) = (12, 12);
    std::fs::write(&bzip2, bytes).unwrap();
    let incomplete = copy_of_sample();
    std::fs::remove_file(incomplete.path().join(format!("{NAME}.z02.smime"))).unwrap();
    let damaged = copy_of_sample();
    let part = damaged.path().join(format!("{NAME}.z02.smime"));
    let mut bytes = std::fs::read(&part).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] = if bytes[middle] == b'A' { b'B' } else { b'A' };
    std::fs::write(&part, bytes).unwrap();
    // The object identifier of a content cipher that does not exist.
    let cipher = b"\x60\x86\x48\x01\x65\x03\x04\x01\x2a";
    let (unknown, source) = (at("unknown.p7m"), case("../envelopes/gpgsm-aes-256-cbc-ber"));
    let mut bytes = std::fs::read(source).unwrap();
    let at_cipher = bytes.windows(cipher.len()).position(|it| it == cipher).unwrap();
    bytes[at_cipher + cipher.len() - 1] = 0x7a;
    std::fs::write(&unknown, bytes).unwrap();
    let not_a_part = tempfile::tempdir().unwrap();
    std::fs::write(not_a_part.path().join("e.zip.smime"), "<html>not found</html>").unwrap();
    let html = at("page.zip.smime");
    std::fs::write(&html, "<html>not found</html>").unwrap();
    let last = path(&common::part("zip")).to_owned();
    let certificate = path(&common::sample().join("certificate.pem")).to_owned();
    let (tree, outbox) = (at("tree"), at("outbox"));
    std::fs::create_dir(&tree).unwrap();
    std::fs::write(format!("{tree}/a.txt"), "a").unwrap();
    let (manifest, not_of_it) = (at("outbox/m.manifest.json"), copy_of_sample());
    std::fs::write(not_of_it.path().join(format!("{NAME}.manifest.json")), "{}").unwrap();
    let (sealed, expired, salvaged) = (at("a.txt.smime"), at("expired.cer"), at("salvaged"));
    let all = certificates::certificates();
    let (_, der) = all.into_iter().find(|(problem, _)| *problem == "expired").unwrap();
    std::fs::write(&expired, der).unwrap();
    let runs: [&[&str]; 27] = [
        &["list", &sample, "-k", &key],
        &["list", &trailing, "--accept", "trailing-data"],
        &["verify", &sample, "-k", &key],
        &["verify", &conflict, "--names", "encode"],
        &["extract", &sample, "-k", &key, "-C", &out],
        &["extract", &sample, "-k", &key, "-C", &out],
        &["extract", &sample, "-k", &key, "-C", &out, "--overwrite", "skip"],
        &["verify", path(damaged.path()), "-k", &key, "--keep-going"],
        &["decrypt", &last, "-k", &key, "-o", &file],
        &["seal", &tree, "--to", &certificate, "-o", &outbox],
        &["seal", &tree, "--to", &certificate, "-o", &outbox, "--dry-run"],
        &["seal", &tree, "--to", &certificate, "-o", &outbox, "--name", "m", "--manifest"],
        &["verify", "--manifest", &manifest],
        &["verify", "--manifest", &manifest, &sample],
        &["encrypt", &format!("{tree}/a.txt"), "--to", &certificate, "-o", &sealed],
        &["check-cert", &expired],
        &["check-cert", &certificate, "-k", &wrong],
        &["inspect", &sample],
        &["inspect", &sample, "-k", &key],
        &["inspect", &sample, "-k", &wrong],
        &["inspect", path(not_of_it.path())],
        &["inspect", &html],
        &["list", &sample, "-k", &wrong],
        &["verify", path(incomplete.path()), "-k", &key],
        &["which", path(incomplete.path()), "-k", &key],
        &["list", &sample, "-k", &key, "--limit", "entries=5"],
        &["decrypt", &unknown, "-k", &key, "-o", "-"],
    ];
    let more: [&[&str]; 13] = [
        &["salvage", path(damaged.path()), "-k", &key, "-C", &salvaged],
        &["status", path(incomplete.path()), "-k", &key],
        &["verify", &sample, "-k", &key, "--progress"],
        &["status", path(not_a_part.path())],
        &["verify", &bzip2],
        &["list", &trailing],
        &["list", &sample, "-k", &key, "--no-such-flag"],
        &["extract", "-in", &sample],
        &["cat", &sample, "no such", "-k", &key],
        &["extract", &sample, &html, "-k", &key, "-C", &outbox],
        &["decrypt", &last, &html, "-k", &key, "-d", &outbox],
        &["history", "--status", "failed"],
        &["history", "clear"],
    ];
    let mut found = Vec::new();
    for arguments in runs.iter().chain(&more) {
        let output = run(&[*arguments, &["--json"]].concat());
        let printed = text(&output.stdout);
        assert!(!printed.is_empty(), "{arguments:?}: {}", text(&output.stderr));
        found.extend(printed.lines().map(str::to_owned));
    }
    found
}

/// Those of `passphrase`; none where there is no key store for them.
fn lines_of_passphrases() -> Vec<String> {
    #[cfg(all(target_os = "linux", feature = "keystore"))]
    {
        let home = tempfile::tempdir().unwrap();
        let store = keystore::KeyStore::start(home.path(), keystore::State::Unlocked);
        let Some(store) = store else { return Vec::new() };
        let put = ["passphrase", "store", "a", "--from", "pass:p", "--json"];
        let runs = [&put[..], &put, &["passphrase", "forget", "a", "--json"]];
        let outputs = runs.iter().map(|arguments| text(&store.run(arguments).stdout));
        outputs.flat_map(|it| it.lines().map(str::to_owned).collect::<Vec<_>>()).collect()
    }
    #[cfg(not(all(target_os = "linux", feature = "keystore")))]
    Vec::new()
}

/// Checks one object against a chapter, and notes the fields it has.
fn check(
    chapter: &str,
    object: &Value,
    page: &BTreeMap<String, BTreeMap<String, bool>>,
    seen: &mut BTreeMap<String, BTreeSet<String>>,
) {
    let fields = &page[chapter];
    let object = object.as_object().unwrap();
    let names: BTreeSet<String> =
        object.keys().filter(|it| !["type", "schema"].contains(&it.as_str())).cloned().collect();
    for name in &names {
        assert!(fields.contains_key(name), "{chapter}.{name} is not on the page");
    }
    for (name, is_some) in fields {
        let may_lack = *is_some || (chapter == "oddity" && name == "export");
        assert!(may_lack || names.contains(name), "{chapter}.{name} is on the page alone");
    }
    seen.entry(chapter.to_owned()).or_default().extend(names);
    let lists = [
        ("export", "parts", "parts"),
        ("summary", "failed", "error"),
        ("manifest", "failed", "error"),
        ("salvage", "damaged", "error"),
        ("salvage", "lost", "error"),
    ];
    let lists = lists.into_iter().chain([("summary", "oddities", "oddity")]);
    for (_, list, inner) in lists.filter(|(of, ..)| *of == chapter) {
        for object in object.get(list).and_then(Value::as_array).into_iter().flatten() {
            check(inner, object, page, seen);
        }
    }
    for name in ["error", "not_opened", "manifest_error"] {
        if let Some(error) = object.get(name) {
            check("error", error, page, seen);
        }
    }
}

#[test]
fn every_line_has_the_fields_of_the_page() {
    let mut page = page();
    let mut seen = BTreeMap::new();
    let of_passphrases = lines_of_passphrases();
    if of_passphrases.is_empty() {
        page.remove("passphrase");
    }
    for line in lines().into_iter().chain(of_passphrases) {
        let object: Value = serde_json::from_str(&line).unwrap();
        let kind = object["type"].as_str().unwrap();
        let head = format!("{{\"type\":\"{kind}\",\"schema\":1,");
        assert!(line.starts_with(&head), "{line}");
        check(kind, &object, &page, &mut seen);
    }
    for (chapter, fields) in &page {
        for name in fields.keys().filter(|name| !NOT_SEEN.contains(&name.as_str())) {
            assert!(seen[chapter].contains(name), "{chapter}.{name} was never written");
        }
    }
}

#[test]
fn wrong_usage_is_a_line_as_well() {
    let output = run(&["list", "x", "--no-such-flag", "--json"]);
    let error = &common::json_lines(&output)[0];
    assert_eq!((&error["code"], &error["exit_code"]), (&"usage".into(), &1.into()));
    assert_eq!(error["message"], "unexpected argument '--no-such-flag' found");
}
