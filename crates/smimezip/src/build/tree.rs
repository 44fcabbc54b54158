//! A folder with all that is in it, or files and folders as they are named, as an archive.

use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use cap_fs_ext::{FollowSymlinks, OpenOptionsFollowExt, OpenOptionsSyncExt};
use cap_std::fs::{Dir, File, OpenOptions};

use super::archive_writer::{ArchiveWriter, check_name};
use super::attributes::EntryAttributes;
use super::built::{BuildPlan, Built};
use super::deflate::BLOCK;
use super::folder_sink::FolderSink;
use super::options::BuildOptions;
use super::plan::{Plan, Planned};
use super::roots::{Root, Source};
use super::scan::State;
use crate::error::{Error, ErrorKind};
use crate::parts::{PartName, PartReceipt, PartSink};
use crate::progress::{Gauge, Phase, Progress, check};
use crate::threads::Attended;

/// Makes an archive of all that is in the folder `tree`, files and folders, also empty ones, and
/// writes it to `sink`, in parts named as others of the set that `name` is of.
///
/// The archive depends on the tree and on the options alone: a folder comes before what is in it,
/// and names are in the order of their bytes. A file that grows, shrinks or changes while it is
/// read ends the call. Links are never followed.
///
/// # Errors
/// [`ErrorKind::UnsafeName`], [`ErrorKind::NameConflict`] and [`ErrorKind::Unsupported`], naming
/// what an extraction would refuse, before any file is opened; [`ErrorKind::Changed`] naming the
/// file; [`ErrorKind::InvalidArgument`] for what is wrong in the options, or if there would be more
/// than 65,535 parts; [`ErrorKind::Cancelled`]; what the sink returns, or what the operating system
/// says.
pub fn build_tree<S: PartSink + Send>(
    tree: impl AsRef<Path>,
    sink: S,
    name: &PartName,
    options: &BuildOptions,
    progress: &mut dyn Progress,
) -> Result<Built, Error> {
    build_with(Source::Folder(tree.as_ref()), || Ok(sink), name, options, None, progress)
}

/// As [`build_tree`], to files in a folder, which is made if it is not there: all parts are in it
/// afterwards, or it is as it was.
///
/// ```
/// use smimezip::build::{BuildOptions, build_tree_in};
/// use smimezip::parts::PartName;
///
/// # let temporary = tempfile::tempdir()?;
/// # let (tree, out) = (temporary.path().join("tree"), temporary.path().join("out"));
/// # std::fs::create_dir(&tree)?;
/// # std::fs::write(tree.join("hello.txt"), "Hello")?;
/// let name = PartName::parse("export-1.zip").unwrap();
/// let options = BuildOptions::new().part_size(500 << 20);
/// let built = build_tree_in(&tree, &out, &name, &options, &mut ())?;
/// assert_eq!((built.files, built.parts.len()), (1, 1));
/// assert!(out.join("export-1.zip").exists());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// As [`build_tree`]; [`ErrorKind::Exists`] if the folder has parts of the set already, and
/// [`ErrorKind::InvalidArgument`] if it is the tree or in it.
pub fn build_tree_in(
    tree: impl AsRef<Path>,
    folder: impl AsRef<Path>,
    name: &PartName,
    options: &BuildOptions,
    progress: &mut dyn Progress,
) -> Result<Built, Error> {
    let (source, folder) = (Source::Folder(tree.as_ref()), folder.as_ref());
    let sink = || {
        source.check_outside(folder)?;
        FolderSink::new(folder, name, options)
    };
    build_with(source, sink, name, options, None, progress)
}

/// Looks at parts that are complete and have no names yet.
pub(crate) type Check<S> = fn(&mut S, &[PartReceipt], &mut dyn Progress) -> Result<(), Error>;

/// Makes an archive of `source`, with a sink that is made when that was looked at. `check_parts` is
/// called before the sink gives the parts their names, and reports how far it is by itself.
pub(crate) fn build_with<S: PartSink + Send>(
    source: Source<'_>,
    sink: impl FnOnce() -> Result<S, Error> + Send,
    name: &PartName,
    options: &BuildOptions,
    check_parts: Option<Check<S>>,
    progress: &mut dyn Progress,
) -> Result<Built, Error> {
    let mut attended = Attended::new(&options.cancel, progress);
    let call = attended.call().clone();
    let gauge = call.gauge();
    let (roots, plan, mut writer) = attended.stage(Phase::Planning, || {
        let roots = source.open()?;
        let plan = Plan::of(&roots, options)?;
        let writer = ArchiveWriter::bounded(sink()?, name, options, Some(plan.max_size))?;
        Ok((roots, plan, writer))
    })?;
    let Plan { entries, skipped, bytes, .. } = plan;
    gauge.begin(bytes, entries.len() as u64);
    let (mut sink, built) = attended.stage(Phase::Writing, || {
        for planned in &entries {
            check()?;
            let Some(root) = roots.get(planned.root) else { continue };
            write_entry(&mut writer, root, planned, gauge)?;
            gauge.add_entry();
        }
        writer.leave_out(skipped);
        writer.end()
    })?;
    if let Some(check_parts) = check_parts {
        // Once more, as all is written.
        attended.begin(Phase::Writing)?;
        check_parts(&mut sink, &built.parts, attended.listener())?;
    }
    let parts = built.parts.clone();
    attended.stage(Phase::Publishing, || sink.commit(parts))?;
    Ok(built)
}

/// What [`build_with`] would make of `source`, in files of the folder `folder`: everything is
/// looked at that can be without opening a file or making one.
///
/// # Errors
/// Those of [`build_with`] before a file is opened, of [`FolderSink::new`], and of an outbox in
/// what is put into the archive.
pub(crate) fn plan_with(
    source: Source<'_>,
    folder: &Path,
    name: &PartName,
    options: &BuildOptions,
    progress: &mut dyn Progress,
) -> Result<BuildPlan, Error> {
    let mut attended = Attended::new(&options.cancel, progress);
    attended.stage(Phase::Planning, || {
        let plan = Plan::of(&source.open()?, options)?;
        source.check_outside(folder)?;
        check_name(name)?;
        options.check_level()?;
        FolderSink::check(folder, name)?;
        let max_parts = plan.max_parts(options);
        let Plan { entries, skipped, bytes, max_size, .. } = plan;
        let folders = entries.iter().filter(|planned| planned.state.is_folder).count() as u64;
        let files = (entries.len() as u64).saturating_sub(folders);
        let shown = |planned: Planned| {
            if planned.state.is_folder { planned.path + "/" } else { planned.path }
        };
        let entries = entries.into_iter().map(shown).collect();
        Ok(BuildPlan { entries, files, folders, bytes, max_size, max_parts, skipped })
    })
}

impl Source<'_> {
    /// Refuses an outbox in what is put into the archive, of which it would become a part.
    ///
    /// # Errors
    /// `InvalidArgument`; what the operating system says.
    pub(crate) fn check_outside(&self, folder: &Path) -> Result<(), Error> {
        self.paths().into_iter().try_for_each(|path| check_outside(folder, path))
    }
}

fn check_outside(folder: &Path, tree: &Path) -> Result<(), Error> {
    let io =
        |error: std::io::Error, path: &Path| Error::from(error).in_part(path.display().to_string());
    let tree_itself = tree.canonicalize().map_err(|error| io(error, tree))?;
    // What is not there yet will be in what is.
    let mut nearest = std::path::absolute(folder).map_err(|error| io(error, folder))?;
    while !nearest.exists() && nearest.pop() {}
    let inside: PathBuf = nearest.canonicalize().map_err(|error| io(error, folder))?;
    if tree_itself.is_dir() && inside.starts_with(&tree_itself) {
        let what = format!(
            "the folder for the parts, {}, is in {}, which is to be sealed; it must be outside",
            folder.display(),
            tree.display()
        );
        return Err(ErrorKind::InvalidArgument(what).into());
    }
    Ok(())
}

fn write_entry<S: PartSink>(
    writer: &mut ArchiveWriter<S>,
    root: &Root,
    planned: &Planned,
    gauge: &Gauge,
) -> Result<(), Error> {
    let Planned { path, state, .. } = planned;
    let mut attributes = EntryAttributes::new().max_size(state.size);
    attributes.modified = state.modified;
    attributes.permissions = state.permissions;
    if state.is_folder {
        return writer.add_folder(path, &attributes);
    }
    gauge.begin_entry(path);
    let named = |error: std::io::Error| Error::from(error).in_entry(path.as_str());
    let mut file = open(&root.folder, root.on_disk(path)).map_err(named)?;
    let unchanged = |file: &File| {
        let now = State::of(&file.metadata().map_err(named)?);
        let changed = || Error::from(ErrorKind::Changed).in_entry(path.as_str());
        if now == *state { Ok(()) } else { Err(changed()) }
    };
    unchanged(&file)?;
    let mut entry = writer.begin_file(path, &attributes)?;
    let mut buffer = vec![0; BLOCK];
    let mut left = state.size;
    loop {
        check()?;
        let count = match file.read(&mut buffer) {
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
            count => count.map_err(named)?,
        };
        if count as u64 > left || (count == 0 && left > 0) {
            return Err(Error::from(ErrorKind::Changed).in_entry(path.as_str()));
        }
        if count == 0 {
            break;
        }
        left -= count as u64;
        entry.write_all(buffer.get(..count).unwrap_or_default())?;
        gauge.add_bytes(count as u64);
    }
    unchanged(&file)?;
    entry.finish()
}

/// Opens a file of the tree. What has become a link is not followed, and what has become a pipe
/// does not wait for who writes to it.
fn open(root: &Dir, path: &Path) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).follow(FollowSymlinks::No).nonblock(true);
    root.open_with(path, &options)
}
