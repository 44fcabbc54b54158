//! What goes wrong, and the Java exception that says so. The class of each status is chosen in
//! Java.

use std::fmt;
use std::sync::Arc;

use jni::objects::{JClass, JThrowable, JValue};
use jni::refs::Global;
use jni::{Env, jni_sig, jni_str};
use smimezip::{Error, ErrorKind};

use crate::facts;
use crate::wire::Writer;

/// Why a native method ends without a value.
pub(crate) enum Failure {
    /// The core's error.
    Core(Error),
    /// The Java machine's; perhaps an exception is pending.
    Java(jni::errors::Error),
    /// A mistake in the classes above, or of their caller.
    Argument(String),
    /// A call that is not possible now.
    State(&'static str),
    /// A bug here.
    Panic,
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Core(error)
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self::Core(error.into())
    }
}

impl From<jni::errors::Error> for Failure {
    fn from(error: jni::errors::Error) -> Self {
        Self::Java(error)
    }
}

/// An exception that a callback threw, on its way through the core as the cause of an error.
pub(crate) struct Thrown(Arc<Global<JThrowable<'static>>>);

impl Thrown {
    /// Takes the exception that is pending, if there is one, or the machine's own error.
    pub(crate) fn take(env: &mut Env<'_>, error: &jni::errors::Error) -> std::io::Error {
        let Some(exception) = env.exception_occurred() else {
            return std::io::Error::other(error.to_string());
        };
        env.exception_clear();
        match env.new_global_ref(&exception) {
            Ok(exception) => std::io::Error::other(Self(Arc::new(exception))),
            Err(error) => std::io::Error::other(error.to_string()),
        }
    }

    /// The exception that an error of the core has as its cause.
    pub(crate) fn cause_of(error: &Error) -> Option<&Self> {
        match error.kind() {
            ErrorKind::Io(inner) => inner.get_ref()?.downcast_ref(),
            _ => None,
        }
    }
}

impl fmt::Debug for Thrown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Thrown")
    }
}

impl fmt::Display for Thrown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a Java exception")
    }
}

impl std::error::Error for Thrown {}

/// Makes `failure` the exception that is pending when the native method returns.
pub(crate) fn throw(env: &mut Env<'_>, class: &JClass<'_>, failure: &Failure) {
    if env.exception_check() {
        return;
    }
    let made = match failure {
        Failure::Core(error) => {
            if let Some(Thrown(exception)) = Thrown::cause_of(error) {
                // Whatever comes of it, an exception is pending then.
                let _ = env.throw(&**exception);
                return;
            }
            let mut out = Writer::default();
            facts::write(error, &mut out);
            make(env, class, error.kind().status(), &out)
        }
        Failure::Java(error) => make(env, class, BUG, Writer::default().text(&error.to_string())),
        Failure::Argument(text) => make(env, class, ARGUMENT, Writer::default().text(text)),
        Failure::State(text) => make(env, class, BUG, Writer::default().text(text)),
        Failure::Panic => {
            make(env, class, BUG, Writer::default().text("a bug in smimezip: it panicked"))
        }
    };
    if let Err(error) = made
        && !env.exception_check()
    {
        let _ = env.throw(error.to_string());
    }
}

/// Has Java make the exception and throws it.
fn make(
    env: &mut Env<'_>,
    class: &JClass<'_>,
    status: i32,
    written: &Writer,
) -> jni::errors::Result<()> {
    let written = env.byte_array_from_slice(written.as_bytes())?;
    let arguments = [JValue::Int(status), JValue::Object(&written)];
    // It throws what it makes.
    env.call_static_method(class, jni_str!("fail"), jni_sig!("(I[B)V"), &arguments)?;
    Ok(())
}

/// An `IllegalStateException` in Java.
const BUG: i32 = -99;
/// An `IllegalArgumentException` in Java.
const ARGUMENT: i32 = -1;
