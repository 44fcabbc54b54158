//! A message that is fed forward. Java reads its stream and feeds this; nothing here calls Java.

use std::sync::{Mutex, PoisonError};

use jni::EnvUnowned;
use jni::objects::{JByteArray, JClass};
use jni::sys::{jint, jlong};
use smimezip::UnlockOptions;
use smimezip::message::Decoder;
use zeroize::Zeroizing;

use crate::boundary::{call, copy_from, copy_to, count};
use crate::handle;
use crate::keyring::Keys;
use crate::numbers;
use crate::options::Opening;

struct Feed {
    decoder: Decoder,
    input: Vec<u8>,
    output: Zeroizing<Vec<u8>>,
}

#[unsafe(no_mangle)]
extern "system" fn Java_io_github_smimezip_internal_Native_decoderNew<'l>(
    env: EnvUnowned<'l>,
    class: JClass<'l>,
    keyring: jlong,
    bits: jint,
    limits: JByteArray<'l>,
) -> jlong {
    call(env, &class, |env| {
        // SAFETY: Java's `Handle` is in use.
        let keys: &Keys = unsafe { handle::get(keyring) }?;
        let Opening { limits, accept, .. } = Opening::new(env, bits, &limits)?;
        let options = UnlockOptions::new().limits(&limits).accept(accept);
        let decoder = Decoder::with_options(keys.ring(), &options);
        let feed = Feed { decoder, input: Vec::new(), output: Zeroizing::default() };
        Ok(handle::give(Mutex::new(feed)))
    })
}

#[unsafe(no_mangle)]
extern "system" fn Java_io_github_smimezip_internal_Native_decoderFree<'l>(
    env: EnvUnowned<'l>,
    class: JClass<'l>,
    decoder: jlong,
) {
    call(env, &class, |_| {
        // SAFETY: Java's `Handle` frees once, after the last use.
        unsafe { handle::free::<Mutex<Feed>>(decoder) };
        Ok(())
    });
}

/// Takes of the input and gives output: how much of both, the first in the upper 32 bits.
#[unsafe(no_mangle)]
extern "system" fn Java_io_github_smimezip_internal_Native_decoderProcess<'l>(
    env: EnvUnowned<'l>,
    class: JClass<'l>,
    decoder: jlong,
    input: JByteArray<'l>,
    input_offset: jint,
    input_length: jint,
    output: JByteArray<'l>,
    output_offset: jint,
    output_length: jint,
) -> jlong {
    call(env, &class, |env| {
        // SAFETY: Java's `Handle` is in use.
        let feed: &Mutex<Feed> = unsafe { handle::get(decoder) }?;
        let mut feed = feed.lock().unwrap_or_else(PoisonError::into_inner);
        let feed = &mut *feed;
        feed.input.resize(count(input_length), 0);
        copy_from(env, &input, input_offset, &mut feed.input)?;
        feed.output.resize(count(output_length), 0);
        let done = feed.decoder.process(&feed.input, &mut feed.output)?;
        let produced = copy_to(env, &output, output_offset, &feed.output[..done.produced])?;
        let consumed = jlong::try_from(done.consumed).unwrap_or(0);
        Ok(consumed << 32 | jlong::from(produced))
    })
}

/// Gives output after the last input; -1 once all of it was given and verified.
#[unsafe(no_mangle)]
extern "system" fn Java_io_github_smimezip_internal_Native_decoderFinish<'l>(
    env: EnvUnowned<'l>,
    class: JClass<'l>,
    decoder: jlong,
    output: JByteArray<'l>,
    output_offset: jint,
    output_length: jint,
) -> jint {
    call(env, &class, |env| {
        // SAFETY: Java's `Handle` is in use.
        let feed: &Mutex<Feed> = unsafe { handle::get(decoder) }?;
        let mut feed = feed.lock().unwrap_or_else(PoisonError::into_inner);
        let feed = &mut *feed;
        feed.output.resize(count(output_length), 0);
        let count = feed.decoder.finish(&mut feed.output)?;
        if count == 0 {
            return Ok(-1);
        }
        copy_to(env, &output, output_offset, &feed.output[..count])
    })
}

/// The level of integrity after the end; -1 before.
#[unsafe(no_mangle)]
extern "system" fn Java_io_github_smimezip_internal_Native_decoderIntegrity<'l>(
    env: EnvUnowned<'l>,
    class: JClass<'l>,
    decoder: jlong,
) -> jint {
    call(env, &class, |_| {
        // SAFETY: Java's `Handle` is in use.
        let feed: &Mutex<Feed> = unsafe { handle::get(decoder) }?;
        let feed = feed.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(feed.decoder.integrity().map_or(-1, numbers::integrity))
    })
}
