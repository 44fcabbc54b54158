//! `ExportBuilder`: an export made of a folder, or of entries as the caller writes them. Zipped and
//! cut by `build`, sealed by `message`; nothing of either is done here.

#[cfg(feature = "extract")]
use std::path::{Path, PathBuf};

use super::SealingSink;
use super::manifest::ManifestContents;
use crate::build::{ArchiveWriter, BuildOptions};
#[cfg(feature = "extract")]
use crate::build::{BuildPlan, Built, FolderSink, Source, build_with, plan_with};
use crate::error::{Error, ErrorKind};
use crate::keys::Recipient;
use crate::message::SealOptions;
use crate::parts::{PartName, PartSink, Position, SetName};
#[cfg(feature = "extract")]
use crate::progress::Progress;

/// Bytes that the name of a file may have on the usual systems.
const MAX_FILE_NAME: usize = 255;

/// Makes an export: zipped, cut into parts, each of them sealed for the same recipients. Nothing of
/// the plaintext is ever written anywhere, and no part has its name before all are complete.
///
/// ```
/// use std::time::SystemTime;
///
/// use smimezip::build::BuildOptions;
/// use smimezip::export::ExportBuilder;
/// use smimezip::keys::Recipient;
/// use smimezip::parts::SetName;
/// use smimezip::{Certificate, Export, KeyRing};
///
/// # let temporary = tempfile::tempdir()?;
/// # let (tree, outbox) = (temporary.path().join("tree"), temporary.path().join("outbox"));
/// # std::fs::create_dir(&tree)?;
/// # std::fs::write(tree.join("hello.txt"), "Hello")?;
/// let file = std::fs::read("../../examples/data/certificate.pem")?;
/// let recipient =
///     Recipient::from_certificate(&Certificate::from_bytes(&file)?, SystemTime::now())?;
/// let built = ExportBuilder::new(SetName::random()?)
///     .recipient(recipient)
///     .build_options(&BuildOptions::new().part_size(500 << 20))
///     .build_folder(&tree, &outbox, &mut ())?;
/// assert_eq!((built.files, built.parts.len()), (1, 1));
///
/// let keys = KeyRing::from_file("../../examples/data/key.pem")?;
/// let archive = Export::discover(&outbox)?.unlock(&keys)?;
/// assert_eq!(std::io::read_to_string(archive.by_name("hello.txt")?)?, "Hello");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct ExportBuilder {
    name: SetName,
    recipients: Vec<Recipient>,
    build: BuildOptions,
    seal: SealOptions,
    read_back: bool,
    manifest: Option<ManifestContents>,
}

impl ExportBuilder {
    /// For a set of that name, uncut, with the defaults of all options, for nobody yet.
    pub fn new(name: SetName) -> Self {
        let (build, seal) = (BuildOptions::new(), SealOptions::new());
        Self { name, recipients: Vec::new(), build, seal, read_back: true, manifest: None }
    }

    /// Seals for one recipient more, who opens every part with its own key alone.
    #[must_use]
    pub fn recipient(mut self, recipient: Recipient) -> Self {
        self.recipients.push(recipient);
        self
    }

    /// How the archive is made and cut. A part's size is that before it is sealed; in MIME with
    /// base64 it becomes larger by 37 %.
    #[must_use]
    pub fn build_options(mut self, options: &BuildOptions) -> Self {
        self.build = options.clone();
        self
    }

    /// How each part is sealed. A known size does not count, as each part has its own.
    #[must_use]
    pub fn seal_options(mut self, options: &SealOptions) -> Self {
        self.seal = options.clone();
        self
    }

    /// Whether all parts are opened and every entry is verified before any part gets its name, with
    /// the keys that are in memory still; so it is by default, where the sink can be read
    /// ([`PartSink::read_back`]). It takes the feature `extract`.
    #[must_use]
    pub fn read_back(mut self, yes: bool) -> Self {
        self.read_back = yes;
        self
    }

    /// Has a [`Manifest`](super::Manifest) stand beside the parts, in a file that gets its name
    /// with them: [`SetName::manifest_name`]. The sink must take it ([`PartSink::add_file`]), as
    /// that of a folder does, and make the SHA-256 of each part ([`BuildOptions::digests`]); for
    /// entries it must be readable.
    #[must_use]
    pub fn manifest(mut self, contents: ManifestContents) -> Self {
        self.manifest = Some(contents);
        self
    }

    /// An archive whose entries the caller writes one after the other, and whose parts go to
    /// `sink`, sealed.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidArgument`] without recipients and for what is wrong in the options;
    /// those of [`Sealer::new`](crate::message::Sealer::new).
    pub fn writer<S: PartSink>(&self, sink: S) -> Result<ArchiveWriter<SealingSink<S>>, Error> {
        ArchiveWriter::new(self.sealing(|| Ok(sink))?, &self.part_name(), &self.build)
    }

    /// An export of all that is in the folder `tree`, to files in the folder `outbox`, which is
    /// made if it is not there: all parts are in it afterwards, or it is as it was.
    ///
    /// After [`Phase::Writing`](crate::progress::Phase) `progress` hears of reading back as of any
    /// export: `Unlocking`, then `Verifying` with the bytes of all files once more.
    ///
    /// # Errors
    /// Those of [`build_tree_in`](crate::build::build_tree_in) and [`writer`](Self::writer), and
    /// what reading back finds.
    #[cfg(feature = "extract")]
    pub fn build_folder(
        &self,
        tree: impl AsRef<Path>,
        outbox: impl AsRef<Path>,
        progress: &mut dyn Progress,
    ) -> Result<Built, Error> {
        self.build(Source::Folder(tree.as_ref()), outbox.as_ref(), progress)
    }

    /// As [`build_folder`](Self::build_folder), of several files and folders, each of which goes
    /// into the archive under the last component of its path. A link that is named is what it leads
    /// to; in folders none is followed.
    ///
    /// ```
    /// use std::time::SystemTime;
    ///
    /// use smimezip::export::ExportBuilder;
    /// use smimezip::keys::Recipient;
    /// use smimezip::parts::SetName;
    /// use smimezip::{Certificate, Export, KeyRing};
    ///
    /// # let temporary = tempfile::tempdir()?;
    /// # let outbox = temporary.path().join("outbox");
    /// # let (tree, file) = (temporary.path().join("2026"), temporary.path().join("read me.txt"));
    /// # std::fs::create_dir(&tree)?;
    /// # std::fs::write(tree.join("hello.txt"), "Hello")?;
    /// # std::fs::write(&file, "Read me")?;
    /// # let certificate = std::fs::read("../../examples/data/certificate.pem")?;
    /// let certificate = Certificate::from_bytes(&certificate)?;
    /// let builder = ExportBuilder::new(SetName::random()?)
    ///     .recipient(Recipient::from_certificate(&certificate, SystemTime::now())?);
    /// let plan = builder.plan_paths(&[&tree, &file], &outbox, &mut ())?;
    /// assert_eq!(plan.entries, ["2026/", "2026/hello.txt", "read me.txt"]);
    /// let built = builder.build_paths(&[&tree, &file], &outbox, &mut ())?;
    /// assert_eq!((built.files, built.folders), (2, 1));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// Those of [`build_folder`](Self::build_folder); [`ErrorKind::InvalidArgument`] naming two
    /// paths of one name, and a path that is `.` or ends in `..` and so has none.
    #[cfg(feature = "extract")]
    pub fn build_paths(
        &self,
        paths: &[impl AsRef<Path>],
        outbox: impl AsRef<Path>,
        progress: &mut dyn Progress,
    ) -> Result<Built, Error> {
        self.build(Source::Paths(&owned(paths)), outbox.as_ref(), progress)
    }

    /// What [`build_folder`](Self::build_folder) would make: everything that can be seen without
    /// opening a file is, and nothing is written.
    ///
    /// # Errors
    /// Those of [`build_folder`](Self::build_folder) that can be seen.
    #[cfg(feature = "extract")]
    pub fn plan_folder(
        &self,
        tree: impl AsRef<Path>,
        outbox: impl AsRef<Path>,
        progress: &mut dyn Progress,
    ) -> Result<BuildPlan, Error> {
        self.plan(Source::Folder(tree.as_ref()), outbox.as_ref(), progress)
    }

    /// What [`build_paths`](Self::build_paths) would make, as
    /// [`plan_folder`](Self::plan_folder) says it.
    ///
    /// # Errors
    /// Those of [`build_paths`](Self::build_paths) that can be seen.
    #[cfg(feature = "extract")]
    pub fn plan_paths(
        &self,
        paths: &[impl AsRef<Path>],
        outbox: impl AsRef<Path>,
        progress: &mut dyn Progress,
    ) -> Result<BuildPlan, Error> {
        self.plan(Source::Paths(&owned(paths)), outbox.as_ref(), progress)
    }

    #[cfg(feature = "extract")]
    fn build(
        &self,
        source: Source<'_>,
        outbox: &Path,
        progress: &mut dyn Progress,
    ) -> Result<Built, Error> {
        let name = self.part_name();
        let sink = || {
            source.check_outside(outbox)?;
            let mut options = self.build.clone();
            if self.manifest.is_some() {
                options = options.digests(true);
            }
            self.sealing(|| FolderSink::new(outbox, &name, &options))
        };
        let check = SealingSink::<FolderSink>::check;
        build_with(source, sink, &name, &self.build, Some(check), progress)
    }

    #[cfg(feature = "extract")]
    fn plan(
        &self,
        source: Source<'_>,
        outbox: &Path,
        progress: &mut dyn Progress,
    ) -> Result<BuildPlan, Error> {
        self.check()?;
        plan_with(source, outbox, &self.part_name(), &self.build, progress)
    }

    /// `sink`, which is made if nothing is wrong yet, with a layer that seals on the way to it.
    fn sealing<S: PartSink>(
        &self,
        sink: impl FnOnce() -> Result<S, Error>,
    ) -> Result<SealingSink<S>, Error> {
        self.check()?;
        let sealing = SealingSink::new(sink()?, &self.recipients, &self.seal)?;
        let reads_back = self.read_back && cfg!(feature = "extract");
        let sealing = if reads_back { sealing.reading_back(&self.build) } else { sealing };
        Ok(match self.manifest {
            Some(contents) => sealing.with_manifest(contents, &self.build),
            None => sealing,
        })
    }

    /// What can be seen before anything is made.
    fn check(&self) -> Result<(), Error> {
        if self.recipients.is_empty() {
            return Err(ErrorKind::InvalidArgument("an export without recipients".into()).into());
        }
        let manifest = self.name.manifest_name();
        if self.manifest.is_some() && manifest.len() > MAX_FILE_NAME {
            let what = format!("{manifest} is too long for the name of a file");
            return Err(ErrorKind::InvalidArgument(what).into());
        }
        Ok(())
    }

    fn part_name(&self) -> PartName {
        self.name.part(Position::Last)
    }
}

#[cfg(feature = "extract")]
fn owned(paths: &[impl AsRef<Path>]) -> Vec<PathBuf> {
    paths.iter().map(|path| path.as_ref().to_owned()).collect()
}
