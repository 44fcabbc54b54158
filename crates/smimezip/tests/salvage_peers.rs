//! What is found of damaged archives and sets of real tools, against what bsdtar, 7z and `zip -FF`
//! leave of them that is right: at least as many files, and never one that is wrong.
//! `docs/INTEROP-SALVAGE.md` is the table; made anew by `SMIMEZIP_WRITE_INTEROP=1` with
//! `SMIMEZIP_THOROUGH=1`.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use crate::common;
mod damaged;
mod made;
mod peers;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::sync::Mutex;

use common::seal::{Outside, Shape, seal};
use common::{Tree, has, read_tree, sample_keys, skipped, thorough};
use made::Parts;
use peers::{Counts, PEERS};
use smimezip::export::Salvage;
use smimezip::{Export, ExtractOptions, Part};

/// Damage by its kind: how many cases; files found by ours, by the best of the others in each case,
/// and by each of them.
type Totals = BTreeMap<String, (usize, usize, usize, [usize; PEERS.len()])>;

struct Case {
    archive: String,
    damage: String,
    /// For ours; sealed perhaps.
    parts: Parts,
    /// The same for the others, who cannot unseal.
    plain: Parts,
}

/// How many files ours finds, or what is wrong with one.
fn ours(case: &Case, tree: &Tree) -> Result<Counts, String> {
    let parts = case.parts.iter().map(|(name, bytes)| Part::new(name, bytes.clone()));
    let Ok(salvage) = Export::from_parts(parts).unwrap().salvage(&sample_keys()) else {
        return Ok(Counts::default());
    };
    let out = tempfile::tempdir().unwrap();
    let report = salvage
        .extract_with(out.path(), &ExtractOptions::new().durable(false), &mut ())
        .map_err(|error| format!("not extracted: {error}"))?;
    let found = read_tree(out.path());
    let files: Vec<_> = found.iter().filter(|(_, contents)| contents.is_some()).collect();
    assert_eq!(files.len() as u64, report.files);
    let is_wrong =
        |(name, contents): &&(&String, &Option<Vec<u8>>)| tree.get(*name) != Some(*contents);
    if let Some((name, _)) = files.iter().find(is_wrong) {
        return Err(format!("{name} is wrong"));
    }
    let uncertain = uncertain(&salvage, tree);
    let certain = files.iter().filter_map(|(_, contents)| contents.as_deref());
    Ok(Counts::of(certain.chain(uncertain.iter().map(Vec::as_slice))))
}

/// The files that may be of another archive, and are not.
fn uncertain(salvage: &Salvage, tree: &Tree) -> Vec<Vec<u8>> {
    let out = tempfile::tempdir().unwrap();
    salvage
        .extract_uncertain_with(out.path(), &ExtractOptions::new().durable(false), &mut ())
        .unwrap();
    let found = read_tree(out.path()).into_iter();
    let right = found.filter(|(name, contents)| tree.get(name) == Some(contents));
    right.filter_map(|(_, contents)| contents).collect()
}

fn cases(archives: &[(String, Parts)]) -> Vec<Case> {
    let mut cases = Vec::new();
    for (seed, (archive, parts)) in (0..).zip(archives) {
        for (damage, parts) in damaged::damaged(parts, seed) {
            let plain = parts.clone();
            cases.push(Case { archive: archive.clone(), damage, parts, plain });
        }
        if archive == "ours in parts" || archive == "zip -s 64k" {
            cases.extend(sealed(archive, parts));
        }
    }
    cases
}

/// Sets whose parts are sealed, of which some are missing, and the end of the last that is there is
/// cut off.
fn sealed(archive: &str, parts: &Parts) -> Vec<Case> {
    // How much of the content a byte of the message has.
    let outsides = [
        (Outside::Binary, (1, 1)),
        (Outside::MimeBase64(64, "\n"), (48, 65)),
        (Outside::Pem("CMS"), (48, 65)),
    ];
    let mut cases = Vec::new();
    for (outside, share) in outsides {
        let shape = Shape { outside, ..Shape::default() };
        let seal_it =
            |(name, bytes): &(String, Vec<u8>)| (name.clone() + ".smime", seal(bytes, &shape));
        let sealed: Parts = parts.iter().map(seal_it).collect();
        let last = parts.len() - 1;
        for (what, range) in [
            ("sealed, last part gone", 0..last),
            ("sealed, first part gone", 1..last + 1),
            ("sealed, first and last part gone", 1..last),
        ] {
            let (whole, plain) = (sealed[range.clone()].to_vec(), parts[range].to_vec());
            let (mut cut, mut cut_plain) = (whole.clone(), plain.clone());
            let (message, content) = (cut.last_mut().unwrap(), cut_plain.last_mut().unwrap());
            let count = message.1.len() / 3;
            message.1.truncate(message.1.len() - count);
            content.1.truncate(content.1.len() - count * share.0 / share.1);
            for (damage, parts, plain) in
                [(what.to_owned(), whole, plain), (format!("{what}, end cut off"), cut, cut_plain)]
            {
                cases.push(Case { archive: archive.to_owned(), damage, parts, plain });
            }
        }
    }
    cases
}

#[test]
fn s4_at_least_as_many_right_files_as_others_and_none_that_is_wrong() {
    let jars = ["zip4j", "commons-compress"].map(|jar| format!("/usr/share/java/{jar}.jar"));
    let tools = ["zip", "unzip", "7z", "bsdtar", "python3", "java", "timeout"];
    let missing: Vec<_> = tools.into_iter().filter(|it| !has(it)).collect();
    if !missing.is_empty() || jars.iter().any(|jar| !Path::new(jar).exists()) {
        return skipped(&format!("{missing:?}, zip4j or commons-compress"));
    }
    let root = tempfile::tempdir().unwrap();
    let tree = made::tree();
    let archives = made::archives(root.path(), &tree, &jars.join(":"));
    let cases = cases(&archives);
    // In a short run one case in six is compared of each kind of damage, the first among them.
    let every = thorough(1, 6);
    let mut seen = BTreeMap::new();
    let cases = cases.iter().map(|case| {
        let nth = seen.entry(&*case.damage).or_insert(0);
        *nth += 1;
        (case, (*nth - 1) % every == 0)
    });
    let cases: Vec<_> = cases.collect();
    let (totals, wrong) = (Mutex::new(Totals::new()), Mutex::new(Vec::new()));
    let next = Mutex::new(cases.iter().enumerate());
    let work = || {
        loop {
            let Some((number, &(case, is_compared))) = next.lock().unwrap().next() else { break };
            let say = |what: String| {
                let text = format!("case {number}, {}, {}: {what}", case.archive, case.damage);
                wrong.lock().unwrap().push(text);
            };
            let found = ours(case, &tree).unwrap_or_else(|what| {
                say(what);
                Counts::default()
            });
            if !is_compared {
                continue;
            }
            let others = peers::right_files(&case.plain, &tree);
            let best = others.into_iter().max_by_key(|it| it.all).unwrap_or_default();
            let most = others.into_iter().map(|it| it.with_contents).max().unwrap_or_default();
            if found.with_contents < most || found.all < best.all {
                say(format!("{found:?}, others {others:?}"));
            }
            let mut totals = totals.lock().unwrap();
            let total = totals.entry(case.damage.clone()).or_default();
            (total.0, total.1, total.2) = (total.0 + 1, total.1 + found.all, total.2 + best.all);
            total.3 = std::array::from_fn(|at| total.3[at] + others[at].all);
        }
    };
    std::thread::scope(|scope| {
        scope.spawn(work);
        work();
    });
    let wrong = wrong.into_inner().unwrap();
    assert!(wrong.is_empty(), "{} of {} cases:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
    let totals = totals.into_inner().unwrap();
    assert_eq!(totals.len(), seen.len(), "kinds of damage");
    let table = format!("{INTRODUCTION}\n{}", table(&totals));
    let file = common::core().join("docs/INTEROP-SALVAGE.md");
    let is_written = std::env::var_os("SMIMEZIP_WRITE_INTEROP").is_some();
    if every > 1 {
        assert!(!is_written, "the whole table takes SMIMEZIP_THOROUGH=1, too");
        return;
    }
    if is_written {
        std::fs::write(&file, &table).unwrap();
    }
    let expected = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(expected == table, "the table has changed (SMIMEZIP_WRITE_INTEROP=1):\n{table}");
}

fn table(totals: &Totals) -> String {
    let mut text = "| damage | cases | ours | best of the others | ".to_owned();
    writeln!(text, "{} |\n|---{}|", PEERS.join(" | "), "|---".repeat(3 + PEERS.len())).unwrap();
    for (damage, (cases, ours, best, others)) in totals {
        let others = others.map(|it| it.to_string()).join(" | ");
        writeln!(text, "| {damage} | {cases} | {ours} | {best} | {others} |").unwrap();
    }
    text
}

const INTRODUCTION: &str = "# What is left of damaged archives

Made by `tests/salvage_peers.rs`. Archives and split sets of one tree, made by Info-ZIP, 7z, Python,
zip4j, commons-compress and this crate, are damaged in kinds. The numbers are files that are right to
the byte, all cases of a kind together: what `Export::salvage` extracts, those with it that may be of
another archive (`Salvage::uncertain`), what the best of the other programs has in each case, and
each of these: bsdtar, `7z x`, and `zip -FF` with unzip. They get the parts joined and as they are,
and the better of both counts; `zip -FF` is told to skip what is missing. What they leave besides that
is wrong is not counted. Of this crate each file is right that is not uncertain, or the test fails.

No other has more in any case. Of an empty file whose own header is lost the directory's word is
taken, as 7z does. Parts that are sealed the others cannot open; they get the same parts not sealed.
";
