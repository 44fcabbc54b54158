//! What an error knows as data, written for `Native.fail`: its code, its place, numbers, and lists
//! of names. They have the numbers of the C interface. What kind of failure of the operating system
//! it was is Java's own, to choose an exception of the JDK by.

use std::io;

use smimezip::{Error, ErrorKind};

use crate::boundary::size;
use crate::wire::Writer;

/// Appends what `error` says to a person, and its facts.
pub(crate) fn write(error: &Error, out: &mut Writer) {
    out.text(&format!("{error:#}")).text(error.code()).text(error.part().unwrap_or_default());
    out.texts(error.parts().iter().map(String::as_str));
    out.text(error.entry().unwrap_or_default()).long(error.offset().map_or(-1, size));
    let file = match error.kind() {
        ErrorKind::Exists(path) => path.display().to_string(),
        _ => error.part().unwrap_or_default().to_owned(),
    };
    out.int(system(error)).text(&file);
    let numbers: Vec<(i32, i64)> = match error.kind() {
        ErrorKind::Limit { limit, allowed } => {
            vec![(1, limit.number().into()), (2, size(*allowed))]
        }
        ErrorKind::NoSpace { needed, available } => {
            vec![(3, size(*needed)), (4, size(*available))]
        }
        ErrorKind::TrailingData { count } => vec![(5, size(*count))],
        _ => Vec::new(),
    };
    out.count(numbers.len());
    for (which, number) in numbers {
        out.int(which).long(number);
    }
    let missing: Vec<String>;
    let certificate: [[String; 1]; 2];
    let mut lists: Vec<(i32, &[String])> = match error.kind() {
        ErrorKind::IncompleteSet {
            missing: names,
            extra,
            duplicates,
            unfinished,
            misnamed,
            ..
        } => {
            missing = names.iter().map(ToString::to_string).collect();
            vec![(1, &missing), (2, extra), (3, duplicates), (4, unfinished), (5, misnamed)]
        }
        ErrorKind::SeveralSets(names) => vec![(6, names)],
        ErrorKind::UnsuitableCertificate { subject, problem, .. } => {
            certificate = [[subject.clone()], [problem.code().to_owned()]];
            vec![(10, &certificate[0]), (11, &certificate[1])]
        }
        _ => Vec::new(),
    };
    lists.extend([(7, error.recipients()), (8, error.keys_given())]);
    lists.retain(|(_, names)| !names.is_empty());
    out.count(lists.len());
    for (which, names) in lists {
        out.int(which).texts(names.iter().map(String::as_str));
    }
}

/// What `Native.cause` makes an exception of; 0 for all other failures.
fn system(error: &Error) -> i32 {
    match error.kind() {
        ErrorKind::Io(inner) => match inner.kind() {
            io::ErrorKind::NotFound => 1,
            io::ErrorKind::PermissionDenied => 2,
            io::ErrorKind::AlreadyExists => 3,
            io::ErrorKind::NotADirectory => 4,
            _ => 0,
        },
        ErrorKind::Exists(_) => 3,
        _ => 0,
    }
}
