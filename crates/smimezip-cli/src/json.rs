//! JSON lines on standard output: one object a line, its type and the number of the schema first.
//! `docs/JSON.md` lists every field, and a test compares. What each command has to say is in the
//! command.

use std::fmt::Write as _;

use serde_json::{Value, json};
use smimezip::error::{Damage, Unsupported};
use smimezip::{Error, ErrorKind};

use crate::console;
use crate::exit::{Failure, code_of};
use crate::text;

/// Grows when a field changes its meaning or goes; new fields come without that.
const SCHEMA: u32 = 1;

/// Writes a line: the type, the schema's number, then these fields by their names.
pub(crate) fn line(kind: &'static str, fields: &Value) -> Result<(), Failure> {
    // A JSON object of `serde_json` has its keys in alphabetical order; these two go before them.
    let fields = escaped(&fields.to_string());
    let fields = fields.strip_prefix('{').unwrap_or("}");
    console::line(&format!("{{\"type\":\"{kind}\",\"schema\":{SCHEMA},{fields}"))
}

/// JSON with no character that could drive a terminal, or change the order in which others are
/// shown. They stand in strings only, where an escape says the same.
pub(crate) fn escaped(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    for c in json.chars() {
        if text::is_unsafe(c) {
            // Each of them is one unit of UTF-16. Writing to a String cannot fail.
            let _ = write!(out, "\\u{:04x}", u32::from(c));
        } else {
            out.push(c);
        }
    }
    out
}

/// An error of the library, with what it knows as data.
pub(crate) fn error(error: &Error, message: &str, advice: Option<&str>) -> Value {
    let mut value = json!({
        "code": error.code(),
        "exit_code": code_of(error),
        "message": message,
        "advice": advice,
        "part": error.part(),
        "parts": error.parts(),
        "entry": error.entry(),
        "offset": error.offset(),
    });
    for (name, fact) in facts(error) {
        value[name] = fact;
    }
    value
}

/// A failure of the program itself.
pub(crate) fn failure(failure: &Failure, message: &str, advice: Option<&str>) -> Value {
    json!({
        "code": failure.name(),
        "exit_code": failure.code(),
        "message": message,
        "advice": advice,
    })
}

/// What only errors of some kinds have.
fn facts(error: &Error) -> Vec<(&'static str, Value)> {
    let mut facts = match error.kind() {
        ErrorKind::Limit { limit, allowed } => {
            vec![("limit", json!(limit.name())), ("allowed", json!(allowed))]
        }
        ErrorKind::NoSpace { needed, available } => {
            vec![("needed", json!(needed)), ("available", json!(available))]
        }
        ErrorKind::IncompleteSet { missing, extra, duplicates, unfinished, misnamed, .. } => vec![
            ("missing", missing.iter().map(ToString::to_string).collect()),
            ("extra", json!(extra)),
            ("duplicates", json!(duplicates)),
            ("unfinished", json!(unfinished)),
            ("misnamed", json!(misnamed)),
        ],
        ErrorKind::SeveralSets(names) => vec![("sets", json!(names))],
        ErrorKind::UnsuitableCertificate { subject, problem, .. } => {
            vec![("subject", json!(subject)), ("problem", json!(problem.code()))]
        }
        ErrorKind::TrailingData { count } => vec![("count", json!(count))],
        ErrorKind::Unsupported(Unsupported::Named { oid, .. }) => {
            vec![("oid", json!(oid.to_string()))]
        }
        ErrorKind::Unsupported(Unsupported::CompressionMethod { number, .. }) => {
            vec![("method", json!(number))]
        }
        ErrorKind::Damaged(damage) => damage_facts(damage),
        _ => Vec::new(),
    };
    if !error.recipients().is_empty() {
        facts.push(("recipients", json!(error.recipients())));
        facts.push(("keys_given", json!(error.keys_given())));
    }
    facts
}

fn damage_facts(damage: &Damage) -> Vec<(&'static str, Value)> {
    match damage {
        Damage::Size { expected } => vec![("expected", json!(expected))],
        Damage::TrailingBytes { count } | Damage::UnusedBytes { count } => {
            vec![("count", json!(count))]
        }
        Damage::PartTooShort { least: expected, actual }
        | Damage::PartSize { expected, actual }
        | Damage::SetSize { expected, actual } => {
            vec![("expected", json!(expected)), ("actual", json!(actual))]
        }
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use smimezip::error::CertificateProblem;

    use super::*;

    #[test]
    fn what_is_wrong_with_a_certificate_is_data() {
        let problem = CertificateProblem::Expired { not_after: SystemTime::UNIX_EPOCH };
        let kind = ErrorKind::UnsuitableCertificate { subject: "CN=a".into(), problem };
        let value = error(&kind.into(), "it expired", None);
        assert_eq!(value["code"], "unsuitable_certificate");
        assert_eq!((&value["subject"], &value["problem"]), (&"CN=a".into(), &"expired".into()));
        assert_eq!(value["exit_code"], 4);
    }
}
