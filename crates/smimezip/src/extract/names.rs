//! What happens to each entry's name, as the caller chose: judged and refused, left out, or made
//! safe. Every path that comes from here is safe, and no two of them are one on any platform.

use std::borrow::Cow;

use super::asked::Asked;
use super::encode;
use super::options::{ExtractOptions, Names};
use super::tree::{Added, NodeId, ROOT, Tree};
use crate::error::{Error, ErrorKind, NameProblem};
use crate::oddity::{Oddities, OddityKind};
use crate::progress::check;
use crate::zip::path::{EntryPath, MAX_DEPTH, MAX_PATH, Meaning, has_leading_dot};
use crate::zip::{Entry, EntryKind};

/// What becomes of an entry that is asked for.
pub(super) enum Named<'a> {
    /// It goes to this path, which is its own name or another.
    Path { path: EntryPath<'a>, is_own: bool },
    /// Nothing is made of it: it is the root.
    Nothing,
    /// It is left out for its name.
    LeftOut,
}

/// Goes through all entries in their order, and calls `take` for those that are asked for, with
/// their number and what becomes of them.
///
/// # Errors
/// `UnsafeName`, `NameConflict`, `Cancelled`; what `take` returns.
pub(super) fn resolve<'a>(
    entries: &'a [Entry],
    options: &ExtractOptions,
    asked: &Asked,
    oddities: &mut Oddities,
    take: &mut Take<'a, '_>,
) -> Result<(), Error> {
    match options.names {
        Names::Encode => encoded(entries, asked, oddities, take),
        Names::Refuse | Names::Skip => unchanged(entries, options, asked, oddities, take),
    }
}

/// Takes an entry with its number.
pub(super) type Take<'a, 't> = dyn FnMut(usize, &'a Entry, Named<'a>) -> Result<(), Error> + 't;

/// Names stay as they are, or are not used at all.
fn unchanged<'a>(
    entries: &'a [Entry],
    options: &ExtractOptions,
    asked: &Asked,
    oddities: &mut Oddities,
    take: &mut Take<'a, '_>,
) -> Result<(), Error> {
    let skip = options.names == Names::Skip;
    let mut tree = Tree::new(entries.len());
    for (number, entry) in entries.iter().enumerate() {
        check()?;
        let asked = asked.has(number);
        let named = match meaning(entry, oddities)? {
            Meaning::Root => Named::Nothing,
            // What nobody asks for takes no name from what is asked for.
            Meaning::Path(_) if skip && !asked => continue,
            Meaning::Path(path) => match claim(&mut tree, entry, path, oddities) {
                Ok(path) => Named::Path { path, is_own: true },
                Err(_) if skip => Named::LeftOut,
                Err(kind) => return Err(Error::from(kind).in_entry(entry.raw_name())),
            },
        };
        if asked {
            take(number, entry, named)?;
        }
    }
    Ok(())
}

/// Gives an entry the path that its name says, unless it is not safe, or another's.
fn claim<'a>(
    tree: &mut Tree<'a>,
    entry: &Entry,
    path: &'a str,
    oddities: &mut Oddities,
) -> Result<EntryPath<'a>, ErrorKind> {
    let safe = EntryPath::new(path.into()).map_err(ErrorKind::UnsafeName)?;
    let added = tree.add(ROOT, path, entry.kind() == EntryKind::Folder);
    if let Added::Taken(node) = added {
        return Err(ErrorKind::NameConflict(tree.raw_path(node)));
    }
    note_repeated(added, entry, oddities);
    Ok(safe)
}

/// Names become safe. All of them are looked at before the first is numbered, also those that are
/// not asked for, so that a path does not depend on what else is extracted.
fn encoded<'a>(
    entries: &'a [Entry],
    asked: &Asked,
    oddities: &mut Oddities,
    take: &mut Take<'a, '_>,
) -> Result<(), Error> {
    let mut tree = Tree::new(entries.len());
    let mut nodes: Vec<Option<NodeId>> = Vec::with_capacity(entries.len());
    for entry in entries {
        check()?;
        let node = match meaning(entry, oddities)? {
            Meaning::Root => ROOT,
            Meaning::Path(path) => {
                let node = enter(&mut tree, entry, path, oddities);
                node.map_err(|why| {
                    Error::from(ErrorKind::UnsafeName(why)).in_entry(entry.raw_name())
                })?
            }
        };
        nodes.push(asked.has(nodes.len()).then_some(node));
    }
    tree.give_numbers();
    for (number, (entry, node)) in entries.iter().zip(nodes).enumerate() {
        check()?;
        match node {
            None => {}
            Some(ROOT) => take(number, entry, Named::Nothing)?,
            Some(node) => {
                let named = named(&tree, entry, node);
                take(
                    number,
                    entry,
                    named.map_err(|why| {
                        Error::from(ErrorKind::UnsafeName(why)).in_entry(entry.raw_name())
                    })?,
                )?;
            }
        }
    }
    Ok(())
}

/// The node of an entry under a safe name.
fn enter<'a>(
    tree: &mut Tree<'a>,
    entry: &Entry,
    path: &'a str,
    oddities: &mut Oddities,
) -> Result<NodeId, NameProblem> {
    let is_folder = entry.kind() == EntryKind::Folder;
    // What encoding can do nothing about.
    if path.len() > MAX_PATH {
        return Err(NameProblem::TooLong);
    }
    if encode::components(path).count() > MAX_DEPTH {
        return Err(NameProblem::TooDeep);
    }
    if !is_folder && path.rsplit('/').next().is_none_or(|name| matches!(name, "" | ".")) {
        return Err(NameProblem::Empty);
    }
    let added = tree.add_encoded(path, is_folder);
    note_repeated(added, entry, oddities);
    let (Added::New(node) | Added::Again(node) | Added::Taken(node)) = added;
    Ok(node)
}

/// The path of a node that has its name.
fn named<'a>(tree: &Tree<'a>, entry: &'a Entry, node: NodeId) -> Result<Named<'a>, NameProblem> {
    let path = tree.path(node);
    let own = match Meaning::of(entry.raw_name(), entry.kind() == EntryKind::Folder) {
        Ok(Meaning::Path(own)) if own == path => Some(own),
        _ => None,
    };
    let is_own = own.is_some();
    let path = own.map_or(Cow::Owned(path), Cow::Borrowed);
    Ok(Named::Path { path: EntryPath::new(path)?, is_own })
}

fn meaning<'a>(entry: &'a Entry, oddities: &mut Oddities) -> Result<Meaning<'a>, Error> {
    let meaning = Meaning::of(entry.raw_name(), entry.kind() == EntryKind::Folder)?;
    if meaning == Meaning::Root {
        oddities.note(OddityKind::RootFolder, entry.raw_name());
    } else if has_leading_dot(entry.raw_name()) {
        oddities.note(OddityKind::LeadingDot, entry.raw_name());
    }
    Ok(meaning)
}

fn note_repeated(added: Added, entry: &Entry, oddities: &mut Oddities) {
    if let Added::Again(node) = added
        && node != ROOT
    {
        oddities.note(OddityKind::RepeatedFolder, entry.raw_name());
    }
}
