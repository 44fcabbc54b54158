//! `EncryptedMessage` and the content of one.

use std::cell::RefCell;
use std::sync::Arc;

use jni::objects::{JByteArray, JClass, JObject};
use jni::sys::{jint, jlong};
use jni::{Env, EnvUnowned};
use smimezip::cms::{RecipientIdentifier, RecipientInfo};
use smimezip::message::{Content, Envelope};
use smimezip::read_at::FileSource;
use smimezip::{Limits, ReadAt, UnlockOptions};
use zeroize::Zeroizing;

use crate::boundary::{array, call, copy_to, count, path as path_of, position, size};
use crate::failure::Failure;
use crate::handle;
use crate::keyring::Keys;
use crate::numbers;
use crate::options::{self, Opening};
use crate::progress::Reporter;
use crate::source::JavaSource;
use crate::wire::Writer;

/// Bytes that one native read gives.
const MOST: usize = 1024 * 1024;

struct Message {
    envelope: Envelope,
    opening: Opening,
}

impl Message {
    fn open(source: Arc<dyn ReadAt>, opening: Opening) -> Result<jlong, Failure> {
        let envelope = Envelope::open_with(source, &opening.options())?;
        Ok(handle::give(Self { envelope, opening }))
    }

    fn unlock(
        &self,
        keys: &Keys,
        limits: &Limits,
        reporter: &mut Reporter,
    ) -> Result<Content, smimezip::Error> {
        let content = self.envelope.unlock_with(&keys.ring(), &UnlockOptions::new(), reporter)?;
        content.inside(&self.opening.options().limits(limits))
    }
}

#[unsafe(no_mangle)]
extern "system" fn Java_io_github_smimezip_internal_Native_messageOpenFile<'l>(
    env: EnvUnowned<'l>,
    class: JClass<'l>,
    path: JByteArray<'l>,
    bits: jint,
    limits: JByteArray<'l>,
) -> jlong {
    call(env, &class, |env| {
        let path = path_of(env, &path)?;
        let opening = Opening::new(env, bits, &limits)?;
        let named = |error: smimezip::Error| error.in_part(path.display().to_string());
        let file = FileSource::open(&path).map_err(|error| named(error.into()))?;
        Message::open(Arc::new(file), opening).map_err(|failure| match failure {
            Failure::Core(error) => named(error).into(),
            other => other,
        })
    })
}

#[unsafe(no_mangle)]
extern "system" fn Java_io_github_smimezip_internal_Native_messageOpenSource<'l>(
    env: EnvUnowned<'l>,
    class: JClass<'l>,
    adapter: JObject<'l>,
    length: jlong,
    bits: jint,
    limits: JByteArray<'l>,
) -> jlong {
    call(env, &class, |env| {
        let source = JavaSource::new(env, &adapter, length)?;
        Message::open(Arc::new(source), Opening::new(env, bits, &limits)?)
    })
}

#[unsafe(no_mangle)]
extern "system" fn Java_io_github_smimezip_internal_Native_messageFree<'l>(
    env: EnvUnowned<'l>,
    class: JClass<'l>,
    message: jlong,
) {
    call(env, &class, |_| {
        // SAFETY: Java's `Handle` frees once, after the last use.
        unsafe { handle::free::<Message>(message) };
        Ok(())
    });
}

#[unsafe(no_mangle)]
extern "system" fn Java_io_github_smimezip_internal_Native_messageInfo<'l>(
    env: EnvUnowned<'l>,
    class: JClass<'l>,
    message: jlong,
) -> JObject<'l> {
    call(env, &class, |env| {
        // SAFETY: Java's `Handle` is in use.
        let message: &Message = unsafe { handle::get(message) }?;
        let envelope = &message.envelope;
        let mut out = Writer::default();
        out.text(&envelope.container().to_string())
            .text(&envelope.content_encryption_algorithm().to_string())
            .text(&envelope.content_type().to_string())
            .int(numbers::integrity(envelope.integrity()))
            .long(size(envelope.ciphertext_len()))
            .count(envelope.recipient_infos().len());
        for info in envelope.recipient_infos() {
            recipient(&mut out, info);
        }
        array(env, out.as_bytes())
    })
}

fn recipient(out: &mut Writer, info: &RecipientInfo) {
    out.int(numbers::recipient_kind(info.kind())).text(&info.describe());
    let none: &[u8] = &[];
    let (issuer, serial, identifier) = match info.identifier() {
        Some(RecipientIdentifier::IssuerAndSerialNumber(name)) => {
            (Some(name.issuer.as_str()), name.serial_number.as_slice(), none)
        }
        Some(
            RecipientIdentifier::SubjectKeyIdentifier(bytes)
            | RecipientIdentifier::KeyIdentifier(bytes),
        ) => (None, none, bytes.as_slice()),
        _ => (None, none, none),
    };
    let algorithm = info.key_encryption_algorithm().map(ToString::to_string);
    out.optional(issuer)
        .bytes(serial)
        .bytes(identifier)
        .optional(algorithm.as_deref())
        .optional(info.unsupported());
}

#[unsafe(no_mangle)]
extern "system" fn Java_io_github_smimezip_internal_Native_messageDecrypt<'l>(
    env: EnvUnowned<'l>,
    class: JClass<'l>,
    message: jlong,
    keyring: jlong,
    progress: JObject<'l>,
) -> jlong {
    call(env, &class, |env| {
        // SAFETY: Java's `Handle`s are in use.
        let (message, keys): (&Message, &Keys) =
            unsafe { (handle::get(message)?, handle::get(keyring)?) };
        let mut reporter = Reporter::new(env, &progress)?;
        let content = message.unlock(keys, &message.opening.limits, &mut reporter);
        Ok(handle::give(reporter.outcome(content)?))
    })
}

#[unsafe(no_mangle)]
extern "system" fn Java_io_github_smimezip_internal_Native_messageDecryptToFile<'l>(
    env: EnvUnowned<'l>,
    class: JClass<'l>,
    message: jlong,
    keyring: jlong,
    path: JByteArray<'l>,
    bits: jint,
    threads: jint,
    limits: JByteArray<'l>,
    progress: JObject<'l>,
) {
    call(env, &class, |env| {
        // SAFETY: Java's `Handle`s are in use.
        let (message, keys): (&Message, &Keys) =
            unsafe { (handle::get(message)?, handle::get(keyring)?) };
        let path = path_of(env, &path)?;
        let limits = message.opening.limits.at_most(&options::limits_of_call(env, &limits)?);
        let options = options::save(bits, threads, &limits)?;
        let mut reporter = Reporter::new(env, &progress)?;
        let content = message.unlock(keys, &limits, &mut reporter);
        let saved = content.and_then(|content| {
            smimezip::extract::save_with(&content, path, &options, &mut reporter)
        });
        reporter.outcome(saved)
    });
}

#[unsafe(no_mangle)]
extern "system" fn Java_io_github_smimezip_internal_Native_contentFree<'l>(
    env: EnvUnowned<'l>,
    class: JClass<'l>,
    content: jlong,
) {
    call(env, &class, |_| {
        // SAFETY: Java's `Handle` frees once, after the last use.
        unsafe { handle::free::<Content>(content) };
        Ok(())
    });
}

#[unsafe(no_mangle)]
extern "system" fn Java_io_github_smimezip_internal_Native_contentInfo<'l>(
    env: EnvUnowned<'l>,
    class: JClass<'l>,
    content: jlong,
) -> JObject<'l> {
    call(env, &class, |env| {
        // SAFETY: Java's `Handle` is in use.
        let content: &Content = unsafe { handle::get(content) }?;
        let mut out = Writer::default();
        out.long(size(content.size()))
            .int(numbers::integrity(content.integrity()))
            .count(content.recipient());
        array(env, out.as_bytes())
    })
}

/// Reads at a position: so many bytes as there are, up to a mebibyte; -1 at the end.
#[unsafe(no_mangle)]
extern "system" fn Java_io_github_smimezip_internal_Native_contentRead<'l>(
    env: EnvUnowned<'l>,
    class: JClass<'l>,
    content: jlong,
    at: jlong,
    buffer: JByteArray<'l>,
    offset: jint,
    length: jint,
) -> jint {
    call(env, &class, |env| {
        // SAFETY: Java's `Handle` is in use.
        let content: &Content = unsafe { handle::get(content) }?;
        read_into(env, &buffer, offset, length, |bytes, done| {
            content.read_at(bytes, position(at).saturating_add(done as u64))
        })
    })
}

/// Fills as much of Java's buffer as `read` gives, by way of a buffer of each thread.
pub(crate) fn read_into(
    env: &Env<'_>,
    buffer: &JByteArray<'_>,
    offset: jint,
    length: jint,
    mut read: impl FnMut(&mut [u8], usize) -> std::io::Result<usize>,
) -> Result<jint, Failure> {
    thread_local! {
        static SPARE: RefCell<Zeroizing<Vec<u8>>> = RefCell::default();
    }
    let wanted = count(length).min(MOST);
    // Taken out while it is used: a callback may read as well.
    let mut bytes = SPARE.take();
    if bytes.len() < wanted {
        bytes.resize(wanted, 0);
    }
    let mut done = 0;
    let outcome = loop {
        if done == wanted {
            break Ok(());
        }
        match read(&mut bytes[done..wanted], done) {
            Ok(0) => break Ok(()),
            Ok(count) => done += count,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            // What came before an error is given first; the error comes again.
            Err(error) if done == 0 => break Err(error),
            Err(_) => break Ok(()),
        }
    };
    let given = outcome.map_err(Failure::from).and_then(|()| {
        if done == 0 && wanted > 0 {
            return Ok(-1);
        }
        copy_to(env, buffer, offset, &bytes[..done])
    });
    SPARE.set(bytes);
    given
}
