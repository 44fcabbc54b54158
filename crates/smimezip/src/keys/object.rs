//! What a key file consists of: objects in DER, out of whatever they are wrapped in. PEM or DER is
//! seen from the bytes, and so are UTF-16, a byte order mark, a line end after DER, base64 without
//! armour.

use zeroize::Zeroizing;

use super::foreign;
use crate::asn1::{self, tag};
use crate::error::{Error, ErrorKind, KeyProblem};
use crate::smime::pem;

/// One object of a file.
pub(super) struct Object {
    /// Its number, and its label if it has one.
    pub(super) name: String,
    pub(super) content: Result<Content, Error>,
}

/// Its bytes.
pub(super) enum Content {
    /// A structure in DER.
    Der(Zeroizing<Vec<u8>>),
    /// A traditional encrypted key, with its headers.
    Encrypted(pem::Block),
}

/// All objects of a file, in order.
///
/// # Errors
/// `BadKey` if it is of a form that is not read; `Limit`.
pub(super) fn objects(file: &[u8], depth: usize) -> Result<Vec<Object>, Error> {
    let bytes = file.strip_prefix(b"\xef\xbb\xbf").unwrap_or(file);
    if let Some(objects) = binary(bytes, depth)? {
        return Ok(objects);
    }
    if let Some(problem) = foreign::of_binary(bytes) {
        return Err(problem.into());
    }
    let text = text(bytes);
    if pem::looks_like(&text) {
        return Ok(in_pem(&text, depth));
    }
    // Secret stores hand out files in base64, be they PEM or DER.
    if let Some(bytes) = bare_base64(&text) {
        if let Some(objects) = binary(&bytes, depth)? {
            return Ok(objects);
        }
        if let Some(problem) = foreign::of_binary(&bytes) {
            return Err(problem.into());
        }
        if pem::looks_like(&bytes) {
            return Ok(in_pem(&bytes, depth));
        }
    }
    Err(not_read(bytes, &text).into())
}

/// Structures one after the other, white space and zeros around them; `None` if the file is not
/// that.
fn binary(bytes: &[u8], depth: usize) -> Result<Option<Vec<Object>>, Error> {
    let mut rest = bytes.trim_ascii_start();
    let mut objects: Vec<Object> = Vec::new();
    while rest.first() == Some(&0x30) {
        let (der, used) = match structure(rest, depth) {
            Err(error) if matches!(error.kind(), ErrorKind::Limit { .. }) => return Err(error),
            Err(_) => break,
            Ok(found) => found,
        };
        let name = format!("object {}", objects.len() + 1);
        objects.push(Object { name, content: Ok(Content::Der(der)) });
        rest = after(&rest[used..]);
    }
    if !rest.is_empty() && !objects.is_empty() {
        let name = format!("object {}", objects.len() + 1);
        let content = Err(Error::bad_key("bytes that are no structure, after one that is"));
        objects.push(Object { name, content });
    }
    Ok(Some(objects).filter(|objects| !objects.is_empty()))
}

/// What comes after a structure and what editors and copying leave there: white space, zeros, the
/// end of a DOS file.
fn after(bytes: &[u8]) -> &[u8] {
    let blank = bytes.iter().take_while(|it| it.is_ascii_whitespace() || matches!(it, 0 | 0x1a));
    &bytes[blank.count()..]
}

/// The structure that `bytes` start with, in DER, and how many of them it took.
fn structure(bytes: &[u8], depth: usize) -> Result<(Zeroizing<Vec<u8>>, usize), Error> {
    if let Some(size) = asn1::size_if_der(bytes, depth) {
        return Ok((Zeroizing::new(bytes[..size].to_vec()), size));
    }
    let (der, used) = asn1::first_to_der(bytes, depth)?;
    Ok((Zeroizing::new(der), used))
}

fn in_pem(text: &[u8], depth: usize) -> Vec<Object> {
    let mut objects = Vec::new();
    for (number, block) in (1..).zip(pem::blocks(text)) {
        let (label, content) = match block {
            Ok(block) => (block.label.clone(), content(block, depth)),
            Err(broken) => {
                let problem = foreign::of_label(&broken.label);
                let problem = problem.unwrap_or_else(|| KeyProblem::new(broken.reason));
                (broken.label, Err(problem.into()))
            }
        };
        objects.push(Object { name: format!("object {number} ({label})"), content });
    }
    objects
}

fn content(block: pem::Block, depth: usize) -> Result<Content, Error> {
    if block.headers.iter().any(|(name, value)| name == "Proc-Type" && value.contains("ENCRYPTED"))
    {
        return Ok(Content::Encrypted(block));
    }
    let bytes = &block.bytes;
    let (der, used) = match structure(bytes, depth) {
        Err(error) if matches!(error.kind(), ErrorKind::Limit { .. }) => return Err(error),
        Err(_) => return Err(not_a_structure(&block).into()),
        Ok(found) => found,
    };
    let rest = after(&bytes[used..]);
    // OpenSSL puts what it trusts a certificate for after it.
    if !rest.is_empty() && asn1::size_if_der(rest, depth) != Some(rest.len()) {
        return Err(Error::bad_key("bytes after its structure"));
    }
    Ok(Content::Der(der))
}

fn not_a_structure(block: &pem::Block) -> KeyProblem {
    let bytes = &block.bytes;
    let by_content = foreign::of_binary(bytes).or_else(|| foreign::of_label(&block.label));
    by_content.unwrap_or_else(|| cut_off(bytes).unwrap_or_else(|| KeyProblem::new("not in DER")))
}

fn not_read(bytes: &[u8], text: &[u8]) -> KeyProblem {
    cut_off(bytes).unwrap_or_else(|| foreign::of_text(text))
}

/// Said of what starts as a structure, and ends before that does.
fn cut_off(bytes: &[u8]) -> Option<KeyProblem> {
    let header = asn1::parse_header(bytes).ok().filter(|it| it.is(tag::SEQUENCE))?;
    let asn1::Length::Definite(length) = header.length else { return None };
    let is_cut = (bytes.len() as u64) < length.saturating_add(header.size.into());
    (is_cut && bytes.len() > 16)
        .then(|| KeyProblem::new("a file that ends before its structure does"))
}

/// The text in one byte a character: UTF-16 decoded, which programs on Windows write.
fn text(bytes: &[u8]) -> Zeroizing<Vec<u8>> {
    let units: fn([u8; 2]) -> u16 = match bytes {
        [0xff, 0xfe, ..] | [1..=0x7f, 0, 1..=0x7f, 0, ..] => u16::from_le_bytes,
        [0xfe, 0xff, ..] | [0, 1..=0x7f, 0, 1..=0x7f, ..] => u16::from_be_bytes,
        _ => return Zeroizing::new(bytes.to_vec()),
    };
    let mut text = Zeroizing::new(Vec::with_capacity(bytes.len() / 2));
    for pair in bytes.chunks_exact(2) {
        match units([pair[0], pair[1]]) {
            0xfeff => {}
            // What is not ASCII is nothing that matters here.
            unit => text.push(u8::try_from(unit).unwrap_or(b'?')),
        }
    }
    text
}

/// The bytes of a file that is base64 and nothing else, in lines or not, perhaps in quotation
/// marks.
fn bare_base64(text: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let text = pem::with_line_ends(text);
    let mut base64 = Zeroizing::new(Vec::with_capacity(text.len()));
    base64.extend(text.iter().filter(|byte| !byte.is_ascii_whitespace()));
    let base64 =
        base64.strip_prefix(b"\"").and_then(|it| it.strip_suffix(b"\"")).unwrap_or(&base64);
    pem::decode(base64)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &[u8] = include_bytes!("../../tests/data/keys/main.pkcs8.der");
    const PEM: &[u8] = include_bytes!("../../tests/data/keys/main.key.pem");

    fn only(file: &[u8]) -> Vec<u8> {
        let mut objects = objects(file, 32).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(objects.len(), 1);
        let Ok(Content::Der(der)) = objects.remove(0).content else { panic!("no DER") };
        der.to_vec()
    }

    fn utf16(text: &[u8], unit: fn(u16) -> [u8; 2], mark: bool) -> Vec<u8> {
        let mark = mark.then_some(0xfeff);
        mark.into_iter().chain(text.iter().copied().map(u16::from)).flat_map(unit).collect()
    }

    #[test]
    fn whatever_it_is_wrapped_in() {
        use base64ct::{Base64, Encoding};
        let line = Base64::encode_string(KEY);
        let text = std::str::from_utf8(PEM).unwrap();
        let lines = text.lines().filter(|line| !line.starts_with('-')).collect::<Vec<_>>();
        let escaped = String::from_utf8(PEM.to_vec()).unwrap().replace('\n', "\\n");
        for file in [
            KEY.to_vec(),
            PEM.to_vec(),
            [b"\xef\xbb\xbf", PEM].concat(),
            [b"\xef\xbb\xbf", KEY].concat(),
            [KEY, b"\n"].concat(),
            [KEY, b"\r\n \0\x1a"].concat(),
            [b"\n", KEY].concat(),
            utf16(PEM, u16::to_le_bytes, true),
            utf16(PEM, u16::to_be_bytes, true),
            utf16(PEM, u16::to_le_bytes, false),
            utf16(PEM, u16::to_be_bytes, false),
            line.clone().into_bytes(),
            utf16(line.as_bytes(), u16::to_le_bytes, true),
            lines.join("\r\n").into_bytes(),
            format!("\"{line}\"\n").into_bytes(),
            Base64::encode_string(PEM).into_bytes(),
            escaped.clone().into_bytes(),
            format!("{{\"type\": \"x\", \"private_key\": \"{escaped}\"}}").into_bytes(),
        ] {
            assert!(only(&file) == KEY, "{}", String::from_utf8_lossy(&file[..40]));
        }
    }

    #[test]
    fn what_is_not_read_is_called_by_its_name() {
        for (file, expected) in [
            (&b"\xfe\xed\xfe\xed\0\0\0\x02"[..], "JKS"),
            (b"PuTTY-User-Key-File-3: ssh-rsa\n", "puttygen"),
            (b"-----BEGIN PGP MESSAGE-----\n\nxc\n=abcd\n-----END PGP MESSAGE-----", "OpenPGP"),
            (b"", "an empty file"),
            (b"<!DOCTYPE html>", "HTML"),
            (&KEY[..KEY.len() - 1], "ends before"),
            (b"hello", "neither PEM"),
        ] {
            let error = match objects(file, 32) {
                Err(error) => error,
                Ok(objects) => objects.into_iter().find_map(|it| it.content.err()).unwrap(),
            };
            assert!(error.to_string().contains(expected), "{expected}: {error}");
        }
    }
}
