//! `Keyring`.

use std::sync::{Arc, Mutex, PoisonError};

use jni::EnvUnowned;
use jni::objects::{JByteArray, JClass, JObject};
use jni::sys::jlong;
use smimezip::{Certificate, Error, KeyRing, Passphrase};

use crate::boundary::{array, bytes, call, optional, path as path_of};
use crate::failure::Failure;
use crate::handle;
use crate::options;
use crate::private_key::JavaKey;
use crate::wire::Writer;

/// Keys, shared with the streams that have not used them yet.
pub(crate) struct Keys(Mutex<Arc<KeyRing>>);

impl Keys {
    /// The keys there are now.
    pub(crate) fn ring(&self) -> Arc<KeyRing> {
        Arc::clone(&self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn change<T>(
        &self,
        change: impl FnOnce(&mut KeyRing) -> Result<T, Error>,
    ) -> Result<T, Failure> {
        let mut ring = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let ring = Arc::get_mut(&mut ring).ok_or_else(|| {
            Failure::State("the key ring is in use by a stream that has not begun")
        })?;
        Ok(change(ring)?)
    }
}

#[unsafe(no_mangle)]
extern "system" fn Java_io_github_smimezip_internal_Native_keyringNew<'l>(
    env: EnvUnowned<'l>,
    class: JClass<'l>,
) -> jlong {
    call(env, &class, |_| Ok(handle::give(Keys(Mutex::default()))))
}

#[unsafe(no_mangle)]
extern "system" fn Java_io_github_smimezip_internal_Native_keyringFree<'l>(
    env: EnvUnowned<'l>,
    class: JClass<'l>,
    keyring: jlong,
) {
    call(env, &class, |_| {
        // SAFETY: Java's `Handle` frees once, after the last use.
        unsafe { handle::free::<Keys>(keyring) };
        Ok(())
    });
}

#[unsafe(no_mangle)]
extern "system" fn Java_io_github_smimezip_internal_Native_keyringAddFile<'l>(
    env: EnvUnowned<'l>,
    class: JClass<'l>,
    keyring: jlong,
    path: JByteArray<'l>,
    passphrase: JByteArray<'l>,
    limits: JByteArray<'l>,
) {
    call(env, &class, |env| {
        // SAFETY: Java's `Handle` is in use.
        let keys: &Keys = unsafe { handle::get(keyring) }?;
        let path = path_of(env, &path)?;
        let passphrase = optional(env, &passphrase)?;
        let limits = options::limits(env, &limits)?;
        let mut ask = || passphrase.as_ref().map(|it| Passphrase::new(it.as_slice()));
        keys.change(|ring| ring.add_file(path, &mut ask, &limits))
    });
}

#[unsafe(no_mangle)]
extern "system" fn Java_io_github_smimezip_internal_Native_keyringAdd<'l>(
    env: EnvUnowned<'l>,
    class: JClass<'l>,
    keyring: jlong,
    file: JByteArray<'l>,
    passphrase: JByteArray<'l>,
    limits: JByteArray<'l>,
) {
    call(env, &class, |env| {
        // SAFETY: Java's `Handle` is in use.
        let keys: &Keys = unsafe { handle::get(keyring) }?;
        let file = bytes(env, &file)?;
        let passphrase = optional(env, &passphrase)?;
        let limits = options::limits(env, &limits)?;
        let mut ask = || passphrase.as_ref().map(|it| Passphrase::new(it.as_slice()));
        keys.change(|ring| ring.add(&file, &mut ask, &limits))
    });
}

#[unsafe(no_mangle)]
extern "system" fn Java_io_github_smimezip_internal_Native_keyringAddPassword<'l>(
    env: EnvUnowned<'l>,
    class: JClass<'l>,
    keyring: jlong,
    password: JByteArray<'l>,
) {
    call(env, &class, |env| {
        // SAFETY: Java's `Handle` is in use.
        let keys: &Keys = unsafe { handle::get(keyring) }?;
        let password = bytes(env, &password)?;
        keys.change(|ring| {
            ring.add_password(Passphrase::new(password.as_slice()));
            Ok(())
        })
    });
}

#[unsafe(no_mangle)]
extern "system" fn Java_io_github_smimezip_internal_Native_keyringAddSecretKey<'l>(
    env: EnvUnowned<'l>,
    class: JClass<'l>,
    keyring: jlong,
    key: JByteArray<'l>,
    identifier: JByteArray<'l>,
) {
    call(env, &class, |env| {
        // SAFETY: Java's `Handle` is in use.
        let keys: &Keys = unsafe { handle::get(keyring) }?;
        let key = bytes(env, &key)?;
        let identifier = optional(env, &identifier)?.map(|it| it.to_vec());
        keys.change(|ring| ring.add_secret_key(key.as_slice(), identifier))
    });
}

#[unsafe(no_mangle)]
extern "system" fn Java_io_github_smimezip_internal_Native_keyringAddExternal<'l>(
    env: EnvUnowned<'l>,
    class: JClass<'l>,
    keyring: jlong,
    certificate: JByteArray<'l>,
    adapter: JObject<'l>,
) {
    call(env, &class, |env| {
        // SAFETY: Java's `Handle` is in use.
        let keys: &Keys = unsafe { handle::get(keyring) }?;
        let certificate = Certificate::from_der(&bytes(env, &certificate)?)?;
        let key = JavaKey::new(env, &adapter, certificate)?;
        keys.change(|ring| {
            ring.add_key(Box::new(key));
            Ok(())
        })
    });
}

#[unsafe(no_mangle)]
extern "system" fn Java_io_github_smimezip_internal_Native_keyringDescribe<'l>(
    env: EnvUnowned<'l>,
    class: JClass<'l>,
    keyring: jlong,
) -> JObject<'l> {
    call(env, &class, |env| {
        // SAFETY: Java's `Handle` is in use.
        let keys: &Keys = unsafe { handle::get(keyring) }?;
        let texts = keys.ring().describe();
        let mut out = Writer::default();
        out.texts(texts.iter().map(String::as_str));
        array(env, out.as_bytes())
    })
}
