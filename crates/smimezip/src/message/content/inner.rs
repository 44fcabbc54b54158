//! What may lie between the encryption and the file: a MIME header, a signature. Unwrapped
//! only when asked to; no signature is verified.

use std::sync::Arc;

use super::{Content, Relaid};
use crate::asn1::OctetView;
use crate::cms::SignedData;
use crate::error::{Error, ErrorKind};
use crate::limits::Limit;
use crate::options::{InnerLayers, LayoutPolicy, Rules, UnlockOptions};
use crate::read_at::ReadAt;
use crate::smime;

impl Content {
    /// The content inside those of the layers that `options` ask for and that are met. Content
    /// without any is returned as it is.
    ///
    /// ```
    /// use smimezip::message::{Envelope, InnerLayers};
    /// use smimezip::{KeyRing, UnlockOptions};
    ///
    /// # let message = "tests/data/vectors/openssl-smime-aes256";
    /// # let key = "tests/data/keys/main.key.pem";
    /// let options = UnlockOptions::new().inner_layers(InnerLayers::all());
    /// let content = Envelope::open_file(message)?.unlock(&KeyRing::from_file(key)?)?;
    /// let inside = content.inside(&options)?;
    /// # Ok::<(), smimezip::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`] naming a layer that cannot be unwrapped: CompressedData, a
    /// detached signature, a multipart; [`ErrorKind::Malformed`] and [`ErrorKind::Truncated`] for a
    /// broken one; [`ErrorKind::Cancelled`]; what the source reports.
    pub fn inside(self, options: &UnlockOptions) -> Result<Self, Error> {
        options.token().scope(|| self.inside_of(options.asked_layers(), options.rules()))
    }

    /// As [`inside`](Self::inside), by the rules of what it comes from.
    pub(crate) fn inside_of(self, layers: InnerLayers, rules: &Rules) -> Result<Self, Error> {
        if layers == InnerLayers::default() {
            return Ok(self);
        }
        let Self { integrity, recipient, .. } = self;
        let outer: Arc<dyn ReadAt> = Arc::new(self);
        let view = innermost(&outer, layers, rules)?;
        if rules.layout == LayoutPolicy::Scan || Arc::ptr_eq(&view, &outer) {
            return Self::new(view, integrity, recipient);
        }
        let rules = rules.scanning();
        let view = Relaid::new(view, move || innermost(&outer, layers, &rules));
        Self::new(Arc::new(view), integrity, recipient)
    }
}

/// What is inside all of `layers` that are met.
fn innermost(
    outer: &Arc<dyn ReadAt>,
    layers: InnerLayers,
    rules: &Rules,
) -> Result<Arc<dyn ReadAt>, Error> {
    let unwrap = |rules: &Rules| {
        let mut view = Arc::clone(outer);
        for _ in 0..rules.layers {
            match inside_of(&view, layers, rules)? {
                None => return Ok(view),
                Some(inner) => view = inner,
            }
        }
        Err(Error::limit(Limit::Layers, rules.layers as u64))
    };
    match unwrap(rules) {
        // In the layers, or in what they were read from, which is laid out anew by now.
        Err(error) if error.is_irregular() => unwrap(&rules.scanning()),
        outcome => outcome,
    }
}

/// What is inside the one of `layers` that `view` is.
fn inside_of(
    view: &Arc<dyn ReadAt>,
    layers: InnerLayers,
    rules: &Rules,
) -> Result<Option<Arc<dyn ReadAt>>, Error> {
    let mut inner = None;
    if layers.signed_data {
        inner = signed_content(view, rules)?;
    }
    if layers.mime_header && inner.is_none() {
        inner = smime::open_entity(view, rules)?;
    }
    Ok(inner)
}

/// The content of the SignedData that `view` is; `None` if it is no CMS structure.
fn signed_content(view: &Arc<dyn ReadAt>, rules: &Rules) -> Result<Option<Arc<dyn ReadAt>>, Error> {
    let opened = match smime::open(view, rules) {
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
    signed_content_of(&opened, rules).map_err(|error| opened.explain(error)).map(Some)
}

fn signed_content_of(opened: &smime::Opened, rules: &Rules) -> Result<Arc<dyn ReadAt>, Error> {
    let body = &opened.body;
    let data = SignedData::read(body, rules)?;
    let check =
        |end| data.check_tail(body, end, rules).and_then(|end| opened.check_end(end, rules));
    let (mut content, mut end) = OctetView::open(Arc::clone(body), &data.content, rules)?;
    if rules.layout == LayoutPolicy::Assume && check(end).is_err() {
        (content, end) = OctetView::open(Arc::clone(body), &data.content, &rules.scanning())?;
    }
    check(end)?;
    Ok(Arc::new(content))
}
