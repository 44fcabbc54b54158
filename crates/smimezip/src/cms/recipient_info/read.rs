//! The alternatives of RecipientInfo, read by the types of the `cms` crate and made into ours.

use cms::enveloped_data::{
    KekRecipientInfo, KeyAgreeRecipientInfo, KeyTransRecipientInfo, OriginatorIdentifierOrKey,
    OtherRecipientInfo, PasswordRecipientInfo, RecipientInfo as CmsInfo,
};
use cms::kemri::{CmsOriForKemOtherInfo, KemRecipientInfo};
use der::asn1::{ContextSpecific, OctetStringRef};
use der::{Any, Decode, Encode, Reader as _, SliceReader, TagMode, TagNumber};
use spki::AlgorithmIdentifierOwned;

use super::{Agreement, Details, Encapsulation, PasswordParameters, RecipientInfo, RecipientKind};
use crate::asn1;
use crate::asn1::der::Elements;
use crate::cms::content_encryption::{ContentEncryptionAlgorithm, initialization_vector};
use crate::cms::hash::HashAlgorithm;
use crate::cms::key_encryption::{
    KemAlgorithm, KeyDerivation, KeyEncryptionAlgorithm, KeyWrapAlgorithm, Known,
};
use crate::cms::pbkdf2::Pbkdf2Params;
use crate::cms::recipient_identifier::{RecipientIdentifier, of_certificate, of_key_agreement};
use crate::error::Error;
use crate::oid::{self, Named};

pub(super) fn recipient_infos(bytes: &[u8], depth: usize) -> Result<Vec<RecipientInfo>, Error> {
    let der = join_subject_key_identifier(asn1::to_der(bytes, depth)?);
    let infos = match CmsInfo::from_der(&der) {
        Ok(CmsInfo::Ktri(info)) => vec![key_transport(&info)?],
        Ok(CmsInfo::Kari(info)) => key_agreement(&info)?,
        Ok(CmsInfo::Kekri(info)) => vec![key_encryption_key(&info)],
        Ok(CmsInfo::Pwri(info)) => vec![password(&info)],
        Ok(CmsInfo::Ori(info)) => vec![other(&info)?],
        Err(_) => {
            let what = "one of a kind that is not known, or malformed".to_owned();
            vec![RecipientInfo { unsupported: Some(what), ..blank(RecipientKind::Unknown) }]
        }
    };
    Ok(infos.into_iter().map(|info| RecipientInfo { der: der.clone(), ..info }).collect())
}

fn blank(kind: RecipientKind) -> RecipientInfo {
    RecipientInfo {
        kind,
        identifier: None,
        algorithm: None,
        encrypted_key: Vec::new(),
        details: Details::None,
        unsupported: None,
        der: Vec::new(),
    }
}

/// Completes `info` with its algorithm and what belongs to it, or with the reason why it has none.
fn with_algorithm(
    info: RecipientInfo,
    read: Known<(KeyEncryptionAlgorithm, Details)>,
) -> RecipientInfo {
    let (algorithm, details) =
        read.unwrap_or_else(|unknown| (KeyEncryptionAlgorithm::unknown(unknown), Details::None));
    let unsupported = match &algorithm {
        KeyEncryptionAlgorithm::Other { oid } => Some(Named::from(*oid).to_string()),
        _ => None,
    };
    RecipientInfo { algorithm: Some(algorithm), details, unsupported, ..info }
}

fn key_transport(info: &KeyTransRecipientInfo) -> Result<RecipientInfo, Error> {
    let (algorithm, label) = KeyEncryptionAlgorithm::key_transport(&info.key_enc_alg);
    let read = RecipientInfo {
        identifier: Some(of_certificate(&info.rid)?),
        encrypted_key: info.enc_key.as_bytes().to_vec(),
        ..blank(RecipientKind::KeyTransport)
    };
    Ok(with_algorithm(read, Ok((algorithm, Details::Transport { label }))))
}

fn key_agreement(info: &KeyAgreeRecipientInfo) -> Result<Vec<RecipientInfo>, Error> {
    let read = agreement(info);
    let mut infos = Vec::new();
    for key in &info.recipient_enc_keys {
        let one = RecipientInfo {
            identifier: Some(of_key_agreement(&key.rid)?),
            encrypted_key: key.enc_key.as_bytes().to_vec(),
            ..blank(RecipientKind::KeyAgreement)
        };
        let mut one = with_algorithm(one, read.clone());
        if !matches!(info.originator, OriginatorIdentifierOrKey::OriginatorKey(_)) {
            let what = "key agreement with the certificate of the sender (static-static)";
            one.unsupported.get_or_insert_with(|| what.to_owned());
        }
        infos.push(one);
    }
    Ok(infos)
}

fn agreement(info: &KeyAgreeRecipientInfo) -> Known<(KeyEncryptionAlgorithm, Details)> {
    let derivation = KeyDerivation::of_scheme(&info.key_enc_alg.oid)?;
    let (wrap, wrap_der) = KeyWrapAlgorithm::in_parameters(&info.key_enc_alg)?;
    let algorithm = KeyEncryptionAlgorithm::KeyAgreement { derivation, wrap };
    let OriginatorIdentifierOrKey::OriginatorKey(originator) = &info.originator else {
        return Ok((algorithm, Details::None));
    };
    let ukm = info.ukm.as_ref().map(der::asn1::OctetString::as_bytes);
    let shared_info =
        shared_info(&wrap_der, ukm, wrap.key_size()).map_err(|_| info.key_enc_alg.oid)?;
    let public_key = originator.public_key.raw_bytes().to_vec();
    Ok((algorithm, Details::Agreement(Agreement { public_key, shared_info })))
}

/// ECC-CMS-SharedInfo (RFC 5753 section 7.2): the key wrap as it was sent, the sender's bytes, and
/// the bits of the key-encryption key.
fn shared_info(wrap: &[u8], ukm: Option<&[u8]>, key_size: usize) -> der::Result<Vec<u8>> {
    let explicit = |number, bytes| {
        let value = OctetStringRef::new(bytes)?;
        ContextSpecific { tag_number: TagNumber(number), tag_mode: TagMode::Explicit, value }
            .to_der()
    };
    let mut contents = wrap.to_vec();
    if let Some(ukm) = ukm {
        contents.extend(explicit(0, ukm)?);
    }
    let bits = u32::try_from(key_size * 8).map_err(|_| der::ErrorKind::Overflow)?;
    contents.extend(explicit(2, &bits.to_be_bytes())?);
    Any::new(der::Tag::Sequence, contents)?.to_der()
}

fn key_encryption_key(info: &KekRecipientInfo) -> RecipientInfo {
    let identifier = info.kek_id.kek_identifier.as_bytes().to_vec();
    let read = RecipientInfo {
        identifier: Some(RecipientIdentifier::KeyIdentifier(identifier)),
        encrypted_key: info.encrypted_key.as_bytes().to_vec(),
        ..blank(RecipientKind::KeyEncryptionKey)
    };
    let wrap = KeyWrapAlgorithm::new(&info.key_enc_alg.oid);
    with_algorithm(read, wrap.map(|it| (KeyEncryptionAlgorithm::KeyWrap(it), Details::None)))
}

fn password(info: &PasswordRecipientInfo) -> RecipientInfo {
    let read = RecipientInfo {
        encrypted_key: info.enc_key.as_bytes().to_vec(),
        ..blank(RecipientKind::Password)
    };
    let Some(derivation) = &info.key_derivation_alg else {
        let what = "a password recipient without a key derivation";
        return RecipientInfo { unsupported: Some(what.to_owned()), ..read };
    };
    with_algorithm(read, password_parameters(derivation, &info.key_enc_alg))
}

fn password_parameters(
    derivation: &AlgorithmIdentifierOwned,
    encryption: &AlgorithmIdentifierOwned,
) -> Known<(KeyEncryptionAlgorithm, Details)> {
    if derivation.oid != oid::PBKDF2 {
        return Err(derivation.oid);
    }
    if encryption.oid != oid::PWRI_KEK {
        return Err(encryption.oid);
    }
    let parameters = encryption.parameters.as_ref().ok_or(encryption.oid)?;
    let der = parameters.to_der().map_err(|_| encryption.oid)?;
    let wrapping = AlgorithmIdentifierOwned::from_der(&der).map_err(|_| encryption.oid)?;
    let cipher = ContentEncryptionAlgorithm::new(&wrapping.oid);
    let (Some(block), Some(key_size)) = (cipher.block_size(), cipher.key_size()) else {
        return Err(wrapping.oid);
    };
    let initialization_vector =
        initialization_vector(&wrapping, block).map_err(|_| wrapping.oid)?;
    let parameters = derivation.parameters.as_ref().ok_or(derivation.oid)?;
    let parameters = Pbkdf2Params::read(Elements::in_bytes(parameters.value()));
    let Pbkdf2Params { salt: Some(salt), iterations, key_size: said, prf } =
        parameters.ok_or(derivation.oid)?
    else {
        return Err(derivation.oid);
    };
    if said.is_some_and(|said| said != key_size) {
        return Err(derivation.oid);
    }
    let hash = HashAlgorithm::from_hmac_oid(&prf).ok_or(prf)?;
    let algorithm = KeyEncryptionAlgorithm::Password { hash, iterations, cipher };
    Ok((algorithm, Details::Password(PasswordParameters { salt, initialization_vector })))
}

fn other(info: &OtherRecipientInfo) -> Result<RecipientInfo, Error> {
    let kem = (info.ori_type == oid::ORI_KEM)
        .then(|| info.ori_value.to_der().and_then(|der| KemRecipientInfo::from_der(&der)).ok())
        .flatten();
    let Some(kem) = kem else {
        let what = Named(info.ori_type).to_string();
        return Ok(RecipientInfo { unsupported: Some(what), ..blank(RecipientKind::Other) });
    };
    let read = RecipientInfo {
        identifier: Some(of_certificate(&kem.rid)?),
        encrypted_key: kem.encrypted_key.as_bytes().to_vec(),
        ..blank(RecipientKind::KeyEncapsulation)
    };
    Ok(with_algorithm(read, encapsulation(&kem)))
}

fn encapsulation(info: &KemRecipientInfo) -> Known<(KeyEncryptionAlgorithm, Details)> {
    let mechanism = KemAlgorithm::new(&info.kem.oid)?;
    let derivation = KeyDerivation::of_kem(&info.kdf.oid)?;
    let wrap = KeyWrapAlgorithm::new(&info.wrap.oid)?;
    // Section 3: the length must be that of the key wrap's key.
    if usize::from(info.kek_length) != wrap.key_size() {
        return Err(info.wrap.oid);
    }
    let other_info = CmsOriForKemOtherInfo {
        wrap: info.wrap.clone(),
        kek_length: info.kek_length,
        ukm: info.ukm.clone(),
    };
    let other_info = other_info.to_der().map_err(|_| info.kdf.oid)?;
    let ciphertext = info.kem_ct.as_bytes().to_vec();
    let algorithm = KeyEncryptionAlgorithm::KeyEncapsulation { mechanism, derivation, wrap };
    Ok((algorithm, Details::Encapsulation(Encapsulation { mechanism, ciphertext, other_info })))
}

/// In BER the `[0] IMPLICIT SubjectKeyIdentifier` of a `ktri` may be constructed; which type it is
/// cannot be seen without knowing the place, so `asn1::to_der` left it. Joins its pieces.
fn join_subject_key_identifier(der: Vec<u8>) -> Vec<u8> {
    fn joined(der: &[u8]) -> Option<Vec<u8>> {
        let outer = asn1::parse_header(der).ok().filter(|outer| outer.is(asn1::tag::SEQUENCE))?;
        let contents = der.get(usize::from(outer.size)..)?;
        let mut reader = SliceReader::new(contents).ok()?;
        let version = reader.tlv_bytes().ok()?;
        let rid = reader.tlv_bytes().ok().filter(|rid| rid.first() == Some(&0xa0))?;
        let header = asn1::parse_header(rid).ok()?;
        let mut pieces = SliceReader::new(rid.get(usize::from(header.size)..)?).ok()?;
        let mut bytes = Vec::new();
        while !pieces.is_finished() {
            let piece = <&OctetStringRef>::decode(&mut pieces).ok()?;
            bytes.extend_from_slice(piece.as_bytes());
        }
        let mut inner = version.to_vec();
        inner.extend([0x80, u8::try_from(bytes.len()).ok().filter(|length| *length < 0x80)?]);
        inner.extend(bytes);
        while !reader.is_finished() {
            inner.extend_from_slice(reader.tlv_bytes().ok()?);
        }
        Any::new(der::Tag::Sequence, inner).ok()?.to_der().ok()
    }
    joined(&der).unwrap_or(der)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A `ktri` named by key identifier 01020304; the identifier in one piece or in two.
    fn ktri(constructed: bool) -> Vec<u8> {
        let identifier: &[u8] = if constructed {
            &[0xa0, 0x80, 0x04, 2, 1, 2, 0x04, 2, 3, 4, 0, 0]
        } else {
            &[0x80, 4, 1, 2, 3, 4]
        };
        let mut bytes = vec![0x30, 0x80, 0x02, 1, 2];
        bytes.extend_from_slice(identifier);
        bytes.extend_from_slice(b"\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00");
        bytes.extend_from_slice(&[0x04, 3, 7, 8, 9, 0, 0]);
        bytes
    }

    #[test]
    fn a_key_identifier_in_one_piece_or_several() {
        for constructed in [false, true] {
            let info = recipient_infos(&ktri(constructed), 32).unwrap().remove(0);
            assert_eq!(info.kind(), RecipientKind::KeyTransport);
            let expected = RecipientIdentifier::SubjectKeyIdentifier(vec![1, 2, 3, 4]);
            assert_eq!(info.identifier(), Some(&expected));
            assert_eq!(info.encrypted_key(), [7, 8, 9]);
            assert_eq!(info.to_string(), "key identifier 01020304");
        }
    }

    #[test]
    fn an_unknown_alternative_is_kept_as_unknown() {
        let info = recipient_infos(&[0xa9, 2, 0x05, 0], 32).unwrap().remove(0);
        assert_eq!(info.kind(), RecipientKind::Unknown);
    }
}
