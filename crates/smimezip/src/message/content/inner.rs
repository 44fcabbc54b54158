//! What may lie between the encryption and the file: a MIME header, a signature. Looked through
//! only when asked to; no signature is verified.

use std::sync::Arc;

use super::{Content, Relaid};
use crate::asn1::OctetView;
use crate::cms::SignedData;
use crate::error::{Error, ErrorKind};
use crate::limits::{LayoutPolicy, Limit, Limits};
use crate::read_at::ReadAt;
use crate::smime;

/// Layers inside the encryption that are to be looked through where they are met. By default none
/// is: what was encrypted is what comes out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct InnerLayers {
    /// SignedData (RFC 5652 section 5), in any outside, as with Italian electronic invoices
    /// (`invoice.zip.p7m.enc`). **The signature is not verified.**
    pub signed_data: bool,
    /// A MIME entity's header section, and base64 if it says so: what `openssl smime -encrypt
    /// -text` adds, and Bouncy Castle around a body part.
    pub mime_header: bool,
}

impl InnerLayers {
    /// Every layer this crate knows.
    pub fn all() -> Self {
        Self { signed_data: true, mime_header: true }
    }
}

impl Content {
    /// The content inside those of `layers` that are met. Content without any is returned as it is.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`] naming a layer that cannot be looked through: CompressedData, a
    /// detached signature, a multipart; [`ErrorKind::Malformed`] and [`ErrorKind::Truncated`] for a
    /// broken one; what the source reports.
    pub fn inside(self, layers: InnerLayers, limits: &Limits) -> Result<Self, Error> {
        if layers == InnerLayers::default() {
            return Ok(self);
        }
        let Self { integrity, recipient, .. } = self;
        let outer: Arc<dyn ReadAt> = Arc::new(self);
        let view = innermost(&outer, layers, limits)?;
        if limits.layout == LayoutPolicy::Scan || Arc::ptr_eq(&view, &outer) {
            return Self::new(view, integrity, recipient);
        }
        let limits = limits.scanning();
        let view = Relaid::new(view, move || innermost(&outer, layers, &limits));
        Self::new(Arc::new(view), integrity, recipient)
    }
}

/// What is inside all of `layers` that are met.
fn innermost(
    outer: &Arc<dyn ReadAt>,
    layers: InnerLayers,
    limits: &Limits,
) -> Result<Arc<dyn ReadAt>, Error> {
    let unwrap = |limits: &Limits| {
        let mut view = Arc::clone(outer);
        for _ in 0..limits.layers {
            match inside_of(&view, layers, limits)? {
                None => return Ok(view),
                Some(inner) => view = inner,
            }
        }
        Err(Error::limit(Limit::Layers, limits.layers as u64))
    };
    match unwrap(limits) {
        // In the layers, or in what they were read from, which is laid out anew by now.
        Err(error) if error.is_irregular() => unwrap(&limits.scanning()),
        outcome => outcome,
    }
}

/// What is inside the one of `layers` that `view` is.
fn inside_of(
    view: &Arc<dyn ReadAt>,
    layers: InnerLayers,
    limits: &Limits,
) -> Result<Option<Arc<dyn ReadAt>>, Error> {
    let mut inner = None;
    if layers.signed_data {
        inner = signed_content(view, limits)?;
    }
    if layers.mime_header && inner.is_none() {
        inner = smime::open_entity(view, limits)?;
    }
    Ok(inner)
}

/// The content of the SignedData that `view` is; `None` if it is no CMS structure.
fn signed_content(
    view: &Arc<dyn ReadAt>,
    limits: &Limits,
) -> Result<Option<Arc<dyn ReadAt>>, Error> {
    let opened = match smime::open(view, limits) {
        Ok(opened) => opened,
        Err(error)
            if error.is_passing()
                || error.is_irregular()
                || matches!(error.kind(), ErrorKind::Unsupported(_)) =>
        {
            return Err(error);
        }
        // A line of JSON looks like a field of a header section that does not end: any content may.
        Err(_) => return Ok(None),
    };
    signed_content_of(&opened, limits).map_err(|error| opened.explain(error)).map(Some)
}

fn signed_content_of(opened: &smime::Opened, limits: &Limits) -> Result<Arc<dyn ReadAt>, Error> {
    let body = &opened.body;
    let data = SignedData::read(body, limits)?;
    let check =
        |end| data.check_tail(body, end, limits).and_then(|end| opened.check_end(end, limits));
    let (mut content, mut end) = OctetView::open(Arc::clone(body), &data.content, limits)?;
    if limits.layout == LayoutPolicy::Assume && check(end).is_err() {
        (content, end) = OctetView::open(Arc::clone(body), &data.content, &limits.scanning())?;
    }
    check(end)?;
    Ok(Arc::new(content))
}
