//! Which outside a message has: found by its content, never by its name.

use std::fmt;

use super::headers;
use super::other;
use super::pem;
use crate::asn1::{self, Length, tag};
use crate::error::{Error, ErrorKind, NoMessage};
use crate::limits::{Limit, Limits};
use crate::read_at::{ReadAt, clamp, read_full_at};

/// Bytes in which the head of nearly every message ends.
pub(crate) const USUAL_HEAD: usize = 2048;
/// Bytes of a MIME body that show what it is.
pub(crate) const BODY_START: usize = 64;
/// Bytes in which a PEM boundary must begin, text before it included.
const PEM_PREAMBLE: usize = 8 * 1024;
/// Bytes in which a PEM boundary must end, text after it included.
pub(crate) const PEM_EPILOGUE: usize = 8 * 1024;

/// The outside of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Container {
    /// A MIME entity (RFC 8551 section 3) whose body is base64.
    MimeBase64 {
        /// `Content-Type` as written.
        content_type: Option<String>,
    },
    /// A MIME entity whose body is the bytes themselves.
    MimeBinary {
        /// `Content-Type` as written.
        content_type: Option<String>,
    },
    /// Base64 with nothing around it.
    Base64,
    /// PEM (RFC 7468).
    Pem {
        /// The words behind `BEGIN`.
        label: String,
    },
    /// The bytes of the ContentInfo in BER or DER.
    Binary,
}

impl fmt::Display for Container {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MimeBase64 { .. } => f.write_str("S/MIME, base64"),
            Self::MimeBinary { .. } => f.write_str("S/MIME, binary"),
            Self::Base64 => f.write_str("base64"),
            Self::Pem { label } => write!(f, "PEM, {label}"),
            Self::Binary => f.write_str("binary (BER or DER)"),
        }
    }
}

/// Where a message is in its outside.
pub(crate) struct Outside {
    pub(crate) container: Container,
    /// Where its bytes, or their base64, start.
    pub(crate) start: u64,
    pub(crate) is_base64: bool,
    /// How many bytes the message says that it has, if it says so at its start.
    pub(crate) size: Option<u64>,
}

/// Whether `source` begins as a message does: with the start of a CMS structure, in whatever
/// outside.
pub(crate) fn begins_as_message<S: ReadAt>(source: &S, limits: &Limits) -> bool {
    find(source, longest_head(limits), limits).is_ok()
}

/// Bytes in which the outside must show itself.
pub(crate) fn longest_head(limits: &Limits) -> usize {
    usize::try_from(limits.header_section).unwrap_or(usize::MAX).max(PEM_PREAMBLE)
}

/// Finds the outside from the first `window` bytes. What it finds in few, it finds in more.
pub(crate) fn find<S: ReadAt>(
    source: &S,
    window: usize,
    limits: &Limits,
) -> Result<Outside, Error> {
    let length = source.size()?;
    let mut head = vec![0; clamp(window, length)];
    let count = read_full_at(source, &mut head, 0)?;
    head.truncate(count);

    let bytes = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&head).trim_ascii_start();
    let skipped = (head.len() - bytes.len()) as u64;
    if bytes.is_empty() {
        let what = if length == 0 { NoMessage::Empty } else { NoMessage::Blank };
        return Err(what.into());
    }
    if let Some(ContentInfo { size }) = ContentInfo::in_bytes(&head) {
        return Ok(Outside { container: Container::Binary, start: 0, is_base64: false, size });
    }
    if let Some((start, label)) = pem_body(&head[..head.len().min(PEM_PREAMBLE)]) {
        if !matches!(label.as_str(), "CMS" | "PKCS7" | "PKCS #7" | "ENCRYPTED MESSAGE") {
            return Err(NoMessage::KeyOrCertificate.into());
        }
        let size = ContentInfo::in_base64(&body_start(source, start)?).and_then(|it| it.size);
        return Ok(Outside { container: Container::Pem { label }, start, is_base64: true, size });
    }
    if let Some(ContentInfo { size }) = ContentInfo::in_base64(bytes) {
        let container = Container::Base64;
        return Ok(Outside { container, start: skipped, is_base64: true, size });
    }
    if headers::looks_like(bytes) {
        return find_in_mime(source, bytes, skipped, limits);
    }
    Err(other::no_message(bytes))
}

/// The start of a body.
fn body_start<S: ReadAt>(source: &S, start: u64) -> Result<Vec<u8>, Error> {
    let mut body = vec![0; BODY_START];
    let count = read_full_at(source, &mut body, start)?;
    body.truncate(count);
    Ok(body)
}

fn find_in_mime<S: ReadAt>(
    source: &S,
    bytes: &[u8],
    skipped: u64,
    limits: &Limits,
) -> Result<Outside, Error> {
    let Some(headers) = headers::parse(bytes)? else {
        return Err(if skipped + (bytes.len() as u64) < source.size()? {
            Error::limit(Limit::HeaderSection, limits.header_section)
        } else {
            ErrorKind::Truncated.into()
        });
    };
    let content_type = headers.content_type;
    let start = skipped + headers.size as u64;
    // The header section may fill the window, so the body's start is read anew.
    let body = body_start(source, start)?;
    if let Some(ContentInfo { size }) = ContentInfo::in_bytes(&body) {
        let container = Container::MimeBinary { content_type };
        return Ok(Outside { container, start, is_base64: false, size });
    }
    if let Some(ContentInfo { size }) = ContentInfo::in_base64(body.trim_ascii_start()) {
        let container = Container::MimeBase64 { content_type };
        return Ok(Outside { container, start, is_base64: true, size });
    }
    if body.trim_ascii().is_empty() {
        return Err(ErrorKind::Truncated.into());
    }
    let media_type = content_type.unwrap_or_default().to_ascii_lowercase();
    Err(if media_type.starts_with("multipart/") {
        Error::unsupported("a MIME multipart; save its application/pkcs7-mime part on its own")
    } else if headers.transfer_encoding.as_deref() == Some("quoted-printable") {
        Error::unsupported("Content-Transfer-Encoding quoted-printable")
    } else {
        NoMessage::MimeEntity.into()
    })
}

/// Position after the `BEGIN` line, and its label. What stands before it is explanatory text (RFC
/// 7468 section 2): a zip that stores a PEM file is not that file.
fn pem_body(head: &[u8]) -> Option<(u64, String)> {
    let mut position = 0;
    for line in head.split_inclusive(|byte| *byte == b'\n') {
        position += line.len() as u64;
        if let Some(label) = pem::begin_label(line) {
            return Some((position, label.to_owned()));
        }
        if line.iter().any(|byte| byte.is_ascii_control() && !byte.is_ascii_whitespace()) {
            return None;
        }
    }
    None
}

/// The start of a CMS structure: a SEQUENCE that starts with an OBJECT IDENTIFIER.
struct ContentInfo {
    /// All of it in bytes, if its length is definite.
    size: Option<u64>,
}

impl ContentInfo {
    fn in_bytes(bytes: &[u8]) -> Option<Self> {
        let outer = asn1::parse_header(bytes).ok()?;
        let inner = asn1::parse_header(&bytes[usize::from(outer.size)..]).ok()?;
        let begins = outer.is(tag::SEQUENCE)
            && outer.constructed
            && inner.is(tag::OBJECT_IDENTIFIER)
            && !inner.constructed;
        let size = match outer.length {
            Length::Definite(length) => Some(length.saturating_add(outer.size.into())),
            Length::Indefinite => None,
        };
        begins.then_some(Self { size })
    }

    fn in_base64(text: &[u8]) -> Option<Self> {
        let text: Vec<u8> =
            text.iter().filter(|byte| !byte.is_ascii_whitespace()).take(24).copied().collect();
        let whole = &text[..text.len() / 4 * 4];
        Self::in_bytes(&base64_simd::STANDARD.decode_to_vec(whole).ok()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn container(data: &[u8]) -> Result<Container, Error> {
        let limits = Limits::default();
        find(&data.to_vec(), longest_head(&limits), &limits).map(|outside| outside.container)
    }

    #[test]
    fn each_outside_is_found_by_content() {
        let der = b"\x30\x0b\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x03";
        let base64 = base64_simd::STANDARD.encode_to_string(der);
        assert_eq!(container(der).unwrap(), Container::Binary);
        assert_eq!(container(base64.as_bytes()).unwrap(), Container::Base64);
        assert_eq!(container(format!("\r\n\n{base64}\n").as_bytes()).unwrap(), Container::Base64);
        let mime = format!("Content-Type: x/y\n\n{base64}\n\n");
        let content_type = Some("x/y".to_owned());
        assert_eq!(container(mime.as_bytes()).unwrap(), Container::MimeBase64 { content_type });
        let mut binary = b"MIME-Version: 1.0\r\nContent-Transfer-Encoding: binary\r\n\r\n".to_vec();
        binary.extend_from_slice(der);
        assert_eq!(container(&binary).unwrap(), Container::MimeBinary { content_type: None });
        for label in ["CMS", "PKCS7", "ENCRYPTED MESSAGE"] {
            let pem =
                format!("text\n-----BEGIN {label}-----\r\n{base64}\r\n-----END {label}-----\r\n");
            assert_eq!(container(pem.as_bytes()).unwrap(), Container::Pem { label: label.into() });
        }
    }

    #[test]
    fn what_is_no_message_is_said() {
        for data in [
            &b""[..],
            b" \n",
            b"<html><body>Session expired</body></html>",
            b"PK\x03\x04 a plain zip",
            b"Content-Type: text/html\n\n<html></html>",
            b"-----BEGIN PRIVATE KEY-----\nAQID\n-----END PRIVATE KEY-----\n",
        ] {
            let error = container(data).unwrap_err();
            let is_text = matches!(error.kind(), ErrorKind::NotAPart { .. });
            assert_eq!(is_text, data.starts_with(b"<"), "{data:?}: {error}");
            assert_eq!(error.category(), crate::error::Category::Format, "{data:?}: {error}");
        }
    }

    #[test]
    fn a_binary_file_that_holds_a_pem_message_is_not_that_message() {
        let pem = "\n-----BEGIN CMS-----\nMAsGCSqGSIb3DQEHAw==\n-----END CMS-----\n";
        for before in ["text\t", "Größe: 7", "\r\n"] {
            assert!(container(format!("{before}{pem}").as_bytes()).is_ok(), "{before:?}");
        }
        for before in ["PK\u{3}\u{4}\u{14}\0", "a\nb\0c", "\u{7f}"] {
            assert!(container(format!("{before}{pem}").as_bytes()).is_err(), "{before:?}");
        }
    }

    #[test]
    fn c9_an_endless_header_section_is_refused() {
        let data = b"X-Filler: 0123456789\n".repeat(10_000);
        let error = container(&data).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Limit { limit: Limit::HeaderSection, .. }));
    }
}
