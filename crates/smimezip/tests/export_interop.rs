//! Exports that are made, opened by OpenSSL, Bouncy Castle, gpgsm and NSS, and then extracted by
//! 7-Zip, zip4j, commons-compress and Info-ZIP: each must give the tree that went in. Parts have
//! sizes at which one of them ends at or in a record. `docs/INTEROP-EXPORTS.md` is the table; with
//! `SMIMEZIP_THOROUGH=1` it is compared, and with `SMIMEZIP_WRITE_INTEROP=1` besides made anew.
//!
//! Needs the programs; without them the tests say so and pass.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use crate::common;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use common::layout::{Record, records};
use common::openers::{self, Gpgsm, Nss, has_bouncy_castle, has_pyca, pyca_open};
use common::sinks::MemorySink;
use common::{
    Tree, data, has, json_lines, noise, read_tree, run, run_with, skipped, thorough, try_run,
    write_tree,
};
use smimezip::Certificate;
use smimezip::build::{BuildOptions, EntryAttributes, FolderSink, build_tree};
use smimezip::export::ExportBuilder;
use smimezip::keys::Recipient;
use smimezip::message::{SealContainer, SealOptions};
use smimezip::parts::{PartName, SetName};

const OPENERS: [&str; 6] = [
    "openssl smime",
    "openssl cms",
    "Bouncy Castle",
    "Bouncy Castle, by certificate",
    "gpgsm",
    "NSS",
];
/// The last two open no MIME.
const FIRST_BINARY: usize = 4;
const EXTRACTORS: [&str; 5] = ["7-Zip", "zip4j", "commons-compress", "Info-ZIP", "bsdtar"];
const JARS: [&str; 2] = ["zip4j", "commons-compress"];

const LAST: &str = "export-1.zip";
const SMALLEST: usize = 65_536;
/// Bytes before the first local header of a split archive.
const MARKER: usize = 4;

fn missing() -> Vec<String> {
    let programs = ["openssl", "7z", "zip", "unzip", "bsdtar", "gpgsm", "cmsutil", "pk12util"];
    let programs = programs.into_iter().filter(|program| !has(program));
    let mut missing: Vec<_> = programs.map(str::to_owned).collect();
    if !has_bouncy_castle() {
        missing.push("Bouncy Castle".into());
    }
    let jars = JARS.map(|jar| format!("/usr/share/java/{jar}.jar"));
    missing.extend(jars.into_iter().filter(|jar| !Path::new(jar).exists()));
    missing
}

fn key(kind: &str) -> PathBuf {
    data().join(format!("keys/main.{kind}.pem"))
}

fn builder(part_size: Option<usize>, container: SealContainer) -> ExportBuilder {
    let certificate = Certificate::from_bytes(&std::fs::read(key("cert")).unwrap()).unwrap();
    let recipient = Recipient::from_certificate_at_any_time(&certificate).unwrap();
    let options = BuildOptions::new().durable(false);
    let options = match part_size {
        Some(size) => options.part_size(size as u64),
        None => options,
    };
    ExportBuilder::new(SetName::new("export-1").unwrap())
        .recipient(recipient)
        .build_options(&options)
        .seal_options(&SealOptions::new().container(container))
}

/// Stored and compressed files, one of them with a descriptor, a folder, an empty file.
fn tree() -> Tree {
    [
        ("a.raw", Some(noise(1, 66_000))),
        ("b.json", Some(json_lines(2, 40))),
        ("c", None),
        ("c/Größe.txt", Some(noise(3, 300))),
        ("e.raw", Some(noise(4, 300_000))),
        ("f.json", Some(json_lines(5, 200))),
        ("g", Some(Vec::new())),
    ]
    .map(|(name, contents)| (name.to_owned(), contents))
    .into()
}

/// Sizes of parts: for records of each kind those at which the first part ends before it, in it,
/// or with its last byte; and some others.
fn part_sizes(folder: &Path) -> (Vec<Option<usize>>, BTreeMap<&'static str, BTreeSet<usize>>) {
    let sink = MemorySink::default();
    let name = PartName::parse(LAST).unwrap();
    build_tree(folder, sink.clone(), &name, &BuildOptions::new(), &mut ()).unwrap();
    let records = records(&sink.parts().unwrap()[0].1);
    let of = |what, nth| records.iter().filter(move |it: &&Record| it.what == what).nth(nth);
    let chosen = [
        of("local header", 1),
        of("local header", 3),
        of("descriptor", 0),
        of("header of the directory", 0),
        of("header of the directory", 4),
        of("end record", 0),
    ];
    let mut distances = BTreeMap::<_, BTreeSet<usize>>::new();
    let mut sizes = BTreeSet::from([SMALLEST, SMALLEST + 1, 2 * SMALLEST]);
    for Record { what, at, size } in chosen.map(Option::unwrap) {
        for distance in [0, 1, size / 2, size - 1, *size] {
            sizes.insert(MARKER + at + distance);
            distances.entry(*what).or_default().insert(distance);
        }
    }
    assert!(sizes.iter().all(|size| *size >= SMALLEST), "{sizes:?}");
    (sizes.into_iter().map(Some).chain([None]).collect(), distances)
}

/// An export as one of the programs has opened it.
struct Opened {
    opener: usize,
    part_size: Option<usize>,
    parts: usize,
    folder: PathBuf,
}

/// A part that Java is to open.
struct Job {
    line: String,
    what: String,
}

struct Programs {
    root: PathBuf,
    gpgsm: Gpgsm,
    nss: Nss,
    /// For Bouncy Castle, which opens all at the end.
    jobs: Vec<Job>,
    failures: Vec<String>,
}

impl Programs {
    fn new(root: &Path) -> Self {
        let (gpgsm, nss) = (Gpgsm::new(root).unwrap(), Nss::new(root).unwrap());
        Self { root: root.to_owned(), gpgsm, nss, jobs: Vec::new(), failures: Vec::new() }
    }

    /// Has one program open one part.
    fn open(&mut self, opener: usize, sealed: &Path, plain: &Path) {
        let [file, out] = [sealed, plain].map(|path| path.to_str().unwrap());
        let [key, certificate] = [key("key"), key("cert")];
        let [key, certificate] = [&key, &certificate].map(|path| path.to_str().unwrap());
        let what = format!("{}, {file}", OPENERS[opener]);
        let ok = match opener {
            0 | 1 => {
                let command = if opener == 0 { "smime" } else { "cms" };
                let all = [command, "-decrypt", "-binary", "-inkey", key, "-in", file, "-out", out];
                try_run(&self.root, "openssl", &all, b"").0
            }
            2 | 3 => {
                let mut line = format!("{file}\t{out}\t{key}\tRSA\tmime\tnot");
                if opener == 3 {
                    write!(line, "\t{certificate}").unwrap();
                }
                self.jobs.push(Job { line, what: what.clone() });
                true
            }
            4 => self.gpgsm.open(sealed, plain),
            _ => self.nss.open(sealed, plain),
        };
        if !ok {
            self.failures.push(what);
        }
    }

    fn bouncy_castle(&mut self) {
        let jobs = std::mem::take(&mut self.jobs);
        let mut input = String::new();
        for job in &jobs {
            writeln!(input, "{}", job.line).unwrap();
        }
        let tool = common::core().join("tests/tools/Unseal.java");
        let class_path = openers::bouncy_castle();
        let all = ["-Xmx64m", "-cp", &class_path, tool.to_str().unwrap()];
        let said = run_with(&self.root, "java", &all, input.as_bytes());
        let said = String::from_utf8(said).unwrap();
        assert_eq!(said.lines().count(), jobs.len(), "{said}");
        let wrong = said.lines().zip(jobs).filter(|(line, _)| *line != "OK");
        self.failures.extend(wrong.map(|(line, job)| format!("{}: {line}", job.what)));
    }
}

/// Makes an export and has it opened, once by each of these programs.
fn open_export(
    programs: &mut Programs,
    number: usize,
    part_size: Option<usize>,
    openers: &[usize],
) -> Vec<Opened> {
    let root = programs.root.clone();
    let is_binary = openers[0] >= FIRST_BINARY;
    let container = if is_binary { SealContainer::Binary } else { SealContainer::default() };
    let outbox = root.join(format!("outbox-{number}-{is_binary}"));
    let builder = builder(part_size, container);
    let built = builder.build_folder(root.join("tree"), &outbox, &mut ()).unwrap();
    let open = |&opener: &usize| {
        let folder = root.join(format!("opened-{number}-{opener}"));
        std::fs::create_dir(&folder).unwrap();
        for part in &built.parts {
            let sealed = part.name().to_string();
            let plain = folder.join(sealed.strip_suffix(".smime").unwrap());
            programs.open(opener, &outbox.join(&sealed), &plain);
        }
        Opened { opener, part_size, parts: built.parts.len(), folder }
    };
    openers.iter().map(open).collect()
}

/// Why a program is not asked.
fn cannot(extractor: usize, opened: &Opened) -> bool {
    match EXTRACTORS[extractor] {
        // Of an entry that is longer than a part `zip -s 0` loses bytes where parts are a multiple
        // of its buffer.
        "Info-ZIP" => opened.part_size.is_some_and(|size| size.is_multiple_of(16_384)),
        // It knows no split archives.
        "bsdtar" => opened.parts > 1,
        _ => false,
    }
}

/// Has one program extract what was opened; zip4j and commons-compress by a line for Java.
fn extract(root: &Path, extractor: usize, opened: &Opened, out: &Path, jobs: &mut String) -> bool {
    let archive = opened.folder.join(LAST);
    let [archive, target] = [&archive, out].map(|path| path.to_str().unwrap());
    match EXTRACTORS[extractor] {
        "7-Zip" => try_run(root, "7z", &["x", "-y", archive, &format!("-o{target}")], b"").0,
        "zip4j" => writeln!(jobs, "zip4j\t{archive}\t{target}").is_ok(),
        "commons-compress" => writeln!(jobs, "commons\t{archive}\t{target}").is_ok(),
        "Info-ZIP" if opened.parts > 1 => {
            let whole = format!("{target}.zip");
            try_run(root, "zip", &["-q", "-s", "0", archive, "--out", &whole], b"").0
                && try_run(root, "unzip", &["-q", &whole, "-d", target], b"").0
        }
        "Info-ZIP" => try_run(root, "unzip", &["-q", archive, "-d", target], b"").0,
        _ => {
            std::fs::create_dir(out).unwrap();
            try_run(root, "bsdtar", &["-x", "-f", archive, "-C", target], b"").0
        }
    }
}

fn java(root: &Path, jobs: &str) -> Vec<String> {
    let source = common::core().join("tests/tools/Extract.java");
    let class_path = JARS.map(|jar| format!("/usr/share/java/{jar}.jar")).join(":");
    let all = ["-cp", &class_path, source.to_str().unwrap()];
    let said = String::from_utf8(run_with(root, "java", &all, jobs.as_bytes())).unwrap();
    assert_eq!(said.lines().count(), jobs.lines().count());
    said.lines().map(str::to_owned).collect()
}

type Cells = BTreeMap<(usize, usize), usize>;

/// Has each program extract all that was opened; how many trees came back by which two programs.
fn extract_all(root: &Path, opened: &[Opened], failures: &mut Vec<String>) -> Cells {
    let (mut cells, mut jobs, mut outs) = (Cells::new(), String::new(), Vec::new());
    for (number, opened) in opened.iter().enumerate() {
        for extractor in (0..EXTRACTORS.len()).filter(|it| !cannot(*it, opened)) {
            let out = root.join(format!("out-{number}-{extractor}"));
            let said = extract(root, extractor, opened, &out, &mut jobs);
            outs.push((opened, extractor, out, said));
        }
    }
    let mut said_by_java = java(root, &jobs).into_iter();
    let tree = tree();
    for (opened, extractor, out, said) in outs {
        let in_java = matches!(EXTRACTORS[extractor], "zip4j" | "commons-compress");
        let answer = if in_java { said_by_java.next().unwrap() } else { "ok".to_owned() };
        if said && answer == "ok" && read_tree(&out) == tree {
            *cells.entry((opened.opener, extractor)).or_default() += 1;
        } else {
            let (by, size) = (OPENERS[opened.opener], opened.part_size);
            failures.push(format!("{}, {by}, {size:?}: {answer}", EXTRACTORS[extractor]));
        }
    }
    cells
}

const HEAD: &str = "\
# Who opens and extracts exports that are made

What `ExportBuilder` makes of one folder, sealed for one RSA key, opened by one program and extracted by another, none
of which anybody here wrote; each number is that of exports whose tree came back byte for byte. Made by a test
(`tests/export_interop.rs`), which fails if one does not come back, with OpenSSL 3.0, Bouncy Castle 1.72 under
`-Xmx64m`, gpgsm 2.2, NSS 3.87, 7-Zip, zip4j 2.11, commons-compress 1.22, Info-ZIP's zip 3.0 and unzip 6.0, and bsdtar.

* Each export has parts of another size; `openssl smime`, the documented command, opens all of them, the others take
  turns.
* \"By certificate\" is Bouncy Castle's parser as the vendor's sample has it: the recipient is found by the
  certificate. Without it the first one is taken.
* gpgsm and NSS read no MIME: theirs are sealed in binary.
* pyca/cryptography is asked and opens none: it reads no indefinite lengths, which a part has because it is sealed
  before its size is known.
* Info-ZIP is `zip -s 0` and then `unzip`; of an entry that is longer than a part it loses bytes where parts are
  a multiple of 16 KiB, and is not asked then.
* A directory is in the last part, unless it is longer than a part: zip4j looks for it nowhere else, and 7-Zip takes
  one that starts in an earlier part for one in the last, if that is long enough. Of 65,536 entries in parts below
  3 MB zip4j reads none, and 7-Zip all but those whose last part is full, also if Info-ZIP makes them.
* `openssl smime` opens no export that is sealed for a recipient of another kind beside the RSA key (a curve, a secret
  key, a password); `openssl cms` does.
* bsdtar knows no split archives, and is asked where there is one part only.
* unar is not asked: it was not at hand.

";

/// The table of all that came back.
fn table(
    cells: &Cells,
    sizes: usize,
    distances: &BTreeMap<&'static str, BTreeSet<usize>>,
) -> String {
    let mut table = HEAD.to_owned();
    writeln!(table, "| opened by | {} |", EXTRACTORS.join(" | ")).unwrap();
    writeln!(table, "|---|{}", "---|".repeat(EXTRACTORS.len())).unwrap();
    for (opener, name) in OPENERS.iter().enumerate() {
        let cell = |extractor| cells.get(&(opener, extractor)).copied().unwrap_or(0).to_string();
        let row: Vec<_> = (0..EXTRACTORS.len()).map(cell).collect();
        writeln!(table, "| {name} | {} |", row.join(" | ")).unwrap();
    }
    let all: usize = cells.values().sum();
    writeln!(
        table,
        "\n{all} cells in all, with {sizes} sizes of parts. Among them are those at which"
    )
    .unwrap();
    table += "the first part would end so many bytes after the start of a record, which then stands in the next one if\n\
        it is not complete:\n\n| record | bytes of it before the end of the part |\n|---|---|\n";
    for (what, distances) in distances {
        let distances: Vec<_> = distances.iter().map(usize::to_string).collect();
        writeln!(table, "| {what} | {} |", distances.join(", ")).unwrap();
    }
    table
}

#[test]
fn the_table_of_who_opens_and_extracts_exports() {
    let missing = missing();
    if !missing.is_empty() {
        return skipped(&format!("not there: {}", missing.join(", ")));
    }
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    write_tree(&root.join("tree"), &tree());
    let (sizes, distances) = part_sizes(&root.join("tree"));
    let mut programs = Programs::new(root);
    let mut opened = Vec::new();
    for (number, size) in sizes.iter().enumerate() {
        // The last is that of one part, which all of them open.
        let is_last = number + 1 == sizes.len();
        if !is_last && number % thorough(1, 4) != 0 {
            continue;
        }
        let (text, binary): (Vec<_>, Vec<_>) = (1..OPENERS.len())
            .filter(|opener| is_last || (opener - 1) == number % (OPENERS.len() - 1))
            .partition(|opener| *opener < FIRST_BINARY);
        opened.extend(open_export(&mut programs, number, *size, &[&[0], &text[..]].concat()));
        if !binary.is_empty() {
            opened.extend(open_export(&mut programs, number, *size, &binary));
        }
    }
    programs.bouncy_castle();
    let mut failures = std::mem::take(&mut programs.failures);
    let cells = extract_all(root, &opened, &mut failures);
    println!(
        "{} cells, {} sizes, {} fail",
        cells.values().sum::<usize>(),
        sizes.len(),
        failures.len()
    );
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    let sealed = root.join(format!("outbox-{}-true/{LAST}.smime", sizes.len() - 1));
    if has_pyca(root) {
        let key = key("key");
        let out = root.join("pyca");
        let (form, key) = ("der".to_owned(), key.to_str().unwrap());
        let job = openers::Job { form, file: &sealed, key, out };
        assert_eq!(pyca_open(root, &[job]), [false], "the table says no");
    }
    let pairs = (0..OPENERS.len()).flat_map(|it| (0..EXTRACTORS.len()).map(move |by| (it, by)));
    // The set of one part makes one cell of each; all others but bsdtar's are of more parts.
    let one = |(_, by): &(_, usize)| usize::from(EXTRACTORS[*by] != "bsdtar");
    let none: Vec<_> = pairs.filter(|it| cells.get(it).is_none_or(|n| *n <= one(it))).collect();
    assert!(none.is_empty(), "{none:?}");
    let is_written = std::env::var_os("SMIMEZIP_WRITE_INTEROP").is_some();
    if !thorough(true, false) {
        assert!(!is_written, "the whole table takes SMIMEZIP_THOROUGH=1, too");
        return;
    }
    let table = table(&cells, sizes.len(), &distances);
    let file = common::core().join("docs/INTEROP-EXPORTS.md");
    if is_written {
        std::fs::write(&file, &table).unwrap();
    }
    let expected = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(expected == table, "the table has changed (SMIMEZIP_WRITE_INTEROP=1):\n{table}");
}

/// Entries that two bytes cannot count, so that there are a zip64 end record and its locator, which
/// stand in one part with the end record.
const ENTRIES: usize = 65_536;
const ENDS: usize = 56 + 20 + 22;

/// The size of parts of which the last one would have so many bytes of the end records, if it had
/// room for no more.
fn size_that_ends_at(distance: usize) -> usize {
    let (local, header) = (30 + 6, 46 + 6);
    // The first part ends after some headers of the directory and `spare` bytes, the second has the
    // others.
    (0..header)
        .find_map(|spare| {
            let rest = (distance + ENTRIES * (header - local)).checked_sub(MARKER + spare)?;
            let headers = rest.is_multiple_of(2 * header).then_some(rest / (2 * header))?;
            Some(MARKER + ENTRIES * local + headers * header + spare)
        })
        .unwrap()
}

#[test]
fn a_zip64_end_record_at_the_end_of_a_part() {
    let missing = missing();
    if !missing.is_empty() {
        return skipped(&format!("not there: {}", missing.join(", ")));
    }
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let name = |number: usize| format!("{number:05}");
    let mut jobs = String::new();
    for distance in thorough(&[0, 76, ENDS][..], &[0, ENDS]).iter().copied() {
        let outbox = root.join(format!("outbox-{distance}"));
        let size = size_that_ends_at(distance);
        let builder = builder(Some(size), SealContainer::default());
        let part = PartName::parse("export-1.zip.smime").unwrap();
        let sink = FolderSink::new(&outbox, &part, &BuildOptions::new().durable(false)).unwrap();
        let mut archive = builder.writer(sink).unwrap();
        for number in 0..ENTRIES {
            archive.add_folder(&name(number), &EntryAttributes::new()).unwrap();
        }
        let built = archive.finish().unwrap();
        assert_eq!(built.parts.len(), if distance == ENDS { 2 } else { 3 }, "{distance}");
        for part in &built.parts {
            let sealed = part.name().to_string();
            let plain = sealed.strip_suffix(".smime").unwrap();
            let key = key("key");
            let key = key.to_str().unwrap();
            let all =
                ["smime", "-decrypt", "-binary", "-inkey", key, "-in", &sealed, "-out", plain];
            run(&outbox, "openssl", &all);
        }
        // 7-Zip takes a directory that starts in an earlier part for one that is in the last, if
        // that one is long enough; also where Info-ZIP made it.
        if distance < ENDS {
            let said = String::from_utf8(run(&outbox, "7z", &["t", LAST])).unwrap();
            assert!(said.contains(&format!("Folders: {ENTRIES}")), "{distance}: {said}");
        }
        // zip4j looks for the directory in the last part only, which has no room for this one.
        writeln!(jobs, "commons\t{}", outbox.join(LAST).display()).unwrap();
    }
    let said = java(root, &jobs);
    assert!(said.iter().all(|said| *said == ENTRIES.to_string()), "{said:?}");
}
