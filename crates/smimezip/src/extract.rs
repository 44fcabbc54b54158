//! From an archive to files: planned whole, staged privately, verified, then published by renames.
//! Afterwards the target is complete or as it was. This is the only module that writes.

mod behind;
mod crew;
mod disk;
mod encode;
mod existing;
mod folder_names;
mod journal;
mod names;
mod options;
mod path;
mod plan;
mod publish;
mod ranges;
mod rename;
mod report;
mod save;
mod sink;
mod together;
mod tree;
mod turns;
mod work;

use std::io::{self, Read};
use std::path::{Path, PathBuf};

use cap_std::fs::Dir;

pub use folder_names::folder_names;
pub use options::{ExtractOptions, Filter, Links, LocalTime, Names, Overwrite};
pub use report::{Renamed, Report, SkipReason, Skipped};
pub use save::{save, save_stream};
pub use together::{check_together, recover};

use crate::error::{Error, ErrorKind};
use crate::progress::Progress;
use crate::zip::{Archive, Entry, Memory};
use plan::Plan;
use sink::{NullSink, Staging, StagingSink};

impl Archive {
    /// Extracts to `destination`, which is made if it is not there.
    ///
    /// All names, conflicts, sizes, existing files and the free space are checked before the
    /// first byte is written. Files are written to a private folder beside or inside the
    /// destination, verified, and published by renames. After an error or a cancellation
    /// the destination is as it was; after a kill, too, unless it came between two renames into
    /// folders that were there before. What a killed run left is taken back and removed by the
    /// next one.
    ///
    /// Progress is reported, and the filter is called, on the calling thread.
    ///
    /// # Errors
    /// [`UnsafeName`](crate::ErrorKind::UnsafeName), [`NameConflict`](crate::ErrorKind::NameConflict), [`Unsupported`](crate::ErrorKind::Unsupported),
    /// [`Exists`](crate::ErrorKind::Exists), [`Limit`](crate::ErrorKind::Limit), [`NoSpace`](crate::ErrorKind::NoSpace) before anything is written;
    /// [`Damaged`](crate::ErrorKind::Damaged) naming entry and parts; [`Cancelled`](crate::ErrorKind::Cancelled); or what the
    /// operating system says.
    pub fn extract(
        &self,
        destination: impl AsRef<Path>,
        options: &ExtractOptions,
        progress: &mut dyn Progress,
    ) -> Result<Report, Error> {
        let destination = destination.as_ref();
        let plan = Plan::make(self, options)?;
        self.carry_out(plan, destination, options, progress).map_err(|error| at(error, destination))
    }

    /// Extracts one entry, as [`extract`](Self::extract) does a whole archive, and in a time that does
    /// not depend on how many others there are: their names are not looked at, so with
    /// [`Names::Encode`] its path gets no number. It is there afterwards, or the call fails: what would
    /// leave it out (`Skip` of [`Overwrite`], [`Links`] and [`Names`], `keep_going`, a filter) does not
    /// count.
    ///
    /// # Errors
    /// As [`extract`](Self::extract).
    pub fn extract_entry(
        &self,
        entry: &Entry,
        destination: impl AsRef<Path>,
        options: &ExtractOptions,
        progress: &mut dyn Progress,
    ) -> Result<Report, Error> {
        let destination = destination.as_ref();
        let options = options.without_leaving_out();
        let plan = Plan::of(self, std::slice::from_ref(entry), &options)?;
        self.carry_out(plan, destination, &options, progress)
            .map_err(|error| at(error, destination))
    }

    fn carry_out(
        &self,
        mut plan: Plan<'_>,
        destination: &Path,
        options: &ExtractOptions,
        progress: &mut dyn Progress,
    ) -> Result<Report, Error> {
        options.cancel.check()?;
        let staging = Staging::create(destination)?;
        let target = Target { home: staging.home(), is_home: staging.destination_exists() };
        target.check(&mut plan, destination, options)?;
        verify_folders(self, &plan)?;
        make_folders(staging.target(), &plan)?;
        let failed =
            work::run(self, &plan.files, options, progress, || Ok(StagingSink::new(&staging)))?;
        set_folder_times(staging.target(), &plan)?;
        options.cancel.check()?;
        if options.durable {
            disk::sync_all(&staging.tree)?;
        }
        let skipped = publish::publish(&staging, options.overwrite, options.durable)?;
        let mut report = report(plan, failed);
        // Files that appeared meanwhile.
        report.skipped.extend(skipped);
        Ok(report)
    }

    /// Does all that [`extract`](Self::extract) does, but writes nothing: every byte is decrypted
    /// and decompressed, every check made.
    ///
    /// # Errors
    /// As `extract`, without those of writing.
    pub fn verify(
        &self,
        options: &ExtractOptions,
        progress: &mut dyn Progress,
    ) -> Result<Report, Error> {
        let plan = Plan::make(self, options)?;
        verify_folders(self, &plan)?;
        let failed = work::run(self, &plan.files, options, progress, || Ok(NullSink))?;
        Ok(report(plan, failed))
    }

    /// Makes the checks of [`extract`](Self::extract) that need no decompression, and writes nothing: names,
    /// conflicts, kinds, methods, limits, what is at the destination and on the way to it, whether it may
    /// be written to, free space. The report says what `extract` would do, if no entry is damaged and
    /// nobody else changes the destination. What a killed run left there is not taken back.
    ///
    /// # Errors
    /// As `extract`, before anything is written.
    pub fn dry_run(
        &self,
        destination: impl AsRef<Path>,
        options: &ExtractOptions,
    ) -> Result<Report, Error> {
        let destination = destination.as_ref();
        let mut plan = Plan::make(self, options)?;
        look(&mut plan, destination, options).map_err(|error| at(error, destination))?;
        Ok(report(plan, Vec::new()))
    }
}

/// An error of the operating system, said to be at the destination.
fn at(error: Error, destination: &Path) -> Error {
    match error.kind() {
        // An error of a part or an entry has its place already.
        ErrorKind::Io(_) | ErrorKind::NoSpace { .. } if error.entry().is_none() => {
            error.in_part(destination.display().to_string())
        }
        _ => error,
    }
}

/// Looks at the destination and checks the plan by what is there. Returns the folder where a staging
/// folder would be made.
fn look(plan: &mut Plan<'_>, destination: &Path, options: &ExtractOptions) -> Result<Dir, Error> {
    options.cancel.check()?;
    let (home, prefix) = sink::nearest(destination)?;
    disk::check_writable(&home)?;
    let target = Target { home: &home, is_home: prefix.as_os_str().is_empty() };
    target.check(plan, destination, options)?;
    Ok(home)
}

/// Where an extraction goes.
struct Target<'a> {
    /// The nearest folder of the destination that is there.
    home: &'a Dir,
    /// Whether that is the destination itself.
    is_home: bool,
}

impl Target<'_> {
    /// Refuses the plan, or leaves files out of it, by what is at the destination.
    fn check(
        &self,
        plan: &mut Plan<'_>,
        destination: &Path,
        options: &ExtractOptions,
    ) -> Result<(), Error> {
        if self.is_home {
            existing::settle(plan, self.home, destination, options.overwrite)?;
        }
        disk::check_free_space(self.home, plan.bytes)
    }
}

/// What was done, or would be. `failed` has files of the plan, in their order there.
fn report(plan: Plan<'_>, failed: Vec<(usize, Error)>) -> Report {
    let mut lost = failed.iter().map(|(at, _)| *at).peekable();
    let whole = plan.files.iter().enumerate().filter(|(at, _)| lost.next_if_eq(at).is_none());
    let (files, bytes) = whole.fold((0_u64, 0_u64), |(files, bytes), (_, file)| {
        (files.saturating_add(1), bytes.saturating_add(file.entry.size()))
    });
    let number = |at: usize| plan.files.get(at).map_or(usize::MAX, |file| file.number);
    let mut all = plan.failed;
    all.extend(failed.into_iter().map(|(at, error)| (number(at), error)));
    all.sort_by_key(|(number, _)| *number);
    Report {
        files,
        folders: plan.folders.len() as u64,
        bytes,
        skipped: plan.skipped,
        renamed: plan.renamed,
        oddities: plan.oddities.to_list(),
        failed: all.into_iter().map(|(_, error)| error).collect(),
    }
}

/// A folder's entry has bytes in the archive, too, and may contradict the directory.
fn verify_folders(archive: &Archive, plan: &Plan<'_>) -> Result<(), Error> {
    let mut memory = Memory::default();
    let folders = plan.folders.iter().map(|folder| folder.entry);
    for entry in folders.chain(plan.nothing.iter().copied()) {
        let mut reader = archive.read_with(entry, memory)?;
        if reader.read(&mut [0])? != 0 {
            return Err(Error::record("a folder with contents").in_entry(entry.name()));
        }
        memory = reader.into_memory();
    }
    Ok(())
}

fn make_folders(target: &Dir, plan: &Plan<'_>) -> Result<(), Error> {
    for folder in &plan.folders {
        let path = folder.path.as_str();
        if let Some(parent) = folder.path.parent() {
            target.create_dir_all(parent)?;
        }
        #[cfg_attr(not(unix), expect(unused_mut, reason = "the mode is set on Unix only"))]
        let mut builder = cap_std::fs::DirBuilder::new();
        #[cfg(unix)]
        {
            use cap_std::fs::DirBuilderExt as _;
            builder.mode(folder.entry.permissions().unwrap_or(0o777) | 0o700);
        }
        match target.create_dir_with(path, &builder) {
            // Made as the parent of a folder before it.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            result => result?,
        }
    }
    Ok(())
}

/// Folders get their times last, the deepest first: writing into a folder changes its time.
fn set_folder_times(target: &Dir, plan: &Plan<'_>) -> Result<(), Error> {
    for folder in plan.folders.iter().rev() {
        if let Some(modified) = folder.modified {
            disk::set_folder_time(
                &target.open_dir(PathBuf::from(folder.path.as_str()))?,
                modified,
            )?;
        }
    }
    Ok(())
}
