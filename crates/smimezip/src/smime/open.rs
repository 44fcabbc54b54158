//! A message's outside opened: the bytes inside as a view, and what to say of what follows them.

use std::sync::Arc;

use super::base64::Base64View;
use super::detect::{Container, Outside, PEM_EPILOGUE, USUAL_HEAD, find, longest_head};
use super::headers;
use super::pem;
use crate::error::{Error, ErrorKind};
use crate::options::{LayoutPolicy, Rules};
use crate::read_at::{ReadAt, Slice, clamp, read_exact_at};

/// A message without its outside.
pub(crate) struct Opened {
    pub(crate) container: Container,
    /// The bytes of the ContentInfo, and perhaps others after them.
    pub(crate) body: Arc<dyn ReadAt>,
    end: End,
}

/// What shows where the message ends.
enum End {
    /// The bytes are the bytes from this position on.
    Bytes(u64),
    Text(Arc<Base64View<Arc<dyn ReadAt>>>),
}

/// Finds the outside of `source`, and the bytes inside.
pub(crate) fn open(source: &Arc<dyn ReadAt>, rules: &Rules) -> Result<Opened, Error> {
    let outside = match find(source, USUAL_HEAD, rules) {
        // A source that cannot be read is not read again in the hope of better luck.
        Err(error) if !error.is_passing() => find(source, longest_head(rules), rules)?,
        outside => outside?,
    };
    let Outside { container, start, is_base64, size } = outside;
    let length = source.size()?;
    let source = Arc::clone(source);
    if !is_base64 {
        let body = Arc::new(Slice::new(source, start, length.saturating_sub(start)));
        return Ok(Opened { container, body, end: End::Bytes(start) });
    }
    let end = match &container {
        Container::Pem { label } => pem_end(&source, start, label)?,
        _ => length,
    };
    let view = Arc::new(Base64View::open(source, start, end, size, rules.layout)?);
    let body = Arc::clone(&view) as Arc<dyn ReadAt>;
    Ok(Opened { container, body, end: End::Text(view) })
}

/// The bytes inside of a message that was cut, as far as there are any.
pub(crate) fn open_cut(source: &Arc<dyn ReadAt>, rules: &Rules) -> Result<Arc<dyn ReadAt>, Error> {
    let Outside { start, is_base64, .. } = find(source, longest_head(rules), rules)?;
    let (source, length) = (Arc::clone(source), source.size()?);
    if !is_base64 {
        return Ok(Arc::new(Slice::new(source, start, length.saturating_sub(start))));
    }
    // Where the text ends, or is no base64 any more.
    Ok(Arc::new(Base64View::open(source, start, length, None, LayoutPolicy::Scan)?))
}

impl Opened {
    /// Checks what follows the message, which ended after so many bytes.
    ///
    /// # Errors
    /// `TrailingData` if there is anything, unless that is accepted.
    pub(crate) fn check_end(&self, bytes: u64, rules: &Rules) -> Result<(), Error> {
        let after = match &self.end {
            End::Bytes(start) => {
                let count = self.body.size()?.saturating_sub(bytes);
                (count > 0).then(|| (start.saturating_add(bytes), count))
            }
            End::Text(view) => view.after(bytes)?,
        };
        match after {
            Some((position, count)) if !rules.accept.trailing_data => {
                Err(Error::from(ErrorKind::TrailingData { count }).at(position))
            }
            _ => Ok(()),
        }
    }

    /// `error`, which the structure in the body gave. Where its bytes end, the text may go on.
    pub(crate) fn explain(&self, error: Error) -> Error {
        match (error.kind(), &self.end) {
            (ErrorKind::Truncated, End::Text(view)) => view.end_of_text(),
            _ => error,
        }
    }
}

/// The body of the MIME entity that `source` is, its transfer encoding removed; `None` if it begins
/// with no header section.
pub(crate) fn open_entity(
    source: &Arc<dyn ReadAt>,
    rules: &Rules,
) -> Result<Option<Arc<dyn ReadAt>>, Error> {
    let length = source.size()?;
    let mut head = vec![0; clamp(longest_head(rules), length)];
    read_exact_at(source, &mut head, 0)?;
    if !headers::looks_like(&head) {
        return Ok(None);
    }
    // A text may begin with a word and a colon; a header section has the fields of MIME.
    let Ok(Some(headers)) = headers::parse(&head) else { return Ok(None) };
    if headers.content_type.is_none() && headers.transfer_encoding.is_none() {
        return Ok(None);
    }
    let media_type = headers.content_type.unwrap_or_default().to_ascii_lowercase();
    if media_type.starts_with("multipart/") {
        return Err(Error::unsupported("a MIME multipart inside the encryption"));
    }
    let start = headers.size as u64;
    let body: Arc<dyn ReadAt> = match headers.transfer_encoding.as_deref() {
        None | Some("7bit" | "8bit" | "binary") => {
            Arc::new(Slice::new(Arc::clone(source), start, length.saturating_sub(start)))
        }
        Some("base64") => {
            let view = Base64View::open(Arc::clone(source), start, length, None, rules.layout)?;
            // Nothing in it says where it ends, so all of the text must be base64.
            if view.after(view.size()?)?.is_some() {
                return Err(view.end_of_text());
            }
            Arc::new(view)
        }
        Some(other) => {
            return Err(Error::unsupported(format!("Content-Transfer-Encoding {other}")));
        }
    };
    Ok(Some(body))
}

/// The position of the `END` boundary, which stands in the last bytes.
fn pem_end<S: ReadAt>(source: &S, start: u64, label: &str) -> Result<u64, Error> {
    let length = source.size()?;
    let mut tail = vec![0; clamp(PEM_EPILOGUE, length.saturating_sub(start))];
    let from = length - tail.len() as u64;
    read_exact_at(source, &mut tail, from)?;
    let boundary = pem::end_boundary(label);
    let at = tail
        .windows(boundary.len())
        .position(|window| window == boundary.as_bytes())
        .ok_or(ErrorKind::Truncated)?;
    Ok(from + at as u64)
}
