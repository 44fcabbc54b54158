//! `ExportBuilder`: an export made of a folder, or of files and folders.

use jni::EnvUnowned;
use jni::objects::{JByteArray, JClass, JObject};
use jni::sys::{jboolean, jlong};
use smimezip::build::{BuildOptions, BuildPlan, Built};
use smimezip::export::ExportBuilder;
use smimezip::extract::Patterns;
use smimezip::parts::{PartReceipt, SetName};
use smimezip::{CancelToken, Limits};

use crate::boundary::{array, bytes, call, count, path as path_of, paths, size};
use crate::facts;
use crate::failure::Failure;
use crate::handle;
use crate::numbers;
use crate::options;
use crate::progress::Reporter;
use crate::recipients::Recipients;
use crate::wire::{Reader, Writer};

/// What Java's `ExportBuilder` says.
pub(crate) struct Making {
    pub(crate) name: SetName,
    pub(crate) build: BuildOptions,
    pub(crate) export: ExportBuilder,
}

impl Making {
    /// For these recipients, from the bytes of `ExportBuilder.bytes`.
    pub(crate) fn new(recipients: &Recipients, written: &[u8]) -> Result<Self, Failure> {
        let unknown = || Failure::Argument("options that cannot be read".into());
        let mut reader = Reader::new(written);
        let mut number = || reader.int().ok_or_else(unknown);
        let (bits, threads, seal) = (number()?, number()?, number()?);
        let part_size = reader.long().ok_or_else(unknown)?;
        let name = reader.text().ok_or_else(unknown)?;
        let exclude = reader.texts().ok_or_else(unknown)?;
        let name = set_name(&name)?;
        let (unfit, manifest) = (numbers::unfit(bits >> 5 & 1), bits >> 8 & 3);
        let has = |bit: u32| bits >> bit & 1 == 1;
        let mut build = BuildOptions::new()
            .level(u32::try_from(bits & 15).unwrap_or(0))
            .reproducible(has(4))
            // A receipt has the SHA-256 of every part.
            .digests(true)
            .unfit(unfit.ok_or_else(unknown)?)
            .durable(!has(6))
            .threads(count(threads));
        if let Ok(bytes @ 1..) = u64::try_from(part_size) {
            build = build.part_size(bytes);
        }
        if !exclude.is_empty() {
            let exclude = Patterns::new(&exclude)?;
            build = build.filter(move |path| !exclude.matches(path));
        }
        let mut export = ExportBuilder::new(name.clone())
            .build_options(&build)
            .seal_options(&options::seal(seal, -1)?)
            .read_back(!has(7));
        if manifest > 0 {
            export = export.manifest(numbers::manifest(manifest - 1).ok_or_else(unknown)?);
        }
        let export = recipients.list().into_iter().fold(export, ExportBuilder::recipient);
        Ok(Self { name, build, export })
    }

    /// The same, stopped by `token`.
    pub(crate) fn cancelled_by(self, token: &CancelToken) -> Self {
        let build = self.build.cancel(token);
        Self { name: self.name, export: self.export.build_options(&build), build }
    }
}

/// The name of a set; a new one for an empty text.
fn set_name(stem: &str) -> Result<SetName, Failure> {
    if stem.is_empty() {
        return Ok(SetName::random()?);
    }
    SetName::new(stem).ok_or_else(|| Failure::Argument(format!("{stem:?} is no name of a set")))
}

/// What was made, as Java's `ExportReceipt` reads it.
pub(crate) fn receipt(built: &Built) -> Writer {
    let mut out = Writer::default();
    parts(&mut out, &built.parts);
    out.long(size(built.files)).long(size(built.folders)).long(size(built.bytes));
    out.count(built.skipped.len());
    for error in &built.skipped {
        out.int(error.kind().status());
        facts::write(error, &mut out);
    }
    let needs = built.needs(&Limits::default());
    out.count(needs.len());
    for (limit, least) in needs {
        out.int(limit.number()).long(size(least));
    }
    out
}

/// What would be made, as Java's `BuildPlan` reads it.
fn plan(plan: &BuildPlan) -> Writer {
    let mut out = Writer::default();
    out.texts(plan.entries.iter().map(String::as_str));
    for number in [plan.files, plan.folders, plan.bytes, plan.max_size, plan.max_parts] {
        out.long(size(number));
    }
    out.count(plan.skipped.len());
    for error in &plan.skipped {
        out.int(error.kind().status());
        facts::write(error, &mut out);
    }
    out
}

/// The parts, as Java's `PartReceipt` reads them.
pub(crate) fn parts(out: &mut Writer, parts: &[PartReceipt]) {
    out.count(parts.len());
    for part in parts {
        out.text(&part.name().to_string())
            .text(&part.begun_as().to_string())
            .long(size(part.size()))
            .bytes(part.sha256().map_or(&[], |digest| digest.as_slice()));
    }
}

/// Of a folder with all that is in it, or of several paths under their own names.
#[unsafe(no_mangle)]
extern "system" fn Java_io_github_smimezip_internal_Native_exportBuild<'l>(
    env: EnvUnowned<'l>,
    class: JClass<'l>,
    recipients: jlong,
    options: JByteArray<'l>,
    roots: JByteArray<'l>,
    is_folder: jboolean,
    outbox: JByteArray<'l>,
    progress: JObject<'l>,
) -> JObject<'l> {
    call(env, &class, |env| {
        // SAFETY: Java's `Handle` is in use.
        let recipients: &Recipients = unsafe { handle::get(recipients) }?;
        let making = Making::new(recipients, &bytes(env, &options)?)?;
        let (roots, outbox) = (paths(env, &roots)?, path_of(env, &outbox)?);
        let mut reporter = Reporter::new(env, &progress)?;
        let built = match roots.as_slice() {
            [tree] if is_folder => making.export.build_folder(tree, outbox, &mut reporter),
            paths => making.export.build_paths(paths, outbox, &mut reporter),
        };
        array(env, receipt(&reporter.outcome(built)?).as_bytes())
    })
}

/// What the same would make.
#[unsafe(no_mangle)]
extern "system" fn Java_io_github_smimezip_internal_Native_exportPlan<'l>(
    env: EnvUnowned<'l>,
    class: JClass<'l>,
    recipients: jlong,
    options: JByteArray<'l>,
    roots: JByteArray<'l>,
    is_folder: jboolean,
    outbox: JByteArray<'l>,
    progress: JObject<'l>,
) -> JObject<'l> {
    call(env, &class, |env| {
        // SAFETY: Java's `Handle` is in use.
        let recipients: &Recipients = unsafe { handle::get(recipients) }?;
        let making = Making::new(recipients, &bytes(env, &options)?)?;
        let (roots, outbox) = (paths(env, &roots)?, path_of(env, &outbox)?);
        let mut reporter = Reporter::new(env, &progress)?;
        let planned = match roots.as_slice() {
            [tree] if is_folder => making.export.plan_folder(tree, outbox, &mut reporter),
            paths => making.export.plan_paths(paths, outbox, &mut reporter),
        };
        array(env, plan(&reporter.outcome(planned)?).as_bytes())
    })
}
