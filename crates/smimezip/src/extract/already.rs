//! Whether what is asked for is at the destination already. Only reads, and looks at nothing
//! through a link.

use std::io::Read;
use std::path::Path;

use cap_fs_ext::{FollowSymlinks, OpenOptionsFollowExt};
use cap_std::fs::{Dir, OpenOptions};

use super::asked::Asked;
use super::existing::Lookup;
use super::options::ExtractOptions;
use super::plan::Plan;
use super::planned::Planned;
use super::report::Report;
use super::{at, report};
use crate::error::Error;
use crate::progress::{Call, check};
use crate::staging::{There, enter, nearest};
use crate::threads::Attended;
use crate::zip::Archive;

/// Bytes read at once.
const BUFFER: usize = 256 * 1024;

impl Archive {
    /// Whether all that [`extract_with`](Self::extract_with) would make is at the destination
    /// already, so that a run can be repeated: every file with its size and CRC-32, every folder.
    /// Times and permissions are not looked at, nor what else is there. Returns the report that an
    /// extraction would have had.
    ///
    /// The archive's directory is believed, as no entry is read; CRC-32 finds accidents, not
    /// attacks.
    ///
    /// ```
    /// # let (folder, key) = ("../../examples/data", "../../examples/data/key.pem");
    /// # let temporary = tempfile::tempdir()?;
    /// # let out = temporary.path().join("out");
    /// use smimezip::{Export, ExtractOptions, KeyRing};
    ///
    /// let archive = Export::discover(folder)?.unlock(&KeyRing::from_file(key)?)?;
    /// let options = ExtractOptions::new();
    /// assert!(archive.already_extracted(&out, &options)?.is_none());
    /// let report = archive.extract(&out)?;
    /// let again = archive.already_extracted(&out, &options)?;
    /// assert_eq!(again.map(|again| again.files), Some(report.files));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// As [`extract`](Self::extract) before anything is written, but for
    /// [`Exists`](crate::ErrorKind::Exists) and [`NoSpace`](crate::ErrorKind::NoSpace);
    /// [`Cancelled`](crate::ErrorKind::Cancelled), and what the operating system says.
    pub fn already_extracted(
        &self,
        destination: impl AsRef<Path>,
        options: &ExtractOptions,
    ) -> Result<Option<Report>, Error> {
        let destination = destination.as_ref();
        let asked = Asked::of(self, options, &mut Attended::new(&options.cancel, &mut ()))?;
        let _entered = Call::new(&options.cancel).enter();
        let plan = Plan::make(self, options, &asked)?;
        let is_there = is_there(&plan, destination).map_err(|error| at(error, destination))?;
        Ok(is_there.then(|| report(plan, Vec::new())))
    }
}

fn is_there(plan: &Plan<'_>, destination: &Path) -> Result<bool, Error> {
    let (home, rest) = nearest(destination)?;
    if !rest.as_os_str().is_empty() {
        return Ok(false);
    }
    let mut lookup = Lookup::new(&home);
    let mut has = |planned: &Planned<'_>, kind: There| {
        check()?;
        let path = planned.path.as_str();
        Ok::<_, Error>(lookup.find(path)?.is_some_and(|(at, found)| found == kind && at == path))
    };
    for folder in &plan.folders {
        if !has(folder, There::Folder)? {
            return Ok(false);
        }
    }
    // Sizes cost nothing, so they come before any file is read.
    for file in &plan.files {
        if !has(file, There::File)?
            || home.symlink_metadata(file.path.as_str())?.len() != file.entry.size()
        {
            return Ok(false);
        }
    }
    let mut buffer = vec![0; BUFFER];
    for file in &plan.files {
        if crc32(&home, file.path.as_str(), &mut buffer)? != file.entry.crc32() {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The CRC-32 of a file.
fn crc32(home: &Dir, path: &str, buffer: &mut [u8]) -> Result<u32, Error> {
    let (folder, name) = enter(home, Path::new(path))?;
    let mut file =
        folder.open_with(name, OpenOptions::new().read(true).follow(FollowSymlinks::No))?;
    let mut crc = crc32fast::Hasher::new();
    loop {
        check()?;
        match file.read(buffer)? {
            0 => return Ok(crc.finalize()),
            count => crc.update(buffer.get(..count).unwrap_or_default()),
        }
    }
}
