//! Any bytes as a tree, the options and the recipients to make an export of it with. What is made
//! must be opened again by each recipient and give the same tree; in one part also by the crate
//! `zip`. A name that is refused must be one that is refused where it is read, or collide.
//!
//! Keys and initialization vectors are drawn by chance, as in `seal`.

use std::collections::BTreeMap;
use std::io::{self, Cursor, Read, Write};
use std::sync::{Arc, LazyLock, Mutex};

use smimezip::build::{BuildOptions, EntryAttributes};
use smimezip::export::ExportBuilder;
use smimezip::keys::{Passphrase, Recipient};
use smimezip::message::{Columns, Envelope, LineEnd, SealContainer, SealOptions};
use smimezip::parts::{PartName, PartReceipt, PartSink, PartWriter, SetName};
use smimezip::{Archive, Certificate, Error, ErrorKind, Export, KeyRing, Part, ReadAt};

/// Bytes before the entries: container, recipients, level, threads and whether it is cut, and two
/// for the size of the parts.
const HEAD: usize = 6;
/// No more of one tree, so that a run stays short.
const MAX_ENTRIES: usize = 40;
const MAX_BYTES: usize = 600_000;

const CONTAINERS: [SealContainer; 4] = [
    SealContainer::MimeBase64 { columns: Columns::C64, line_end: LineEnd::Lf },
    SealContainer::MimeBase64 { columns: Columns::C76, line_end: LineEnd::CrLf },
    SealContainer::Pem,
    SealContainer::Binary,
];

/// Contents by name; `None` is a folder.
type Tree = BTreeMap<String, Option<Vec<u8>>>;

/// Recipients that cost little, each with the ring that opens what is sealed for it.
static RECIPIENTS: LazyLock<Vec<(Recipient, KeyRing)>> = LazyLock::new(|| {
    let mut by_secret_key = KeyRing::new();
    by_secret_key.add_secret_key([7; 24], Some(b"shared".to_vec())).expect("a legal size");
    let mut by_password = KeyRing::new();
    by_password.add_password(Passphrase::new("secret"));
    let password = Recipient::from_password(Passphrase::new("secret")).expect("not empty");
    let certificate =
        include_bytes!("../../crates/smimezip/tests/data/envelopes/keys/x25519.cert.pem");
    let certificate = Certificate::from_bytes(certificate).expect("a committed certificate");
    let key = include_bytes!("../../crates/smimezip/tests/data/envelopes/keys/x25519.key.pem");
    vec![
        (Recipient::from_secret_key([7; 24], *b"shared").expect("a legal size"), by_secret_key),
        (password.with_iterations(1000).expect("enough"), by_password),
        (
            Recipient::from_certificate_at_any_time(&certificate).expect("a good key"),
            KeyRing::from_bytes(key).expect("a committed key"),
        ),
    ]
});

/// Makes an export of what follows the head, and opens it again.
pub fn run(bytes: &[u8]) {
    let Some((&[container, who, level, how, low, high], entries)) =
        bytes.split_first_chunk::<HEAD>()
    else {
        return;
    };
    let chosen: Vec<_> = RECIPIENTS
        .iter()
        .enumerate()
        .filter(|(at, _)| (who % 7 + 1) >> at & 1 == 1)
        .map(|it| it.1)
        .collect();
    let part_size = 65_536 + u64::from(u16::from_le_bytes([low, high]));
    let options =
        BuildOptions::new().level(u32::from(level % 10)).threads(usize::from(how % 2) + 1);
    let options = if how & 2 == 0 { options } else { options.part_size(part_size) };
    let container = CONTAINERS[usize::from(container) % CONTAINERS.len()];
    let mut builder = ExportBuilder::new(SetName::new("e").expect("a good name"))
        .build_options(&options)
        .seal_options(&SealOptions::new().container(container));
    for (recipient, _) in &chosen {
        builder = builder.recipient(recipient.clone());
    }
    let memory = Memory::default();
    let tree = build(&builder, &memory, entries);
    let parts = std::mem::take(&mut memory.0.lock().expect("no panic before").parts);
    for (recipient, ring) in chosen {
        let named = parts.iter().map(|(name, bytes)| Part::new(name.to_string(), bytes.clone()));
        let archive = Export::from_parts(named).and_then(|export| export.unlock(ring));
        let archive = archive.unwrap_or_else(|error| panic!("{error}, for {recipient}"));
        assert!(read(&archive) == tree, "another tree, for {recipient}, {options:?}");
    }
    if let [(_, part)] = &parts[..] {
        assert!(by_the_crate_zip(part, &RECIPIENTS) == tree, "another tree by the crate zip");
    }
}

/// Writes the entries that `bytes` describe. Each is a byte for the kind, one for the length of its
/// name, the name, and what its contents are made of.
fn build(builder: &ExportBuilder, memory: &Memory, bytes: &[u8]) -> Tree {
    let mut archive = builder.writer(memory.clone()).expect("options that may be");
    let (mut tree, mut rest, mut total) = (Tree::new(), bytes, 0);
    while let Some((&[kind, length], after)) = rest.split_first_chunk::<2>() {
        let (name, after) = after.split_at(after.len().min(usize::from(length % 48)));
        let name = String::from_utf8_lossy(name).into_owned();
        let (contents, after) = contents(kind, after);
        rest = after;
        total += contents.len();
        if total > MAX_BYTES || tree.len() >= MAX_ENTRIES {
            break;
        }
        let attributes = EntryAttributes::new();
        let attributes =
            if kind & 0x80 == 0 { attributes } else { attributes.max_size(contents.len() as u64) };
        if kind % 8 == 7 {
            match archive.add_folder(&name, &attributes) {
                Ok(()) => drop(tree.insert(name.trim_end_matches('/').to_owned(), None)),
                Err(error) => check_refusal(&error, &name, &tree),
            }
            continue;
        }
        match archive.begin_file(&name, &attributes) {
            Ok(mut entry) => {
                let piece = usize::from(kind) * 977 + 1;
                for piece in contents.chunks(piece) {
                    entry.write_all(piece).expect("a sink that takes all");
                }
                entry.finish().expect("a sink that takes all");
                tree.insert(name, Some(contents));
            }
            Err(error) => check_refusal(&error, &name, &tree),
        }
    }
    archive.finish().expect("a sink that takes all, and reads back what was made");
    tree
}

/// Contents: the bytes themselves, one byte many times, or noise; and what follows.
fn contents(kind: u8, bytes: &[u8]) -> (Vec<u8>, &[u8]) {
    let Some((&[low, high, what], after)) = bytes.split_first_chunk::<3>() else {
        return (Vec::new(), &[]);
    };
    let size = usize::from(u16::from_le_bytes([low, high]));
    match kind % 8 {
        0 | 1 => {
            let (here, after) = after.split_at(after.len().min(size));
            (here.to_vec(), after)
        }
        2 | 3 => (vec![what; size * 5], after),
        4 | 5 => (noise(what, size), after),
        6 => (noise(what, size * 3), after),
        _ => (Vec::new(), after),
    }
}

fn noise(seed: u8, size: usize) -> Vec<u8> {
    let mut state = u32::from(seed) + 1;
    let next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state.to_be_bytes()[0]
    };
    std::iter::repeat_with(next).take(size).collect()
}

/// A name is refused only for what it is, where nobody may read it, or for others that are there.
fn check_refusal(error: &Error, name: &str, tree: &Tree) {
    match error.kind() {
        // For a reader it would be a folder.
        ErrorKind::UnsafeName(_) if name.ends_with('/') => {}
        // Readers take that for nothing, as others have written it; here nobody does.
        ErrorKind::UnsafeName(_) if name.starts_with("./") => {}
        ErrorKind::UnsafeName(_) => {
            let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
            let options = zip::write::SimpleFileOptions::default();
            let options = options.compression_method(zip::CompressionMethod::Stored);
            if zip.start_file(name, options).is_err() {
                return;
            }
            let bytes = zip.finish().expect("in memory").into_inner();
            // Unless the crate has made another name of it.
            let Ok(archive) = Archive::open([Part::new("e.zip", bytes)]) else { return };
            let is_safe = |entry: &smimezip::Entry| entry.path().is_ok();
            let found = archive.entries().iter().find(|entry| entry.raw_name() == name);
            assert!(!found.is_some_and(is_safe), "{name:?} is refused: {error}");
        }
        ErrorKind::NameConflict(_) => assert!(!tree.is_empty(), "{name:?} collides with nothing"),
        _ => panic!("{name:?}: {error}"),
    }
}

/// All that is in an archive.
fn read(archive: &Archive) -> Tree {
    let entries = archive.entries().iter().map(|entry| {
        let path = entry.path().expect("a name that was not refused").as_str().to_owned();
        let contents = entry.is_file().then(|| {
            let mut contents = Vec::new();
            let mut reader = archive.open_entry(entry).expect("an entry that was made");
            reader.read_to_end(&mut contents).expect("an entry that was made");
            contents
        });
        (path, contents)
    });
    entries.collect()
}

/// The same as another reader has it.
fn by_the_crate_zip(part: &[u8], keys: &[(Recipient, KeyRing)]) -> Tree {
    let mut all = KeyRing::new();
    all.add_secret_key([7; 24], Some(b"shared".to_vec())).expect("a legal size");
    let envelope = Envelope::open(part.to_vec()).expect("a message");
    let mut content = std::iter::once(&all)
        .chain(keys.iter().map(|it| &it.1))
        .find_map(|ring| envelope.unlock(ring).ok())
        .expect("a key that fits");
    let mut plaintext = Vec::new();
    content.read_to_end(&mut plaintext).expect("as it was sealed");
    let mut archive = zip::ZipArchive::new(Cursor::new(plaintext)).expect("an archive");
    let mut tree = Tree::new();
    for number in 0..archive.len() {
        let mut entry = archive.by_index(number).expect("an entry that was made");
        let name = entry.name().expect("UTF-8").trim_end_matches('/').to_owned();
        let mut contents = Vec::new();
        entry.read_to_end(&mut contents).expect("an entry that was made");
        tree.insert(name, entry.is_file().then_some(contents));
    }
    tree
}

/// Keeps parts in memory, and has them read back.
#[derive(Clone, Default)]
struct Memory(Arc<Mutex<Kept>>);

#[derive(Default)]
struct Kept {
    finished: Vec<(PartName, Vec<u8>)>,
    parts: Vec<(PartName, Vec<u8>)>,
}

struct MemoryPart {
    memory: Memory,
    name: PartName,
    bytes: Vec<u8>,
}

impl PartSink for Memory {
    type Part = MemoryPart;

    fn begin(&mut self, name: &PartName) -> Result<MemoryPart, Error> {
        Ok(MemoryPart { memory: self.clone(), name: name.clone(), bytes: Vec::new() })
    }

    fn read_back(&self, part: &PartReceipt) -> Result<Option<Arc<dyn ReadAt>>, Error> {
        let kept = self.0.lock().expect("no panic before");
        let found = kept.finished.iter().find(|(name, _)| name == part.begun_as());
        Ok(found.map(|(_, bytes)| Arc::new(bytes.clone()) as Arc<dyn ReadAt>))
    }

    fn commit(self, parts: Vec<PartReceipt>) -> Result<(), Error> {
        let mut kept = self.0.lock().expect("no panic before");
        let finished = std::mem::take(&mut kept.finished);
        let named = finished.into_iter().zip(parts);
        kept.parts = named.map(|((_, bytes), it)| (it.name().clone(), bytes)).collect();
        Ok(())
    }
}

impl Write for MemoryPart {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.bytes.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl PartWriter for MemoryPart {
    fn finish(self) -> Result<PartReceipt, Error> {
        let Self { memory, name, bytes } = self;
        let receipt = PartReceipt::new(name.clone(), bytes.len() as u64);
        memory.0.lock().expect("no panic before").finished.push((name, bytes));
        Ok(receipt)
    }
}
