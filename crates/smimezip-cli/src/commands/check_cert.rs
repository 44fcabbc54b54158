//! `smimezip check-cert`: whether exports can be sealed for a certificate, until when, and whether
//! a key opens what is.

use std::io::{Read as _, Write as _};
use std::time::SystemTime;

use serde_json::json;
use smimezip::cms::ContentEncryptionAlgorithm;
use smimezip::keys::Recipient;
use smimezip::message::{Envelope, SealOptions, SealedWriter};
use smimezip::{Certificate, Error, ErrorKind, KeyRing};

use super::Context;
use crate::args::{CheckCert, KeyArgs};
use crate::console::{self, Console};
use crate::exit::{Failure, Outcome, code_of};
use crate::json;
use crate::keyring;
use crate::text;

/// What is sealed to see whether the key opens it.
const SAMPLE: &[u8] = b"sealed and opened by smimezip check-cert";

/// What was found out.
struct Finding {
    certificate: Certificate,
    /// Why nothing is sealed for it.
    problem: Option<Error>,
    /// How the key of a message is encrypted for it.
    how: Option<String>,
    /// With a key: whether that opens what is sealed for it.
    opened: Option<Result<(), Error>>,
}

pub(crate) fn run(args: &CheckCert, context: &Context) -> Outcome {
    let finding = examine(args, context)?;
    let file = args.certificate.display().to_string();
    if context.console.json {
        write_json(&file, &finding, &context.console)?;
    } else {
        print(&file, &finding, &context.console)?;
    }
    let not_opened = finding.opened.and_then(Result::err);
    match finding.problem.or(not_opened) {
        Some(error) => Err(Failure::Reported(code_of(&error))),
        None => Ok(()),
    }
}

fn examine(args: &CheckCert, context: &Context) -> Result<Finding, Failure> {
    let certificate = Certificate::from_file(&args.certificate)?;
    let named = |error: Error| error.in_part(args.certificate.display().to_string());
    let keys = match args.key_args() {
        Some(keys) => Some(keyring::load(&keys, &context.console, &context.limits)?),
        None => None,
    };
    let problem = Recipient::from_certificate(&certificate, SystemTime::now()).err().map(named);
    // What expired still opens what was sealed before.
    let (mut how, mut opened) = (None, None);
    if let Ok(recipient) = Recipient::from_certificate_at_any_time(&certificate) {
        let envelope = seal(recipient)?;
        let info = envelope.recipient_infos().first();
        how = info.and_then(|info| info.key_encryption_algorithm()).map(ToString::to_string);
        opened = match keys {
            Some(mut keys) => Some(keys.unlock(|ring| open(&envelope, ring))?),
            None => None,
        };
    }
    Ok(Finding { certificate, problem, how, opened })
}

/// A few bytes, sealed with an authenticated cipher: what comes out can only be what went in.
fn seal(recipient: Recipient) -> Result<Envelope, Error> {
    let options = SealOptions::new().content_encryption(ContentEncryptionAlgorithm::Aes256Gcm);
    let mut writer = SealedWriter::new(Vec::new(), &[recipient], &options)?;
    writer.write_all(SAMPLE)?;
    Envelope::open(writer.finish()?)
}

fn open(envelope: &Envelope, keys: &KeyRing) -> Result<(), Error> {
    let mut content = Vec::new();
    envelope.unlock(keys)?.read_to_end(&mut content)?;
    if content == SAMPLE { Ok(()) } else { Err(ErrorKind::Decrypt.into()) }
}

fn print(file: &str, finding: &Finding, console: &Console) -> Outcome {
    let line = |text: String| console::line(&text::safe(&text));
    let Finding { certificate, problem, how, opened } = finding;
    let can = if problem.is_none() { "can" } else { "cannot" };
    let subject = certificate.subject().unwrap_or("an unreadable name");
    line(format!("{file}: exports {can} be sealed for {subject}"))?;
    line(format!("  {certificate}"))?;
    if let Some((from, until)) = times(certificate) {
        line(format!("  valid from {from} until {until}"))?;
    }
    if let Some(how) = how {
        line(format!("  keys of messages are encrypted by {how}"))?;
    }
    match opened {
        Some(Ok(())) => line("  the key given opens what is sealed for it".into())?,
        Some(Err(_)) => line("  the key given does not open what is sealed for it".into())?,
        None => {}
    }
    for error in problem.iter().chain(opened.iter().filter_map(|it| it.as_ref().err())) {
        console.error(error, None);
    }
    Ok(())
}

fn write_json(file: &str, finding: &Finding, console: &Console) -> Outcome {
    let Finding { certificate, problem, how, opened } = finding;
    let (from, until) = times(certificate).unzip();
    let mut fields = json!({
        "file": file,
        "suitable": problem.is_none(),
        "subject": certificate.subject(),
        "identifier": certificate.to_string(),
        "not_before": from,
        "not_after": until,
        "key_encryption": how,
        "key_opens": opened.as_ref().map(Result::is_ok),
    });
    if let Some(error) = problem {
        fields["error"] = console.error_value(error, None);
    }
    if let Some(Err(error)) = opened {
        fields["not_opened"] = console.error_value(error, None);
    }
    json::line("certificate", &fields)
}

/// From when until when it is valid, as RFC 3339 in UTC.
fn times(certificate: &Certificate) -> Option<(String, String)> {
    let (from, until) = certificate.validity()?.into_inner();
    Some((text::utc(from)?, text::utc(until)?))
}

impl CheckCert {
    /// The flags of a key as other commands have them; `None` if none is given.
    fn key_args(&self) -> Option<KeyArgs> {
        let Self { given, unwrap_command, .. } = self;
        let is_given = !given.places.is_empty() || unwrap_command.is_some();
        is_given.then(|| KeyArgs::of(given.clone(), unwrap_command.clone()))
    }
}
