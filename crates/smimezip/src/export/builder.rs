//! `ExportBuilder`: an export made of a folder, or of entries as the caller writes them. Zipped and
//! cut by `build`, sealed by `message`; nothing of either is done here.

#[cfg(feature = "extract")]
use std::path::Path;

use super::SealingSink;
use crate::build::{ArchiveWriter, BuildOptions};
#[cfg(feature = "extract")]
use crate::build::{Built, FolderSink, build_tree_with, check_outside};
use crate::error::{Error, ErrorKind};
use crate::keys::Recipient;
use crate::message::SealOptions;
use crate::parts::{PartName, PartSink, Position, SetName};
#[cfg(feature = "extract")]
use crate::progress::Progress;

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
}

impl ExportBuilder {
    /// For a set of that name, uncut, with the defaults of all options, for nobody yet.
    pub fn new(name: SetName) -> Self {
        let (build, seal) = (BuildOptions::new(), SealOptions::new());
        Self { name, recipients: Vec::new(), build, seal, read_back: true }
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

    /// An archive whose entries the caller writes one after the other, and whose parts go to
    /// `sink`, sealed.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidArgument`] without recipients and for what is wrong in the options;
    /// those of [`Sealer::new`](crate::message::Sealer::new).
    pub fn writer<S: PartSink>(&self, sink: S) -> Result<ArchiveWriter<SealingSink<S>>, Error> {
        ArchiveWriter::new(self.sealing(sink)?, &self.part_name(), &self.build)
    }

    /// An export of all that is in the folder `tree`, to files in the folder `outbox`, which is
    /// made if it is not there: all parts are in it afterwards, or it is as it was.
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
        let (tree, outbox, name) = (tree.as_ref(), outbox.as_ref(), self.part_name());
        let sink = || {
            check_outside(outbox, tree)?;
            // Before anything is made in the outbox.
            self.check_recipients()?;
            self.sealing(FolderSink::new(outbox, &name, &self.build)?)
        };
        build_tree_with(tree, sink, &name, &self.build, progress)
    }

    fn sealing<S: PartSink>(&self, sink: S) -> Result<SealingSink<S>, Error> {
        self.check_recipients()?;
        let sealing = SealingSink::new(sink, &self.recipients, &self.seal)?;
        Ok(if self.read_back { sealing.reading_back(&self.build) } else { sealing })
    }

    fn check_recipients(&self) -> Result<(), Error> {
        if self.recipients.is_empty() {
            return Err(ErrorKind::InvalidArgument("an export without recipients".into()).into());
        }
        Ok(())
    }

    fn part_name(&self) -> PartName {
        self.name.part(Position::Last)
    }
}
