//! A `PartSource` of Java as `ReadAt`: asked on any thread, one array for each read.

use std::io;

use jni::objects::{JByteArray, JObject, JValue, JValueOwned};
use jni::refs::Global;
use jni::sys::jlong;
use jni::{Env, JavaVM, jni_sig, jni_str};
use smimezip::ReadAt;

use crate::boundary::{self, position, size};
use crate::failure::{Failure, Thrown};

/// Bytes asked for at once.
const MOST: usize = 1024 * 1024;

/// Java's `internal.SourceAdapter`.
pub(crate) struct JavaSource {
    vm: JavaVM,
    adapter: Global<JObject<'static>>,
    size: u64,
}

impl JavaSource {
    pub(crate) fn new(env: &Env<'_>, adapter: &JObject<'_>, size: jlong) -> Result<Self, Failure> {
        let adapter = env.new_global_ref(adapter)?;
        Ok(Self { vm: env.get_java_vm()?, adapter, size: position(size) })
    }
}

impl ReadAt for JavaSource {
    fn read_at(&self, buf: &mut [u8], offset: u64) -> io::Result<usize> {
        if buf.is_empty() || offset >= self.size {
            return Ok(0);
        }
        let wanted = buf.len().min(MOST);
        let length = i32::try_from(wanted).unwrap_or(i32::MAX);
        let mut outcome = Ok(0);
        let attached = self.vm.attach_current_thread(|env| -> jni::errors::Result<()> {
            let arguments = [JValue::Long(size(offset)), JValue::Int(length)];
            let read = env
                .call_method(&self.adapter, jni_str!("read"), jni_sig!("(JI)[B"), &arguments)
                .and_then(JValueOwned::l)
                .and_then(|array| env.cast_local::<JByteArray<'_>>(array));
            outcome = match read {
                Err(error) => Err(Thrown::take(env, &error)),
                Ok(array) => take(env, &array, &mut buf[..wanted]),
            };
            Ok(())
        });
        attached.map_err(|error| io::Error::other(error.to_string()))?;
        outcome
    }

    fn size(&self) -> io::Result<u64> {
        Ok(self.size)
    }
}

fn take(env: &Env<'_>, array: &JByteArray<'_>, buf: &mut [u8]) -> io::Result<usize> {
    let other = |error: jni::errors::Error| io::Error::other(error.to_string());
    let count = array.len(env).map_err(other)?.min(buf.len());
    boundary::copy_from(env, array, 0, &mut buf[..count])
        .map_err(|_| io::Error::other("the array of a source cannot be read"))?;
    Ok(count)
}
