//! What to do next about an error: one table over its kind, never over its words. It sends nobody
//! to download again what was written so.

#![deny(
    clippy::wildcard_enum_match_arm,
    reason = "each kind of this library has its own advice, or none"
)]
#![allow(clippy::match_same_arms, reason = "what a later library adds is an arm of its own")]

mod keys;
mod limits;
mod missing;

use std::borrow::Cow;
use std::io;

use smimezip::error::{Damage, NameProblem, NoMessage, Unsupported};
use smimezip::parts::{PartName, Position};
use smimezip::{Error, ErrorKind};

use self::keys::{of_bad_key, of_certificate};
use self::limits::of_limit;
use crate::exit::Failure;

/// What a run was asked to do, as far as advice depends on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Task {
    /// Files are written below a folder; existing ones are replaced, or not; unsafe names are
    /// encoded, or not; what does not need missing parts is enough, or not.
    Extract { replacing: bool, encoding: bool, available: bool },
    /// One message is written to one file, which replaces an existing one, or not.
    Decrypt { replacing: bool },
    /// The same for several messages, each to a file in a folder.
    DecryptSeveral { replacing: bool },
    /// What there is of a damaged export is written to a folder.
    Salvage,
    /// All entries are read, and nothing is written; what does not need missing parts is enough, or
    /// not.
    Verify { encoding: bool, available: bool },
    /// Parts are compared with their manifest.
    CompareManifest,
    /// An export is made of folders and files.
    Seal,
    /// One file is sealed to another, which replaces an existing one, or not.
    Encrypt { replacing: bool },
    /// It is seen whether a certificate is good for that.
    CheckCertificate,
    /// Something else is read.
    Read,
}

impl Task {
    /// Whether certificates are given, and no keys.
    fn seals(self) -> bool {
        matches!(self, Self::Seal | Self::Encrypt { .. } | Self::CheckCertificate)
    }
}

/// How the parts of an export are sealed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sealing {
    /// All are authenticated: they arrived as they were sealed.
    Authenticated,
    /// At least one is not.
    NotAuthenticated,
}

/// What to do next about `error`. Without a word on the sealing it may be of any kind.
pub(crate) fn advice(
    error: &Error,
    task: Task,
    sealing: Option<Sealing>,
) -> Option<Cow<'static, str>> {
    let text = match error.kind() {
        ErrorKind::Io(inner) if is_lack_of_descriptors(inner) => {
            "the system allows too few open files; allow more by ulimit -n"
        }
        ErrorKind::NotAMessage(what) => of_no_message(*what),
        ErrorKind::NotAPart { .. } => {
            "this may be what a server answers when a link or a session has expired; sign in and \
             fetch the part again"
        }
        ErrorKind::NotAnArchive(_) => {
            "what is in it is no archive that ends as one; `smimezip decrypt` writes what a \
             message holds, whatever it is"
        }
        ErrorKind::Truncated if matches!(task, Task::Extract { .. }) => {
            "the download was cut off; fetch this part again; if it is not to be had any more, \
             `smimezip salvage` extracts what there is"
        }
        ErrorKind::Truncated => "the download was cut off; fetch this part again",
        ErrorKind::TrailingData { .. } => TRAILING,
        ErrorKind::Malformed(_) => {
            "the part contradicts itself, as one does that was changed on its way; fetch it again"
        }
        ErrorKind::Damaged(damage) => return Some(of_damaged(error, *damage, task, sealing)),
        ErrorKind::Unsupported(Unsupported::SpecialFile) if task == Task::Seal => UNFIT,
        ErrorKind::Unsupported(what) => return of_unsupported(what).map(Cow::Borrowed),
        ErrorKind::NoMatchingKey { given, .. } if given.is_empty() => return None,
        ErrorKind::NoMatchingKey { .. } => {
            "find the private key that belongs to one of these certificates; openssl x509 -in FILE \
             -noout -serial shows a certificate's number; older exports need older keys"
        }
        ErrorKind::Decrypt => {
            "give the key of the certificate that the message is for; --key may be given several \
             times"
        }
        ErrorKind::PassphraseRequired => "give it by --passin, for example --passin file:PATH",
        ErrorKind::PassphraseWrong => {
            "check the passphrase, or the key it belongs to; of a stream with several lines the \
             first is for the first key"
        }
        ErrorKind::BadKey(problem) => of_bad_key(problem.convert().is_some(), task),
        ErrorKind::UnsuitableCertificate { problem, .. } => of_certificate(problem)?,
        ErrorKind::IncompleteSet { unfinished, .. } if !unfinished.is_empty() => {
            "wait until the downloads are finished, or start them again"
        }
        ErrorKind::IncompleteSet { misnamed, .. } if !misnamed.is_empty() => {
            "give the files the names of the missing parts"
        }
        ErrorKind::IncompleteSet { duplicates, missing, .. } => {
            match (missing.is_empty(), duplicates.is_empty()) {
                (false, true) => missing::advice(missing, task),
                (true, false) => "remove or rename the duplicates so that each part is there once",
                (false, false) => {
                    "fetch the missing parts; a browser's copy \"name (1)\" may be one of them and \
                     then only needs its right name"
                }
                (true, true) => "move the files that do not belong to the set elsewhere",
            }
        }
        ErrorKind::SeveralSets(_) => "name one part of the export instead of the folder",
        ErrorKind::Limit { limit, .. } => return Some(of_limit(*limit)),
        ErrorKind::UnsafeName(_) | ErrorKind::NameConflict(_) if task == Task::Seal => UNFIT,
        ErrorKind::UnsafeName(problem) => of_unsafe_name(*problem, task),
        ErrorKind::NameConflict(_) if task == Task::Salvage => {
            "such entries are left out, as nobody can tell which of them is meant"
        }
        ErrorKind::NameConflict(_) => {
            "the archive was written so, and another download gives the same; --names encode \
             numbers names that collide, --names skip leaves such entries out"
        }
        ErrorKind::Exists(_) => of_existing(task),
        ErrorKind::NoSpace { .. } if matches!(task, Task::Extract { .. }) => {
            "free some space, or extract to another disk by -C"
        }
        ErrorKind::NoSpace { .. } => "free some space, or write to another disk",
        ErrorKind::Changed => CHANGED,
        ErrorKind::NoSuchEntry => "`smimezip list` shows the names",
        ErrorKind::Io(_) | ErrorKind::InvalidArgument(_) | ErrorKind::Cancelled => return None,
        // A kind of a later library.
        _ => return None,
    };
    Some(Cow::Borrowed(text))
}

/// What to do where bytes follow an end.
const TRAILING: &str = "if something adds bytes on the way (a footer, a line end, padding), \
                        --accept trailing-data ignores them";

/// What to do next about a failure that is the program's own.
pub(crate) fn failure_advice(failure: &Failure, task: Task) -> Option<Cow<'static, str>> {
    let text = match failure {
        Failure::NoExport(_) => "name a part of the export, or the folder that has its parts",
        Failure::Collision(_) => "without --together each export gets a folder of its own",
        Failure::NotAFolder(_) => "choose another folder by -C",
        Failure::NoMatch(_) if task == Task::Seal => {
            "a pattern is for the whole path in the export, as `seal --dry-run --verbose` shows it"
        }
        Failure::NoMatch(_) => "`smimezip list` shows the names",
        Failure::KeyStore { problem, .. } => return problem.advice(),
        Failure::Library(_)
        | Failure::Explained(_)
        | Failure::Usage(_)
        | Failure::NoKey(_)
        | Failure::Io(_)
        | Failure::BrokenPipe
        | Failure::Reported(_) => return None,
    };
    Some(Cow::Borrowed(text))
}

fn of_no_message(what: NoMessage) -> &'static str {
    match what {
        NoMessage::Empty | NoMessage::Blank => "nothing was downloaded; fetch it again",
        NoMessage::Archive => {
            "`smimezip extract` opens it as it is, under a name that does not end as a sealed part's"
        }
        NoMessage::KeyOrCertificate => {
            "name the message or a part of the export; a key goes to --key, a certificate to --cert"
        }
        NoMessage::MimeEntity | NoMessage::Unknown => OTHER_FILE,
        // What a later library knows.
        _ => OTHER_FILE,
    }
}

/// What to do where something of a folder cannot go into an export.
const UNFIT: &str = "give it another name or move it away; --skip-unfit leaves out what cannot be \
                     extracted everywhere";

/// What to do where something writes to what is read.
const CHANGED: &str = "something writes to it: wait until that is done, or seal a copy of it";

const OTHER_FILE: &str = "a part of an export is an S/MIME message: see what this file is, or \
                          fetch the part again";

/// Who made it so: the way here, or the writer of the archive? Sizes of parts tell the first,
/// records that contradict each other mostly the second. A checksum that is wrong says nothing of
/// it, unless the message is authenticated.
fn of_damage(damage: Damage, task: Task, sealing: Option<Sealing>) -> Cow<'static, str> {
    let goes_on = goes_on(task);
    let sealed_so = sealing == Some(Sealing::Authenticated);
    let text = match damage {
        Damage::TrailingBytes { .. } => TRAILING,
        Damage::UnusedBytes { .. } => {
            "something was changed in the archive, or deleted from it, and another download gives \
             the same; if that is known to be harmless, --accept unused-bytes ignores them"
        }
        Damage::Sha256 => "the part was changed on its way; fetch it again",
        Damage::Manifest(_) => "fetch the manifest again; the parts can be opened without it",
        Damage::PartSize { .. } | Damage::PartTooShort { .. } => {
            "fetch the named part again, and compare its size with what is offered for download"
        }
        Damage::SetSize { .. } => {
            "compare the sizes of all parts with what is offered for download, and fetch again \
             what differs"
        }
        Damage::Crc { .. } | Damage::Size { .. } | Damage::Compressed | Damage::Record(_)
            if sealed_so =>
        {
            return format!(
                "the message is authenticated, so it is as it was sealed: the archive was written \
                 so, and another download gives the same{goes_on}"
            )
            .into();
        }
        Damage::Crc { .. } | Damage::Size { .. } | Damage::Compressed => {
            return format!(
                "fetch the named part again and compare: if it is another now (sha256sum), the \
                 first was changed on its way; if it is the same, the archive was written \
                 so{goes_on}"
            )
            .into();
        }
        Damage::Record(_) => {
            "most likely the archive was written so, and another download gives the same (compare \
             by sha256sum); `7z x` may read it, once its parts are decrypted (`smimezip decrypt`)"
        }
        // A damage of a later library.
        _ => return goes_on.trim_start_matches("; ").into(),
    };
    text.into()
}

/// How a command goes on although something is damaged.
fn goes_on(task: Task) -> &'static str {
    match task {
        Task::Extract { .. } => "; --keep-going extracts the other entries",
        Task::Verify { .. } => "; --keep-going looks at the other entries, too",
        Task::Decrypt { .. }
        | Task::DecryptSeveral { .. }
        | Task::Salvage
        | Task::CompareManifest
        | Task::Seal
        | Task::Encrypt { .. }
        | Task::CheckCertificate
        | Task::Read => "",
    }
}

/// What to do about a damage, as far as it matters in how many parts it may be.
fn of_damaged(
    error: &Error,
    damage: Damage,
    task: Task,
    sealing: Option<Sealing>,
) -> Cow<'static, str> {
    if matches!(damage, Damage::UnusedBytes { .. }) && is_at_the_start_of_several(error) {
        return "that is not how the first part begins: see whether two parts have each other's \
                names; if the archive has bytes before its first entry, --accept unused-bytes \
                ignores them"
            .into();
    }
    let is_of_entry =
        matches!(damage, Damage::Crc { .. } | Damage::Size { .. } | Damage::Compressed);
    if is_of_entry && error.parts().len() > 1 && sealing != Some(Sealing::Authenticated) {
        return format!("{IN_SEVERAL}{}", goes_on(task)).into();
    }
    of_damage(damage, task, sealing)
}

/// What to do where one of several parts is damaged, and none is seen to be.
const IN_SEVERAL: &str = "fetch the named parts again and compare: if one is another now \
                          (sha256sum), it was changed on its way; if all are the same, the archive \
                          was written so";

/// Whether the bytes that an error is about are the first of a set of several parts.
fn is_at_the_start_of_several(error: &Error) -> bool {
    let name = error.part().and_then(PartName::parse);
    let is_last = |name: PartName| matches!(name.position(), Position::Last);
    error.offset() == Some(0) && name.is_some_and(|name| !is_last(name))
}

fn of_unsupported(what: &Unsupported) -> Option<&'static str> {
    Some(match what {
        Unsupported::SpecialFile => "--skip-links leaves it out",
        Unsupported::EncryptedEntry => {
            "the archive was written so, and another download gives the same; `7z x` asks for its \
             password, once its parts are decrypted (`smimezip decrypt`); --exclude leaves entries \
             out"
        }
        Unsupported::CompressionMethod { .. } => {
            "the archive was written so, and another download gives the same; `7z x` may read it, \
             once its parts are decrypted (`smimezip decrypt`); --exclude leaves entries out"
        }
        Unsupported::AuthenticatedCipherInEnvelopedData(_) => {
            "allow it by --accept gcm-in-enveloped-data"
        }
        Unsupported::SealedTwice => {
            "take off the outer seal by `smimezip decrypt FILES -d FOLDER`, with the key that \
             it is for; what is in that folder is still sealed, and opens as usual"
        }
        Unsupported::Named { .. } | Unsupported::Feature { .. } | Unsupported::Other(_) => {
            return None;
        }
        // One of a later library.
        _ => return None,
    })
}

fn of_unsafe_name(problem: NameProblem, task: Task) -> &'static str {
    let encoding =
        matches!(task, Task::Extract { encoding: true, .. } | Task::Verify { encoding: true, .. });
    if task == Task::CompareManifest {
        "no export has such a file, so the manifest is not what was made with it; fetch it again"
    } else if task == Task::Salvage {
        of_salvaged_name(problem)
    } else if !problem.can_be_skipped() {
        "an archive with such a name is refused whatever is chosen, as it could write outside of \
         the target; `smimezip cat` writes single entries"
    } else if encoding || !problem.can_be_encoded() {
        "the archive was written so, and another download gives the same; --names skip leaves such \
         entries out"
    } else {
        "the archive was written so, and another download gives the same; --names skip leaves such \
         entries out, --names encode gives them safe names"
    }
}

/// What to do about a name where all is extracted that can be.
fn of_salvaged_name(problem: NameProblem) -> &'static str {
    if !problem.can_be_skipped() {
        "the archive was written so; such an entry is left out in any case, as it could be written \
         outside of the folder"
    } else if problem.can_be_encoded() {
        "the archive was written so; such an entry is left out, and --names encode gives it a safe \
         name"
    } else {
        "the archive was written so; such an entry is left out"
    }
}

fn of_existing(task: Task) -> &'static str {
    match task {
        Task::Extract { replacing: false, .. }
        | Task::Verify { .. }
        | Task::CompareManifest
        | Task::CheckCertificate
        | Task::Read => "choose another folder by -C, or --overwrite always, or --overwrite skip",
        Task::Extract { replacing: true, .. } => {
            "a file stands where a folder is needed, or a folder or link where a file is: that is \
             never replaced; move it away, or choose another folder by -C"
        }
        Task::Salvage => "move it away, or choose another folder by -C",
        Task::DecryptSeveral { replacing: false } => {
            "choose another folder by -d, or --overwrite always"
        }
        Task::Decrypt { replacing: false } | Task::Encrypt { replacing: false } => {
            "choose another file by -o, or --overwrite always"
        }
        Task::Decrypt { replacing: true }
        | Task::DecryptSeveral { replacing: true }
        | Task::Encrypt { replacing: true } => {
            "a folder or a link stands there, which is never replaced; choose another place"
        }
        Task::Seal => "choose another folder by -o, or another name by --name",
    }
}

/// Whether the system has no descriptor left for a file: EMFILE or ENFILE.
fn is_lack_of_descriptors(error: &io::Error) -> bool {
    cfg!(unix) && matches!(error.raw_os_error(), Some(23 | 24))
}

#[cfg(test)]
mod tests;
