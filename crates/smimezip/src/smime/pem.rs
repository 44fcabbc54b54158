//! PEM (RFC 7468) in a file that fits in memory: keys and certificates. Messages of any size find
//! their body through `detect.rs` instead.

use base64ct::{Base64, Decoder};
use zeroize::Zeroizing;

use crate::error::{Error, ErrorKind};

/// One encapsulated object.
pub(crate) struct Block {
    /// The words behind `BEGIN`.
    pub(crate) label: String,
    /// RFC 1421 headers of traditional encrypted keys, in order.
    pub(crate) headers: Vec<(String, String)>,
    /// The decoded octets; perhaps a private key's.
    pub(crate) octets: Zeroizing<Vec<u8>>,
}

/// Whether `octets` hold an encapsulation boundary at the start of a line.
pub(crate) fn looks_like(octets: &[u8]) -> bool {
    lines(octets).any(|line| begin_label(line).is_some())
}

/// All objects in `octets`, in order; text around them is ignored (RFC 7468 section 2).
///
/// # Errors
/// `BadKey` if a boundary or a body is broken, so that no object is passed over silently.
pub(crate) fn blocks(octets: &[u8]) -> Result<Vec<Block>, Error> {
    let mut blocks = Vec::new();
    let mut lines = lines(octets);
    while let Some(line) = lines.next() {
        let Some(label) = begin_label(line) else { continue };
        let mut headers: Vec<(String, String)> = Vec::new();
        let mut body = Zeroizing::new(Vec::new());
        loop {
            let line = lines.next().ok_or(ErrorKind::BadKey("PEM without an END line"))?;
            if let Some(end) = boundary(line, b"-----END ") {
                if end != label {
                    return Err(ErrorKind::BadKey("PEM with different BEGIN and END").into());
                }
                break;
            }
            let folded = line.starts_with(b" ") || line.starts_with(b"\t");
            if let (true, Some((_, value)), true) = (folded, headers.last_mut(), body.is_empty()) {
                value.push_str(&text(line));
            } else if let Some(colon) = line.iter().position(|octet| *octet == b':') {
                headers.push((text(&line[..colon]), text(&line[colon + 1..])));
            } else {
                body.extend(line.iter().filter(|octet| !octet.is_ascii_whitespace()));
            }
        }
        let octets = decode(&body)?;
        blocks.push(Block { label: label.to_owned(), headers, octets });
    }
    Ok(blocks)
}

/// The encapsulation boundary behind an object.
pub(super) fn end_boundary(label: &str) -> String {
    format!("-----END {label}-----")
}

/// The label of a `BEGIN` line.
pub(crate) fn begin_label(line: &[u8]) -> Option<&str> {
    boundary(line, b"-----BEGIN ")
}

fn boundary<'a>(line: &'a [u8], start: &[u8]) -> Option<&'a str> {
    let label = line.trim_ascii_end().strip_prefix(start)?.strip_suffix(b"-----")?;
    std::str::from_utf8(label).ok().filter(|label| label.is_ascii())
}

fn lines(octets: &[u8]) -> impl Iterator<Item = &[u8]> {
    octets.split(|octet| *octet == b'\n')
}

fn text(octets: &[u8]) -> String {
    String::from_utf8_lossy(octets.trim_ascii()).into_owned()
}

/// Constant-time base64, as these may be a private key's octets.
fn decode(body: &[u8]) -> Result<Zeroizing<Vec<u8>>, Error> {
    let bad = || Error::from(ErrorKind::BadKey("PEM with invalid base64"));
    if body.is_empty() {
        return Err(bad());
    }
    let mut octets = Zeroizing::new(Vec::with_capacity(body.len()));
    Decoder::<Base64>::new(body)
        .and_then(|mut decoder| decoder.decode_to_end(&mut octets).map(|_| ()))
        .map_err(|_| bad())?;
    Ok(octets)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn several_objects_with_text_around_them() {
        let pem =
            b"Bag Attributes\n    x: y\n-----BEGIN A B-----\r\nAQI\r\nD\r\n-----END A B-----\r\n\
            rest\n-----BEGIN C-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\nBA==\n\
            -----END C-----";
        let blocks = blocks(pem).unwrap();
        assert_eq!(blocks.len(), 2);
        assert_eq!(
            (blocks[0].label.as_str(), blocks[0].octets.as_slice()),
            ("A B", &[1, 2, 3][..])
        );
        assert_eq!(blocks[1].headers[1], ("DEK-Info".into(), "AES-256-CBC,00".into()));
        assert_eq!(blocks[1].octets.as_slice(), [4]);
    }

    #[test]
    fn broken_objects_are_not_passed_over() {
        for pem in [
            &b"-----BEGIN A-----\nAQID\n"[..],
            b"-----BEGIN A-----\nAQID\n-----END B-----\n",
            b"-----BEGIN A-----\nAQ*D\n-----END A-----\n",
            b"-----BEGIN A-----\n-----END A-----\n",
        ] {
            assert!(blocks(pem).is_err());
        }
    }
}
