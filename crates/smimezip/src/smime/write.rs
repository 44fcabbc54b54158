//! The outside of a message written forward: a MIME entity (RFC 8551 section 3), PEM (RFC 7468) or
//! the bare bytes. Nothing here knows what the bytes are, but whether they are authenticated, which
//! the header says.

use base64_simd::{Out, STANDARD};

/// Lines that are encoded at once.
const LINES: usize = 128;

/// How a sealed message is wrapped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SealContainer {
    /// A MIME entity whose body is base64: what `openssl smime -decrypt` reads when it is not told
    /// otherwise.
    MimeBase64 {
        /// Characters in a line.
        columns: Columns,
        /// How lines end, those of the header, too.
        line_end: LineEnd,
    },
    /// A MIME entity whose body is the bytes themselves. Few programs read it, OpenSSL not.
    MimeBinary,
    /// PEM, `PKCS7` or, where an authenticated cipher needs a later reader, `CMS`.
    Pem,
    /// The bytes alone: DER where the size is known beforehand, else BER.
    Binary,
}

impl Default for SealContainer {
    /// MIME with base64 of 64 columns and LF, as OpenSSL writes it.
    fn default() -> Self {
        Self::MimeBase64 { columns: Columns::C64, line_end: LineEnd::Lf }
    }
}

/// Characters in a line of base64.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Columns {
    /// 64, as OpenSSL writes and PEM wants it.
    C64,
    /// 76, the most that MIME allows (RFC 2045 section 6.8), as Bouncy Castle writes it.
    C76,
}

impl Columns {
    /// Bytes that fill a line.
    fn bytes(self) -> usize {
        match self {
            Self::C64 => 48,
            Self::C76 => 57,
        }
    }
}

/// How lines end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum LineEnd {
    /// As Unix has it, and OpenSSL writes it.
    Lf,
    /// As mail wants it (RFC 8551 section 3.1.1).
    CrLf,
}

impl LineEnd {
    fn text(self) -> &'static str {
        match self {
            Self::Lf => "\n",
            Self::CrLf => "\r\n",
        }
    }
}

/// A message being wrapped.
pub(crate) struct Wrapper {
    container: SealContainer,
    is_authenticated: bool,
    /// Bytes that do not fill a line yet.
    pending: Vec<u8>,
    encoded: Vec<u8>,
}

impl Wrapper {
    pub(crate) fn new(container: SealContainer, is_authenticated: bool) -> Self {
        Self { container, is_authenticated, pending: Vec::new(), encoded: Vec::new() }
    }

    /// Appends what stands before the bytes.
    pub(crate) fn begin(&self, out: &mut Vec<u8>) {
        match self.container {
            SealContainer::MimeBase64 { line_end, .. } => self.header("base64", line_end, out),
            SealContainer::MimeBinary => self.header("binary", LineEnd::CrLf, out),
            SealContainer::Pem => out.extend(format!("-----BEGIN {}-----\n", self.label()).bytes()),
            SealContainer::Binary => {}
        }
    }

    /// Takes the next bytes; of text, appends the lines that are full.
    pub(crate) fn update(&mut self, mut bytes: &[u8], out: &mut Vec<u8>) {
        let Some((columns, line_end)) = self.lines() else {
            out.extend_from_slice(bytes);
            return;
        };
        let size = columns.bytes();
        if !self.pending.is_empty() {
            let (now, later) = bytes.split_at(bytes.len().min(size - self.pending.len()));
            self.pending.extend_from_slice(now);
            bytes = later;
            if self.pending.len() < size {
                return;
            }
            let line = std::mem::take(&mut self.pending);
            self.append_lines(&line, columns, line_end, out);
            self.pending = line;
            self.pending.clear();
        }
        let (full, part) = bytes.split_at(bytes.len() - bytes.len() % size);
        for lines in full.chunks(LINES * size) {
            self.append_lines(lines, columns, line_end, out);
        }
        self.pending.extend_from_slice(part);
    }

    /// There are no more bytes: appends the last line, and what stands after it.
    pub(crate) fn finish(&mut self, out: &mut Vec<u8>) {
        if let Some((columns, line_end)) = self.lines() {
            let line = std::mem::take(&mut self.pending);
            self.append_lines(&line, columns, line_end, out);
        }
        if self.container == SealContainer::Pem {
            out.extend(format!("-----END {}-----\n", self.label()).bytes());
        }
    }

    /// The lines of base64, if that is what is written.
    fn lines(&self) -> Option<(Columns, LineEnd)> {
        match self.container {
            SealContainer::MimeBase64 { columns, line_end } => Some((columns, line_end)),
            SealContainer::Pem => Some((Columns::C64, LineEnd::Lf)),
            SealContainer::MimeBinary | SealContainer::Binary => None,
        }
    }

    fn append_lines(
        &mut self,
        bytes: &[u8],
        columns: Columns,
        line_end: LineEnd,
        out: &mut Vec<u8>,
    ) {
        self.encoded.resize(STANDARD.encoded_length(bytes.len()), 0);
        let encoded = STANDARD.encode(bytes, Out::from_slice(&mut self.encoded));
        for line in encoded.chunks(columns.bytes() / 3 * 4) {
            out.extend_from_slice(line);
            out.extend_from_slice(line_end.text().as_bytes());
        }
    }

    /// The header lines of RFC 8551 sections 3.2.1 and 3.2.2, in the order of OpenSSL.
    fn header(&self, encoding: &str, line_end: LineEnd, out: &mut Vec<u8>) {
        let kind = if self.is_authenticated { "authEnveloped-data" } else { "enveloped-data" };
        let content_type = format!("application/pkcs7-mime; smime-type={kind}; name=\"smime.p7m\"");
        for (name, value) in [
            ("MIME-Version", "1.0"),
            ("Content-Disposition", "attachment; filename=\"smime.p7m\""),
            ("Content-Type", &content_type),
            ("Content-Transfer-Encoding", encoding),
        ] {
            out.extend(format!("{name}: {value}{}", line_end.text()).bytes());
        }
        out.extend(line_end.text().bytes());
    }

    /// `openssl smime` reads `PKCS7` alone, and `openssl cms` both.
    fn label(&self) -> &'static str {
        if self.is_authenticated { "CMS" } else { "PKCS7" }
    }
}
