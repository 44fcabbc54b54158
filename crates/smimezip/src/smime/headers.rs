//! The header section of a MIME entity (RFC 5322 section 2.2, RFC 2045): only so much of it as
//! says where the body starts and what to say to a person about it.

use crate::error::Error;

/// What a header section says that concerns us.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Headers {
    /// `Content-Type` as written, folding removed.
    pub(super) content_type: Option<String>,
    /// `Content-Transfer-Encoding` in lower case.
    pub(super) transfer_encoding: Option<String>,
    /// Bytes that the section takes, the blank line included.
    pub(super) size: usize,
}

/// Lines among which a field must stand that MIME or mail knows. Any text may begin with a word and
/// a colon.
const NEAR: usize = 32;

/// Fields of a mail's header section (RFC 5322 section 3.6, and what mail programs write); besides
/// those of MIME, `Content-…`, and of programs' own, `X-…`.
const KNOWN: [&str; 34] = [
    "mime-version",
    "from",
    "sender",
    "reply-to",
    "to",
    "cc",
    "bcc",
    "message-id",
    "in-reply-to",
    "references",
    "subject",
    "comments",
    "keywords",
    "date",
    "return-path",
    "received",
    "received-spf",
    "delivered-to",
    "envelope-to",
    "authentication-results",
    "dkim-signature",
    "domainkey-signature",
    "user-agent",
    "importance",
    "priority",
    "sensitivity",
    "precedence",
    "organization",
    "autocrypt",
    "auto-submitted",
    "disposition-notification-to",
    "errors-to",
    "thread-topic",
    "thread-index",
];

/// Groups of fields by the start of their names.
const KNOWN_GROUPS: [&str; 5] = ["content-", "x-", "list-", "resent-", "arc-"];

/// Whether `bytes` are the start of a header section: fields, of which one near the start is
/// known, perhaps after an mbox `From ` line.
pub(super) fn looks_like(bytes: &[u8]) -> bool {
    for (number, line) in bytes.split(|byte| *byte == b'\n').take(NEAR).enumerate() {
        let is_folded = number > 0 && (line.starts_with(b" ") || line.starts_with(b"\t"));
        let is_mbox = line.starts_with(b"From ") || line.starts_with(b">From ");
        match field(line) {
            _ if is_folded || is_mbox => {}
            Some((name, _)) if is_known(&name) => return true,
            Some(_) => {}
            None => return false,
        }
    }
    false
}

fn is_known(name: &str) -> bool {
    KNOWN.contains(&name) || KNOWN_GROUPS.iter().any(|group| name.starts_with(group))
}

/// Reads the header section at the start of `bytes`; `None` if it does not end within them.
///
/// # Errors
/// `Malformed` if a line is neither a field, nor folded, nor blank.
pub(super) fn parse(bytes: &[u8]) -> Result<Option<Headers>, Error> {
    let mut headers = Headers::default();
    let mut current: Option<(String, String)> = None;
    let mut position = 0;
    while let Some(length) = bytes[position..].iter().position(|byte| *byte == b'\n') {
        let line = bytes[position..position + length].trim_ascii_end();
        position += length + 1;
        if line.is_empty() {
            headers.take(current);
            headers.size = position;
            return Ok(Some(headers));
        }
        if line[0] == b' ' || line[0] == b'\t' {
            // Folded (RFC 5322 section 2.2.3).
            if let Some((_, value)) = &mut current {
                value.push(' ');
                value.push_str(&text(line));
            }
        } else if let Some((name, value)) = field(line) {
            headers.take(current.replace((name, value)));
        } else if !line.starts_with(b"From ") && !line.starts_with(b">From ") {
            return Err(Error::malformed("a header line has no field name"));
        }
    }
    Ok(None)
}

impl Headers {
    fn take(&mut self, field: Option<(String, String)>) {
        let Some((name, value)) = field else { return };
        match name.as_str() {
            "content-type" => self.content_type = Some(value),
            "content-transfer-encoding" => {
                // A comment may follow the token (RFC 2045 section 6.1).
                let token = value.split(['(', ';', ' ']).find(|token| !token.is_empty());
                self.transfer_encoding = token.map(str::to_ascii_lowercase);
            }
            _ => {}
        }
    }
}

/// Splits a line into field name (lower case) and value.
fn field(line: &[u8]) -> Option<(String, String)> {
    let colon = line.iter().position(|byte| *byte == b':')?;
    let name = line[..colon].trim_ascii_end();
    if name.is_empty() || !name.iter().all(u8::is_ascii_graphic) {
        return None;
    }
    Some((text(name).to_ascii_lowercase(), text(&line[colon + 1..])))
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes.trim_ascii()).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folded_and_odd_headers() {
        let bytes =
            b"From someone Mon Jan  1\nSubject : x\nCONTENT-TYPE:application/pkcs7-mime;\r\n\
            \tsmime-type=enveloped-data;\r\n name=\"smime.p7m\"\r\n\
            content-transfer-encoding:  BASE64 (really)\r\n\r\nMII";
        let headers = parse(bytes).unwrap().unwrap();
        assert_eq!(
            headers.content_type.as_deref(),
            Some("application/pkcs7-mime; smime-type=enveloped-data; name=\"smime.p7m\"")
        );
        assert_eq!(headers.transfer_encoding.as_deref(), Some("base64"));
        assert_eq!(&bytes[headers.size..], b"MII");
    }

    #[test]
    fn a_text_with_a_colon_is_no_header_section() {
        for text in [
            "Error: session expired",
            "Error: session expired\nSign in again.\n",
            "{\"error\":{\"code\":\"AccessDenied\"}}",
            "Key: value\n\nContent-Type: x/y\n",
            "From somebody\nhello\n",
            "status: 403\nmessage: no\n\n",
            "HTTP/1.1 403 Forbidden\r\nContent-Type: text/html\r\n\r\n",
        ] {
            assert!(!looks_like(text.as_bytes()), "{text}");
        }
        for text in [
            "Content-Type: application/pkcs7-mime",
            "content-transfer-encoding: base64\r\n",
            "MIME-Version: 1.0\n",
            "From x Mon Jan  1\nReturn-Path: <x>\n",
            "Odd: one\n folded\nOdder: two\nTo: you\n",
            "X-Spam: no\n",
        ] {
            assert!(looks_like(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn a_section_without_an_end_is_not_one_yet() {
        assert_eq!(parse(b"MIME-Version: 1.0\nContent-Type: x").unwrap(), None);
    }

    #[test]
    fn a_line_without_a_name_is_refused() {
        assert!(parse(b"MIME-Version: 1.0\nrubbish\n\n").is_err());
    }
}
