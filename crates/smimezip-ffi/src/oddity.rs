//! `smz_oddity`: a deviation from the standard that was accepted, of an archive or of a report.
//! What is one, and what is said of it, is the core's.

use std::ffi::{CString, c_char};

use smimezip::zip::Oddity;

use crate::boundary;
use crate::error::Failure;
use crate::struct_size::{self, StructSize};
use crate::text::{c_string, pointer};

/// A deviation from the standard that was accepted, as directory, sizes and CRC-32 still determine
/// every byte: one of each kind. Since 0.1.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct smz_oddity {
    /// To be set to sizeof(smz_oddity) before the call.
    pub struct_size: usize,
    /// Which kind, for programs: "trailing-zeros", "entry-count". Never NULL; it does not change.
    pub code: *const c_char,
    /// How often it was met: entries that have it, or bytes.
    pub count: u64,
    /// The first entry that has it, or NULL where it is the archive's own.
    pub entry: *const c_char,
    /// What it is, as one sentence for a person. Never NULL.
    pub message: *const c_char,
}

// SAFETY: `repr(C)`, the size first, numbers and pointers only.
unsafe impl StructSize for smz_oddity {
    const NAME: &'static str = "smz_oddity";
}

/// Oddities with the texts that C programs are given.
pub(crate) struct Oddities(Vec<Texts>);

struct Texts {
    code: CString,
    count: u64,
    entry: Option<CString>,
    message: CString,
}

impl Oddities {
    pub(crate) fn new(oddities: &[Oddity]) -> Self {
        let texts = |oddity: &Oddity| Texts {
            code: c_string(oddity.kind().code()),
            count: oddity.count(),
            entry: oddity.entry().map(c_string),
            message: c_string(oddity.to_string()),
        };
        Self(oddities.iter().map(texts).collect())
    }

    pub(crate) fn count(&self) -> u64 {
        self.0.len() as u64
    }

    /// One of them; its texts are valid as long as `self` is.
    pub(crate) fn get(&self, index: u64) -> Result<smz_oddity, Failure> {
        let oddity = self.0.get(boundary::index(index)?).ok_or_else(Failure::no_index)?;
        Ok(smz_oddity {
            code: oddity.code.as_ptr(),
            count: oddity.count,
            entry: pointer(oddity.entry.as_ref()),
            message: oddity.message.as_ptr(),
            ..struct_size::empty()
        })
    }
}
