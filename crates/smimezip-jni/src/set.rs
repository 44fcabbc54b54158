//! `ExportSet`.

use jni::EnvUnowned;
use jni::objects::{JByteArray, JClass, JLongArray, JObject, JObjectArray};
use jni::sys::{jboolean, jint, jlong};
use smimezip::{Export, Part};

use crate::archive::Unlocked;
use crate::boundary::{array, bytes, call, count, path as path_of};
use crate::failure::Failure;
use crate::handle;
use crate::keyring::Keys;
use crate::options::Opening;
use crate::progress::Reporter;
use crate::source::JavaSource;
use crate::wire::{self, Writer};

#[unsafe(no_mangle)]
extern "system" fn Java_io_github_smimezip_internal_Native_setDiscover<'l>(
    env: EnvUnowned<'l>,
    class: JClass<'l>,
    path: JByteArray<'l>,
) -> jlong {
    call(env, &class, |env| {
        let path = path_of(env, &path)?;
        Ok(handle::give(Export::discover(path)?))
    })
}

/// The handles of all sets there are, one after the other.
#[unsafe(no_mangle)]
extern "system" fn Java_io_github_smimezip_internal_Native_setDiscoverAll<'l>(
    env: EnvUnowned<'l>,
    class: JClass<'l>,
    path: JByteArray<'l>,
) -> JObject<'l> {
    call(env, &class, |env| {
        let path = path_of(env, &path)?;
        let mut out = Writer::default();
        for export in Export::discover_all(path)? {
            out.long(handle::give(export));
        }
        array(env, out.as_bytes())
    })
}

#[unsafe(no_mangle)]
extern "system" fn Java_io_github_smimezip_internal_Native_setNeedsKey<'l>(
    env: EnvUnowned<'l>,
    class: JClass<'l>,
    set: jlong,
) -> jboolean {
    call(env, &class, |_| {
        // SAFETY: Java's `Handle` is in use.
        let export: &Export = unsafe { handle::get(set) }?;
        Ok(export.needs_key()?)
    })
}

#[unsafe(no_mangle)]
extern "system" fn Java_io_github_smimezip_internal_Native_setConflicting<'l>(
    env: EnvUnowned<'l>,
    class: JClass<'l>,
    set: jlong,
) -> JObject<'l> {
    call(env, &class, |env| {
        // SAFETY: Java's `Handle` is in use.
        let export: &Export = unsafe { handle::get(set) }?;
        let mut out = Writer::default();
        out.texts(export.conflicting()?.iter().map(String::as_str));
        array(env, out.as_bytes())
    })
}

#[unsafe(no_mangle)]
extern "system" fn Java_io_github_smimezip_internal_Native_setOf<'l>(
    env: EnvUnowned<'l>,
    class: JClass<'l>,
    names: JByteArray<'l>,
    adapters: JObjectArray<'l>,
    sizes: JLongArray<'l>,
) -> jlong {
    call(env, &class, |env| {
        let names = wire::texts(&bytes(env, &names)?)
            .ok_or_else(|| Failure::Argument("names that cannot be read".into()))?;
        let mut lengths = vec![0; names.len()];
        sizes.get_region(env, 0, &mut lengths)?;
        let mut parts = Vec::new();
        for (at, (name, length)) in names.into_iter().zip(lengths).enumerate() {
            let adapter = adapters.get_element(env, at)?;
            parts.push(Part::new(name, JavaSource::new(env, &adapter, length)?));
        }
        Ok(handle::give(Export::from_parts(parts)?))
    })
}

#[unsafe(no_mangle)]
extern "system" fn Java_io_github_smimezip_internal_Native_setFree<'l>(
    env: EnvUnowned<'l>,
    class: JClass<'l>,
    set: jlong,
) {
    call(env, &class, |_| {
        // SAFETY: Java's `Handle` frees once, after the last use.
        unsafe { handle::free::<Export>(set) };
        Ok(())
    });
}

#[unsafe(no_mangle)]
extern "system" fn Java_io_github_smimezip_internal_Native_setInfo<'l>(
    env: EnvUnowned<'l>,
    class: JClass<'l>,
    set: jlong,
) -> JObject<'l> {
    call(env, &class, |env| {
        // SAFETY: Java's `Handle` is in use.
        let export: &Export = unsafe { handle::get(set) }?;
        let mut out = Writer::default();
        out.text(export.name()).texts(export.parts().iter().map(Part::name));
        let missing = export.missing().iter().map(ToString::to_string).collect();
        let (duplicates, stand_ins) = (export.duplicates(), export.stand_ins());
        let lists = [missing, duplicates, stand_ins, export.unfinished(), export.misnamed()];
        for names in lists {
            out.texts(names.iter().map(String::as_str));
        }
        array(env, out.as_bytes())
    })
}

#[unsafe(no_mangle)]
extern "system" fn Java_io_github_smimezip_internal_Native_setOpen<'l>(
    env: EnvUnowned<'l>,
    class: JClass<'l>,
    set: jlong,
    keyring: jlong,
    bits: jint,
    threads: jint,
    limits: JByteArray<'l>,
    progress: JObject<'l>,
) -> jlong {
    call(env, &class, |env| {
        // SAFETY: Java's `Handle`s are in use.
        let (export, keys): (&Export, &Keys) =
            unsafe { (handle::get(set)?, handle::get(keyring)?) };
        let options = Opening::new(env, bits, &limits)?.options().threads(count(threads));
        let mut reporter = Reporter::new(env, &progress)?;
        let archive = export.unlock_with(&keys.ring(), &options, &mut reporter);
        Ok(handle::give(Unlocked::Alone(reporter.outcome(archive)?)))
    })
}
