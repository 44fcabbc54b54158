//! `smimezip inspect`: what can be seen without a key, and with one, which recipient would open.

mod set;

use std::collections::BTreeMap;

use serde_json::{Value, json};
use smimezip::message::{Container, Envelope};
use smimezip::parts::PartName;
use smimezip::{Error, ErrorKind, Export, Integrity, KeyRing, Part, UnlockOptions};

use self::set::SetFinding;
use super::{Context, exports, manifest};
use crate::args::Inspect;
use crate::console::{self, Console};
use crate::exit::{DAMAGED, Failure, INCOMPLETE, Outcome, code_of};
use crate::json;
use crate::keyring::{self, Keys};
use crate::text;

/// What was found out about one part.
struct Finding {
    name: String,
    size: u64,
    state: State,
}

enum State {
    Sealed(Sealed),
    /// A part of an archive that is not sealed, or was decrypted already.
    Plain,
    /// No message, for this reason; whether it may be a part all the same is not known yet.
    NoMessage(Error),
    Unreadable(Error),
}

struct Sealed {
    container: Container,
    cipher: String,
    integrity: Integrity,
    ciphertext: u64,
    recipients: Vec<Recipient>,
    /// With a key: what it opened, or why it did not.
    opened: Option<Result<Opened, Error>>,
}

/// What is known of a message that a key opened.
struct Opened {
    /// Which recipient opened it.
    recipient: usize,
    /// Whether what is in it is a message again.
    is_sealed_twice: bool,
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
    let exports = exports(&args.inputs)?;
    let mut keys = keyring::load_for(&exports, &args.keys, context)?;
    let mut code = None;
    for export in context.turns(exports) {
        let mut findings: Vec<Finding> = export
            .parts()
            .iter()
            .map(|part| examine(part, &mut keys, &context.open_options()))
            .collect::<Result<_, _>>()?;
        let has_plain = findings.iter().any(|it| matches!(it.state, State::NoMessage(_)));
        let mut opened = None;
        if has_plain || !keys.is_empty() {
            opened = Some(keys.unlock(|ring| {
                let mut bar = context.bar_of(export.name());
                export.unlock_with(ring, &context.unlock_options(), &mut bar).map(|_| ())
            })?);
        }
        settle(&mut findings, opened.as_ref().and_then(|opened| opened.as_ref().err()));
        let mut set = SetFinding::new(&export, opened.as_ref(), keys.is_empty());
        if let Some(manifest) = manifest::beside(&export, &context.manifest_limits()) {
            set.take_manifest(manifest, &export, &findings);
        }
        for finding in &findings {
            if let State::Unreadable(error) = &finding.state {
                code.get_or_insert(code_of(error));
            }
        }
        if !set.resized.is_empty() {
            code.get_or_insert(DAMAGED);
        }
        if !set.is_whole() {
            code.get_or_insert(INCOMPLETE);
        }
        if let Some(Err(error)) = &set.manifest {
            code.get_or_insert(code_of(error));
        }
        if console.json {
            json::line("export", &as_json(console, &export, &findings, &set, keys.ring()))?;
        } else {
            print(&export, &findings, &set, keys.ring())?;
        }
    }
    code.map_or(Ok(()), |code| Err(Failure::Reported(code)))
}

fn examine(part: &Part, keys: &mut Keys, options: &UnlockOptions) -> Result<Finding, Failure> {
    let name = part.name().to_owned();
    let opened = part.open().and_then(|source| {
        let size = smimezip::ReadAt::size(&source)?;
        Ok((size, Envelope::open_with(source, options)))
    });
    let (size, state) = match opened {
        Err(error) => (0, State::Unreadable(error)),
        Ok((size, Ok(envelope))) => (size, State::Sealed(sealed(&envelope, keys, options)?)),
        Ok((size, Err(error))) => {
            let error = error.in_part(&name);
            let may_be_plain =
                size > 0 && !has_seal(&name) && !matches!(error.kind(), ErrorKind::Io(_));
            (size, if may_be_plain { State::NoMessage(error) } else { State::Unreadable(error) })
        }
    };
    Ok(Finding { name, size, state })
}

fn has_seal(name: &str) -> bool {
    let name = PartName::parse(name).or_else(|| PartName::parse_copy(name));
    name.is_some_and(|name| name.is_sealed())
}

/// Decides what the parts are that are no messages. They are plain parts of an archive unless
/// opening the export, which ended with `problem`, shows another thing. Only if it did not come
/// that far, their looks decide.
fn settle(findings: &mut [Finding], problem: Option<&Error>) {
    for finding in findings {
        let State::NoMessage(error) = &finding.state else { continue };
        finding.state = match problem {
            Some(problem) if is_of(problem, &finding.name) => State::Unreadable(problem.clone()),
            Some(_) if matches!(error.kind(), ErrorKind::NotAPart { .. }) => {
                State::Unreadable(error.clone())
            }
            _ => State::Plain,
        };
    }
}

/// Whether the error is about that part, and not about the set.
fn is_of(error: &Error, part: &str) -> bool {
    error.part() == Some(part) && !matches!(error.kind(), ErrorKind::IncompleteSet { .. })
}

fn sealed(
    envelope: &Envelope,
    keys: &mut Keys,
    options: &UnlockOptions,
) -> Result<Sealed, Failure> {
    let mut opened = None;
    if !keys.is_empty() {
        let unlock = |ring: &KeyRing| {
            let content = envelope.unlock(ring)?;
            let recipient = content.recipient();
            let is_sealed_twice = Envelope::open_with(content, options).is_ok();
            Ok(Opened { recipient, is_sealed_twice })
        };
        opened = Some(keys.unlock(unlock)?);
    }
    let recipients = envelope
        .recipient_infos()
        .iter()
        .map(|info| Recipient {
            text: info.to_string(),
            kind: info.kind().to_string(),
            algorithm: info.key_encryption_algorithm().map(ToString::to_string),
            modulus_bits: info.modulus_bits(),
            unsupported: info.unsupported().map(str::to_owned),
            has_certificate: info.identifier().is_some_and(|name| {
                keys.ring().certificates().iter().any(|it| it.is_named_by(name))
            }),
        })
        .collect();
    Ok(Sealed {
        container: envelope.container().clone(),
        cipher: envelope.content_encryption_algorithm().to_string(),
        integrity: envelope.integrity(),
        ciphertext: envelope.ciphertext_len(),
        recipients,
        opened,
    })
}

fn print(export: &Export, findings: &[Finding], set: &SetFinding, keys: &KeyRing) -> Outcome {
    let line = |text: String| console::line(&text::safe(&text));
    let parts = text::count(findings.len() as u64, "part");
    let bytes = findings.iter().fold(0_u64, |sum, finding| sum.saturating_add(finding.size));
    line(format!("{}: {parts} here, {}", export.name(), text::size(bytes)))?;
    let mut recipients: BTreeMap<Vec<Recipient>, Vec<&str>> = BTreeMap::new();
    for finding in findings {
        let Finding { name, size, state } = finding;
        match state {
            State::Plain => line(format!("  {name}  {size} bytes, not encrypted"))?,
            State::NoMessage(error) | State::Unreadable(error) => {
                // The part is named already.
                line(format!("  {name}  {size} bytes, {}", error.kind()))?;
            }
            State::Sealed(sealed) => {
                let Sealed { container, cipher, integrity, ciphertext, .. } = sealed;
                let content = format!("{cipher} ({integrity}), {ciphertext} bytes encrypted");
                line(format!("  {name}  {size} bytes, {container}, {content}"))?;
                match &sealed.opened {
                    None => {}
                    Some(Ok(Opened { recipient, is_sealed_twice })) => {
                        let twice = if *is_sealed_twice {
                            "; what is in it is a message again: sealed twice"
                        } else {
                            ""
                        };
                        let number = recipient + 1;
                        line(format!("    a key given opens it, as recipient {number}{twice}"))?;
                    }
                    Some(Err(error)) => line(format!("    no key given opens it: {error:#}"))?,
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
    match &set.manifest {
        Some(Ok(parts)) => line(format!("  the manifest beside them names {parts} in all"))?,
        Some(Err(error)) => line(format!("  the manifest beside them is of no use: {error:#}"))?,
        None => {}
    }
    for (what, names) in set.lists() {
        if !names.is_empty() {
            line(format!("  {what}: {}", names.join(", ")))?;
        }
    }
    if set.is_complete {
        line("  all parts are here".to_owned())?;
    }
    if let Some(name) = &set.open_end {
        line(format!("  whether parts follow {name} is seen with --key only"))?;
    }
    Ok(())
}

fn as_json(
    console: &Console,
    export: &Export,
    findings: &[Finding],
    set: &SetFinding,
    keys: &KeyRing,
) -> Value {
    let parts: Vec<Value> = findings
        .iter()
        .map(|finding| {
            let mut part = json!({ "name": finding.name, "size": finding.size });
            match &finding.state {
                State::Plain => part["state"] = json!("plain"),
                State::NoMessage(error) | State::Unreadable(error) => {
                    part["state"] = json!("unreadable");
                    part["error"] = console.error_value(error, None);
                }
                State::Sealed(sealed) => {
                    part["state"] = json!("sealed");
                    part["container"] = json!(sealed.container.to_string());
                    part["content_encryption"] = json!(sealed.cipher);
                    part["integrity"] = json!(sealed.integrity.to_string());
                    part["ciphertext_bytes"] = json!(sealed.ciphertext);
                    part["recipients"] = sealed.recipients.iter().map(recipient_json).collect();
                    match &sealed.opened {
                        None => {}
                        Some(Ok(opened)) => {
                            part["opened_by_recipient"] = json!(opened.recipient + 1);
                            part["sealed_twice"] = json!(opened.is_sealed_twice);
                        }
                        Some(Err(error)) => part["not_opened"] = console.error_value(error, None),
                    }
                }
            }
            part
        })
        .collect();
    let mut fields = json!({
        "name": export.name(),
        "parts": parts,
        "missing": set.missing,
        "extra": set.extra,
        "duplicates": set.duplicates,
        "ignored": set.ignored,
        "stand_ins": set.stand_ins,
        "unfinished": set.unfinished,
        "misnamed": set.misnamed,
        "open_end": set.open_end,
        "keys_given": keys.describe(),
        "manifest_parts": set.manifest.as_ref().and_then(|it| it.as_ref().ok()),
        "resized": set.resized,
    });
    if let Some(Err(error)) = &set.manifest {
        fields["manifest_error"] = console.error_value(error, None);
    }
    fields
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
