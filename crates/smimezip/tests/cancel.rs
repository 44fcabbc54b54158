//! Cancelling and progress at each phase of each long call, over sources that take their time. What
//! is measured is how many reads come after a cancellation, not how long they take: at most one of
//! each thread.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use crate::common;

use std::io;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use common::seal::{Outside, Shape, seal};
use common::{limits, noise, read_tree, sample_keys, zips};
use smimezip::extract::{SaveOptions, save, save_with};
use smimezip::message::{Envelope, InnerLayers};
use smimezip::progress::{Event, Phase};
use smimezip::{
    Archive, CancelToken, Error, ErrorKind, Export, ExtractOptions, KeyRing, Part, ReadAt, Report,
    UnlockOptions, internals,
};

const THREADS: usize = 2;
/// Reads that may come after a cancellation: those that were under way, and one that was about to
/// begin.
const AFTER: usize = 2 * THREADS;

/// A far source: every read takes its time. One of them, found by `trigger` from its number and
/// offset, cancels what is asked for.
struct Far {
    bytes: Vec<u8>,
    delay: Duration,
    trigger: Box<dyn Fn(usize, u64) -> bool + Send + Sync>,
    token: CancelToken,
    armed: AtomicBool,
    fired: AtomicBool,
    reads: AtomicUsize,
    after: AtomicUsize,
    /// Reads from here on fail as long as it is set.
    broken: AtomicU64,
}

impl Far {
    fn new(bytes: Vec<u8>) -> Self {
        Self {
            bytes,
            delay: Duration::from_millis(2),
            trigger: Box::new(|_, _| false),
            token: CancelToken::new(),
            armed: AtomicBool::new(false),
            fired: AtomicBool::new(false),
            reads: AtomicUsize::new(0),
            after: AtomicUsize::new(0),
            broken: AtomicU64::new(u64::MAX),
        }
    }

    /// One whose read number `nth`, counted from when it is armed, cancels.
    fn cancelling_at(bytes: Vec<u8>, nth: usize) -> Arc<Self> {
        Arc::new(Self { trigger: Box::new(move |number, _| number == nth), ..Self::new(bytes) })
    }

    /// Begins to count, and to cancel.
    fn arm(&self) {
        self.armed.store(true, Ordering::SeqCst);
        self.reads.store(0, Ordering::SeqCst);
        self.after.store(0, Ordering::SeqCst);
        self.fired.store(false, Ordering::SeqCst);
    }

    fn after(&self) -> usize {
        assert!(self.fired.load(Ordering::SeqCst), "it was not cancelled");
        self.after.load(Ordering::SeqCst)
    }
}

impl ReadAt for Far {
    fn read_at(&self, buf: &mut [u8], offset: u64) -> io::Result<usize> {
        if self.fired.load(Ordering::SeqCst) {
            self.after.fetch_add(1, Ordering::SeqCst);
        }
        let number = self.reads.fetch_add(1, Ordering::SeqCst) + 1;
        std::thread::sleep(self.delay);
        if self.armed.load(Ordering::SeqCst) && (self.trigger)(number, offset) {
            self.token.cancel();
            self.fired.store(true, Ordering::SeqCst);
        }
        if offset + buf.len() as u64 > self.broken.load(Ordering::SeqCst) {
            return Err(io::Error::other("no connection"));
        }
        self.bytes.read_at(buf, offset)
    }

    fn size(&self) -> io::Result<u64> {
        Ok(self.bytes.len() as u64)
    }
}

fn options(token: &CancelToken) -> ExtractOptions {
    ExtractOptions::new().threads(THREADS).durable(false).cancel(token)
}

fn archive(source: &Arc<Far>) -> Archive {
    let archive = Archive::open([Part::new("e.zip", Arc::clone(source))]).unwrap();
    source.arm();
    archive
}

fn unlocked(source: &Arc<Far>) -> Archive {
    let export = Export::from_parts([Part::new("e.zip.smime", Arc::clone(source))]).unwrap();
    let archive = export.unlock(&sample_keys()).unwrap();
    source.arm();
    archive
}

#[track_caller]
fn cancelled<T>(outcome: Result<T, Error>) {
    let error = outcome.map(|_| panic!("it was not cancelled")).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Cancelled), "{error}");
    assert_eq!(error.to_string(), "cancelled");
}

/// Events by phase, and a break when asked for one.
#[derive(Default)]
struct Listener {
    events: Mutex<Vec<(Phase, u64, u64)>>,
}

impl Listener {
    fn note(&self, event: &Event<'_>) {
        let event = (event.phase, event.bytes_done, event.bytes_total);
        self.events.lock().unwrap().push(event);
    }

    fn count(&self, phase: Phase) -> usize {
        self.events.lock().unwrap().iter().filter(|event| event.0 == phase).count()
    }
}

fn folders(count: usize) -> Vec<u8> {
    let tree = (0..count).map(|number| (format!("folder-{number:05}"), None)).collect();
    zips::archive(&tree, |_| zip::CompressionMethod::Stored)
}

fn files(count: usize, size: usize) -> Vec<u8> {
    let names: Vec<_> = (0..count).map(|number| format!("file-{number:05}")).collect();
    let contents: Vec<_> = (1..).take(count).map(|seed| noise(seed, size)).collect();
    let entries: Vec<(&str, &[u8])> =
        names.iter().zip(&contents).map(|(name, bytes)| (name.as_str(), &bytes[..])).collect();
    zips::stored(&entries)
}

#[test]
fn f6_five_thousand_folders_hear_a_cancellation_at_the_next_read() {
    let source = Far::cancelling_at(folders(5000), 100);
    let archive = archive(&source);
    let folder = tempfile::tempdir().unwrap();
    let listener = Listener::default();
    let mut listen = |event: &Event<'_>| {
        listener.note(event);
        ControlFlow::Continue(())
    };
    cancelled(archive.extract_with(
        folder.path().join("out"),
        &options(&source.token),
        &mut listen,
    ));
    assert!(source.after() <= AFTER, "{} reads after", source.after());
    assert!(read_tree(folder.path()).is_empty());
    assert!(listener.count(Phase::Verifying) >= 2, "{:?}", listener.events);
    source.arm();
    let other = CancelToken::new();
    let mut stop = |event: &Event<'_>| {
        let verifying = event.phase == Phase::Verifying && source.reads.load(Ordering::SeqCst) > 50;
        if verifying {
            source.fired.store(true, Ordering::SeqCst);
            return ControlFlow::Break(());
        }
        ControlFlow::Continue(())
    };
    cancelled(archive.verify_with(&options(&other), &mut stop));
    assert!(source.after() <= AFTER, "{} reads after", source.after());
    // The listener's break was its own.
    assert!(!other.is_cancelled());
}

#[test]
fn f6_entries_being_written_hear_a_cancellation_at_the_next_read() {
    for nth in [1, 2, 17, 60] {
        let source = Far::cancelling_at(files(100, 2000), nth);
        let archive = archive(&source);
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("out");
        cancelled(archive.extract_with(&out, &options(&source.token), &mut ()));
        assert!(source.after() <= AFTER, "{} reads after", source.after());
        assert!(read_tree(folder.path()).is_empty());
        // The same archive, the same options but for a token that was not pulled.
        let report = archive.extract_with(&out, &options(&CancelToken::new()), &mut ()).unwrap();
        assert_eq!(report.files, 100);
    }
}

#[test]
fn a_break_ends_its_own_call_only() {
    let data = files(3, 200_000);
    let source = Arc::new(Far::new(data.clone()));
    let archive = archive(&source);
    let folder = tempfile::tempdir().unwrap();
    let token = CancelToken::new();
    let options = options(&token);
    for stopped in [Phase::Planning, Phase::Verifying, Phase::Writing, Phase::Publishing] {
        let out = folder.path().join("out");
        let mut at = |event: &Event<'_>| {
            if event.phase == stopped { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        cancelled(archive.extract_with(&out, &options, &mut at));
        assert!(read_tree(folder.path()).is_empty(), "{stopped:?}");
        let path = folder.path().join("copy");
        if stopped != Phase::Verifying {
            cancelled(save_with(&data, &path, &SaveOptions::new(), &mut at));
            assert!(read_tree(folder.path()).is_empty(), "{stopped:?}");
        }
    }
    assert!(!token.is_cancelled());
    archive.extract_with(folder.path().join("out"), &options, &mut ()).unwrap();
    save(&data, folder.path().join("copy")).unwrap();
    assert_eq!(read_tree(folder.path()).len(), 5);
}

#[test]
fn each_phase_is_reported_in_its_order_and_on_the_calling_thread() {
    let archive = archive(&Arc::new(Far::new(files(40, 3000))));
    let folder = tempfile::tempdir().unwrap();
    let caller = std::thread::current().id();
    let mut phases = Vec::new();
    let mut last = (0, 0, 0, 0);
    let mut note = |event: &Event<'_>| {
        assert_eq!(std::thread::current().id(), caller);
        phases.push(event.phase);
        last = (event.bytes_done, event.bytes_total, event.entries_done, event.entries_total);
        ControlFlow::Continue(())
    };
    archive.extract_with(folder.path(), &options(&CancelToken::new()), &mut note).unwrap();
    assert_eq!(last, (120_000, 120_000, 40, 40));
    // 80 reads of 2 ms on two threads, reported every 50 ms.
    assert!(phases.iter().filter(|phase| **phase == Phase::Writing).count() >= 2, "{phases:?}");
    phases.dedup();
    assert_eq!(phases, [Phase::Planning, Phase::Verifying, Phase::Writing, Phase::Publishing]);
}

#[test]
fn a_slow_filter_is_reported_and_cancelled() {
    let archive = archive(&Arc::new(Far::new(files(400, 10))));
    let token = CancelToken::new();
    let calls = Arc::new(AtomicUsize::new(0));
    let mut options = options(&token);
    let (counted, pulled) = (Arc::clone(&calls), token.clone());
    options = options.filter(move |_| {
        std::thread::sleep(Duration::from_millis(1));
        if counted.fetch_add(1, Ordering::SeqCst) == 250 {
            pulled.cancel();
        }
        true
    });
    let listener = Listener::default();
    let mut listen = |event: &Event<'_>| {
        listener.note(event);
        ControlFlow::Continue(())
    };
    cancelled(archive.verify_with(&options, &mut listen));
    assert_eq!(calls.load(Ordering::SeqCst), 251);
    assert!(listener.count(Phase::Planning) >= 4, "{:?}", listener.events);
}

/// A message in base64 two lines of which are shorter and longer than the others: the first read of
/// either has the whole text scanned.
fn irregular(bytes: &[u8]) -> Vec<u8> {
    let shape = Shape { outside: Outside::MimeBase64(64, "\n"), ..Shape::default() };
    let sealed = seal(bytes, &shape);
    let mut text = String::from_utf8(sealed).unwrap();
    let middle = text[text.len() / 2..].find('\n').unwrap() + text.len() / 2;
    let moved = text.remove(middle + 65);
    assert_eq!(moved, '\n');
    text.insert(middle + 65 - 5, '\n');
    text.into_bytes()
}

/// A source of an irregular message whose scan cancels: it reads the first half again after the
/// second.
fn scanned(bytes: &[u8], nth: usize) -> Arc<Far> {
    let text = irregular(bytes);
    let half = text.len() as u64 / 2;
    let seen = AtomicBool::new(false);
    let again = AtomicUsize::new(0);
    let trigger = move |_: usize, offset: u64| {
        if offset > half - 100_000 {
            seen.store(true, Ordering::SeqCst);
        }
        let scans = offset < half / 2 && seen.load(Ordering::SeqCst);
        scans && again.fetch_add(1, Ordering::SeqCst) == nth
    };
    Arc::new(Far { trigger: Box::new(trigger), ..Far::new(text) })
}

#[test]
fn f6_a_scan_of_an_irregular_layout_hears_a_cancellation_and_is_made_anew() {
    let data = noise(5, 3_000_000);
    let entries: [(&str, &[u8]); 2] = [("one", &data[..1_400_000]), ("two", &data[1_400_000..])];
    let source = scanned(&zips::stored(&entries), 2);
    let archive = unlocked(&source);
    cancelled(archive.verify_with(&options(&source.token), &mut ()));
    assert!(source.after() <= AFTER, "{} reads after", source.after());
    let report = archive.verify_with(&options(&CancelToken::new()), &mut ()).unwrap();
    assert_eq!(report.files, 2);
}

#[test]
fn f6_those_who_wait_for_a_scan_hear_a_cancellation() {
    let data = noise(5, 3_000_000);
    let entries: [(&str, &[u8]); 1] = [("one", &data)];
    let source = scanned(&zips::stored(&entries), 2);
    let archive = unlocked(&source);
    // Two calls of their own, of which one scans and the other waits or reads; both end.
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| cancelled(archive.verify_with(&options(&source.token), &mut ())));
        }
    });
    assert!(source.after() <= 2 * AFTER, "{} reads after", source.after());
}

#[test]
fn a_fault_while_scanning_is_not_remembered() {
    let data = noise(5, 1_000_000);
    let entries: [(&str, &[u8]); 1] = [("one", &data)];
    let source = Arc::new(Far::new(irregular(&zips::stored(&entries))));
    let archive = unlocked(&source);
    // What is after the irregular place fails, which only the scan reads at first.
    source.broken.store(source.bytes.len() as u64 * 3 / 4, Ordering::SeqCst);
    for _ in 0..2 {
        let error = archive.verify_with(&options(&CancelToken::new()), &mut ()).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Io(_)), "{error}");
    }
    source.broken.store(u64::MAX, Ordering::SeqCst);
    assert_eq!(archive.verify_with(&options(&CancelToken::new()), &mut ()).unwrap().files, 1);
}

#[test]
fn f6_a_scope_cancels_calls_that_take_no_token() {
    let text = irregular(&noise(5, 2_000_000));
    let source = Far::cancelling_at(text, 20);
    source.arm();
    let scanning = internals::scanning(UnlockOptions::new());
    let opened = source.token.scope(|| Envelope::open_with(Arc::clone(&source), &scanning));
    cancelled(opened.map(|_| ()));
    assert!(source.after() <= 1, "{} reads after", source.after());
    // Outside of it nothing is cancelled.
    assert!(Envelope::open_with(Arc::clone(&source), &scanning).is_ok());
}

/// `bytes` encrypted with AES-256-GCM for the sample's key, in DER; `None` without openssl.
fn authenticated(bytes: &[u8]) -> Option<Vec<u8>> {
    if !common::has("openssl") {
        common::skipped("openssl is not installed");
        return None;
    }
    let certificate = common::sample().join("certificate.pem").canonicalize().unwrap();
    let arguments = ["cms", "-encrypt", "-binary", "-aes-256-gcm", "-outform", "DER"];
    let arguments = [&arguments[..], &[certificate.to_str().unwrap()]].concat();
    Some(common::run_with(Path::new("/"), "openssl", &arguments, bytes))
}

#[test]
fn f6_unlocking_an_authenticated_message_is_reported_and_cancelled() {
    let size = 16_000_000;
    let Some(sealed) = authenticated(&noise(8, size)) else { return };
    let source = Far::cancelling_at(sealed, 40);
    let envelope = Envelope::open(Arc::clone(&source)).unwrap();
    let keys = sample_keys();
    source.arm();
    let options = UnlockOptions::new().cancel(&source.token);
    let listener = Listener::default();
    let mut listen = |event: &Event<'_>| {
        listener.note(event);
        ControlFlow::Continue(())
    };
    cancelled(envelope.unlock_with(&keys, &options, &mut listen));
    assert!(source.after() <= 1, "{} reads after", source.after());
    source.arm();
    let options = UnlockOptions::new();
    let mut stop = |event: &Event<'_>| {
        if event.bytes_done > 0 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    cancelled(envelope.unlock_with(&keys, &options, &mut stop));
    let read = source.reads.load(Ordering::SeqCst);
    assert!(read < 60, "{read} of {} reads", size / (256 * 1024));
    // The same options serve the next call.
    let content = envelope.unlock_with(&keys, &options, &mut listen).unwrap();
    assert_eq!(content.size(), size as u64);
    let events = listener.events.into_inner().unwrap();
    assert!(events.iter().all(|event| event.0 == Phase::Unlocking && event.2 == size as u64));
    assert!(events.iter().any(|event| event.1 > 0 && event.1 < event.2), "{events:?}");
    assert_eq!(events.last().unwrap().1, size as u64);
}

#[test]
fn f6_the_first_wrong_part_stops_the_others() {
    let data = noise(8, 12_000_000);
    let parts = zips::split(&zips::stored(&[("one", &data)]), &[4_000_000, 7_900_000]);
    assert_eq!(parts.len(), 3);
    let mut sealed = Vec::new();
    for part in &parts {
        let Some(part) = authenticated(part) else { return };
        sealed.push(part);
    }
    // The first part is cut, which its head says; the second would be read for long.
    let half = sealed[0].len() / 2;
    sealed[0].truncate(half);
    let sources: Vec<_> = sealed.into_iter().map(|bytes| Arc::new(Far::new(bytes))).collect();
    let named = zips::named(vec![Vec::new(); 3], ".smime").into_iter().zip(&sources);
    let named = named.map(|((name, _), part)| Part::new(name, Arc::clone(part)));
    let export = Export::from_parts(named).unwrap();
    let options = UnlockOptions::new().threads(2);
    let error = export.unlock_with(&sample_keys(), &options, &mut ()).map(|_| ()).unwrap_err();
    assert_eq!(error.part(), Some("e.z01.smime"), "{error}");
    let read = sources[1].reads.load(Ordering::SeqCst);
    assert!(read < 20, "{read} reads of the second part");
}

#[test]
fn unlocking_a_set_counts_the_bytes_of_all_parts() {
    let data = noise(8, 3_000_000);
    let parts = zips::split(&zips::stored(&[("one", &data)]), &[800_000]);
    let total: usize = parts.iter().map(Vec::len).sum();
    let mut named = Vec::new();
    for (name, part) in zips::named(parts, ".smime") {
        let Some(sealed) = authenticated(&part) else { return };
        named.push(Part::new(name, Far::new(sealed)));
    }
    let export = Export::from_parts(named).unwrap();
    let listener = Listener::default();
    let mut listen = |event: &Event<'_>| {
        listener.note(event);
        ControlFlow::Continue(())
    };
    for threads in [1, 2, 100] {
        let options = UnlockOptions::new().threads(threads);
        export.unlock_with(&sample_keys(), &options, &mut listen).unwrap();
        let last = *listener.events.lock().unwrap().last().unwrap();
        assert_eq!(last, (Phase::Unlocking, total as u64, total as u64));
    }
}

#[test]
fn the_first_damaged_entry_stops_the_others() {
    let data = noise(8, 300_000);
    let mut entries: Vec<(String, &[u8])> = vec![("a-damaged".into(), &data[..100])];
    entries.extend((0..200).map(|number| (format!("b-{number:03}"), &data[..2000])));
    let entries: Vec<(&str, &[u8])> =
        entries.iter().map(|(name, bytes)| (name.as_str(), *bytes)).collect();
    let mut bytes = zips::stored(&entries);
    // A stored byte of the first entry.
    bytes[60] ^= 1;
    let source = Arc::new(Far::new(bytes));
    let archive = archive(&source);
    let error = archive.verify_with(&options(&CancelToken::new()), &mut ()).unwrap_err();
    assert_eq!(error.entry(), Some("a-damaged"), "{error}");
    let read = source.reads.load(Ordering::SeqCst);
    assert!(read <= 8, "{read} reads");
}

#[test]
fn whatever_is_opened_hears_its_token() {
    let token = CancelToken::new();
    token.cancel();
    let options = UnlockOptions::new().cancel(&token);
    let is_cancelled =
        |outcome: Result<(), Error>| matches!(outcome.unwrap_err().kind(), ErrorKind::Cancelled);
    let message = seal(&noise(8, 3000), &Shape::default());
    assert!(is_cancelled(Envelope::open_with(message.clone(), &options).map(|_| ())));
    let archive = zips::stored(&[("a", b"text")]);
    let archive = [Part::new("e.zip", archive)];
    assert!(is_cancelled(Archive::open_with(archive, &options).map(|_| ())));
    let content = Envelope::open(message).unwrap().unlock(&sample_keys()).unwrap();
    let options = options.inner_layers(InnerLayers::all());
    assert!(is_cancelled(content.inside(&options).map(|_| ())));
}

#[test]
fn a_cancelled_decoder_stops_where_it_is() {
    let Some(sealed) = authenticated(&noise(8, 3_000_000)) else { return };
    let token = CancelToken::new();
    let keys = Arc::new(sample_keys());
    let options = UnlockOptions::new().cancel(&token);
    let mut decoder = smimezip::message::Decoder::with_options(Arc::clone(&keys), &options);
    let mut buffer = [0; 1000];
    decoder.process(&sealed[..1_000_000], &mut buffer).unwrap();
    token.cancel();
    cancelled(decoder.process(&sealed[1_000_000..], &mut buffer).map(|_| ()));
    cancelled(decoder.finish(&mut buffer).map(|_| ()));
}

#[test]
fn what_a_stranger_spools_is_limited() {
    let Some(sealed) = authenticated(&noise(8, 3_000_000)) else { return };
    let keys: Arc<KeyRing> = Arc::new(sample_keys());
    for (spool, fits) in [(3_000_000, true), (2_999_999, false), (1000, false)] {
        let mut limits = limits();
        limits.spool = spool;
        let mut decryptor = smimezip::message::Decryptor::with_options(
            &sealed[..],
            Arc::clone(&keys),
            &UnlockOptions::new().limits(&limits),
        );
        let mut plaintext = Vec::new();
        let read = io::Read::read_to_end(&mut decryptor, &mut plaintext);
        assert_eq!(read.is_ok(), fits, "{spool}");
        if let Err(error) = read {
            let error = Error::from(error);
            let limit = smimezip::Limit::Spool;
            let expected = ErrorKind::Limit { limit, allowed: spool };
            assert_eq!(error.kind().to_string(), expected.to_string());
            assert!(plaintext.is_empty());
        }
    }
}

/// Not the number of reads but that there is an end: everything at once, cancelled at any read.
#[test]
fn f6_cancelled_at_any_read_nothing_is_left() {
    let data = files(30, 500);
    let sealed = seal(&data, &Shape::default());
    let report = |nth: usize| -> Result<Report, Error> {
        let source = Far::cancelling_at(sealed.clone(), nth);
        let source = Arc::new(Far { delay: Duration::ZERO, ..Arc::into_inner(source).unwrap() });
        source.arm();
        let named = [Part::new("e.zip.smime", Arc::clone(&source))];
        let folder = tempfile::tempdir().unwrap();
        let done = Export::from_parts(named)
            .and_then(|export| {
                let options = UnlockOptions::new().cancel(&source.token);
                export.unlock_with(&sample_keys(), &options, &mut ())
            })
            .and_then(|archive| {
                archive.extract_with(folder.path().join("out"), &options(&source.token), &mut ())
            });
        if done.is_err() {
            assert!(read_tree(folder.path()).is_empty(), "{nth}");
        }
        done
    };
    let mut nth = 1;
    loop {
        match report(nth) {
            Err(error) => assert!(matches!(error.kind(), ErrorKind::Cancelled), "{nth}: {error}"),
            Ok(report) => {
                assert_eq!(report.files, 30);
                break;
            }
        }
        nth += 1;
    }
    assert!(nth > 30, "{nth}");
}
