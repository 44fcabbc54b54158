//! EnvelopedData (RFC 5652 section 6) and AuthEnvelopedData (RFC 5083) written around a content of
//! any size: what stands before the encrypted content, and what stands after it. No keys here, and
//! no content.

pub(crate) mod recipient_info;

use super::content_encryption::ContentEncryptionAlgorithm;
use crate::asn1::write::{
    begin_indefinite, element, element_size, end_indefinite, header, identifier, oid, sequence,
    set_of, small_integer,
};
use crate::oid as names;

/// A RecipientInfo, and the version of the EnvelopedData that it takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct WrittenRecipientInfo {
    /// Section 6.1, where neither originatorInfo nor attributes are: 3 for a `pwri` or an `ori`, 0
    /// for one whose own version is 0, else 2.
    enveloped_data_version: u8,
    der: Vec<u8>,
}

impl WrittenRecipientInfo {
    /// The RecipientInfo in DER.
    pub(crate) fn der(&self) -> &[u8] {
        &self.der
    }
}

/// All of a ContentInfo but its encrypted content.
pub(crate) struct Frame {
    is_authenticated: bool,
    content_type: Vec<u8>,
    version: Vec<u8>,
    recipient_infos: Vec<u8>,
    /// Of the EncryptedContentInfo: contentType and contentEncryptionAlgorithm.
    content: Vec<u8>,
}

impl Frame {
    /// The frame for these recipients and this cipher. `vector` is its initialization vector or
    /// nonce; the tag of an authenticated cipher has `tag_size` bytes.
    pub(crate) fn new(
        recipient_infos: &[WrittenRecipientInfo],
        algorithm: &ContentEncryptionAlgorithm,
        vector: &[u8],
        tag_size: usize,
    ) -> Self {
        let is_authenticated = algorithm.is_authenticated();
        // That of the recipient that needs most; RFC 5083 section 2.1: always 0.
        let needed = recipient_infos.iter().map(|info| info.enveloped_data_version).max();
        let version = if is_authenticated { 0 } else { needed.unwrap_or(0) };
        let content_type =
            if is_authenticated { names::AUTH_ENVELOPED_DATA } else { names::ENVELOPED_DATA };
        let infos: Vec<Vec<u8>> = recipient_infos.iter().map(|info| info.der.clone()).collect();
        let algorithm = algorithm_identifier(algorithm, vector, tag_size);
        Self {
            is_authenticated,
            content_type: oid(&content_type),
            version: small_integer(version),
            recipient_infos: set_of(&infos),
            content: [oid(&names::DATA), algorithm].concat(),
        }
    }

    /// What stands before `ciphertext` bytes of encrypted content in DER; `None` if all lengths
    /// together are beyond all numbers.
    pub(crate) fn definite_head(&self, ciphertext: u64, tag_size: usize) -> Option<Vec<u8>> {
        let tag = if self.is_authenticated { element_size(tag_size as u64)? } else { 0 };
        let info = element_size(ciphertext)?.checked_add(self.content.len() as u64)?;
        let before = (self.version.len() + self.recipient_infos.len()) as u64;
        let data = element_size(info)?.checked_add(before)?.checked_add(tag)?;
        let explicit = element_size(data)?;
        let whole = element_size(explicit)?.checked_add(self.content_type.len() as u64)?;
        let mut out = Vec::new();
        header(&mut out, identifier::SEQUENCE, whole);
        out.extend_from_slice(&self.content_type);
        header(&mut out, identifier::constructed(0), explicit);
        header(&mut out, identifier::SEQUENCE, data);
        out.extend_from_slice(&self.version);
        out.extend_from_slice(&self.recipient_infos);
        header(&mut out, identifier::SEQUENCE, info);
        out.extend_from_slice(&self.content);
        header(&mut out, identifier::context(0), ciphertext);
        Some(out)
    }

    /// What stands before an encrypted content whose size is not known, in BER; the content comes
    /// in OCTET STRINGs.
    pub(crate) fn indefinite_head(&self) -> Vec<u8> {
        let mut out = Vec::new();
        begin_indefinite(&mut out, identifier::SEQUENCE);
        out.extend_from_slice(&self.content_type);
        begin_indefinite(&mut out, identifier::constructed(0));
        begin_indefinite(&mut out, identifier::SEQUENCE);
        out.extend_from_slice(&self.version);
        out.extend_from_slice(&self.recipient_infos);
        begin_indefinite(&mut out, identifier::SEQUENCE);
        out.extend_from_slice(&self.content);
        begin_indefinite(&mut out, identifier::constructed(0));
        out
    }
}

/// What stands after the content: ends, and the tag of an authenticated cipher.
pub(crate) fn tail(is_definite: bool, tag: Option<&[u8]>) -> Vec<u8> {
    let mut out = Vec::new();
    if !is_definite {
        // Of the content and of the EncryptedContentInfo.
        end_indefinite(&mut out, 2);
    }
    if let Some(tag) = tag {
        out.extend(element(identifier::OCTET_STRING, tag));
    }
    if !is_definite {
        // Of the data, of `[0]` and of the ContentInfo.
        end_indefinite(&mut out, 3);
    }
    out
}

/// contentEncryptionAlgorithm: RFC 3565 section 4.1, RFC 5084 section 3.2, RFC 8103 section 3.
fn algorithm_identifier(
    algorithm: &ContentEncryptionAlgorithm,
    vector: &[u8],
    tag_size: usize,
) -> Vec<u8> {
    use ContentEncryptionAlgorithm as Algorithm;
    let vector = element(identifier::OCTET_STRING, vector);
    let parameters = match algorithm {
        Algorithm::Aes128Gcm | Algorithm::Aes192Gcm | Algorithm::Aes256Gcm => {
            sequence(&[vector, small_integer(u8::try_from(tag_size).unwrap_or_default())])
        }
        _ => vector,
    };
    sequence(&[oid(&algorithm.oid()), parameters])
}
