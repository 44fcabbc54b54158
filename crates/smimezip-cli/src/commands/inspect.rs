//! `smimezip inspect`: what can be told without a key, and with one, which recipient would open.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use smimezip::{Container, Envelope, ErrorKind, Export, Integrity, KeyRing, Limits, Part};

use super::{Context, exports};
use crate::args::Inspect;
use crate::console::{self, error_value};
use crate::exit::{Failure, Outcome, code_of};
use crate::keyring;
use crate::text;

/// What was found out about one part.
struct Finding {
    name: String,
    size: u64,
    state: State,
}

enum State {
    Sealed(Sealed),
    /// No message: a part that was decrypted already.
    Plain,
    Unreadable(smimezip::Error),
}

struct Sealed {
    container: Container,
    cipher: String,
    integrity: Integrity,
    ciphertext: u64,
    recipients: Vec<Recipient>,
    /// With a key: which recipient opened it, or why none did.
    opened: Option<Result<usize, smimezip::Error>>,
}

#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Recipient {
    text: String,
    kind: String,
    algorithm: Option<String>,
    modulus_bits: Option<usize>,
    unsupported: Option<String>,
    has_certificate: bool,
}

pub(crate) fn run(args: &Inspect, context: &Context) -> Outcome {
    let console = &context.console;
    let keys = keyring::load_any(&args.keys, console, &context.limits)?;
    let mut code = None;
    for export in exports(&args.inputs, &context.limits)? {
        let findings: Vec<_> =
            export.parts().iter().map(|part| examine(part, &keys, &context.limits)).collect();
        for finding in &findings {
            if let State::Unreadable(error) = &finding.state {
                code.get_or_insert(code_of(error));
            }
        }
        let missing = missing(&export, &keys);
        if console.json {
            console::json_line(&as_json(&export, &findings, &missing, &keys))?;
        } else {
            print(&export, &findings, &missing, &keys)?;
        }
    }
    code.map_or(Ok(()), |code| Err(Failure::Reported(code)))
}

fn examine(part: &Part, keys: &KeyRing, limits: &Limits) -> Finding {
    let name = part.name().to_owned();
    let opened = part.open().and_then(|source| {
        let size = smimezip::ReadAt::size(&source)?;
        Ok((size, Envelope::open(source, limits)))
    });
    let (size, state) = match opened {
        Err(error) => (0, State::Unreadable(error)),
        Ok((size, Ok(envelope))) => (size, State::Sealed(sealed(&envelope, keys))),
        Ok((size, Err(error))) if matches!(error.kind(), ErrorKind::NotAMessage(_)) => {
            (size, State::Plain)
        }
        Ok((size, Err(error))) => (size, State::Unreadable(error.in_part(&name))),
    };
    Finding { name, size, state }
}

fn sealed(envelope: &Envelope, keys: &KeyRing) -> Sealed {
    let recipients = envelope
        .recipient_infos()
        .iter()
        .map(|info| Recipient {
            text: info.to_string(),
            kind: info.kind().to_string(),
            algorithm: info.key_encryption_algorithm().map(ToString::to_string),
            modulus_bits: info.modulus_bits(),
            unsupported: info.unsupported().map(str::to_owned),
            has_certificate: info
                .identifier()
                .is_some_and(|name| keys.certificates().iter().any(|it| it.is_named_by(name))),
        })
        .collect();
    Sealed {
        container: envelope.container().clone(),
        cipher: envelope.content_encryption_algorithm().to_string(),
        integrity: envelope.integrity(),
        ciphertext: envelope.ciphertext_len(),
        recipients,
        opened: (!keys.is_empty())
            .then(|| envelope.unlock(keys).map(|content| content.recipient())),
    }
}

/// Names of the missing parts: all of them if a key opens the last part, else the gaps.
fn missing(export: &Export, keys: &KeyRing) -> Vec<String> {
    if !keys.is_empty()
        && let Err(error) = export.unlock(keys)
        && let ErrorKind::IncompleteSet { missing, .. } = error.kind()
    {
        return missing.clone();
    }
    export.missing()
}

fn print(export: &Export, findings: &[Finding], missing: &[String], keys: &KeyRing) -> Outcome {
    let line = |text: String| console::line(&text::safe(&text));
    let parts = if findings.len() == 1 { "part" } else { "parts" };
    line(format!("{}: {} {parts} here", export.name(), findings.len()))?;
    let mut recipients: BTreeMap<Vec<Recipient>, Vec<&str>> = BTreeMap::new();
    for finding in findings {
        let Finding { name, size, state } = finding;
        match state {
            State::Plain => line(format!("  {name}  {size} bytes, not encrypted"))?,
            State::Unreadable(error) => line(format!("  {name}  {size} bytes, {error}"))?,
            State::Sealed(sealed) => {
                let Sealed { container, cipher, integrity, ciphertext, .. } = sealed;
                let content =
                    format!("{cipher} ({}), {ciphertext} bytes encrypted", word(*integrity));
                line(format!("  {name}  {size} bytes, {container}, {content}"))?;
                match &sealed.opened {
                    None => {}
                    Some(Ok(recipient)) => {
                        line(format!("    a key given opens it, as recipient {}", recipient + 1))?;
                    }
                    Some(Err(error)) => line(format!("    no key given opens it: {error}"))?,
                }
                recipients.entry(sealed.recipients.clone()).or_default().push(name);
            }
        }
    }
    let several = recipients.len() > 1;
    for (recipients, names) in &recipients {
        let of = if several { format!(" of {}", names.join(", ")) } else { String::new() };
        line(format!("  recipients{of}:"))?;
        for (number, recipient) in (1..).zip(recipients) {
            let Recipient { text, kind, algorithm, modulus_bits, unsupported, .. } = recipient;
            let mut how = vec![kind.clone()];
            how.extend(algorithm.clone());
            how.extend(modulus_bits.map(|bits| format!("{bits} bits")));
            how.extend(unsupported.as_ref().map(|reason| format!("not supported: {reason}")));
            let yours =
                if recipient.has_certificate { "; a certificate given is named" } else { "" };
            line(format!("    {number}. {text} ({}){yours}", how.join(", ")))?;
        }
    }
    for key in keys.describe() {
        line(format!("  key given: {key}"))?;
    }
    for (what, names) in [("missing", missing), ("doubled", &export.doubled()[..])] {
        if !names.is_empty() {
            line(format!("  {what}: {}", names.join(", ")))?;
        }
    }
    Ok(())
}

/// What a cipher gives, in a word.
fn word(integrity: Integrity) -> &'static str {
    match integrity {
        Integrity::Authenticated => "authenticated",
        Integrity::Checksummed => "checksummed",
        _ => "not authenticated",
    }
}

fn as_json(export: &Export, findings: &[Finding], missing: &[String], keys: &KeyRing) -> Value {
    let parts: Vec<Value> = findings
        .iter()
        .map(|finding| {
            let mut part = json!({ "name": finding.name, "size": finding.size });
            match &finding.state {
                State::Plain => part["state"] = json!("plain"),
                State::Unreadable(error) => {
                    part["state"] = json!("unreadable");
                    part["error"] = error_value(error);
                }
                State::Sealed(sealed) => {
                    part["state"] = json!("sealed");
                    part["container"] = json!(sealed.container.to_string());
                    part["content_encryption"] = json!(sealed.cipher);
                    part["integrity"] = json!(word(sealed.integrity));
                    part["ciphertext_bytes"] = json!(sealed.ciphertext);
                    part["recipients"] = sealed.recipients.iter().map(recipient_json).collect();
                    match &sealed.opened {
                        None => {}
                        Some(Ok(recipient)) => part["opened_by_recipient"] = json!(recipient + 1),
                        Some(Err(error)) => part["not_opened"] = error_value(error),
                    }
                }
            }
            part
        })
        .collect();
    json!({
        "type": "export",
        "name": export.name(),
        "parts": parts,
        "missing": missing,
        "doubled": export.doubled(),
        "keys_given": keys.describe(),
    })
}

fn recipient_json(recipient: &Recipient) -> Value {
    json!({
        "identifier": recipient.text,
        "kind": recipient.kind,
        "key_encryption": recipient.algorithm,
        "modulus_bits": recipient.modulus_bits,
        "unsupported": recipient.unsupported,
        "certificate_given": recipient.has_certificate,
    })
}
