//! A `ProgressListener` of Java, asked on the thread that made the call.

use std::ops::ControlFlow;

use jni::objects::{JObject, JValue, JValueOwned};
use jni::refs::Global;
use jni::{Env, JavaVM, jni_sig, jni_str};
use smimezip::progress::Event;
use smimezip::{Error, Progress};

use crate::boundary::{array, size};
use crate::failure::{Failure, Thrown};
use crate::numbers;

/// Java's `internal.ProgressAdapter`, or nobody.
pub(crate) struct Reporter {
    vm: JavaVM,
    adapter: Option<Global<JObject<'static>>>,
    thrown: Option<Error>,
}

impl Reporter {
    pub(crate) fn new(env: &Env<'_>, adapter: &JObject<'_>) -> Result<Self, Failure> {
        let adapter = if adapter.is_null() { None } else { Some(env.new_global_ref(adapter)?) };
        Ok(Self { vm: env.get_java_vm()?, adapter, thrown: None })
    }

    /// What a call led to that reported here: what the listener threw goes before.
    pub(crate) fn outcome<T>(self, result: Result<T, Error>) -> Result<T, Failure> {
        match (result, self.thrown) {
            (Err(_), Some(thrown)) => Err(thrown.into()),
            (result, _) => Ok(result?),
        }
    }
}

impl Progress for Reporter {
    fn report(&mut self, event: &Event<'_>) -> ControlFlow<()> {
        let Some(adapter) = &self.adapter else { return ControlFlow::Continue(()) };
        let mut outcome = Ok(false);
        let attached = self.vm.attach_current_thread(|env| -> jni::errors::Result<()> {
            outcome = ask(env, adapter, event);
            Ok(())
        });
        match attached.map_err(|error| std::io::Error::other(error.to_string())).and(outcome) {
            Ok(true) => ControlFlow::Continue(()),
            Ok(false) => ControlFlow::Break(()),
            Err(error) => {
                self.thrown = Some(error.into());
                ControlFlow::Break(())
            }
        }
    }
}

/// Whether to go on.
fn ask(env: &mut Env<'_>, adapter: &JObject<'_>, event: &Event<'_>) -> std::io::Result<bool> {
    let entry = match event.entry {
        Some(name) => array(env, name.as_bytes()),
        None => Ok(JObject::null()),
    };
    let entry = entry.map_err(|_| std::io::Error::other("no memory for a name"))?;
    let arguments = [
        JValue::Int(numbers::phase(event.phase)),
        JValue::Long(size(event.bytes_done)),
        JValue::Long(size(event.bytes_total)),
        JValue::Long(size(event.entries_done)),
        JValue::Long(size(event.entries_total)),
        JValue::Object(&entry),
    ];
    env.call_method(adapter, jni_str!("report"), jni_sig!("(IJJJJ[B)Z"), &arguments)
        .and_then(JValueOwned::z)
        .map_err(|error| Thrown::take(env, &error))
}
