//! `SetStatus`: what state sets are in; and the token by which finding that out is stopped.

use jni::EnvUnowned;
use jni::objects::{JByteArray, JClass, JLongArray, JObject};
use jni::sys::{jint, jlong};
use smimezip::export::{SetStatus, Verdict};
use smimezip::{CancelToken, Export, Part};

use crate::boundary::{array, call, count, size};
use crate::facts;
use crate::failure::Thrown;
use crate::handle;
use crate::keyring::Keys;
use crate::numbers;
use crate::options::Opening;
use crate::times;
use crate::wire::Writer;

#[unsafe(no_mangle)]
extern "system" fn Java_io_github_smimezip_internal_Native_cancelNew<'l>(
    env: EnvUnowned<'l>,
    class: JClass<'l>,
) -> jlong {
    call(env, &class, |_| Ok(handle::give(CancelToken::new())))
}

#[unsafe(no_mangle)]
extern "system" fn Java_io_github_smimezip_internal_Native_cancelFree<'l>(
    env: EnvUnowned<'l>,
    class: JClass<'l>,
    cancel: jlong,
) {
    call(env, &class, |_| {
        // SAFETY: Java's `Handle` frees once, after the last use.
        unsafe { handle::free::<CancelToken>(cancel) };
        Ok(())
    });
}

#[unsafe(no_mangle)]
extern "system" fn Java_io_github_smimezip_internal_Native_cancelTrigger<'l>(
    env: EnvUnowned<'l>,
    class: JClass<'l>,
    cancel: jlong,
) {
    call(env, &class, |_| {
        // SAFETY: Java's `Handle` is in use.
        let cancel: &CancelToken = unsafe { handle::get(cancel) }?;
        cancel.cancel();
        Ok(())
    });
}

/// The states of sets, one after the other, as Java's `SetStatus` reads them.
#[unsafe(no_mangle)]
extern "system" fn Java_io_github_smimezip_internal_Native_setStatuses<'l>(
    env: EnvUnowned<'l>,
    class: JClass<'l>,
    sets: JLongArray<'l>,
    keyring: jlong,
    bits: jint,
    threads: jint,
    limits: JByteArray<'l>,
    cancel: jlong,
) -> JObject<'l> {
    call(env, &class, |env| {
        let mut addresses = vec![0; sets.len(env)?];
        sets.get_region(env, 0, &mut addresses)?;
        let mut exports = Vec::new();
        for address in addresses {
            // SAFETY: Java's `Handle`s are in use.
            let export: &Export = unsafe { handle::get(address) }?;
            exports.push(export.clone());
        }
        // SAFETY: as above.
        let (keys, cancel): (&Keys, &CancelToken) =
            unsafe { (handle::get(keyring)?, handle::get(cancel)?) };
        let options = Opening::new(env, bits, &limits)?.options();
        let options = options.threads(count(threads)).cancel(cancel);
        let statuses = SetStatus::of_all(&exports, &keys.ring(), &options)?;
        let mut out = Writer::default();
        for (export, status) in exports.iter().zip(&statuses) {
            // What a callback threw ends the call; it is no state.
            if let Verdict::Damaged(error) = status.verdict()
                && Thrown::cause_of(error).is_some()
            {
                return Err(error.clone().into());
            }
            describe(&mut out, export, status);
        }
        array(env, out.as_bytes())
    })
}

fn describe(out: &mut Writer, export: &Export, status: &SetStatus) {
    out.text(status.name())
        .int(numbers::verdict(status.verdict()))
        .texts(export.parts().iter().map(Part::name))
        .long(status.total().map_or(-1, i64::from))
        .long(size(status.bytes()));
    match status.created() {
        Some(time) => out.int(1).long(times::milliseconds(time)),
        None => out.int(0).long(0),
    };
    out.int(status.key_fits().map_or(-1, i32::from));
    let (mut missing, mut unfinished, mut conflicting) = (Vec::new(), &[][..], &[][..]);
    match status.verdict() {
        Verdict::Missing(names) => missing = names.iter().map(ToString::to_string).collect(),
        Verdict::StillDownloading { missing: names, files } => {
            missing = names.iter().map(ToString::to_string).collect();
            unfinished = files;
        }
        Verdict::Conflicting(files) => conflicting = files,
        _ => {}
    }
    let (recipients, duplicates) = (status.recipients(), status.duplicates());
    for names in [recipients, duplicates, status.stand_ins(), &missing, unfinished, conflicting] {
        out.texts(names.iter().map(String::as_str));
    }
    match status.verdict() {
        Verdict::Damaged(error) => {
            out.int(1).int(error.kind().status());
            facts::write(error, out);
        }
        _ => {
            out.int(0);
        }
    }
}
