//! What `smimezip check-cert` says, of a certificate that was uploaded: whether exports can be
//! sealed for it, by what, until when.

use std::io::Write;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64ct::{Base64, Encoding};
use smimezip::cms::ContentEncryptionAlgorithm;
use smimezip::keys::Recipient;
use smimezip::message::{Envelope, SealOptions, SealedWriter};
use smimezip::{Certificate, Error, KeyRing};

use super::key;
use crate::ServiceError;
use crate::clock::Millis;

const BEGIN: &str = "-----BEGIN CERTIFICATE-----";
const END: &str = "-----END CERTIFICATE-----";
/// How many recipients a job may have.
const MAX_RECIPIENTS: usize = 50;
/// What is said to whoever sends a private key.
const PRIVATE_KEY: &str = "this file has a private key. It was not stored, and it is never needed \
     here: upload the certificate alone. Whoever has the private key opens your exports; if it has \
     left the machine on which it belongs, make a new one.";

/// What can be said of a certificate.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The certificate alone, PEM.
    pub pem: String,
    /// The subject's distinguished name.
    pub subject: String,
    /// Issuer and serial number.
    pub identifier: String,
    /// `RSA, 2048 bits`.
    pub key: String,
    /// From when it is valid.
    pub not_before: Millis,
    /// Until when.
    pub not_after: Millis,
    /// How keys of messages are encrypted for it.
    pub how: Option<String>,
    /// Why no export can be sealed for it now.
    pub problem: Option<String>,
}

/// Examines the first certificate in `file`, PEM or DER.
///
/// # Errors
/// [`ServiceError::Invalid`] if there is a private key in it; [`ServiceError::Export`] if there is
/// no certificate.
pub fn examine(file: &[u8], now: Millis) -> Result<Finding, ServiceError> {
    refuse_private_key(file)?;
    let certificate = Certificate::from_bytes(file)?;
    let der = match std::str::from_utf8(file).ok().and_then(|text| blocks(text).next()) {
        Some(block) => decode(block)?,
        None => file.to_vec(),
    };
    // What is kept must be what was examined.
    if Certificate::from_der(&der)?.to_string() != certificate.to_string() {
        let what = "the file has a certificate in a form that is not taken here; convert it to PEM";
        return Err(ServiceError::Invalid(what.into()));
    }
    let at = UNIX_EPOCH + Duration::from_millis(now.max(0).unsigned_abs());
    let problem = Recipient::from_certificate(&certificate, at).err();
    let how =
        Recipient::from_certificate_at_any_time(&certificate).ok().and_then(|it| seal(it).ok());
    let (not_before, not_after) = match certificate.validity() {
        Some(times) => (millis(*times.start()), millis(*times.end())),
        None => (0, 0),
    };
    Ok(Finding {
        pem: encode(&der),
        subject: certificate.subject().unwrap_or("an unreadable name").to_owned(),
        identifier: certificate.to_string(),
        key: key::describe(&der).unwrap_or_else(|| "unknown".into()),
        not_before,
        not_after,
        how: how.flatten(),
        problem: problem.map(|error| format!("{error:#}")),
    })
}

/// Reads certificates that stand one after another, PEM, each of which must be good to be sealed
/// for now. Returns what is kept of them, each once.
///
/// # Errors
/// [`ServiceError::Invalid`] with what is wrong, and with which.
pub fn check_recipients(text: &str, now: Millis) -> Result<Vec<Finding>, ServiceError> {
    refuse_private_key(text.as_bytes())?;
    let mut found: Vec<Finding> = Vec::new();
    for (number, block) in (1..).zip(blocks(text)) {
        if found.len() == MAX_RECIPIENTS {
            return Err(ServiceError::Invalid(format!(
                "there are more than {MAX_RECIPIENTS} recipients"
            )));
        }
        let said = |what: String| ServiceError::Invalid(format!("certificate {number}: {what}"));
        let finding = examine(block.as_bytes(), now).map_err(|error| said(error.to_string()))?;
        if let Some(problem) = finding.problem {
            return Err(said(format!("{}: {problem}", finding.subject)));
        }
        if found.iter().all(|other| other.pem != finding.pem) {
            found.push(finding);
        }
    }
    if found.is_empty() && !text.trim().is_empty() {
        let what = format!("recipients are certificates in PEM, each of which begins with {BEGIN}");
        return Err(ServiceError::Invalid(what));
    }
    Ok(found)
}

fn refuse_private_key(file: &[u8]) -> Result<(), ServiceError> {
    let marker = b"PRIVATE KEY-----";
    let is_named = file.windows(marker.len()).any(|window| window == marker);
    // In DER there are no words.
    let is_key =
        || KeyRing::from_bytes(file).is_ok_and(|ring| ring.private_keys().next().is_some());
    if is_named || is_key() { Err(ServiceError::Invalid(PRIVATE_KEY.into())) } else { Ok(()) }
}

/// The certificates in a text, PEM, with the lines around them; each byte is looked at once.
fn blocks(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let from_begin = rest.get(rest.find(BEGIN)?..)?;
        let (block, after) = from_begin.split_at(from_begin.find(END)? + END.len());
        rest = after;
        Some(block)
    })
}

fn decode(block: &str) -> Result<Vec<u8>, ServiceError> {
    let inner = block.trim_start_matches(BEGIN).trim_end_matches(END);
    let digits: String = inner.chars().filter(|c| !c.is_ascii_whitespace()).collect();
    Base64::decode_vec(&digits)
        .map_err(|_| ServiceError::Invalid("the certificate's base64 is damaged".into()))
}

fn encode(der: &[u8]) -> String {
    let digits = Base64::encode_string(der);
    let mut pem = format!("{BEGIN}\n");
    let mut rest = digits.as_str();
    while !rest.is_empty() {
        let (line, after) = rest.split_at(rest.len().min(64));
        pem.push_str(line);
        pem.push('\n');
        rest = after;
    }
    pem + END + "\n"
}

/// Seals a few bytes, and reads from the message how its key is encrypted.
fn seal(recipient: Recipient) -> Result<Option<String>, Error> {
    let options = SealOptions::new().content_encryption(ContentEncryptionAlgorithm::Aes256Cbc);
    let mut writer = SealedWriter::new(Vec::new(), &[recipient], &options)?;
    writer.write_all(b"sealed to see how")?;
    let envelope = Envelope::open(writer.finish()?)?;
    let info = envelope.recipient_infos().first();
    Ok(info.and_then(|info| info.key_encryption_algorithm()).map(ToString::to_string))
}

fn millis(time: SystemTime) -> Millis {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    Millis::try_from(since.as_millis()).unwrap_or(Millis::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CERTIFICATE: &str = include_str!("../../../../examples/data/certificate.pem");
    const KEY: &str = include_str!("../../../../examples/data/key.pem");
    /// 2027-01-01.
    const NOW: Millis = 1_798_761_600_000;

    #[test]
    fn a_certificate_is_described_as_check_cert_does() {
        let finding = examine(CERTIFICATE.as_bytes(), NOW).unwrap();
        assert_eq!(finding.subject, "CN=Export key 1,O=Sample customer");
        assert_eq!(finding.key, "RSA, 2048 bits");
        assert_eq!(finding.problem, None);
        assert!(finding.how.unwrap().contains("RSA"));
        assert!(finding.not_before < NOW && NOW < finding.not_after);
    }

    #[test]
    fn beginnings_without_an_end_are_looked_at_once() {
        let text = CERTIFICATE.to_owned() + &BEGIN.repeat(200_000);
        assert_eq!(blocks(&text).count(), 1);
        assert_eq!(blocks(&CERTIFICATE.repeat(3)).count(), 3);
    }

    #[test]
    fn der_is_kept_as_the_same_pem() {
        let pem = examine(CERTIFICATE.as_bytes(), NOW).unwrap().pem;
        let der = decode(blocks(CERTIFICATE).next().unwrap()).unwrap();
        assert_eq!(examine(&der, NOW).unwrap().pem, pem);
        assert_eq!(pem.trim(), blocks(CERTIFICATE).next().unwrap());
    }

    #[test]
    fn w2_a_private_key_is_refused_wherever_it_stands() {
        let der = decode_any(KEY);
        for file in [KEY.as_bytes(), format!("{CERTIFICATE}{KEY}").as_bytes(), &der] {
            let error = examine(file, NOW).unwrap_err().to_string();
            assert!(error.contains("private key. It was not stored"), "{error}");
        }
        assert!(check_recipients(&format!("{CERTIFICATE}{KEY}"), NOW).is_err());
    }

    #[test]
    fn what_is_not_valid_yet_is_a_problem() {
        let finding = examine(CERTIFICATE.as_bytes(), 0).unwrap();
        assert!(finding.problem.unwrap().contains("valid"));
        let error = check_recipients(CERTIFICATE, 0).unwrap_err().to_string();
        assert!(error.starts_with("certificate 1: CN=Export key 1"), "{error}");
    }

    #[test]
    fn recipients_are_kept_once_each() {
        let twice = format!("{CERTIFICATE}\n{CERTIFICATE}");
        assert_eq!(check_recipients(&twice, NOW).unwrap().len(), 1);
        assert!(check_recipients("  ", NOW).unwrap().is_empty());
        assert!(check_recipients("Ada", NOW).is_err());
    }

    #[test]
    fn what_is_no_certificate_is_refused() {
        for file in [&b""[..], b"hello", &[0x30, 0x80], b"-----BEGIN CERTIFICATE-----\nAA"] {
            assert!(examine(file, NOW).is_err());
        }
    }

    fn decode_any(pem: &str) -> Vec<u8> {
        let lines = pem.lines().filter(|line| !line.starts_with("-----"));
        Base64::decode_vec(&lines.collect::<String>()).unwrap()
    }
}
