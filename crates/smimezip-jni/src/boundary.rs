//! What every native method goes through: its outcome becomes a value or a Java exception, a panic
//! becomes one, too; and the conversion of arrays.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;

use jni::errors::ThrowRuntimeExAndDefault;
use jni::objects::{JByteArray, JClass, JObject};
use jni::sys::{jint, jlong};
use jni::{Env, EnvUnowned};
use zeroize::Zeroizing;

use crate::failure::{self, Failure};
use crate::wire;

/// Calls `work` for a native method of `class`.
pub(crate) fn call<'local, T: Default>(
    mut unowned: EnvUnowned<'local>,
    class: &JClass<'local>,
    work: impl FnOnce(&mut Env<'local>) -> Result<T, Failure>,
) -> T {
    unowned
        .with_env(|env| -> jni::errors::Result<T> {
            let outcome = catch_unwind(AssertUnwindSafe(|| work(env)))
                .unwrap_or_else(|_| Err(Failure::Panic));
            Ok(outcome.unwrap_or_else(|failure| {
                failure::throw(env, class, &failure);
                T::default()
            }))
        })
        .resolve::<ThrowRuntimeExAndDefault>()
}

/// The bytes of an array, which wipe themselves: it may be a secret.
pub(crate) fn bytes(env: &Env<'_>, array: &JByteArray<'_>) -> Result<Zeroizing<Vec<u8>>, Failure> {
    Ok(Zeroizing::new(env.convert_byte_array(array)?))
}

/// The bytes of an array that may be null.
pub(crate) fn optional(
    env: &Env<'_>,
    array: &JByteArray<'_>,
) -> Result<Option<Zeroizing<Vec<u8>>>, Failure> {
    if array.is_null() { Ok(None) } else { bytes(env, array).map(Some) }
}

/// The path that an array holds: its bytes on Unix, UTF-8 elsewhere.
pub(crate) fn path(env: &Env<'_>, array: &JByteArray<'_>) -> Result<PathBuf, Failure> {
    path_of(&env.convert_byte_array(array)?)
}

/// The paths that Java has written to an array, one after the other.
pub(crate) fn paths(env: &Env<'_>, array: &JByteArray<'_>) -> Result<Vec<PathBuf>, Failure> {
    let written = bytes(env, array)?;
    let paths = wire::blobs(&written);
    let paths = paths.ok_or_else(|| Failure::Argument("paths that cannot be read".into()))?;
    paths.into_iter().map(path_of).collect()
}

#[cfg_attr(unix, allow(clippy::unnecessary_wraps, reason = "elsewhere not all bytes are a path"))]
fn path_of(bytes: &[u8]) -> Result<PathBuf, Failure> {
    #[cfg(unix)]
    {
        use std::os::unix::ffi::OsStrExt as _;
        Ok(std::ffi::OsStr::from_bytes(bytes).into())
    }
    #[cfg(not(unix))]
    std::str::from_utf8(bytes)
        .map(PathBuf::from)
        .map_err(|_| Failure::Argument("a path is not in UTF-8".into()))
}

/// An array with these bytes.
pub(crate) fn array<'local>(
    env: &mut Env<'local>,
    bytes: &[u8],
) -> Result<JObject<'local>, Failure> {
    Ok(env.byte_array_from_slice(bytes)?.into())
}

/// Copies bytes to a part of an array that Java has checked.
pub(crate) fn copy_to(
    env: &Env<'_>,
    array: &JByteArray<'_>,
    offset: jint,
    bytes: &[u8],
) -> Result<jint, Failure> {
    // SAFETY: `i8` and `u8` have the same size, alignment and values.
    let signed = unsafe { std::slice::from_raw_parts(bytes.as_ptr().cast::<i8>(), bytes.len()) };
    array.set_region(env, offset, signed)?;
    Ok(jint::try_from(bytes.len()).unwrap_or(jint::MAX))
}

/// Copies a part of an array that Java has checked.
pub(crate) fn copy_from(
    env: &Env<'_>,
    array: &JByteArray<'_>,
    offset: jint,
    bytes: &mut [u8],
) -> Result<(), Failure> {
    // SAFETY: as above; all bytes are initialised.
    let signed =
        unsafe { std::slice::from_raw_parts_mut(bytes.as_mut_ptr().cast::<i8>(), bytes.len()) };
    Ok(array.get_region(env, offset, signed)?)
}

/// A count that Java has checked to be none below zero.
pub(crate) fn count(number: jint) -> usize {
    usize::try_from(number).unwrap_or(0)
}

/// A position that Java has checked to be none below zero.
pub(crate) fn position(number: jlong) -> u64 {
    u64::try_from(number).unwrap_or(0)
}

/// A size as Java has it; what is beyond its numbers is its largest one.
pub(crate) fn size(number: u64) -> jlong {
    jlong::try_from(number).unwrap_or(jlong::MAX)
}
