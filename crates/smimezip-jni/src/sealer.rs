//! A message that is made forward. Java writes it to its stream; nothing here calls Java.

use std::sync::{Mutex, PoisonError};

use jni::EnvUnowned;
use jni::objects::{JByteArray, JClass, JObject};
use jni::sys::{jint, jlong};
use smimezip::message::Sealer;
use zeroize::Zeroizing;

use crate::boundary::{array, call, copy_from, count};
use crate::failure::Failure;
use crate::handle;
use crate::options;
use crate::recipients::Recipients;

struct Message {
    /// `None` once it is finished.
    sealer: Option<Sealer>,
    content: Zeroizing<Vec<u8>>,
    bytes: Vec<u8>,
}

fn finished() -> Failure {
    Failure::State("the message is finished")
}

/// For a content of so many bytes, or of any number for one below zero.
#[unsafe(no_mangle)]
extern "system" fn Java_io_github_smimezip_internal_Native_sealerNew<'l>(
    env: EnvUnowned<'l>,
    class: JClass<'l>,
    recipients: jlong,
    bits: jint,
    size: jlong,
) -> jlong {
    call(env, &class, |_| {
        // SAFETY: Java's `Handle` is in use.
        let recipients: &Recipients = unsafe { handle::get(recipients) }?;
        let sealer = Sealer::new(&recipients.list(), &options::seal(bits, size)?)?;
        let (content, bytes) = (Zeroizing::default(), Vec::new());
        Ok(handle::give(Mutex::new(Message { sealer: Some(sealer), content, bytes })))
    })
}

#[unsafe(no_mangle)]
extern "system" fn Java_io_github_smimezip_internal_Native_sealerFree<'l>(
    env: EnvUnowned<'l>,
    class: JClass<'l>,
    sealer: jlong,
) {
    call(env, &class, |_| {
        // SAFETY: Java's `Handle` frees once, after the last use.
        unsafe { handle::free::<Mutex<Message>>(sealer) };
        Ok(())
    });
}

/// Takes a part of an array; what of the message is ready.
#[unsafe(no_mangle)]
extern "system" fn Java_io_github_smimezip_internal_Native_sealerUpdate<'l>(
    env: EnvUnowned<'l>,
    class: JClass<'l>,
    sealer: jlong,
    content: JByteArray<'l>,
    offset: jint,
    length: jint,
) -> JObject<'l> {
    call(env, &class, |env| {
        // SAFETY: Java's `Handle` is in use.
        let message: &Mutex<Message> = unsafe { handle::get(sealer) }?;
        let mut message = message.lock().unwrap_or_else(PoisonError::into_inner);
        let message = &mut *message;
        message.content.resize(count(length), 0);
        copy_from(env, &content, offset, &mut message.content)?;
        message.bytes.clear();
        let sealer = message.sealer.as_mut().ok_or_else(finished)?;
        sealer.update(&message.content, &mut message.bytes)?;
        array(env, &message.bytes)
    })
}

/// There is no more content: the rest of the message.
#[unsafe(no_mangle)]
extern "system" fn Java_io_github_smimezip_internal_Native_sealerFinish<'l>(
    env: EnvUnowned<'l>,
    class: JClass<'l>,
    sealer: jlong,
) -> JObject<'l> {
    call(env, &class, |env| {
        // SAFETY: Java's `Handle` is in use.
        let message: &Mutex<Message> = unsafe { handle::get(sealer) }?;
        let mut message = message.lock().unwrap_or_else(PoisonError::into_inner);
        message.bytes.clear();
        let sealer = message.sealer.take().ok_or_else(finished)?;
        sealer.finish(&mut message.bytes)?;
        array(env, &message.bytes)
    })
}
