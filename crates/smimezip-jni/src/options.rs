//! Options as Java passes them: bits and numbers. The bits' names are in Java's `ReadOption` and
//! `ExtractOptions`, the numbers of limits in `Limit`.

use std::collections::HashSet;

use jni::Env;
use jni::objects::JByteArray;
use jni::sys::{jint, jlong};
use smimezip::extract::{Overwrite, SaveOptions};
use smimezip::message::{Accept, Columns, InnerLayers, LineEnd, SealOptions};
use smimezip::{ExtractOptions, Limit, Limits, UnlockOptions};

use crate::boundary::{self, bytes};
use crate::failure::Failure;
use crate::numbers::{self, ReadOptions};
use crate::wire;

/// How a message or an export is opened.
#[derive(Default)]
pub(crate) struct Opening {
    pub(crate) limits: Limits,
    pub(crate) accept: Accept,
    pub(crate) inner: InnerLayers,
    is_incomplete: bool,
}

impl Opening {
    /// From the bits of `OpenOptions`, and the limits that were changed.
    pub(crate) fn new(
        env: &Env<'_>,
        bits: jint,
        changed: &JByteArray<'_>,
    ) -> Result<Self, Failure> {
        let read = ReadOptions(bits);
        let limits = limits(env, changed)?;
        let accept = Accept::new()
            .trailing_data(read.trailing_data())
            .gcm_in_enveloped_data(read.gcm_in_enveloped_data())
            .unused_bytes(read.unused_bytes());
        let inner =
            InnerLayers::new().signed_data(read.signed_data()).mime_header(read.mime_header());
        Ok(Self { limits, accept, inner, is_incomplete: read.incomplete() })
    }

    /// The same as the core takes it.
    pub(crate) fn options(&self) -> UnlockOptions {
        UnlockOptions::new()
            .limits(&self.limits)
            .accept(self.accept)
            .inner_layers(self.inner)
            .incomplete(self.is_incomplete)
    }
}

/// The defaults, but for the limits that were changed.
pub(crate) fn limits(env: &Env<'_>, changed: &JByteArray<'_>) -> Result<Limits, Failure> {
    change(Limits::default(), env, changed)
}

/// The limits that were changed, all others as wide as can be: those of a call must not be narrowed
/// by a default.
pub(crate) fn limits_of_call(env: &Env<'_>, changed: &JByteArray<'_>) -> Result<Limits, Failure> {
    let mut widest = Limits::default();
    for limit in Limit::ALL {
        widest.set(*limit, u64::MAX);
    }
    change(widest, env, changed)
}

fn change(mut limits: Limits, env: &Env<'_>, changed: &JByteArray<'_>) -> Result<Limits, Failure> {
    let unknown = || Failure::Argument("limits that cannot be read".into());
    for (number, value) in wire::numbers(&bytes(env, changed)?).ok_or_else(unknown)? {
        limits.set(Limit::from_number(number).ok_or_else(unknown)?, value);
    }
    Ok(limits)
}

/// What `ExtractOptions` says: its bits, its threads (0 for all), its limits, and the entries that
/// are asked for.
pub(crate) fn extract(
    env: &Env<'_>,
    bits: jint,
    threads: jint,
    limits: &JByteArray<'_>,
    names: Option<Vec<String>>,
) -> Result<ExtractOptions, Failure> {
    let has = |bit: u32| bits >> bit & 1 == 1;
    let mut options = ExtractOptions::new()
        .overwrite(overwrite(bits)?)
        .links(numbers::links(bits >> 2 & 1).ok_or_else(unknown)?)
        .keep_going(has(3))
        .durable(is_durable(bits))
        .names(numbers::names(bits >> 5 & 3).ok_or_else(unknown)?)
        .available(has(7))
        .threads(boundary::count(threads))
        .limits(&limits_of_call(env, limits)?);
    if let Some(names) = names {
        let names: HashSet<String> = names.into_iter().collect();
        options = options.filter(move |entry| names.contains(entry.raw_name()));
    }
    Ok(options)
}

/// What of `ExtractOptions` counts where one message is saved.
pub(crate) fn save(bits: jint, threads: jint, limits: &Limits) -> Result<SaveOptions, Failure> {
    Ok(SaveOptions::new()
        .overwrite(overwrite(bits)?)
        .durable(is_durable(bits))
        .threads(boundary::count(threads))
        .limits(limits))
}

/// What `SealOptions` says: the place in `ContentCipher`, then that in `SealContainer`, lines of 76
/// columns, lines that end in CR LF; and the size of the content, if it is not below zero.
pub(crate) fn seal(bits: jint, size: jlong) -> Result<SealOptions, Failure> {
    let has = |bit: u32| bits >> bit & 1 == 1;
    let columns = if has(6) { Columns::C76 } else { Columns::C64 };
    let line_end = if has(7) { LineEnd::CrLf } else { LineEnd::Lf };
    let cipher = numbers::content_cipher(bits & 15).ok_or_else(unknown)?;
    let container = numbers::container(bits >> 4 & 3, columns, line_end).ok_or_else(unknown)?;
    let options = SealOptions::new().content_encryption(cipher).container(container);
    Ok(match u64::try_from(size) {
        Ok(size) => options.known_size(size),
        Err(_) => options,
    })
}

/// The lowest two bits are the place in Java's `Overwrite`.
fn overwrite(bits: jint) -> Result<Overwrite, Failure> {
    numbers::overwrite(bits & 3).ok_or_else(unknown)
}

fn unknown() -> Failure {
    Failure::Argument("options that cannot be read".into())
}

fn is_durable(bits: jint) -> bool {
    bits >> 4 & 1 == 0
}
