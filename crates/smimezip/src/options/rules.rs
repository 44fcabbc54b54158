//! What single layers need of the options: limits, what is accepted, and how the places of
//! lines and chunks are found.

use std::ops::Deref;

use crate::limits::Limits;

/// What is accepted although a standard says otherwise; nothing by default.
///
/// ```
/// # use smimezip::UnlockOptions;
/// use smimezip::message::Accept;
///
/// let options = UnlockOptions::new().accept(Accept::new().trailing_data(true));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Accept {
    pub(crate) trailing_data: bool,
    pub(crate) gcm_in_enveloped_data: bool,
    pub(crate) unused_bytes: bool,
}

impl Accept {
    /// Nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Bytes after the end of a message's outermost structure, or of an archive: a disk's padding,
    /// a second message, a mailing list's footer. They are ignored.
    #[must_use]
    pub fn trailing_data(mut self, yes: bool) -> Self {
        self.trailing_data = yes;
        self
    }

    /// An authenticated cipher (AES-GCM) in EnvelopedData, its tag after the ciphertext, as Bouncy
    /// Castle writes it. RFC 5084 wants AuthEnvelopedData for it. The tag is verified all the same.
    #[must_use]
    pub fn gcm_in_enveloped_data(mut self, yes: bool) -> Self {
        self.gcm_in_enveloped_data = yes;
        self
    }

    /// Bytes of an archive that belong to no entry, before or between entries: what some programs
    /// leave where they deleted an entry. They are ignored.
    #[must_use]
    pub fn unused_bytes(mut self, yes: bool) -> Self {
        self.unused_bytes = yes;
        self
    }
}

/// How the places of base64 lines and OCTET STRING chunks are found. Nobody has to choose: what was
/// assumed and proves wrong is opened again by scanning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(crate) enum LayoutPolicy {
    /// Lines and chunks are assumed to be of one length, which is verified wherever they are
    /// read. If it does not hold, one scan makes an index; should the scan show another length
    /// than was announced, reading ends with [`Error::irregular`](crate::Error).
    #[default]
    Assume,
    /// Everything is scanned once before the first byte is decrypted: slow, and right for any
    /// legal message.
    Scan,
}

/// What a message or an archive is read by; dereferences to its limits.
#[derive(Clone, Debug, Default)]
pub(crate) struct Rules {
    pub(crate) limits: Limits,
    pub(crate) accept: Accept,
    pub(crate) layout: LayoutPolicy,
}

impl Rules {
    /// The same rules, the layout scanned first.
    #[must_use]
    pub(crate) fn scanning(&self) -> Self {
        Self { layout: LayoutPolicy::Scan, ..self.clone() }
    }
}

impl Deref for Rules {
    type Target = Limits;

    fn deref(&self) -> &Limits {
        &self.limits
    }
}
