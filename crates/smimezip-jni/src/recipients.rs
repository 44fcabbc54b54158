//! `Recipients`: whom something is sealed for.

use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

use jni::EnvUnowned;
use jni::objects::{JByteArray, JClass, JObject};
use jni::sys::{jint, jlong};
use smimezip::keys::Recipient;
use smimezip::{Certificate, Passphrase};

use crate::boundary::{array, bytes, call, path as path_of};
use crate::failure::Failure;
use crate::handle;
use crate::numbers::{self, RsaPadding};
use crate::times;
use crate::wire::Writer;

/// A list that grows.
#[derive(Default)]
pub(crate) struct Recipients(Mutex<Vec<Recipient>>);

impl Recipients {
    /// Those there are now. Copies share the secrets.
    pub(crate) fn list(&self) -> Vec<Recipient> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn add(&self, recipient: Recipient) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(recipient);
    }
}

/// What Java's `CertificateOptions` says.
struct CertificateUse {
    /// `None` for any time.
    at: Option<SystemTime>,
    by_key_identifier: bool,
    padding: RsaPadding,
}

impl CertificateUse {
    /// From the bits: any time, by key identifier, `at` counts; then the place in `RsaPadding`.
    fn new(bits: jint, at: jlong) -> Result<Self, Failure> {
        let has = |bit: u32| bits >> bit & 1 == 1;
        let unknown = || Failure::Argument("options that cannot be read".into());
        let at = match (has(0), has(2)) {
            (true, _) => None,
            (false, true) => Some(times::instant(at)?),
            (false, false) => Some(SystemTime::now()),
        };
        let padding = numbers::rsa_padding(bits >> 3).ok_or_else(unknown)?;
        Ok(Self { at, by_key_identifier: has(1), padding })
    }

    fn recipient(&self, certificate: &Certificate) -> Result<Recipient, smimezip::Error> {
        let mut recipient = match self.at {
            Some(time) => Recipient::from_certificate(certificate, time)?,
            None => Recipient::from_certificate_at_any_time(certificate)?,
        };
        if let RsaPadding::Oaep(hash) = self.padding {
            recipient = recipient.with_oaep(hash)?;
        }
        if self.by_key_identifier { recipient.by_key_identifier() } else { Ok(recipient) }
    }
}

#[unsafe(no_mangle)]
extern "system" fn Java_io_github_smimezip_internal_Native_recipientsNew<'l>(
    env: EnvUnowned<'l>,
    class: JClass<'l>,
) -> jlong {
    call(env, &class, |_| Ok(handle::give(Recipients::default())))
}

#[unsafe(no_mangle)]
extern "system" fn Java_io_github_smimezip_internal_Native_recipientsFree<'l>(
    env: EnvUnowned<'l>,
    class: JClass<'l>,
    recipients: jlong,
) {
    call(env, &class, |_| {
        // SAFETY: Java's `Handle` frees once, after the last use.
        unsafe { handle::free::<Recipients>(recipients) };
        Ok(())
    });
}

#[unsafe(no_mangle)]
extern "system" fn Java_io_github_smimezip_internal_Native_recipientsAddFile<'l>(
    env: EnvUnowned<'l>,
    class: JClass<'l>,
    recipients: jlong,
    path: JByteArray<'l>,
    bits: jint,
    at: jlong,
) {
    call(env, &class, |env| {
        // SAFETY: Java's `Handle` is in use.
        let recipients: &Recipients = unsafe { handle::get(recipients) }?;
        let path = path_of(env, &path)?;
        let how = CertificateUse::new(bits, at)?;
        let named = |error: smimezip::Error| error.in_part(path.display().to_string());
        let certificate = Certificate::from_file(&path)?;
        recipients.add(how.recipient(&certificate).map_err(named)?);
        Ok(())
    });
}

#[unsafe(no_mangle)]
extern "system" fn Java_io_github_smimezip_internal_Native_recipientsAdd<'l>(
    env: EnvUnowned<'l>,
    class: JClass<'l>,
    recipients: jlong,
    file: JByteArray<'l>,
    bits: jint,
    at: jlong,
) {
    call(env, &class, |env| {
        // SAFETY: Java's `Handle` is in use.
        let recipients: &Recipients = unsafe { handle::get(recipients) }?;
        let how = CertificateUse::new(bits, at)?;
        let certificate = Certificate::from_bytes(&bytes(env, &file)?)?;
        recipients.add(how.recipient(&certificate)?);
        Ok(())
    });
}

/// With so many iterations; with the usual number for 0.
#[unsafe(no_mangle)]
extern "system" fn Java_io_github_smimezip_internal_Native_recipientsAddPassword<'l>(
    env: EnvUnowned<'l>,
    class: JClass<'l>,
    recipients: jlong,
    password: JByteArray<'l>,
    iterations: jint,
) {
    call(env, &class, |env| {
        // SAFETY: Java's `Handle` is in use.
        let recipients: &Recipients = unsafe { handle::get(recipients) }?;
        let password = bytes(env, &password)?;
        let recipient = Recipient::from_password(Passphrase::new(password.as_slice()))?;
        recipients.add(match u32::try_from(iterations).unwrap_or(0) {
            0 => recipient,
            count => recipient.with_iterations(count)?,
        });
        Ok(())
    });
}

#[unsafe(no_mangle)]
extern "system" fn Java_io_github_smimezip_internal_Native_recipientsAddSecretKey<'l>(
    env: EnvUnowned<'l>,
    class: JClass<'l>,
    recipients: jlong,
    key: JByteArray<'l>,
    identifier: JByteArray<'l>,
) {
    call(env, &class, |env| {
        // SAFETY: Java's `Handle` is in use.
        let recipients: &Recipients = unsafe { handle::get(recipients) }?;
        let key = bytes(env, &key)?;
        let identifier = bytes(env, &identifier)?;
        recipients.add(Recipient::from_secret_key(key.as_slice(), identifier.as_slice())?);
        Ok(())
    });
}

#[unsafe(no_mangle)]
extern "system" fn Java_io_github_smimezip_internal_Native_recipientsDescribe<'l>(
    env: EnvUnowned<'l>,
    class: JClass<'l>,
    recipients: jlong,
) -> JObject<'l> {
    call(env, &class, |env| {
        // SAFETY: Java's `Handle` is in use.
        let recipients: &Recipients = unsafe { handle::get(recipients) }?;
        let texts: Vec<String> = recipients.list().iter().map(ToString::to_string).collect();
        let mut out = Writer::default();
        out.texts(texts.iter().map(String::as_str));
        array(env, out.as_bytes())
    })
}
