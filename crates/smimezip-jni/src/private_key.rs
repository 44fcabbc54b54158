//! A `PrivateKey` of Java that never leaves its provider: a hardware module, a key store of the
//! operating system. Java does the private operation; what is made of a shared secret is the
//! core's.

use std::io;

use jni::objects::{JByteArray, JObject, JValue};
use jni::refs::Global;
use jni::{Env, JavaVM, jni_sig, jni_str};
use smimezip::cms::{HashAlgorithm, KeyEncryptionAlgorithm, RecipientInfo};
use smimezip::keys::{ContentEncryptionKey, RecipientKey};
use smimezip::{Certificate, Error, ErrorKind};
use zeroize::Zeroizing;

use crate::boundary::array;
use crate::failure::{Failure, Thrown};

/// Java's `internal.KeyAdapter`.
pub(crate) struct JavaKey {
    vm: JavaVM,
    adapter: Global<JObject<'static>>,
    certificate: Certificate,
}

/// The private operation that a recipient takes.
enum Operation<'a> {
    /// The name of a transformation of `javax.crypto.Cipher`, the hash functions and label of OAEP,
    /// and the encrypted key.
    Decrypt { hashes: Option<(&'static str, &'static str)>, label: &'a [u8], bytes: &'a [u8] },
    /// The other's public key.
    Agree(&'a [u8]),
}

impl JavaKey {
    pub(crate) fn new(
        env: &Env<'_>,
        adapter: &JObject<'_>,
        certificate: Certificate,
    ) -> Result<Self, Failure> {
        let adapter = env.new_global_ref(adapter)?;
        Ok(Self { vm: env.get_java_vm()?, adapter, certificate })
    }

    /// `None` if the provider could not do it.
    fn run(&self, operation: &Operation<'_>) -> Result<Option<Zeroizing<Vec<u8>>>, Error> {
        let mut outcome = Ok(None);
        let attached = self.vm.attach_current_thread(|env| -> jni::errors::Result<()> {
            outcome = ask(env, &self.adapter, operation);
            Ok(())
        });
        attached.map_err(|error| io::Error::other(error.to_string()))?;
        Ok(outcome?)
    }
}

impl RecipientKey for JavaKey {
    fn unwrap_key(
        &self,
        info: &RecipientInfo,
        size: usize,
    ) -> Option<Result<ContentEncryptionKey, Error>> {
        if !info.identifier().is_some_and(|name| self.certificate.is_named_by(name)) {
            return None;
        }
        let operation = match info.key_encryption_algorithm()? {
            KeyEncryptionAlgorithm::RsaesPkcs1V15 => {
                Operation::Decrypt { hashes: None, label: &[], bytes: info.encrypted_key() }
            }
            KeyEncryptionAlgorithm::RsaesOaep { hash, mask_hash } => Operation::Decrypt {
                hashes: Some((java_name(*hash), java_name(*mask_hash))),
                label: info.oaep_label().unwrap_or_default(),
                bytes: info.encrypted_key(),
            },
            _ => Operation::Agree(info.originator_public_key()?),
        };
        Some(match (self.run(&operation), operation) {
            (Err(error), _) => Err(error),
            (Ok(None), _) => Err(ErrorKind::Decrypt.into()),
            (Ok(Some(mut key)), Operation::Decrypt { .. }) => {
                Ok(ContentEncryptionKey::new(std::mem::take(&mut *key)))
            }
            (Ok(Some(secret)), Operation::Agree(_)) => {
                smimezip::keys::unwrap_with_shared_secret(info, &secret, size)
            }
        })
    }

    fn describe(&self) -> String {
        format!("a key in a Java provider, {}", self.certificate)
    }
}

fn java_name(hash: HashAlgorithm) -> &'static str {
    match hash {
        HashAlgorithm::Sha1 => "SHA-1",
        HashAlgorithm::Sha224 => "SHA-224",
        HashAlgorithm::Sha256 => "SHA-256",
        HashAlgorithm::Sha384 => "SHA-384",
        _ => "SHA-512",
    }
}

fn ask(
    env: &mut Env<'_>,
    adapter: &JObject<'_>,
    operation: &Operation<'_>,
) -> io::Result<Option<Zeroizing<Vec<u8>>>> {
    try_ask(env, adapter, operation).map_err(|error| Thrown::take(env, &error))
}

fn try_ask(
    env: &mut Env<'_>,
    adapter: &JObject<'_>,
    operation: &Operation<'_>,
) -> jni::errors::Result<Option<Zeroizing<Vec<u8>>>> {
    let mut bytes = |bytes: &[u8]| {
        array(env, bytes).map_err(|failure| match failure {
            Failure::Java(error) => error,
            _ => jni::errors::Error::NullPtr("an array"),
        })
    };
    let answer = match operation {
        Operation::Decrypt { hashes, label, bytes: encrypted } => {
            let (label, encrypted) = (bytes(label)?, bytes(encrypted)?);
            let (hash, mask) = hashes.unwrap_or(("", ""));
            let (hash, mask) = (env.new_string(hash)?, env.new_string(mask)?);
            let arguments = [
                JValue::Object(&hash),
                JValue::Object(&mask),
                JValue::Object(&label),
                JValue::Object(&encrypted),
            ];
            let signature = jni_sig!("(Ljava/lang/String;Ljava/lang/String;[B[B)[B");
            env.call_method(adapter, jni_str!("decrypt"), signature, &arguments)?
        }
        Operation::Agree(public_key) => {
            let public_key = bytes(public_key)?;
            let arguments = [JValue::Object(&public_key)];
            env.call_method(adapter, jni_str!("agree"), jni_sig!("([B)[B"), &arguments)?
        }
    };
    let answer = answer.l()?;
    if answer.is_null() {
        return Ok(None);
    }
    let answer = env.cast_local::<JByteArray<'_>>(answer)?;
    Ok(Some(Zeroizing::new(env.convert_byte_array(&answer)?)))
}
