//! Exports made and opened: by ourselves, for every recipient, in every container; by the
//! documented OpenSSL command and 7-Zip; and none at all where what was made is not what it should
//! be.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use crate::common;

use std::io::{self, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use common::sinks::MemorySink;
use common::{data, has, noise, read_tree, run, sample, sample_keys, skipped, tree, write_tree};
use smimezip::build::{ArchiveWriter, BuildOptions, EntryAttributes, FolderPart, FolderSink};
use smimezip::cms::ContentEncryptionAlgorithm;
use smimezip::export::ExportBuilder;
use smimezip::keys::Recipient;
use smimezip::message::{Columns, Envelope, LineEnd, SealContainer, SealOptions};
use smimezip::parts::{PartName, PartReceipt, PartSink, PartWriter, SetName};
use smimezip::progress::{self, Phase};
use smimezip::{
    Certificate, Error, ErrorKind, Export, Integrity, KeyRing, Limit, Limits, Passphrase, ReadAt,
    UnlockOptions,
};

struct Place {
    _temporary: tempfile::TempDir,
    tree: PathBuf,
    outbox: PathBuf,
}

fn place() -> Place {
    let temporary = tempfile::tempdir().unwrap();
    let (tree, outbox) = (temporary.path().join("tree"), temporary.path().join("outbox"));
    Place { _temporary: temporary, tree, outbox }
}

fn certificate(path: &Path) -> Recipient {
    let certificate = Certificate::from_bytes(&std::fs::read(path).unwrap()).unwrap();
    Recipient::from_certificate_at_any_time(&certificate).unwrap()
}

fn builder(part_size: u64) -> ExportBuilder {
    let name = SetName::new("export-1").unwrap();
    let options = BuildOptions::new().part_size(part_size);
    let sample = certificate(&sample().join("certificate.pem"));
    ExportBuilder::new(name).recipient(sample).build_options(&options)
}

#[test]
fn each_recipient_opens_it_in_every_container_and_cipher() {
    use ContentEncryptionAlgorithm::{Aes128Cbc, Aes256Cbc, Aes256Gcm, ChaCha20Poly1305};
    let place = place();
    write_tree(&place.tree, &tree());
    let mut by_password = KeyRing::new();
    by_password.add_password(Passphrase::from("said on the telephone"));
    let main = KeyRing::from_file(data().join("keys/main.key.pem")).unwrap();
    let mime = SealContainer::MimeBase64 { columns: Columns::C76, line_end: LineEnd::CrLf };
    for (part_size, container, cipher) in [
        (65_536, SealContainer::default(), Aes256Cbc),
        (70_001, mime, Aes128Cbc),
        (100_000, SealContainer::MimeBinary, Aes256Gcm),
        (4_000_000_000, SealContainer::Pem, Aes256Cbc),
        (80_000, SealContainer::Binary, ChaCha20Poly1305),
    ] {
        let is_authenticated = matches!(cipher, Aes256Gcm | ChaCha20Poly1305);
        let password = Recipient::from_password(Passphrase::from("said on the telephone")).unwrap();
        let built = builder(part_size)
            .recipient(certificate(&data().join("keys/main.cert.pem")))
            .recipient(password.with_iterations(1000).unwrap())
            .seal_options(&SealOptions::new().container(container).content_encryption(cipher))
            .build_folder(&place.tree, &place.outbox, &mut ())
            .unwrap();
        assert_eq!(built.parts.len() == 1, part_size > 1_000_000);
        assert_eq!(built.parts.last().unwrap().name().to_string(), "export-1.zip.smime");
        for keys in [&sample_keys(), &main, &by_password] {
            let export = Export::discover(&place.outbox).unwrap();
            let archive = export.unlock(keys).unwrap();
            let expected =
                if is_authenticated { Integrity::Authenticated } else { Integrity::Checksummed };
            assert_eq!(archive.integrity(), expected);
            let back = place.outbox.with_file_name("back");
            archive.extract(&back).unwrap();
            assert_eq!(read_tree(&back), tree());
            std::fs::remove_dir_all(&back).unwrap();
        }
        std::fs::remove_dir_all(&place.outbox).unwrap();
    }
}

#[test]
fn the_documented_way_opens_it() {
    if !has("openssl") || !has("7z") {
        return skipped("openssl or 7z is not there");
    }
    let place = place();
    write_tree(&place.tree, &tree());
    let built = builder(65_536).build_folder(&place.tree, &place.outbox, &mut ()).unwrap();
    assert!(built.parts.len() > 2);
    let key = sample().join("key.pem");
    for part in &built.parts {
        let sealed = part.name().to_string();
        let plain = sealed.strip_suffix(".smime").unwrap();
        let key = key.to_str().unwrap();
        let decrypt =
            ["smime", "-decrypt", "-binary", "-inkey", key, "-in", &sealed, "-out", plain];
        run(&place.outbox, "openssl", &decrypt);
    }
    run(&place.outbox, "7z", &["x", "-y", "export-1.zip", "-oback"]);
    assert_eq!(read_tree(&place.outbox.join("back")), tree());
}

#[test]
fn each_part_has_a_key_of_its_own() {
    let place = place();
    write_tree(&place.tree, &tree());
    let built = builder(65_536).build_folder(&place.tree, &place.outbox, &mut ()).unwrap();
    let mut encrypted_keys: Vec<_> = built
        .parts
        .iter()
        .map(|part| {
            let file = place.outbox.join(part.name().to_string());
            let envelope = Envelope::open_file(file).unwrap();
            envelope.recipient_infos()[0].encrypted_key().to_vec()
        })
        .collect();
    encrypted_keys.sort();
    encrypted_keys.dedup();
    assert_eq!(encrypted_keys.len(), built.parts.len());
}

#[test]
fn f1_what_does_not_read_back_gets_no_name() {
    let write = |sink: &MemorySink, read_back: bool| {
        let mut archive = builder(65_536).read_back(read_back).writer(sink.clone()).unwrap();
        let mut entry = archive.begin_file("noise", &EntryAttributes::new()).unwrap();
        entry.write_all(&noise(1, 150_000)).unwrap();
        entry.finish().unwrap();
        archive.finish().map(|built| built.parts.len())
    };
    // In a recipient, in the content, in its last block.
    for at in [700, 30_000, 80_000, 88_000] {
        let sink = MemorySink::flipping(at);
        let error = write(&sink, true).unwrap_err();
        assert!(sink.parts().is_none(), "{at}: {error}");
        assert!(write(&MemorySink::flipping(at), false).is_ok());
    }
    // What cannot be read back is made all the same.
    let sink = MemorySink::default();
    assert_eq!(write(&sink, true).unwrap(), 3);
    let archive = Export::from_parts(sink.to_open()).unwrap().unlock(&sample_keys()).unwrap();
    archive.verify().unwrap();
}

const MARKER: &[u8] = b"a sentence that nobody else has written";

/// Looks at all files below a folder after each write, and how many bytes they had at most.
#[derive(Clone)]
struct Look {
    root: PathBuf,
    most: Arc<Mutex<u64>>,
}

impl Look {
    fn look(&self) {
        let (mut folders, mut bytes) = (vec![self.root.clone()], 0);
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                    continue;
                }
                let found = std::fs::read(&path).unwrap();
                assert!(!found.windows(MARKER.len()).any(|it| it == MARKER), "{}", path.display());
                bytes += found.len() as u64;
            }
        }
        let mut most = self.most.lock().unwrap();
        *most = bytes.max(*most);
    }
}

struct Looking(FolderSink, Look);

struct LookingPart(FolderPart, Look);

impl PartSink for Looking {
    type Part = LookingPart;

    fn begin(&mut self, name: &PartName) -> Result<LookingPart, Error> {
        Ok(LookingPart(self.0.begin(name)?, self.1.clone()))
    }

    fn read_back(&self, part: &PartReceipt) -> Result<Option<Arc<dyn ReadAt>>, Error> {
        self.1.look();
        self.0.read_back(part)
    }

    fn commit(self, parts: Vec<PartReceipt>) -> Result<(), Error> {
        let Self(sink, look) = self;
        look.look();
        sink.commit(parts)?;
        look.look();
        Ok(())
    }
}

impl Write for LookingPart {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.0.write(bytes)?;
        self.1.look();
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

impl PartWriter for LookingPart {
    fn finish(self) -> Result<PartReceipt, Error> {
        self.0.finish()
    }
}

#[test]
fn f2_no_plaintext_is_on_the_disk_at_any_time() {
    let content = [MARKER, &noise(1, 300_000), MARKER].concat();
    let options = BuildOptions::new().part_size(65_536).level(0);
    let write = |is_sealed: bool| {
        let place = place();
        let root = place.outbox.parent().unwrap().to_owned();
        let look = Look { root, most: Arc::default() };
        let name = PartName::parse("export-1.zip.smime").unwrap();
        let folder = FolderSink::new(&place.outbox, &name, &options).unwrap();
        let sink = Looking(folder, look.clone());
        let attributes = EntryAttributes::new();
        if is_sealed {
            let builder = builder(65_536).build_options(&options);
            let mut archive = builder.writer(sink).unwrap();
            let mut entry = archive.begin_file("marked", &attributes).unwrap();
            entry.write_all(&content).unwrap();
            entry.finish().unwrap();
            archive.finish().unwrap();
        } else {
            let mut archive = ArchiveWriter::new(sink, &name, &options).unwrap();
            let mut entry = archive.begin_file("marked", &attributes).unwrap();
            entry.write_all(&content).unwrap();
            entry.finish().unwrap();
            archive.finish().unwrap();
        }
        let most = *look.most.lock().unwrap();
        assert!(most > 300_000, "{most}");
    };
    write(true);
    // Unsealed it is there, and would be found.
    let found = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| write(false)));
    assert!(found.is_err());
}

#[test]
fn what_cannot_be_made_leaves_nothing() {
    let place = place();
    write_tree(&place.tree, &tree());
    let nobody = ExportBuilder::new(SetName::random().unwrap());
    let error = nobody.build_folder(&place.tree, &place.outbox, &mut ()).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::InvalidArgument(_)), "{error}");
    let small = builder(65_535);
    let error = small.build_folder(&place.tree, &place.outbox, &mut ()).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::InvalidArgument(_)), "{error}");
    let inside = place.tree.join("outbox");
    let error = builder(65_536).build_folder(&place.tree, &inside, &mut ()).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::InvalidArgument(_)), "{error}");
    assert!(!place.outbox.exists() && !inside.exists());
    builder(65_536).build_folder(&place.tree, &place.outbox, &mut ()).unwrap();
    let before = read_tree(&place.outbox);
    let error = builder(65_536).build_folder(&place.tree, &place.outbox, &mut ()).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Exists(_)), "{error}");
    assert_eq!(read_tree(&place.outbox), before);
}

#[test]
fn names_of_sets() {
    let name = SetName::random().unwrap();
    let uuid = name.stem().strip_prefix("export-").unwrap();
    assert_eq!(uuid.split('-').map(str::len).collect::<Vec<_>>(), [8, 4, 4, 4, 12]);
    assert!(uuid.as_bytes()[14] == b'4' && b"89ab".contains(&uuid.as_bytes()[19]), "{uuid}");
    assert_ne!(name, SetName::random().unwrap());
    for stem in ["", "._x"] {
        assert!(SetName::new(stem).is_none(), "{stem:?}");
    }
}

#[test]
fn what_is_read_back_is_reported_in_phases_of_its_own() {
    let place = place();
    write_tree(&place.tree, &tree());
    for is_read_back in [true, false] {
        let mut phases: Vec<(Phase, u64, u64)> = Vec::new();
        let mut listener = progress::listener(|event| {
            let now = (event.phase, event.bytes_done, event.bytes_total);
            match phases.last_mut().filter(|last| last.0 == event.phase) {
                Some(last) => *last = now,
                None => phases.push(now),
            }
            ControlFlow::Continue(())
        });
        let outbox = place.outbox.join(is_read_back.to_string());
        let made = builder(65_536).read_back(is_read_back);
        let bytes = made.build_folder(&place.tree, &outbox, &mut listener).unwrap().bytes;
        let (writing, publishing) = ((Phase::Writing, bytes, bytes), Phase::Publishing);
        let mut expected = vec![(Phase::Planning, 0, 0), writing, (publishing, bytes, bytes)];
        if is_read_back {
            let verifying = (Phase::Verifying, bytes, bytes);
            expected.splice(2..2, [(Phase::Unlocking, 0, 0), verifying]);
        }
        assert_eq!(phases, expected);
    }
}

#[test]
fn f6_who_stops_reading_back_gets_nothing() {
    let place = place();
    write_tree(&place.tree, &tree());
    for phase in [Phase::Unlocking, Phase::Verifying] {
        let mut listener = progress::listener(|event| {
            if event.phase == phase { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        let made = builder(65_536).build_folder(&place.tree, &place.outbox, &mut listener);
        assert!(matches!(made.unwrap_err().kind(), ErrorKind::Cancelled));
        assert!(!place.outbox.exists());
    }
}

#[test]
fn what_an_export_needs_is_what_opens_it_and_no_more() {
    let place = place();
    write_tree(&place.tree, &tree());
    let built = builder(65_536).build_folder(&place.tree, &place.outbox, &mut ()).unwrap();
    assert_eq!(built.needs(&Limits::default()), []);
    let counted = [Limit::Parts, Limit::Directory, Limit::Entries, Limit::TotalSize];
    let nothing = counted.iter().fold(Limits::new(), |limits, limit| limits.with(*limit, 0));
    let needs = built.needs(&nothing);
    assert_eq!(needs.iter().map(|needed| needed.0).collect::<Vec<_>>(), counted);
    let verify = |limits: &Limits| {
        let options = UnlockOptions::new().limits(limits);
        let export = Export::discover(&place.outbox).unwrap();
        export.unlock_with(&sample_keys(), &options, &mut ())?.verify()
    };
    let enough = needs.iter().fold(Limits::new(), |limits, (limit, it)| limits.with(*limit, *it));
    assert_eq!(verify(&enough).unwrap().bytes, built.bytes);
    assert!(built.needs(&enough).is_empty());
    for (limit, value) in needs {
        let error = verify(&enough.clone().with(limit, value - 1)).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Limit { limit: it, .. } if *it == limit));
    }
}
