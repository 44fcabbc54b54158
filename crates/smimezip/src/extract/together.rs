//! Several archives into one place: whether they go together is known before the first is
//! extracted.

use std::collections::{HashMap, HashSet};
use std::path::{Component, Path};

use cap_std::fs::Dir;

use super::asked::Asked;
use super::options::ExtractOptions;
use super::plan::Plan;
use super::report::Report;
use super::tree::{Added, ROOT, Tree};
use super::{at, look, report};
use crate::error::{Error, ErrorKind};
use crate::progress::{Call, check};
use crate::staging::{Overwrite, Staging, disk};
use crate::threads::Attended;
use crate::zip::Archive;

/// Makes the checks of [`Archive::dry_run`] for several archives that will be extracted one after
/// the other, each to its folder: also that no two of their entries collide, and that there is
/// space for all of them. Nothing is written. Returns what each extraction would report.
///
/// Two archives may have the same folders. The same file in two of them is refused with
/// [`Overwrite::Never`]; with `Skip` it is left out of the later one, with `Always` replaced by it.
/// Names that differ only in letter case or Unicode normalisation, and a file where another archive
/// has a folder, are refused whatever the options say. Destinations are compared as they are
/// written.
///
/// ```no_run
/// # use smimezip::extract::check_together;
/// # use smimezip::{Archive, ExtractOptions};
/// # fn extract_all(archives: &[Archive]) -> Result<(), smimezip::Error> {
/// let options = ExtractOptions::default();
/// let all: Vec<_> = archives.iter().map(|archive| (archive, "out")).collect();
/// check_together(&all, &options)?;
/// for archive in archives {
///     archive.extract_with("out", &options, &mut ())?;
/// }
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// As [`Archive::dry_run`]; [`ErrorKind::NameConflict`] naming the entry of the later archive, with
/// its parts, and the path that another archive has.
pub fn check_together(
    archives: &[(&Archive, impl AsRef<Path>)],
    options: &ExtractOptions,
) -> Result<Vec<Report>, Error> {
    let _entered = Call::new(&options.cancel).enter();
    let mut planned = Vec::with_capacity(archives.len());
    for (archive, destination) in archives {
        let destination = destination.as_ref();
        let asked = Asked::of(archive, options, &mut Attended::new(&options.cancel, &mut ()))?;
        let mut plan = Plan::make(archive, options, &asked)?;
        let home = look(&mut plan, destination, options);
        let home = home.map_err(|error| at(error, destination))?;
        planned.push(Planned { archive, destination, way: way(destination)?, home, plan });
    }
    let left_out = collisions(&planned, options)?;
    let mut space = Space::default();
    let mut reports = Vec::with_capacity(planned.len());
    for (mut it, left_out) in planned.into_iter().zip(left_out) {
        it.plan.leave_out(&left_out);
        space.take(&it.home, it.plan.bytes).map_err(|error| at(error, it.destination))?;
        reports.push(report(it.plan, Vec::new()));
    }
    Ok(reports)
}

/// Takes back what a killed run published by half in or beside `destination`, and removes what it
/// left there, as every extraction to it does. [`check_together`] and [`Archive::dry_run`] write
/// nothing, and find files in the way that such a run had moved there.
///
/// # Errors
/// [`ErrorKind::Exists`] if the destination is no folder, or what the operating system says.
pub fn recover(destination: impl AsRef<Path>) -> Result<(), Error> {
    let destination = destination.as_ref();
    Staging::create(destination).map(drop).map_err(|error| at(error, destination))
}

/// What would be done with one archive.
struct Planned<'a> {
    archive: &'a Archive,
    destination: &'a Path,
    /// The components of its destination.
    way: Vec<String>,
    /// The nearest folder of the destination that is there.
    home: Dir,
    plan: Plan<'a>,
}

/// Finds what collides between archives: for each of them the files that another one has before it,
/// by their places in the plan.
///
/// # Errors
/// `NameConflict` for what cannot be together.
fn collisions(
    planned: &[Planned<'_>],
    options: &ExtractOptions,
) -> Result<Vec<HashSet<usize>>, Error> {
    let mut tree = Tree::new(planned.iter().map(|it| it.plan.files.len()).sum());
    let mut left_out = Vec::with_capacity(planned.len());
    for it in planned {
        let top = it.way.iter().try_fold(ROOT, |folder, name| tree.step(folder, name));
        let top = top.map_err(|file| {
            let error = Error::from(ErrorKind::NameConflict(tree.raw_path(file)));
            error.in_part(it.destination.display().to_string())
        })?;
        let mut mine = HashSet::new();
        let folders = it.plan.folders.iter().map(|folder| (folder, true));
        let files = it.plan.files.iter().map(|file| (file, false));
        for (nth, (entry, is_folder)) in files.chain(folders).enumerate() {
            check()?;
            let path = entry.path.as_str();
            let Added::Taken(other) = tree.add(top, path, is_folder) else { continue };
            let same = !is_folder && tree.is_file(other, top, path);
            match options.overwrite {
                Overwrite::Always if same => {}
                Overwrite::Skip if same => {
                    mine.insert(nth);
                }
                _ => {
                    let error =
                        Error::from(ErrorKind::NameConflict(tree.raw_path_below(top, other)));
                    let entry = entry.entry;
                    return Err(error
                        .in_entry(entry.raw_name())
                        .in_parts(it.archive.parts_of(entry)));
                }
            }
        }
        left_out.push(mine);
    }
    Ok(left_out)
}

/// The components of a destination, as texts. Those that are no text have backslashes then.
fn way(destination: &Path) -> Result<Vec<String>, Error> {
    let here = Path::new(".");
    let whole = if destination.as_os_str().is_empty() { here } else { destination };
    let whole =
        std::path::absolute(whole).map_err(Error::from).map_err(|error| at(error, whole))?;
    let text = |component: Component<'_>| {
        let component = component.as_os_str();
        let escaped = || component.as_encoded_bytes().escape_ascii().to_string();
        component.to_str().map_or_else(escaped, str::to_owned)
    };
    Ok(whole.components().map(text).collect())
}

/// Free space that is taken already, by file system.
#[derive(Default)]
struct Space(HashMap<u64, u64>);

impl Space {
    /// Takes so many bytes on the file system that the folder is on.
    fn take(&mut self, home: &Dir, bytes: u64) -> Result<(), Error> {
        let taken = self.0.entry(disk::file_system(home)?).or_default();
        *taken = taken.saturating_add(bytes);
        disk::check_free_space(home, *taken)
    }
}
