//! `ExportArchive`, and an entry as a stream.

use std::io::Read;
use std::ops::Deref;
use std::sync::{Arc, Mutex, PoisonError};

use jni::objects::{JByteArray, JClass, JObject};
use jni::sys::{jint, jlong};
use jni::{Env, EnvUnowned};
use smimezip::export::Salvage;
use smimezip::parts::PartName;
use smimezip::zip::{Availability, EntryPath, EntryReader, Modified, Oddity};
use smimezip::{Archive, Entry, Report};

use crate::boundary::{array, bytes, call, count, path, size};
use crate::facts;
use crate::failure::Failure;
use crate::handle;
use crate::message::read_into;
use crate::numbers;
use crate::options;
use crate::progress::Reporter;
use crate::times;
use crate::wire::{self, Writer};

/// An archive that a handle has alone, or one of the two of a salvaged export, which another has as
/// well.
pub(crate) enum Unlocked {
    Alone(Archive),
    Salvaged(Arc<Salvage>),
    Uncertain(Arc<Salvage>),
}

impl Deref for Unlocked {
    type Target = Archive;

    fn deref(&self) -> &Archive {
        match self {
            Self::Alone(archive) => archive,
            Self::Salvaged(salvage) => salvage.archive(),
            Self::Uncertain(salvage) => salvage.uncertain(),
        }
    }
}

#[unsafe(no_mangle)]
extern "system" fn Java_io_github_smimezip_internal_Native_archiveFree<'l>(
    env: EnvUnowned<'l>,
    class: JClass<'l>,
    archive: jlong,
) {
    call(env, &class, |_| {
        // SAFETY: Java's `Handle` frees once, after the last use.
        unsafe { handle::free::<Unlocked>(archive) };
        Ok(())
    });
}

#[unsafe(no_mangle)]
extern "system" fn Java_io_github_smimezip_internal_Native_archiveEntries<'l>(
    env: EnvUnowned<'l>,
    class: JClass<'l>,
    archive: jlong,
) -> JObject<'l> {
    call(env, &class, |env| {
        // SAFETY: Java's `Handle` is in use.
        let archive: &Unlocked = unsafe { handle::get(archive) }?;
        let mut out = Writer::default();
        let of_directory: Vec<&str> = archive.parts_of_directory().collect();
        out.int(numbers::integrity(archive.integrity()));
        names(&mut out, &archive.missing()).texts(of_directory.into_iter());
        out.count(archive.entries().len());
        for entry in archive.entries() {
            describe(&mut out, entry);
        }
        array(env, out.as_bytes())
    })
}

pub(crate) fn names<'w>(out: &'w mut Writer, parts: &[PartName]) -> &'w mut Writer {
    out.count(parts.len());
    for part in parts {
        out.text(&part.to_string());
    }
    out
}

fn describe(out: &mut Writer, entry: &Entry) {
    let path = entry.path();
    // An empty text: it is the name.
    let path = path.as_ref().ok().map(EntryPath::as_str);
    out.text(entry.raw_name())
        .optional(path.map(|path| if path == entry.raw_name() { "" } else { path }))
        .int(numbers::entry_kind(entry.kind()))
        .long(size(entry.size()))
        .long(size(entry.compressed_size()))
        .int(entry.crc32().cast_signed())
        .int(i32::from(entry.compression_method()))
        .int(i32::from(entry.is_encrypted()));
    match entry.modified() {
        Modified::Instant(time) => out.int(0).long(times::milliseconds(time)),
        Modified::Local(local) => {
            let numbers = [
                i64::from(local.year()),
                local.month().into(),
                local.day().into(),
                local.hour().into(),
                local.minute().into(),
                local.second().into(),
            ];
            // Decimal digits: year, month, day, hour, minute, second.
            out.int(1).long(numbers.iter().fold(0, |all, number| all * 100 + number))
        }
        // A date that is none.
        _ => out.int(1).long(0),
    };
}

#[unsafe(no_mangle)]
extern "system" fn Java_io_github_smimezip_internal_Native_archiveExtract<'l>(
    env: EnvUnowned<'l>,
    class: JClass<'l>,
    archive: jlong,
    target: JByteArray<'l>,
    bits: jint,
    threads: jint,
    limits: JByteArray<'l>,
    names: JByteArray<'l>,
    progress: JObject<'l>,
) -> JObject<'l> {
    call(env, &class, |env| {
        // SAFETY: Java's `Handle` is in use.
        let archive: &Unlocked = unsafe { handle::get(archive) }?;
        let names = chosen(env, &names)?;
        let options = options::extract(env, bits, threads, &limits, names)?;
        let mut reporter = Reporter::new(env, &progress)?;
        // Without a target everything is verified and nothing written.
        let result = if target.is_null() {
            archive.verify_with(&options, &mut reporter)
        } else {
            let target = path(env, &target)?;
            archive.extract_with(target, &options, &mut reporter)
        };
        let report = reporter.outcome(result)?;
        array(env, report_bytes(&report).as_bytes())
    })
}

/// What an extraction would do.
#[unsafe(no_mangle)]
extern "system" fn Java_io_github_smimezip_internal_Native_archiveDryRun<'l>(
    env: EnvUnowned<'l>,
    class: JClass<'l>,
    archive: jlong,
    target: JByteArray<'l>,
    bits: jint,
    limits: JByteArray<'l>,
    names: JByteArray<'l>,
) -> JObject<'l> {
    call(env, &class, |env| {
        // SAFETY: Java's `Handle` is in use.
        let archive: &Unlocked = unsafe { handle::get(archive) }?;
        let names = chosen(env, &names)?;
        let options = options::extract(env, bits, 1, &limits, names)?;
        let report = archive.dry_run(path(env, &target)?, &options)?;
        array(env, report_bytes(&report).as_bytes())
    })
}

/// The names of the entries asked for; of none that are given, all are.
pub(crate) fn chosen(
    env: &Env<'_>,
    names: &JByteArray<'_>,
) -> Result<Option<Vec<String>>, Failure> {
    if names.is_null() {
        return Ok(None);
    }
    let names = wire::texts(&bytes(env, names)?);
    names.map(Some).ok_or_else(|| Failure::Argument("names that cannot be read".into()))
}

pub(crate) fn report_bytes(report: &Report) -> Writer {
    let mut out = Writer::default();
    out.long(size(report.files)).long(size(report.folders)).long(size(report.bytes));
    out.count(report.skipped.len());
    for skipped in &report.skipped {
        out.text(&skipped.name).int(numbers::skip_reason(skipped.reason));
    }
    out.count(report.renamed.len());
    for renamed in &report.renamed {
        out.text(&renamed.name).text(&renamed.path);
    }
    oddities(&mut out, &report.oddities);
    out.count(report.unavailable.len());
    for entry in &report.unavailable {
        out.text(&entry.name);
        names(&mut out, &entry.parts);
    }
    out.count(report.failed.len());
    for error in &report.failed {
        out.int(error.kind().status());
        facts::write(error, &mut out);
    }
    out
}

#[unsafe(no_mangle)]
extern "system" fn Java_io_github_smimezip_internal_Native_archiveOddities<'l>(
    env: EnvUnowned<'l>,
    class: JClass<'l>,
    archive: jlong,
) -> JObject<'l> {
    call(env, &class, |env| {
        // SAFETY: Java's `Handle` is in use.
        let archive: &Unlocked = unsafe { handle::get(archive) }?;
        let mut out = Writer::default();
        oddities(&mut out, &archive.oddities());
        array(env, out.as_bytes())
    })
}

fn oddities(out: &mut Writer, oddities: &[Oddity]) {
    out.count(oddities.len());
    for oddity in oddities {
        out.text(oddity.kind().code())
            .long(size(oddity.count()))
            .optional(oddity.entry())
            .text(&oddity.to_string());
    }
}

#[unsafe(no_mangle)]
extern "system" fn Java_io_github_smimezip_internal_Native_archivePartsOf<'l>(
    env: EnvUnowned<'l>,
    class: JClass<'l>,
    archive: jlong,
    index: jint,
) -> JObject<'l> {
    call(env, &class, |env| {
        // SAFETY: Java's `Handle` is in use.
        let archive: &Unlocked = unsafe { handle::get(archive) }?;
        let names: Vec<&str> = archive.parts_of(entry(archive, index)?).collect();
        let mut out = Writer::default();
        out.texts(names.into_iter());
        array(env, out.as_bytes())
    })
}

/// The missing parts that an entry needs.
#[unsafe(no_mangle)]
extern "system" fn Java_io_github_smimezip_internal_Native_archiveMissing<'l>(
    env: EnvUnowned<'l>,
    class: JClass<'l>,
    archive: jlong,
    index: jint,
) -> JObject<'l> {
    call(env, &class, |env| {
        // SAFETY: Java's `Handle` is in use.
        let archive: &Unlocked = unsafe { handle::get(archive) }?;
        let missing = match archive.availability(entry(archive, index)?) {
            Availability::Available => Vec::new(),
            Availability::Needs(parts) => parts,
        };
        let mut out = Writer::default();
        names(&mut out, &missing);
        array(env, out.as_bytes())
    })
}

fn entry(archive: &Unlocked, index: jint) -> Result<&Entry, Failure> {
    let entry = archive.entries().get(count(index));
    entry.ok_or_else(|| Failure::Argument("no entry has that index".into()))
}

#[unsafe(no_mangle)]
extern "system" fn Java_io_github_smimezip_internal_Native_archiveOpenEntry<'l>(
    env: EnvUnowned<'l>,
    class: JClass<'l>,
    archive: jlong,
    index: jint,
) -> jlong {
    call(env, &class, |_| {
        // SAFETY: Java's `Handle` is in use.
        let archive: &Unlocked = unsafe { handle::get(archive) }?;
        Ok(handle::give(Mutex::new(archive.open_entry(entry(archive, index)?)?)))
    })
}

#[unsafe(no_mangle)]
extern "system" fn Java_io_github_smimezip_internal_Native_readerFree<'l>(
    env: EnvUnowned<'l>,
    class: JClass<'l>,
    reader: jlong,
) {
    call(env, &class, |_| {
        // SAFETY: Java's `Handle` frees once, after the last use.
        unsafe { handle::free::<Mutex<EntryReader>>(reader) };
        Ok(())
    });
}

/// Reads on: so many bytes as there are, up to a mebibyte; -1 at the end, after every check.
#[unsafe(no_mangle)]
extern "system" fn Java_io_github_smimezip_internal_Native_readerRead<'l>(
    env: EnvUnowned<'l>,
    class: JClass<'l>,
    reader: jlong,
    buffer: JByteArray<'l>,
    offset: jint,
    length: jint,
) -> jint {
    call(env, &class, |env| {
        // SAFETY: Java's `Handle` is in use.
        let reader: &Mutex<EntryReader> = unsafe { handle::get(reader) }?;
        let mut reader = reader.lock().unwrap_or_else(PoisonError::into_inner);
        read_into(env, &buffer, offset, length, |bytes, _| reader.read(bytes))
    })
}

/// A checksum of the declarations in Java's `Native`; a test compares it.
macro_rules! interface {
    () => {
        "8075bb0e"
    };
}

/// What Java's `NativeLoader` looks for in a file before it loads it.
static MARK: &str = concat!("#smimezip-jni ", env!("CARGO_PKG_VERSION"), " ", interface!(), ";");

#[unsafe(no_mangle)]
extern "system" fn Java_io_github_smimezip_internal_Native_version<'l>(
    env: EnvUnowned<'l>,
    class: JClass<'l>,
) -> JObject<'l> {
    call(env, &class, |env| array(env, MARK.as_bytes()))
}
