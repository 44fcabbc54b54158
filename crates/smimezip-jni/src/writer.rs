//! `ExportWriter`: an export whose entries Java writes one after the other.

use std::sync::{Mutex, MutexGuard, TryLockError};

use jni::objects::{JByteArray, JClass, JObject};
use jni::sys::{jint, jlong};
use jni::{Env, EnvUnowned};
use smimezip::CancelToken;
use smimezip::build::{ArchiveWriter, EntryAttributes, FolderSink};
use smimezip::export::SealingSink;
use smimezip::parts::{EitherSink, Position};
use zeroize::Zeroizing;

use crate::boundary::{array, bytes, call, copy_from, count, path as path_of};
use crate::export::{Making, receipt};
use crate::failure::Failure;
use crate::handle;
use crate::recipients::Recipients;
use crate::sink::JavaSink;
use crate::times;

/// A folder, or an object of Java.
type Sink = EitherSink<FolderSink, JavaSink>;

const ENDED: Failure = Failure::State("the export was committed, or was to be");
const OPEN: Failure = Failure::State("an entry is open still");
const NOT_OPEN: Failure = Failure::State("no entry is open");

struct Export {
    /// `None` once it is committed.
    state: Mutex<Option<State>>,
    cancel: CancelToken,
}

struct State {
    archive: ArchiveWriter<SealingSink<Sink>>,
    content: Zeroizing<Vec<u8>>,
}

impl State {
    /// Whether an entry is open, as it should be: misuse is a failure of its own in Java.
    fn check_open(&self, is_open: bool) -> Result<(), Failure> {
        match (self.archive.open_entry().is_some(), is_open) {
            (true, false) => Err(OPEN),
            (false, true) => Err(NOT_OPEN),
            _ => Ok(()),
        }
    }
}

impl Export {
    fn begin(
        making: Making,
        sink: impl FnOnce(&Making) -> Result<Sink, Failure>,
    ) -> Result<jlong, Failure> {
        let cancel = CancelToken::new();
        let making = making.cancelled_by(&cancel);
        let archive = making.export.writer(sink(&making)?)?;
        let state = State { archive, content: Zeroizing::default() };
        Ok(handle::give(Self { state: Mutex::new(Some(state)), cancel }))
    }

    /// What is written, unless another call is at it: also one that a sink makes while it is called
    /// itself.
    fn lock(&self) -> Result<MutexGuard<'_, Option<State>>, Failure> {
        match self.state.try_lock() {
            Ok(state) => Ok(state),
            Err(TryLockError::Poisoned(_)) => Err(Failure::State("an earlier call panicked")),
            Err(TryLockError::WouldBlock) => Err(Failure::State("another call is in progress")),
        }
    }

    fn with<T>(&self, work: impl FnOnce(&mut State) -> Result<T, Failure>) -> Result<T, Failure> {
        let mut state = self.lock()?;
        work(state.as_mut().ok_or(ENDED)?)
    }
}

/// To files in a folder.
#[unsafe(no_mangle)]
extern "system" fn Java_io_github_smimezip_internal_Native_writerNewFolder<'l>(
    env: EnvUnowned<'l>,
    class: JClass<'l>,
    recipients: jlong,
    options: JByteArray<'l>,
    outbox: JByteArray<'l>,
) -> jlong {
    call(env, &class, |env| {
        // SAFETY: Java's `Handle` is in use.
        let recipients: &Recipients = unsafe { handle::get(recipients) }?;
        let making = Making::new(recipients, &bytes(env, &options)?)?;
        let outbox = path_of(env, &outbox)?;
        Export::begin(making, |making| {
            let name = making.name.part(Position::Last);
            Ok(Sink::Left(FolderSink::new(outbox, &name, &making.build)?))
        })
    })
}

#[unsafe(no_mangle)]
extern "system" fn Java_io_github_smimezip_internal_Native_writerNewSink<'l>(
    env: EnvUnowned<'l>,
    class: JClass<'l>,
    recipients: jlong,
    options: JByteArray<'l>,
    adapter: JObject<'l>,
) -> jlong {
    call(env, &class, |env| {
        // SAFETY: Java's `Handle` is in use.
        let recipients: &Recipients = unsafe { handle::get(recipients) }?;
        let making = Making::new(recipients, &bytes(env, &options)?)?;
        Export::begin(making, |_| Ok(Sink::Right(JavaSink::new(env, &adapter)?)))
    })
}

/// Takes everything back that was not committed.
#[unsafe(no_mangle)]
extern "system" fn Java_io_github_smimezip_internal_Native_writerFree<'l>(
    env: EnvUnowned<'l>,
    class: JClass<'l>,
    writer: jlong,
) {
    call(env, &class, |_| {
        // SAFETY: Java's `Handle` frees once, after the last use.
        unsafe { handle::free::<Export>(writer) };
        Ok(())
    });
}

#[unsafe(no_mangle)]
extern "system" fn Java_io_github_smimezip_internal_Native_writerCancel<'l>(
    env: EnvUnowned<'l>,
    class: JClass<'l>,
    writer: jlong,
) {
    call(env, &class, |_| {
        // SAFETY: Java's `Handle` is in use.
        let export: &Export = unsafe { handle::get(writer) }?;
        export.cancel.cancel();
        Ok(())
    });
}

#[unsafe(no_mangle)]
extern "system" fn Java_io_github_smimezip_internal_Native_writerAddFolder<'l>(
    env: EnvUnowned<'l>,
    class: JClass<'l>,
    writer: jlong,
    name: JByteArray<'l>,
    permissions: jint,
    modified: jlong,
) {
    call(env, &class, |env| {
        // SAFETY: Java's `Handle` is in use.
        let export: &Export = unsafe { handle::get(writer) }?;
        let name = text(env, &name)?;
        let attributes = attributes(permissions, modified, -1)?;
        export.with(|state| {
            state.check_open(false)?;
            Ok(state.archive.add_folder(&name, &attributes)?)
        })
    });
}

#[unsafe(no_mangle)]
extern "system" fn Java_io_github_smimezip_internal_Native_writerBegin<'l>(
    env: EnvUnowned<'l>,
    class: JClass<'l>,
    writer: jlong,
    name: JByteArray<'l>,
    permissions: jint,
    modified: jlong,
    max_size: jlong,
) {
    call(env, &class, |env| {
        // SAFETY: Java's `Handle` is in use.
        let export: &Export = unsafe { handle::get(writer) }?;
        let name = text(env, &name)?;
        let attributes = attributes(permissions, modified, max_size)?;
        export.with(|state| {
            state.check_open(false)?;
            Ok(state.archive.begin_entry(&name, &attributes)?)
        })
    });
}

#[unsafe(no_mangle)]
extern "system" fn Java_io_github_smimezip_internal_Native_writerWrite<'l>(
    env: EnvUnowned<'l>,
    class: JClass<'l>,
    writer: jlong,
    content: JByteArray<'l>,
    offset: jint,
    length: jint,
) {
    call(env, &class, |env| {
        // SAFETY: Java's `Handle` is in use.
        let export: &Export = unsafe { handle::get(writer) }?;
        export.with(|state| {
            state.check_open(true)?;
            state.content.resize(count(length), 0);
            copy_from(env, &content, offset, &mut state.content)?;
            Ok(state.archive.write_entry(&state.content)?)
        })
    });
}

#[unsafe(no_mangle)]
extern "system" fn Java_io_github_smimezip_internal_Native_writerEnd<'l>(
    env: EnvUnowned<'l>,
    class: JClass<'l>,
    writer: jlong,
) {
    call(env, &class, |_| {
        // SAFETY: Java's `Handle` is in use.
        let export: &Export = unsafe { handle::get(writer) }?;
        export.with(|state| {
            state.check_open(true)?;
            Ok(state.archive.end_entry()?)
        })
    });
}

#[unsafe(no_mangle)]
extern "system" fn Java_io_github_smimezip_internal_Native_writerCommit<'l>(
    env: EnvUnowned<'l>,
    class: JClass<'l>,
    writer: jlong,
) -> JObject<'l> {
    call(env, &class, |env| {
        // SAFETY: Java's `Handle` is in use.
        let export: &Export = unsafe { handle::get(writer) }?;
        let mut state = export.lock()?;
        state.as_ref().ok_or(ENDED)?.check_open(false)?;
        let State { archive, .. } = state.take().ok_or(ENDED)?;
        let built = archive.finish()?;
        array(env, receipt(&built).as_bytes())
    })
}

fn text(env: &Env<'_>, name: &JByteArray<'_>) -> Result<String, Failure> {
    let name = env.convert_byte_array(name)?;
    String::from_utf8(name).map_err(|_| Failure::Argument("a name that is no text".into()))
}

/// Permissions below zero, the lowest time and a size below zero are those that are not said.
fn attributes(
    permissions: jint,
    modified: jlong,
    max_size: jlong,
) -> Result<EntryAttributes, Failure> {
    let mut attributes = EntryAttributes::new();
    if let Ok(bits) = u32::try_from(permissions) {
        attributes = attributes.permissions(bits);
    }
    if modified != jlong::MIN {
        attributes = attributes.modified(times::instant(modified)?);
    }
    if let Ok(bytes) = u64::try_from(max_size) {
        attributes = attributes.max_size(bytes);
    }
    Ok(attributes)
}
