//! `Salvage`: what there is of an export whose parts are damaged, cut or missing.

use std::sync::Arc;

use jni::objects::{JByteArray, JClass, JObject};
use jni::sys::{jint, jlong};
use jni::{Env, EnvUnowned};
use smimezip::export::Salvage;
use smimezip::{Error, Export, ExtractOptions};

use crate::archive::{Unlocked, chosen, names, report_bytes};
use crate::boundary::{array, call, path};
use crate::facts;
use crate::failure::Failure;
use crate::handle;
use crate::keyring::Keys;
use crate::options::{self, Opening};
use crate::progress::Reporter;
use crate::wire::Writer;

#[unsafe(no_mangle)]
extern "system" fn Java_io_github_smimezip_internal_Native_salvageOpen<'l>(
    env: EnvUnowned<'l>,
    class: JClass<'l>,
    set: jlong,
    keyring: jlong,
    bits: jint,
    limits: JByteArray<'l>,
    progress: JObject<'l>,
) -> jlong {
    call(env, &class, |env| {
        // SAFETY: Java's `Handle`s are in use.
        let (export, keys): (&Export, &Keys) =
            unsafe { (handle::get(set)?, handle::get(keyring)?) };
        let options = Opening::new(env, bits, &limits)?.options();
        let mut reporter = Reporter::new(env, &progress)?;
        let salvage = export.salvage_with(&keys.ring(), &options, &mut reporter);
        Ok(handle::give(Arc::new(reporter.outcome(salvage)?)))
    })
}

#[unsafe(no_mangle)]
extern "system" fn Java_io_github_smimezip_internal_Native_salvageFree<'l>(
    env: EnvUnowned<'l>,
    class: JClass<'l>,
    salvage: jlong,
) {
    call(env, &class, |_| {
        // SAFETY: Java's `Handle` frees once, after the last use.
        unsafe { handle::free::<Arc<Salvage>>(salvage) };
        Ok(())
    });
}

/// All that is said of it, but for its archives, as Java's `Salvage` reads it.
#[unsafe(no_mangle)]
extern "system" fn Java_io_github_smimezip_internal_Native_salvageInfo<'l>(
    env: EnvUnowned<'l>,
    class: JClass<'l>,
    salvage: jlong,
) -> JObject<'l> {
    call(env, &class, |env| {
        // SAFETY: Java's `Handle` is in use.
        let salvage: &Arc<Salvage> = unsafe { handle::get(salvage) }?;
        let mut out = Writer::default();
        out.int(i32::from(salvage.has_directory()));
        names(&mut out, salvage.missing());
        errors(&mut out, salvage.damaged());
        out.texts(salvage.ambiguous().iter().map(String::as_str));
        errors(&mut out, salvage.lost());
        array(env, out.as_bytes())
    })
}

fn errors(out: &mut Writer, errors: &[Error]) {
    out.count(errors.len());
    for error in errors {
        out.int(error.kind().status());
        facts::write(error, out);
    }
}

/// The handle of its archive, which does not need it any more.
#[unsafe(no_mangle)]
extern "system" fn Java_io_github_smimezip_internal_Native_salvageArchive<'l>(
    env: EnvUnowned<'l>,
    class: JClass<'l>,
    salvage: jlong,
) -> jlong {
    archive_of(env, &class, salvage, Unlocked::Salvaged)
}

/// The same for the entries of which nobody can tell whether they are the archive's own.
#[unsafe(no_mangle)]
extern "system" fn Java_io_github_smimezip_internal_Native_salvageUncertain<'l>(
    env: EnvUnowned<'l>,
    class: JClass<'l>,
    salvage: jlong,
) -> jlong {
    archive_of(env, &class, salvage, Unlocked::Uncertain)
}

#[unsafe(no_mangle)]
extern "system" fn Java_io_github_smimezip_internal_Native_salvageExtract<'l>(
    env: EnvUnowned<'l>,
    class: JClass<'l>,
    salvage: jlong,
    target: JByteArray<'l>,
    bits: jint,
    threads: jint,
    limits: JByteArray<'l>,
    names: JByteArray<'l>,
    progress: JObject<'l>,
) -> JObject<'l> {
    call(env, &class, |env| {
        let names = chosen(env, &names)?;
        let options = options::extract(env, bits, threads, &limits, names)?;
        extract(env, salvage, Found::Certain, &target, &options, &progress)
    })
}

#[unsafe(no_mangle)]
extern "system" fn Java_io_github_smimezip_internal_Native_salvageExtractUncertain<'l>(
    env: EnvUnowned<'l>,
    class: JClass<'l>,
    salvage: jlong,
    target: JByteArray<'l>,
    bits: jint,
    threads: jint,
    limits: JByteArray<'l>,
    names: JByteArray<'l>,
    progress: JObject<'l>,
) -> JObject<'l> {
    call(env, &class, |env| {
        let names = chosen(env, &names)?;
        let options = options::extract(env, bits, threads, &limits, names)?;
        extract(env, salvage, Found::Uncertain, &target, &options, &progress)
    })
}

/// Which of what was found is meant.
#[derive(Clone, Copy)]
enum Found {
    Certain,
    Uncertain,
}

/// The handle of an archive of some of what was found.
fn archive_of<'l>(
    env: EnvUnowned<'l>,
    class: &JClass<'l>,
    salvage: jlong,
    found: fn(Arc<Salvage>) -> Unlocked,
) -> jlong {
    call(env, class, |_| {
        // SAFETY: Java's `Handle` is in use.
        let salvage: &Arc<Salvage> = unsafe { handle::get(salvage) }?;
        Ok(handle::give(found(Arc::clone(salvage))))
    })
}

/// Extracts some of what was found, and returns the report.
fn extract<'l>(
    env: &mut Env<'l>,
    salvage: jlong,
    found: Found,
    target: &JByteArray<'l>,
    options: &ExtractOptions,
    progress: &JObject<'l>,
) -> Result<JObject<'l>, Failure> {
    // SAFETY: Java's `Handle` is in use.
    let salvage: &Arc<Salvage> = unsafe { handle::get(salvage) }?;
    let target = path(env, target)?;
    let mut reporter = Reporter::new(env, progress)?;
    let result = match found {
        Found::Certain => salvage.extract_with(target, options, &mut reporter),
        Found::Uncertain => salvage.extract_uncertain_with(target, options, &mut reporter),
    };
    array(env, report_bytes(&reporter.outcome(result)?).as_bytes())
}
