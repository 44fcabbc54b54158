//! A `PartSink` of Java.

use std::io::{self, Write};
use std::sync::Arc;

use jni::objects::{JByteArray, JObject, JValue, JValueOwned};
use jni::refs::Global;
use jni::signature::MethodSignature;
use jni::strings::JNIStr;
use jni::{Env, JavaVM, jni_sig, jni_str};
use smimezip::parts::{PartName, PartReceipt, PartSink, PartWriter};
use smimezip::{Error, ReadAt};

use crate::boundary::{array, size};
use crate::export::parts;
use crate::failure::{Failure, Thrown};
use crate::source::JavaSource;
use crate::wire::{Reader, Writer};

/// Bytes that Java gets at once.
const PIECE: usize = 64 * 1024;

/// An object of Java that is called on any thread.
struct Callee {
    vm: JavaVM,
    object: Global<JObject<'static>>,
}

impl Callee {
    fn new(env: &Env<'_>, object: &JObject<'_>) -> Result<Self, Failure> {
        Ok(Self { vm: env.get_java_vm()?, object: env.new_global_ref(object)? })
    }

    /// Calls a method, whose arguments are arrays with these bytes; what is made of its value.
    fn call<T>(
        &self,
        method: &JNIStr,
        signature: MethodSignature<'_, '_>,
        arguments: &[&[u8]],
        take: impl FnOnce(&mut Env<'_>, JValueOwned<'_>) -> jni::errors::Result<T>,
    ) -> io::Result<T> {
        let mut outcome = Err(io::Error::other("not called"));
        let attached = self.vm.attach_current_thread(|env| -> jni::errors::Result<()> {
            let called = self.try_call(env, method, signature, arguments, take);
            outcome = called.map_err(|error| Thrown::take(env, &error));
            Ok(())
        });
        attached.map_err(|error| io::Error::other(error.to_string()))?;
        outcome
    }

    fn try_call<T>(
        &self,
        env: &mut Env<'_>,
        method: &JNIStr,
        signature: MethodSignature<'_, '_>,
        arguments: &[&[u8]],
        take: impl FnOnce(&mut Env<'_>, JValueOwned<'_>) -> jni::errors::Result<T>,
    ) -> jni::errors::Result<T> {
        let mut arrays = Vec::with_capacity(arguments.len());
        for bytes in arguments {
            arrays.push(array(env, bytes).map_err(|failure| match failure {
                Failure::Java(error) => error,
                _ => jni::errors::Error::NullPtr("an array"),
            })?);
        }
        let values: Vec<JValue<'_>> = arrays.iter().map(JValue::Object).collect();
        let value = env.call_method(&self.object, method, signature, &values)?;
        take(env, value)
    }

    /// Calls a method that returns nothing.
    fn run(
        &self,
        method: &JNIStr,
        signature: MethodSignature<'_, '_>,
        arguments: &[&[u8]],
    ) -> io::Result<()> {
        self.call(method, signature, arguments, |_, value| value.v())
    }
}

/// Java's `internal.SinkAdapter`.
pub(crate) struct JavaSink {
    adapter: Callee,
    is_committed: bool,
}

impl JavaSink {
    pub(crate) fn new(env: &Env<'_>, adapter: &JObject<'_>) -> Result<Self, Failure> {
        Ok(Self { adapter: Callee::new(env, adapter)?, is_committed: false })
    }
}

impl PartSink for JavaSink {
    type Part = JavaPart;

    fn begin(&mut self, name: &PartName) -> Result<JavaPart, Error> {
        let shown = name.to_string();
        let signature = jni_sig!("([B)Lio/github/smimezip/internal/SinkAdapter$Part;");
        let part = self.adapter.call(
            jni_str!("begin"),
            signature,
            &[shown.as_bytes()],
            |env, value| {
                let part = value.l()?;
                Ok(Callee { vm: env.get_java_vm()?, object: env.new_global_ref(&part)? })
            },
        )?;
        Ok(JavaPart { part, name: name.clone(), bytes: Vec::new(), is_finished: false })
    }

    fn read_back(&self, part: &PartReceipt) -> Result<Option<Arc<dyn ReadAt>>, Error> {
        let mut written = Writer::default();
        parts(&mut written, std::slice::from_ref(part));
        let signature = jni_sig!("([B)Lio/github/smimezip/internal/SourceAdapter;");
        let length = size(part.size());
        let source = self.adapter.call(
            jni_str!("readBack"),
            signature,
            &[written.as_bytes()],
            |env, value| {
                let source = value.l()?;
                let made = (!source.is_null()).then(|| JavaSource::new(env, &source, length));
                made.transpose().map_err(|_| jni::errors::Error::NullPtr("a source"))
            },
        )?;
        Ok(source.map(|source| Arc::new(source) as Arc<dyn ReadAt>))
    }

    fn add_file(&mut self, name: &str, bytes: &[u8]) -> Result<(), Error> {
        let arguments = [name.as_bytes(), bytes];
        Ok(self.adapter.run(jni_str!("addFile"), jni_sig!("([B[B)V"), &arguments)?)
    }

    fn commit(mut self, receipts: Vec<PartReceipt>) -> Result<(), Error> {
        let mut written = Writer::default();
        parts(&mut written, &receipts);
        self.adapter.run(jni_str!("commit"), jni_sig!("([B)V"), &[written.as_bytes()])?;
        self.is_committed = true;
        Ok(())
    }
}

impl Drop for JavaSink {
    fn drop(&mut self) {
        if !self.is_committed {
            // The adapter keeps what is thrown.
            let _ = self.adapter.run(jni_str!("abort"), jni_sig!("()V"), &[]);
        }
    }
}

/// Java's `internal.SinkAdapter.Part`.
pub(crate) struct JavaPart {
    part: Callee,
    name: PartName,
    /// What Java has not got yet.
    bytes: Vec<u8>,
    is_finished: bool,
}

impl JavaPart {
    fn send(&mut self) -> io::Result<()> {
        if self.bytes.is_empty() {
            return Ok(());
        }
        let sent = self.part.run(jni_str!("write"), jni_sig!("([B)V"), &[&self.bytes]);
        self.bytes.clear();
        sent
    }

    /// How many bytes were written, and their SHA-256.
    fn try_finish(&mut self) -> io::Result<(u64, [u8; 32])> {
        self.send()?;
        let written = self.part.call(jni_str!("finish"), jni_sig!("()[B"), &[], |env, value| {
            let array = env.cast_local::<JByteArray<'_>>(value.l()?)?;
            env.convert_byte_array(&array)
        })?;
        let mut reader = Reader::new(&written);
        let size = reader.long().and_then(|size| u64::try_from(size).ok());
        let digest = reader.bytes().and_then(|digest| digest.try_into().ok());
        size.zip(digest).ok_or_else(|| io::Error::other("a receipt that cannot be read"))
    }
}

impl Write for JavaPart {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = bytes.len().min(PIECE.saturating_sub(self.bytes.len()));
        self.bytes.extend_from_slice(bytes.get(..count).unwrap_or_default());
        if self.bytes.len() >= PIECE {
            self.send()?;
        }
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.send()
    }
}

impl PartWriter for JavaPart {
    fn finish(mut self) -> Result<PartReceipt, Error> {
        let (size, digest) = self.try_finish()?;
        self.is_finished = true;
        Ok(PartReceipt::new(self.name.clone(), size).with_sha256(digest))
    }
}

impl Drop for JavaPart {
    fn drop(&mut self) {
        if !self.is_finished {
            // The adapter keeps what is thrown.
            let _ = self.part.run(jni_str!("abort"), jni_sig!("()V"), &[]);
        }
    }
}
