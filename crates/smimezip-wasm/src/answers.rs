//! What the page is told: the outcome of opening, rows of a tree, what there is to save.

use smimezip::{Archive, Error};

use crate::json::Json;
use crate::names;
use crate::session::{Contents, Opened, Session};
use crate::tree;

/// What came of opening.
pub fn summary(session: &Session) -> Json {
    Json::Object(vec![
        ("keys", Json::all_shown(&session.keys)),
        ("key_errors", Json::List(session.key_errors.iter().map(error).collect())),
        ("exports", Json::List(session.exports.iter().map(export).collect())),
        ("others", Json::all_shown(&session.others)),
    ])
}

/// An error: what it says, and the name of its kind.
pub fn error(error: &Error) -> Json {
    Json::Object(vec![
        ("text", Json::shown(&format!("{error:#}"))),
        ("code", Json::exact(error.code())),
    ])
}

fn export(opened: &Opened) -> Json {
    let mut fields = vec![
        ("name", Json::shown(&opened.name)),
        ("save_as", Json::exact(&names::to_save(&format!("{}-opened.zip", opened.name)))),
        ("parts", Json::count(opened.parts)),
        ("notes", Json::all_shown(&opened.notes)),
    ];
    match &opened.outcome {
        Ok(contents) => fields.extend(open(contents)),
        Err(why) => fields.push(("error", error(why))),
    }
    Json::Object(fields)
}

fn open(Contents { archive, tree }: &Contents) -> [(&'static str, Json); 5] {
    let (files, bytes, unreadable) = tree.totals();
    let missing = archive.missing();
    [
        ("missing", Json::all_shown(missing.iter().map(ToString::to_string))),
        ("files", Json::Number(files)),
        ("size", Json::Number(bytes)),
        ("unreadable", Json::Number(unreadable)),
        ("integrity", Json::exact(&archive.integrity().to_string())),
    ]
}

/// So many entries from one on, in the order of the directory, as they are saved to a folder: the
/// path as it is, or why it is not saved.
pub fn to_save(archive: &Archive, from: usize, count: usize) -> Json {
    let entries = archive.entries().iter().enumerate().skip(from).take(count);
    Json::List(entries.map(|(number, entry)| one_to_save(archive, number, entry)).collect())
}

fn one_to_save(archive: &Archive, number: usize, entry: &smimezip::Entry) -> Json {
    let mut fields = vec![
        ("entry", Json::count(number)),
        ("name", Json::shown(entry.raw_name())),
        ("folder", Json::Bool(entry.is_folder())),
        ("size", Json::Number(entry.size())),
    ];
    match (entry.path(), tree::problem(archive, entry)) {
        (_, Some(problem)) => fields.push(("problem", Json::shown(&problem.text()))),
        (Err(error), None) => fields.push(("problem", Json::shown(&error.kind().to_string()))),
        (Ok(path), None) => {
            let components = path.as_str().split('/').filter(|it| *it != ".").map(Json::exact);
            fields.push(("path", Json::List(components.collect())));
        }
    }
    Json::Object(fields)
}
