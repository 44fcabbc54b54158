//! What state the exports of a folder are in, seen cheaply: from names, sizes, the heads of parts
//! and the end record in the last one.

mod look;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

use self::look::Look;
use super::Export;
use super::unlock::Unlocking;
use crate::error::Error;
use crate::keys::KeyRing;
use crate::options::UnlockOptions;
use crate::parts::{Part, PartName, Position};
use crate::threads;

/// What state a set is in: which parts are here, for whom they are, what is wrong with them.
///
/// It is found out from names and sizes, the heads of the parts, and, with a key that fits, the end
/// record in the last part, which says how many there are. What stands in the parts is not read, so
/// damage there shows only when the export is verified.
///
/// ```
/// use smimezip::export::{SetStatus, Verdict};
/// use smimezip::{Export, KeyRing, UnlockOptions};
///
/// # let (folder, key) = ("../../examples/data", "../../examples/data/key.pem");
/// let exports = Export::discover_all(folder)?;
/// let keys = KeyRing::from_file(key)?;
/// for status in SetStatus::of_all(&exports, &keys, &UnlockOptions::new())? {
///     assert!(matches!(status.verdict(), Verdict::Complete));
///     assert_eq!((status.parts().len(), status.total()), (4, Some(4)));
/// }
/// # Ok::<(), smimezip::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct SetStatus {
    name: String,
    parts: Vec<Position>,
    total: Option<u32>,
    bytes: u64,
    created: Option<SystemTime>,
    recipients: Vec<String>,
    key_fits: Option<bool>,
    duplicates: Vec<String>,
    stand_ins: Vec<String>,
    verdict: Verdict,
}

/// What is to be said of a set in one word. Where several are true, the first of them in the order
/// `Conflicting`, `Damaged`, `StillDownloading`, `Missing`, `NoKey`, `NotCounted`.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Verdict {
    /// All parts are here.
    Complete,
    /// These parts are missing.
    Missing(Vec<PartName>),
    /// Parts are missing, and more of them may come: a program is downloading them, or the last,
    /// which is fetched last, is not there yet.
    StillDownloading {
        /// The parts that are not here, as far as it is known.
        missing: Vec<PartName>,
        /// Names of the files that are being downloaded.
        files: Vec<String>,
    },
    /// These files claim a place that another has and are not the same, or one after the end.
    Conflicting(Vec<String>),
    /// The parts that show in the names are here. Whether there are more is seen with a key, of
    /// which none was given, or none fits.
    NoKey,
    /// The parts that show in the names are here, and a key seems to fit. Whether there are more
    /// stands in the last part, which is authenticated and too large to be read for a status.
    NotCounted,
    /// A part cannot be read, or is not what it should be.
    Damaged(Error),
}

impl Export {
    /// What state the set is in, seen cheaply.
    ///
    /// # Errors
    /// [`ErrorKind::Cancelled`](crate::ErrorKind::Cancelled) alone: whatever else is wrong is the
    /// set's state.
    ///
    /// ```
    /// use smimezip::export::Verdict;
    /// use smimezip::{Export, KeyRing, UnlockOptions};
    ///
    /// # let folder = "../../examples/data";
    /// let export = Export::discover(folder)?;
    /// let status = export.status(&KeyRing::new(), &UnlockOptions::new())?;
    /// // Without a key, nobody knows how many parts there are.
    /// assert!(matches!(status.verdict(), Verdict::NoKey));
    /// assert!(status.recipients()[0].contains("serial"));
    /// # Ok::<(), smimezip::Error>(())
    /// ```
    pub fn status(&self, keys: &KeyRing, options: &UnlockOptions) -> Result<SetStatus, Error> {
        options.token().scope(|| SetStatus::of(self, keys, options))
    }
}

impl SetStatus {
    /// The states of many sets in their order, found out by several threads: a key that fits takes
    /// a private-key operation for each set.
    ///
    /// # Errors
    /// [`ErrorKind::Cancelled`](crate::ErrorKind::Cancelled).
    pub fn of_all(
        exports: &[Export],
        keys: &KeyRing,
        options: &UnlockOptions,
    ) -> Result<Vec<Self>, Error> {
        let (next, all) = (AtomicUsize::new(0), Mutex::new(BTreeMap::new()));
        let threads = threads::count(options.asked_threads()).min(exports.len());
        options.token().scope(|| {
            threads::team(threads, || {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    let Some(export) = exports.get(number) else { return Ok(()) };
                    let status = Self::of(export, keys, options)?;
                    all.lock().unwrap_or_else(PoisonError::into_inner).insert(number, status);
                }
            })
        })?;
        Ok(all.into_inner().unwrap_or_else(PoisonError::into_inner).into_values().collect())
    }

    fn of(export: &Export, keys: &KeyRing, options: &UnlockOptions) -> Result<Self, Error> {
        let mut look = Look::new(export, options.rules());
        look.at_files()?;
        look.at_heads()?;
        look.at_end(&Unlocking::new(export, keys, options, 1))?;
        let verdict = look.verdict()?;
        let Look { total, bytes, created, recipients, key_fits, .. } = look;
        Ok(Self {
            name: export.name().to_owned(),
            parts: export.parts.iter().map(Part::position).collect(),
            total,
            bytes,
            created,
            recipients,
            key_fits,
            duplicates: export.duplicates(),
            stand_ins: export.stand_ins(),
            verdict,
        })
    }

    /// The set's name, as [`Export::name`] says it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The places of the parts that are here, in their order.
    pub fn parts(&self) -> &[Position] {
        &self.parts
    }

    /// How many parts there are, if the end record could be read.
    pub fn total(&self) -> Option<u32> {
        self.total
    }

    /// The size of the parts that are here, as they are.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// When the first of the parts was written here: the oldest time of modification of their
    /// files. `None` if no part is a file, or the system does not say.
    pub fn created(&self) -> Option<SystemTime> {
        self.created
    }

    /// For whom the last part is, or the first if that is not here: issuer and serial number, or
    /// key identifier, one text per recipient.
    pub fn recipients(&self) -> &[String] {
        &self.recipients
    }

    /// Whether one of the keys given opens that part; `None` if none was given, or none is needed.
    /// Of a large authenticated part only names and kinds of keys were compared.
    pub fn key_fits(&self) -> Option<bool> {
        self.key_fits
    }

    /// Names of files that claim the place of a part. Unless they are
    /// [`Conflicting`](Verdict::Conflicting), they are of its size and the same at both ends; that
    /// they are the same throughout is seen when the export is unlocked.
    pub fn duplicates(&self) -> &[String] {
        &self.duplicates
    }

    /// As [`Export::stand_ins`].
    pub fn stand_ins(&self) -> &[String] {
        &self.stand_ins
    }

    /// What is to be said of it.
    pub fn verdict(&self) -> &Verdict {
        &self.verdict
    }

    /// Whether all parts are here.
    pub fn is_complete(&self) -> bool {
        matches!(self.verdict, Verdict::Complete)
    }
}

impl Verdict {
    /// A name that programs may compare: `complete`, `missing`, `still_downloading`, `conflicting`,
    /// `no_key`, `not_counted`, `damaged`.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Complete => "complete",
            Self::Missing(_) => "missing",
            Self::StillDownloading { .. } => "still_downloading",
            Self::Conflicting(_) => "conflicting",
            Self::NoKey => "no_key",
            Self::NotCounted => "not_counted",
            Self::Damaged(_) => "damaged",
        }
    }
}
