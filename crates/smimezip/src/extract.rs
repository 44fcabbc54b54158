//! From an archive to files: planned whole, staged privately, verified, then published by renames.
//! Afterwards the target is complete or as it was. This is the only module that writes.

mod behind;
mod crew;
mod disk;
mod existing;
mod journal;
mod options;
mod path;
mod plan;
mod publish;
mod ranges;
mod rename;
mod report;
mod save;
mod sink;
mod turns;
mod work;

use std::io::{self, Read};
use std::path::{Path, PathBuf};

use cap_std::fs::Dir;

pub use options::{ExtractOptions, Filter, Links, LocalTime, Names, Overwrite};
pub use report::{Renamed, Report, SkipReason, Skipped};
pub use save::{save, save_stream};

use crate::error::{Error, ErrorKind};
use crate::progress::Progress;
use crate::zip::{Archive, Memory};
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
        self.extract_to(destination, options, progress).map_err(|error| match error.kind() {
            // An error of a part or an entry has its place already.
            ErrorKind::Io(_) | ErrorKind::NoSpace { .. } if error.entry().is_none() => {
                error.in_part(destination.display().to_string())
            }
            _ => error,
        })
    }

    fn extract_to(
        &self,
        destination: &Path,
        options: &ExtractOptions,
        progress: &mut dyn Progress,
    ) -> Result<Report, Error> {
        let mut plan = Plan::make(self, options)?;
        options.cancel.check()?;
        let staging = Staging::create(destination)?;
        if staging.destination_exists() {
            existing::settle(&mut plan, staging.home(), destination, options.overwrite)?;
        }
        disk::check_free_space(staging.home(), plan.bytes)?;
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
        let mut report = report(&plan, failed);
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
        Ok(report(&plan, failed))
    }

    /// Makes the checks that need no decompression: what [`extract`](Self::extract) would do.
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
        if let Ok(home) = Dir::open_ambient_dir(destination, cap_std::ambient_authority()) {
            existing::settle(&mut plan, &home, destination, options.overwrite)?;
        }
        Ok(report(&plan, Vec::new()))
    }
}

fn report(plan: &Plan<'_>, failed: Vec<Error>) -> Report {
    let lost: u64 = plan
        .files
        .iter()
        .filter(|file| failed.iter().any(|error| error.entry() == Some(file.entry.name())))
        .map(|file| file.entry.size())
        .sum();
    let mut report = Report {
        files: (plan.files.len() - failed.len()) as u64,
        folders: plan.folders.len() as u64,
        bytes: plan.bytes - lost,
        skipped: plan.skipped.clone(),
        renamed: Vec::new(),
        oddities: Vec::new(),
        failed: plan.failed.clone(),
    };
    report.failed.extend(failed);
    report
}

/// A folder's entry has bytes in the archive, too, and may contradict the directory.
fn verify_folders(archive: &Archive, plan: &Plan<'_>) -> Result<(), Error> {
    let mut memory = Memory::default();
    for folder in &plan.folders {
        let mut reader = archive.read_with(folder.entry, memory)?;
        if reader.read(&mut [0])? != 0 {
            return Err(Error::record("a folder with contents").in_entry(folder.entry.name()));
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
