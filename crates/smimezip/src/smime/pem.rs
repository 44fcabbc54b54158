//! PEM (RFC 7468) in a file that fits in memory: keys and certificates. Messages of any size find
//! their body through `detect.rs` instead.
//!
//! Files of keys are carried through mail, YAML, JSON and environment variables. So a boundary may
//! stand anywhere in a line, lines may end in any way or be joined, and a line end may be written
//! as a backslash and `n`: none of that leaves a doubt of what the bytes are.

use base64ct::{Base64, Decoder};
use zeroize::Zeroizing;

const BEGIN: &[u8] = b"-----BEGIN ";
const END: &[u8] = b"-----END ";
const DASHES: &[u8] = b"-----";
/// The longest label that is read; the longest in use has 26 characters.
const MAX_LABEL: usize = 64;

/// One encapsulated object.
pub(crate) struct Block {
    /// The words after `BEGIN`.
    pub(crate) label: String,
    /// RFC 1421 headers of traditional encrypted keys, in order.
    pub(crate) headers: Vec<(String, String)>,
    /// The decoded bytes; perhaps a private key's.
    pub(crate) bytes: Zeroizing<Vec<u8>>,
}

/// An object that cannot be read, and why; those beside it can.
pub(crate) struct Broken {
    pub(crate) label: String,
    pub(crate) reason: &'static str,
}

/// Whether `bytes` hold the beginning of an object.
pub(crate) fn looks_like(bytes: &[u8]) -> bool {
    let mut rest = bytes;
    while let Some(at) = find(rest, BEGIN) {
        rest = &rest[at + BEGIN.len()..];
        if label_before_dashes(rest).is_some() {
            return true;
        }
    }
    false
}

/// All objects in `bytes`, in order, those that are broken too, so that none is passed over
/// silently; text around them is ignored (RFC 7468 section 2).
pub(crate) fn blocks(bytes: &[u8]) -> Vec<Result<Block, Broken>> {
    let mut blocks = Vec::new();
    let mut rest = bytes;
    while let Some(at) = find(rest, BEGIN) {
        let before = &rest[..at];
        rest = &rest[at + BEGIN.len()..];
        let Some(label) = label_before_dashes(rest) else { continue };
        rest = &rest[label.len() + DASHES.len()..];
        let block;
        (block, rest) = one(label, indentation(before), rest);
        blocks.push(block.map_err(|reason| Broken { label: label.to_owned(), reason }));
    }
    blocks
}

/// The object whose body `rest` starts with, and what comes after it.
fn one<'a>(
    label: &str,
    indentation: &[u8],
    rest: &'a [u8],
) -> (Result<Block, &'static str>, &'a [u8]) {
    let (body, after) = rest.split_at(find(rest, BEGIN).unwrap_or(rest.len()));
    let Some(end) = find(body, END) else { return (Err("PEM without an END line"), after) };
    let rest = &rest[end + END.len()..];
    if label_before_dashes(rest) != Some(label) {
        return (Err("PEM with different BEGIN and END"), rest);
    }
    (read(label, indentation, &body[..end]), &rest[label.len() + DASHES.len()..])
}

fn read(label: &str, indentation: &[u8], body: &[u8]) -> Result<Block, &'static str> {
    let body = with_line_ends(body);
    let mut headers: Vec<(String, String)> = Vec::new();
    let mut base64 = Zeroizing::new(Vec::with_capacity(body.len()));
    for line in body.split(|byte| matches!(byte, b'\n' | b'\r')) {
        let line = line.strip_prefix(indentation).unwrap_or(line);
        let folded = line.starts_with(b" ") || line.starts_with(b"\t");
        if let (true, Some((_, value)), true) = (folded, headers.last_mut(), base64.is_empty()) {
            value.push_str(&text(line));
        } else if let Some(colon) = line.iter().position(|byte| *byte == b':') {
            headers.push((text(&line[..colon]), text(&line[colon + 1..])));
        } else {
            base64.extend(line.iter().filter(|byte| !byte.is_ascii_whitespace()));
        }
    }
    let bytes = decode(&base64).ok_or("PEM with invalid base64")?;
    Ok(Block { label: label.to_owned(), headers, bytes })
}

/// The bytes of base64 without white space; none if there are none. In constant time, as they may
/// be a private key's.
pub(crate) fn decode(base64: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(base64.len()));
    let mut decoder = Decoder::<Base64>::new(base64).ok()?;
    decoder.decode_to_end(&mut bytes).ok().filter(|bytes| !bytes.is_empty())?;
    Some(bytes)
}

/// The same text, line ends that are written as in JSON made real.
pub(crate) fn with_line_ends(text: &[u8]) -> Zeroizing<Vec<u8>> {
    let mut out = Zeroizing::new(Vec::with_capacity(text.len()));
    let mut rest = text;
    while let Some((first, after)) = rest.split_first() {
        let (byte, after) = match (first, after.split_first()) {
            (b'\\', Some((b'n' | b'r', after))) => (b'\n', after),
            _ => (*first, after),
        };
        out.push(byte);
        rest = after;
    }
    out
}

/// The encapsulation boundary after an object.
pub(super) fn end_boundary(label: &str) -> String {
    format!("-----END {label}-----")
}

/// The label of a `BEGIN` line.
pub(crate) fn begin_label(line: &[u8]) -> Option<&str> {
    let label = line.trim_ascii_end().strip_prefix(BEGIN)?.strip_suffix(DASHES)?;
    std::str::from_utf8(label).ok().filter(|label| label.is_ascii())
}

/// The label that `rest` starts with, which dashes end on the same line.
fn label_before_dashes(rest: &[u8]) -> Option<&str> {
    let near = &rest[..rest.len().min(MAX_LABEL + DASHES.len())];
    let label = &near[..find(near, DASHES)?];
    let is_label = !label.is_empty() && label.iter().all(|byte| matches!(byte, b' '..=b'~'));
    std::str::from_utf8(label).ok().filter(|_| is_label)
}

/// The white space between the last line end and the boundary.
fn indentation(before: &[u8]) -> &[u8] {
    let line = before.iter().rposition(|byte| matches!(byte, b'\n' | b'\r')).map_or(0, |at| at + 1);
    let line = &before[line..];
    if line.iter().all(u8::is_ascii_whitespace) { line } else { b"" }
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes.trim_ascii()).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(pem: &[u8]) -> Vec<Block> {
        blocks(pem).into_iter().map(|block| block.map_err(|it| it.reason).unwrap()).collect()
    }

    #[test]
    fn several_objects_with_text_around_them() {
        let pem =
            b"Bag Attributes\n    x: y\n-----BEGIN A B-----\r\nAQI\r\nD\r\n-----END A B-----\r\n\
            rest\n-----BEGIN C-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\nBA==\n\
            -----END C-----";
        let blocks = all(pem);
        assert_eq!(blocks.len(), 2);
        assert_eq!((blocks[0].label.as_str(), blocks[0].bytes.as_slice()), ("A B", &[1, 2, 3][..]));
        assert_eq!(blocks[1].headers[1], ("DEK-Info".into(), "AES-256-CBC,00".into()));
        assert_eq!(blocks[1].bytes.as_slice(), [4]);
    }

    #[test]
    fn lines_that_were_joined_indented_or_ended_otherwise() {
        for pem in [
            &b"-----BEGIN A-----\rAQI\rD\r-----END A-----\r"[..],
            b"-----BEGIN A-----  \nAQ ID \t\n-----END A-----",
            b"-----BEGIN A-----AQID-----END A-----",
            b"-----BEGIN A----- AQ ID -----END A-----",
            b"{\"key\": \"-----BEGIN A-----\\nAQ\\r\\nID\\n-----END A-----\\n\", \"x\": 1}",
            b"key: |\n    -----BEGIN A-----\n    AQ\n    ID\n    -----END A-----\n",
        ] {
            let blocks = all(pem);
            assert_eq!((blocks.len(), blocks[0].bytes.as_slice()), (1, &[1, 2, 3][..]));
        }
        let indented = b"  -----BEGIN A-----\n  X: 1\n  Y: 2\n   3\n\n  AQID\n  -----END A-----";
        let headers = [("X".into(), "1".into()), ("Y".into(), "23".into())];
        assert_eq!(all(indented)[0].headers, headers);
    }

    #[test]
    fn broken_objects_are_not_passed_over() {
        let good = b"\n-----BEGIN G-----\nAQID\n-----END G-----\n";
        for pem in [
            &b"-----BEGIN A-----\nAQID\n"[..],
            b"-----BEGIN A-----\nAQID\n-----END B-----\n",
            b"-----BEGIN A-----\nAQ*D\n-----END A-----\n",
            b"-----BEGIN A-----\n-----END A-----\n",
        ] {
            let blocks = blocks(&[pem, good].concat());
            assert_eq!(blocks.len(), 2);
            assert!(blocks[0].as_ref().is_err_and(|it| it.label == "A"));
            assert!(blocks[1].as_ref().is_ok_and(|it| it.bytes.as_slice() == [1, 2, 3]));
        }
    }

    #[test]
    fn a_million_beginnings_take_no_time() {
        let pem = b"-----BEGIN A-----".repeat(60_000);
        assert_eq!(blocks(&pem).len(), 60_000);
        assert!(!looks_like(&b"-----BEGIN ".repeat(90_000)));
    }
}
