//! Exports whose sink fails, at each of its calls and at each byte: the error comes back, no part
//! is committed, and none is left open.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use crate::common;

use std::io::{self, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use common::sinks::{MemoryPart, MemorySink};
use common::{noise, sample, sample_keys};
use smimezip::build::{BuildOptions, EntryAttributes};
use smimezip::export::ExportBuilder;
use smimezip::keys::Recipient;
use smimezip::parts::{PartName, PartReceipt, PartSink, PartWriter, SetName};
use smimezip::{Certificate, Error, ErrorKind, Export, ReadAt};

/// A call of a sink or of its parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Call {
    Begin,
    Write,
    Finish,
    ReadBack,
    Commit,
}

const CALLS: [Call; 5] = [Call::Begin, Call::Write, Call::Finish, Call::ReadBack, Call::Commit];

/// How often each call was made, and which of them fails.
#[derive(Clone)]
struct Plan {
    counts: Arc<[AtomicUsize; 5]>,
    fails: Option<(Call, usize)>,
}

impl Plan {
    fn new(fails: Option<(Call, usize)>) -> Self {
        Self { counts: Arc::default(), fails }
    }

    fn call(&self, call: Call) -> io::Result<()> {
        let at = CALLS.iter().position(|it| *it == call).unwrap();
        let nth = self.counts[at].fetch_add(1, Ordering::SeqCst);
        if self.fails == Some((call, nth)) {
            return Err(io::Error::other(format!("{call:?} {nth} fails")));
        }
        Ok(())
    }
}

struct Failing(MemorySink, Plan);

struct FailingPart(MemoryPart, Plan);

impl PartSink for Failing {
    type Part = FailingPart;

    fn begin(&mut self, name: &PartName) -> Result<FailingPart, Error> {
        self.1.call(Call::Begin)?;
        Ok(FailingPart(self.0.begin(name)?, self.1.clone()))
    }

    fn read_back(&self, part: &PartReceipt) -> Result<Option<Arc<dyn ReadAt>>, Error> {
        self.1.call(Call::ReadBack)?;
        self.0.read_back(part)
    }

    fn commit(self, parts: Vec<PartReceipt>) -> Result<(), Error> {
        self.1.call(Call::Commit)?;
        self.0.commit(parts)
    }
}

impl Write for FailingPart {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.1.call(Call::Write)?;
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

impl PartWriter for FailingPart {
    fn finish(self) -> Result<PartReceipt, Error> {
        self.1.call(Call::Finish)?;
        self.0.finish()
    }
}

/// Makes an export of one file of so many bytes, sealed for the sample's key.
fn make<S: PartSink>(sink: S, size: usize, read_back: bool) -> Result<usize, Error> {
    let certificate = std::fs::read(sample().join("certificate.pem")).unwrap();
    let certificate = Certificate::from_bytes(&certificate).unwrap();
    let builder = ExportBuilder::new(SetName::new("export-1").unwrap())
        .recipient(Recipient::from_certificate_at_any_time(&certificate).unwrap())
        .build_options(&BuildOptions::new().part_size(65_536).threads(1))
        .read_back(read_back);
    let mut archive = builder.writer(sink)?;
    let mut entry = archive.begin_file("noise", &EntryAttributes::new())?;
    entry.write_all(&noise(1, size))?;
    entry.finish()?;
    archive.finish().map(|built| built.parts.len())
}

fn check_nothing(sink: &MemorySink, error: &Error, what: &str) {
    assert!(matches!(error.kind(), ErrorKind::Io(_)), "{error} at {what}");
    assert!(sink.parts().is_none(), "parts are committed after {what}");
    assert_eq!(sink.counts().0, 0, "a part is left open after {what}");
}

#[test]
fn f1_a_sink_that_fails_at_any_of_its_calls_commits_nothing() {
    let size = 200_000;
    let plan = Plan::new(None);
    let sink = MemorySink::default().readable();
    assert_eq!(make(Failing(sink.clone(), plan.clone()), size, true).unwrap(), 4);
    let archive = Export::from_parts(sink.to_open()).unwrap().unlock(&sample_keys()).unwrap();
    archive.verify().unwrap();
    let mut tried = 0;
    for (call, count) in CALLS.into_iter().zip(plan.counts.iter()) {
        let count = count.load(Ordering::SeqCst);
        assert!(count > 0, "{call:?} is never called");
        for nth in 0..count {
            let sink = MemorySink::default().readable();
            let plan = Plan::new(Some((call, nth)));
            let what = format!("{call:?} {nth} of {count}");
            let error = make(Failing(sink.clone(), plan), size, true).unwrap_err();
            check_nothing(&sink, &error, &what);
            assert!(format!("{error:#} {error:?}").contains("fails"), "{error:?} at {what}");
            tried += 1;
        }
    }
    assert!(tried > 20, "{tried}");
}

#[test]
fn f1_a_sink_that_fails_at_any_byte_of_what_is_sealed_commits_nothing() {
    let stored = |sink: &MemorySink| -> usize {
        sink.parts().unwrap().iter().map(|(_, bytes)| bytes.len()).sum()
    };
    // Every third byte of a small export, and now and then one of an export of several parts.
    for (size, step, at_least) in [(500, 3, 400), (150_000, 1_499, 100)] {
        let whole = MemorySink::default();
        make(whole.clone(), size, false).unwrap();
        let bytes = stored(&whole);
        assert!(bytes / step > at_least, "{bytes}");
        for after in (0..bytes).step_by(step).chain([bytes - 1]) {
            let sink = MemorySink::failing(after as u64);
            let error = make(sink.clone(), size, false).unwrap_err();
            check_nothing(&sink, &error, &format!("byte {after}"));
        }
    }
}
