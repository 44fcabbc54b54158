//! Why a run failed, as the journal may keep it: without the names of entries, and without a text
//! that comes from elsewhere.

use smimezip::{Error, ErrorKind, Report};

use crate::exit::Failure;
use crate::text;

/// Characters of a text that are kept.
const MAX_TEXT: usize = 2000;

/// The kind of a failure, and what is said of it.
pub(super) struct Cause {
    pub(super) code: &'static str,
    pub(super) text: String,
}

impl Cause {
    pub(super) fn of(failure: &Failure) -> Self {
        let text = match failure {
            Failure::Library(error) => of_error(error),
            Failure::Explained(explained) => of_error(&explained.error),
            Failure::Usage(text)
            | Failure::Io(text)
            | Failure::NoExport(text)
            | Failure::NoKey(text)
            | Failure::NotAFolder(text)
            | Failure::NoMatch(text) => text.clone(),
            Failure::KeyStore { problem, .. } => problem.summary().into_owned(),
            // It names the entry.
            Failure::Collision(_) => "two exports have a file in common".to_owned(),
            Failure::BrokenPipe => "nobody reads standard output".to_owned(),
            Failure::Reported(_) => "not all is as it should be".to_owned(),
        };
        Self { code: failure.name(), text: text.chars().take(MAX_TEXT).collect() }
    }

    /// What an archive's report says of entries that were not extracted.
    pub(super) fn of_report(report: &Report) -> Option<Self> {
        let entries = |count: usize| text::count(count as u64, "entry");
        let (failed, unavailable) = (report.failed.len(), report.unavailable.len());
        let mut said = Vec::new();
        if let Some(first) = report.failed.first() {
            said.push(format!("{} failed, the first: {}", entries(failed), of_error(first)));
        }
        if unavailable > 0 {
            let verb = if unavailable == 1 { "needs" } else { "need" };
            said.push(format!("{} {verb} missing parts", entries(unavailable)));
        }
        let code = report.failed.first().map_or("incomplete_set", Error::code);
        (!said.is_empty()).then(|| Self { code, text: said.join("; ") })
    }
}

/// What an error says, but for the entry it is in and what kinds of it say of files.
fn of_error(error: &Error) -> String {
    let part = error.part().map(|part| format!("{part}: ")).unwrap_or_default();
    let offset = error.offset().map(|at| format!(" (at byte {at})")).unwrap_or_default();
    let text = match error.kind() {
        ErrorKind::NameConflict(_) => "two entries cannot both exist in one folder".to_owned(),
        ErrorKind::Exists(_) => "a file is there already".to_owned(),
        ErrorKind::NotAPart { .. } => "a text instead of an S/MIME or CMS message".to_owned(),
        ErrorKind::NoMatchingKey { given, .. } if given.is_empty() => {
            "a private key is needed".to_owned()
        }
        // What another program said, as behind --unwrap-command, has no number.
        ErrorKind::Io(inner) if inner.raw_os_error().is_some() => inner.to_string(),
        kind => kind.to_string(),
    };
    format!("{part}{text}{offset}")
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;

    #[test]
    fn no_name_of_an_entry_and_no_text_from_elsewhere_is_kept() {
        let secret = "confidential.txt";
        let kinds = [
            ErrorKind::NameConflict(secret.into()),
            ErrorKind::Exists(secret.into()),
            ErrorKind::NotAPart { line: secret.into() },
            ErrorKind::Io(io::Error::other(secret).into()),
            ErrorKind::Changed,
            ErrorKind::NoSuchEntry,
        ];
        for kind in kinds {
            let error = Error::from(kind).in_entry(secret).in_part("e.z01.smime");
            let cause = Cause::of(&Failure::Library(error.clone()));
            assert!(!cause.text.contains(secret), "{}", cause.text);
            assert!(cause.text.starts_with("e.z01.smime: "), "{}", cause.text);
            assert_eq!(cause.code, error.code());
        }
        let collision = Cause::of(&Failure::Collision(secret.into()));
        assert!(!collision.text.contains(secret));
    }
}
