//! A writer of enveloped-data messages in every shape a producer might give them: what the
//! property tests and the hostile tests open. It shares no code with the library.

use cbc::cipher::block_padding::Pkcs7;
use cbc::cipher::{BlockModeEncrypt, KeyIvInit};
use rsa::Pkcs1v15Encrypt;
use rsa::pkcs8::DecodePrivateKey;

/// A cipher's object identifier in DER, key size and block size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cipher {
    Aes128,
    Aes192,
    Aes256,
    TripleDes,
}

/// How the bytes are laid out.
#[derive(Clone, Debug)]
pub struct Shape {
    pub cipher: Cipher,
    /// Sizes of the OCTET STRING chunks, repeated; empty for one primitive.
    pub chunks: Vec<usize>,
    /// Whether constructions have indefinite lengths.
    pub indefinite: bool,
    pub outside: Outside,
}

/// What is around the bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outside {
    Binary,
    MimeBinary,
    /// Columns and line end.
    MimeBase64(usize, &'static str),
    Base64(usize, &'static str),
    Pem(&'static str),
}

impl Default for Shape {
    fn default() -> Self {
        Self {
            cipher: Cipher::Aes256,
            chunks: Vec::new(),
            indefinite: false,
            outside: Outside::MimeBase64(64, "\n"),
        }
    }
}

/// A recipient: the public key, and the serial number its certificate would have.
pub struct Recipient {
    pub key: rsa::PublicKey,
    pub serial: u8,
}

/// The sample's public key.
pub fn recipient() -> Recipient {
    Recipient { key: sample_key().to_public_key(), serial: 1 }
}

/// The sample's private key.
pub fn sample_key() -> rsa::PrivateKey {
    let pem = std::fs::read_to_string(super::sample().join("key.pem")).unwrap();
    rsa::PrivateKey::from_pkcs8_pem(&pem).unwrap()
}

/// Seals `data` for the sample's key.
pub fn seal(data: &[u8], shape: &Shape) -> Vec<u8> {
    seal_for(data, shape, &[recipient()])
}

/// Seals `data` for these recipients.
pub fn seal_for(data: &[u8], shape: &Shape, recipients: &[Recipient]) -> Vec<u8> {
    outside(&content_info(data, shape, recipients), &shape.outside)
}

/// The ContentInfo alone.
pub fn content_info(data: &[u8], shape: &Shape, recipients: &[Recipient]) -> Vec<u8> {
    let mut key = vec![0; shape.cipher.key_size()];
    getrandom::fill(&mut key).unwrap();
    content_info_with_key(data, shape, recipients, &key)
}

/// As [`content_info`], with a content-encryption key that is known.
pub fn content_info_with_key(
    data: &[u8],
    shape: &Shape,
    recipients: &[Recipient],
    key: &[u8],
) -> Vec<u8> {
    let mut vector = vec![0; shape.cipher.block_size()];
    getrandom::fill(&mut vector).unwrap();
    let infos: Vec<u8> =
        recipients.iter().flat_map(|it| recipient_info(it, key, shape.indefinite)).collect();
    let sealed = shape.cipher.encrypt(key, &vector, data);
    enveloped_data(&infos, shape, &vector, &sealed)
}

/// EnvelopedData of given recipients and ciphertext, in a ContentInfo.
pub fn enveloped_data(infos: &[u8], shape: &Shape, vector: &[u8], sealed: &[u8]) -> Vec<u8> {
    let constructed = |tag, contents: &[u8]| element(tag, contents, shape.indefinite);
    let mut algorithm = shape.cipher.oid().to_vec();
    algorithm.extend(tlv(0x04, vector));
    let content = if shape.chunks.is_empty() {
        tlv(0x80, sealed)
    } else {
        let mut pieces = Vec::new();
        let mut rest = sealed;
        for size in shape.chunks.iter().cycle() {
            if rest.is_empty() {
                break;
            }
            let (piece, behind) = rest.split_at((*size).min(rest.len()));
            pieces.extend(tlv(0x04, piece));
            rest = behind;
        }
        constructed(0xa0, &pieces)
    };
    let mut encrypted_content_info = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01".to_vec();
    encrypted_content_info.extend(tlv(0x30, &algorithm));
    encrypted_content_info.extend(content);
    let mut enveloped_data = vec![0x02, 1, 0];
    enveloped_data.extend(constructed(0x31, infos));
    enveloped_data.extend(constructed(0x30, &encrypted_content_info));
    let mut content_info = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x03".to_vec();
    content_info.extend(constructed(0xa0, &constructed(0x30, &enveloped_data)));
    constructed(0x30, &content_info)
}

/// A `ktri` for this key, named by issuer CN=Test and the serial number.
pub fn recipient_info(recipient: &Recipient, key: &[u8], indefinite: bool) -> Vec<u8> {
    let mut rng = rsa::rand_core::UnwrapErr(getrandom::SysRng);
    let encrypted = recipient.key.encrypt(&mut rng, Pkcs1v15Encrypt, key).unwrap();
    recipient_info_with(recipient.serial, &encrypted, indefinite)
}

/// A `ktri` with a given encrypted key.
pub fn recipient_info_with(serial: u8, encrypted: &[u8], indefinite: bool) -> Vec<u8> {
    let name = tlv(0x30, &tlv(0x31, &tlv(0x30, b"\x06\x03\x55\x04\x03\x0c\x04Test")));
    let mut issuer_and_serial = name;
    issuer_and_serial.extend([0x02, 1, serial]);
    let mut info = vec![0x02, 1, 0];
    info.extend(element(0x30, &issuer_and_serial, indefinite));
    info.extend(b"\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00");
    info.extend(tlv(0x04, encrypted));
    element(0x30, &info, indefinite)
}

/// Puts the bytes into their outside.
pub fn outside(bytes: &[u8], outside: &Outside) -> Vec<u8> {
    let header = |encoding: &str, end: &str| {
        format!(
            "MIME-Version: 1.0{end}Content-Type: application/pkcs7-mime;{end} \
             smime-type=enveloped-data{end}Content-Transfer-Encoding: {encoding}{end}{end}"
        )
        .into_bytes()
    };
    match outside {
        Outside::Binary => bytes.to_vec(),
        Outside::MimeBinary => [header("binary", "\r\n"), bytes.to_vec()].concat(),
        Outside::MimeBase64(columns, end) => {
            [header("base64", end), base64(bytes, *columns, end)].concat()
        }
        Outside::Base64(columns, end) => base64(bytes, *columns, end),
        Outside::Pem(label) => {
            let body = base64(bytes, 64, "\n");
            let begin = format!("-----BEGIN {label}-----\n");
            [begin.as_bytes(), &body, format!("\n-----END {label}-----\n").as_bytes()].concat()
        }
    }
}

fn base64(bytes: &[u8], columns: usize, end: &str) -> Vec<u8> {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = Vec::new();
    for group in bytes.chunks(3) {
        let mut bits = [0_u8; 4];
        bits[1..=group.len()].copy_from_slice(group);
        let bits = u32::from_be_bytes(bits);
        for place in 0..4 {
            let index = usize::try_from(bits >> (18 - 6 * place) & 63).unwrap();
            text.push(if place <= group.len() { ALPHABET[index] } else { b'=' });
        }
    }
    let lines: Vec<&[u8]> = text.chunks(columns).collect();
    lines.join(end.as_bytes())
}

/// An element in definite length.
pub fn tlv(tag: u8, contents: &[u8]) -> Vec<u8> {
    let mut out = vec![tag];
    if let Ok(short @ 0..=0x7f) = u8::try_from(contents.len()) {
        out.push(short);
    } else {
        let length = u32::try_from(contents.len()).unwrap().to_be_bytes();
        let skip = length.iter().take_while(|byte| **byte == 0).count();
        out.push(0x80 | u8::try_from(4 - skip).unwrap());
        out.extend_from_slice(&length[skip..]);
    }
    out.extend_from_slice(contents);
    out
}

/// A constructed element, in definite or indefinite length.
pub fn element(tag: u8, contents: &[u8], indefinite: bool) -> Vec<u8> {
    if !indefinite {
        return tlv(tag, contents);
    }
    [&[tag, 0x80], contents, &[0, 0]].concat()
}

impl Cipher {
    pub fn key_size(self) -> usize {
        match self {
            Self::Aes128 => 16,
            Self::Aes192 | Self::TripleDes => 24,
            Self::Aes256 => 32,
        }
    }

    pub fn block_size(self) -> usize {
        if self == Self::TripleDes { 8 } else { 16 }
    }

    fn oid(self) -> &'static [u8] {
        match self {
            Self::Aes128 => b"\x06\x09\x60\x86\x48\x01\x65\x03\x04\x01\x02",
            Self::Aes192 => b"\x06\x09\x60\x86\x48\x01\x65\x03\x04\x01\x16",
            Self::Aes256 => b"\x06\x09\x60\x86\x48\x01\x65\x03\x04\x01\x2a",
            Self::TripleDes => b"\x06\x08\x2a\x86\x48\x86\xf7\x0d\x03\x07",
        }
    }

    pub fn encrypt(self, key: &[u8], vector: &[u8], data: &[u8]) -> Vec<u8> {
        fn with<E: KeyIvInit + BlockModeEncrypt>(
            key: &[u8],
            vector: &[u8],
            data: &[u8],
        ) -> Vec<u8> {
            E::new_from_slices(key, vector).unwrap().encrypt_padded_vec::<Pkcs7>(data)
        }
        match self {
            Self::Aes128 => with::<cbc::Encryptor<aes::Aes128Enc>>(key, vector, data),
            Self::Aes192 => with::<cbc::Encryptor<aes::Aes192Enc>>(key, vector, data),
            Self::Aes256 => with::<cbc::Encryptor<aes::Aes256Enc>>(key, vector, data),
            Self::TripleDes => with::<cbc::Encryptor<des::TdesEde3>>(key, vector, data),
        }
    }
}
