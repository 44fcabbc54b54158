//! From an archive to files: planned whole, staged privately, verified, then published by renames.
//! Afterwards the target is complete or as it was. No other module writes what a caller named.

mod already;
mod asked;
mod batches;
mod encode;
mod existing;
mod folder_names;
mod folders;
mod names;
mod options;
mod patterns;
mod plan;
mod planned;
mod ranges;
mod report;
mod save;
mod sink;
mod together;
mod tree;
mod work;
mod write_behind;

use std::path::Path;

use cap_std::fs::Dir;

pub use folder_names::folder_names;
pub use options::{ExtractOptions, Links, Names, SaveOptions};
pub use patterns::Patterns;
pub use report::{Renamed, Report, SkipReason, Skipped, Unavailable};
pub use save::{save, save_stream, save_stream_with, save_with};
pub use together::{check_together, recover};

pub use crate::staging::Overwrite;

use crate::error::{Error, ErrorKind};
use crate::progress::{Call, Phase, Progress, check};
use crate::staging::{Staging, disk, nearest, publish};
use crate::threads::Attended;
use crate::zip::{Archive, Entry};
use asked::Asked;
use plan::Plan;
use sink::{NullSink, StagingSink};

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
    /// # Errors
    /// [`UnsafeName`](crate::ErrorKind::UnsafeName),
    /// [`NameConflict`](crate::ErrorKind::NameConflict),
    /// [`Unsupported`](crate::ErrorKind::Unsupported), [`Exists`](crate::ErrorKind::Exists),
    /// [`Limit`](crate::ErrorKind::Limit), [`NoSpace`](crate::ErrorKind::NoSpace) before anything
    /// is written; [`Damaged`](crate::ErrorKind::Damaged) naming entry and parts; or what the
    /// operating system says.
    pub fn extract(&self, destination: impl AsRef<Path>) -> Result<Report, Error> {
        self.extract_with(destination, &ExtractOptions::new(), &mut ())
    }

    /// As [`extract`](Self::extract), with options and progress.
    ///
    /// Progress is reported, and the filter is called, on the calling thread; all else is done by
    /// others, if the system has any. A cancellation ends the call before its first file is seen at
    /// the destination, or all of it is there.
    ///
    /// ```
    /// # let (folder, key) = ("../../examples/data", "../../examples/data/key.pem");
    /// # let temporary = tempfile::tempdir()?;
    /// # let out = temporary.path().join("out");
    /// use std::ops::ControlFlow;
    ///
    /// use smimezip::{Export, ExtractOptions, KeyRing, progress};
    ///
    /// let archive = Export::discover(folder)?.unlock(&KeyRing::from_file(key)?)?;
    /// let options = ExtractOptions::new().filter(|entry| entry.size() > 0);
    /// let mut listener = progress::listener(|event| {
    ///     println!("{} of {} bytes", event.bytes_done, event.bytes_total);
    ///     ControlFlow::Continue(())
    /// });
    /// let report = archive.extract_with(&out, &options, &mut listener)?;
    /// assert!(report.files > 0);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// As [`extract`](Self::extract), and [`Cancelled`](crate::ErrorKind::Cancelled).
    pub fn extract_with(
        &self,
        destination: impl AsRef<Path>,
        options: &ExtractOptions,
        progress: &mut dyn Progress,
    ) -> Result<Report, Error> {
        let destination = destination.as_ref();
        self.settled(|archive| archive.extract_all(destination, options, progress))
    }

    fn extract_all(
        &self,
        destination: &Path,
        options: &ExtractOptions,
        progress: &mut dyn Progress,
    ) -> Result<Report, Error> {
        let mut attended = Attended::new(&options.cancel, progress);
        attended.call().gauge().begin(0, self.entries().len() as u64);
        let asked = Asked::of(self, options, &mut attended)?;
        let plan = attended.stage(Phase::Planning, || Plan::make(self, options, &asked))?;
        self.carry_out(plan, destination, options, attended).map_err(|error| at(error, destination))
    }

    /// Extracts one entry, as [`extract`](Self::extract) does a whole archive, and in a time that
    /// does not depend on how many others there are: their names are not looked at. It is there
    /// afterwards, or the call fails.
    ///
    /// # Errors
    /// As [`extract`](Self::extract).
    pub fn extract_entry(
        &self,
        entry: &Entry,
        destination: impl AsRef<Path>,
    ) -> Result<Report, Error> {
        self.extract_entry_with(entry, destination, &ExtractOptions::new(), &mut ())
    }

    /// As [`extract_entry`](Self::extract_entry), with options and progress. With [`Names::Encode`]
    /// its path gets no number. What would leave it out (`Skip` of [`Overwrite`], [`Links`] and
    /// [`Names`], `keep_going`, a filter) does not count.
    ///
    /// # Errors
    /// As [`extract_with`](Self::extract_with).
    pub fn extract_entry_with(
        &self,
        entry: &Entry,
        destination: impl AsRef<Path>,
        options: &ExtractOptions,
        progress: &mut dyn Progress,
    ) -> Result<Report, Error> {
        let destination = destination.as_ref();
        let options = options.without_leaving_out();
        self.check_own(entry)?;
        self.settled(|archive| {
            let attended = Attended::new(&options.cancel, progress);
            let entry = std::slice::from_ref(self.entry_in(archive, entry)?);
            let plan = Plan::of(archive, entry, &options, &Asked::all())?;
            archive
                .carry_out(plan, destination, &options, attended)
                .map_err(|error| at(error, destination))
        })
    }

    fn carry_out(
        &self,
        mut plan: Plan<'_>,
        destination: &Path,
        options: &ExtractOptions,
        mut attended: Attended<'_>,
    ) -> Result<Report, Error> {
        let call = attended.call().clone();
        let gauge = call.gauge();
        let staging = attended.stage(Phase::Planning, || {
            let staging = Staging::create(destination)?;
            let target = Target { home: staging.home(), is_home: staging.destination_exists() };
            target.check(&mut plan, destination, options)?;
            Ok(staging)
        })?;
        gauge.begin(plan.bytes, plan.files.len() as u64);
        attended.stage(Phase::Verifying, || folders::verify(self, &mut plan, options))?;
        let failed = attended.stage(Phase::Writing, || {
            folders::make(staging.target(), &plan)?;
            let sink = || Ok(StagingSink::new(&staging));
            work::run(self, &plan.files, options, gauge, &mut plan.oddities, sink)
        })?;
        let kept = attended.stage(Phase::Publishing, || {
            folders::set_times(staging.target(), &plan)?;
            if options.durable {
                disk::write_out(staging.tree())?;
            }
            publish(staging, options.overwrite, options.durable)
        })?;
        let mut report = report(plan, failed);
        // Files that appeared meanwhile.
        let exists = |name| Skipped { name, reason: SkipReason::Exists };
        report.skipped.extend(kept.into_iter().map(exists));
        Ok(report)
    }

    /// Does all that [`extract`](Self::extract) does, but writes nothing: every byte is decrypted
    /// and decompressed, every check made.
    ///
    /// # Errors
    /// As `extract`, without those of writing.
    pub fn verify(&self) -> Result<Report, Error> {
        self.verify_with(&ExtractOptions::new(), &mut ())
    }

    /// As [`verify`](Self::verify), with options and progress.
    ///
    /// # Errors
    /// As `verify`, and [`Cancelled`](crate::ErrorKind::Cancelled).
    pub fn verify_with(
        &self,
        options: &ExtractOptions,
        progress: &mut dyn Progress,
    ) -> Result<Report, Error> {
        self.settled(|archive| archive.verify_all(options, progress))
    }

    fn verify_all(
        &self,
        options: &ExtractOptions,
        progress: &mut dyn Progress,
    ) -> Result<Report, Error> {
        let mut attended = Attended::new(&options.cancel, progress);
        let call = attended.call().clone();
        let gauge = call.gauge();
        gauge.begin(0, self.entries().len() as u64);
        let asked = Asked::of(self, options, &mut attended)?;
        let mut plan = attended.stage(Phase::Planning, || Plan::make(self, options, &asked))?;
        gauge.begin(plan.bytes, plan.files.len() as u64);
        let failed = attended.stage(Phase::Verifying, || {
            folders::verify(self, &mut plan, options)?;
            work::run(self, &plan.files, options, gauge, &mut plan.oddities, || Ok(NullSink))
        })?;
        // Once more, as all is done.
        attended.begin(Phase::Verifying)?;
        Ok(report(plan, failed))
    }

    /// Makes the checks of [`extract`](Self::extract) that need no decompression, and writes
    /// nothing: names, conflicts, kinds, methods, limits, what is at the destination and on the way
    /// to it, whether it may be written to, free space. The report says what `extract` would do, if
    /// no entry is damaged and nobody else changes the destination. What a killed run left there is
    /// not taken back.
    ///
    /// # Errors
    /// As `extract`, before anything is written.
    pub fn dry_run(
        &self,
        destination: impl AsRef<Path>,
        options: &ExtractOptions,
    ) -> Result<Report, Error> {
        let destination = destination.as_ref();
        let asked = Asked::of(self, options, &mut Attended::new(&options.cancel, &mut ()))?;
        let _entered = Call::new(&options.cancel).enter();
        let mut plan = Plan::make(self, options, &asked)?;
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

/// Looks at the destination and checks the plan by what is there. Returns the folder where a
/// staging folder would be made.
fn look(plan: &mut Plan<'_>, destination: &Path, options: &ExtractOptions) -> Result<Dir, Error> {
    check()?;
    let (home, prefix) = nearest(destination)?;
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
            existing::apply_overwrite_policy(plan, self.home, destination, options.overwrite)?;
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
        unavailable: plan.unavailable,
        oddities: plan.oddities.to_list(),
        failed: all.into_iter().map(|(_, error)| error).collect(),
    }
}

#[cfg(test)]
mod tests;
