//! Parts against their manifest: every byte is read, and no key is needed.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use sha2::{Digest, Sha256};

use super::{Manifest, ManifestPart};
use crate::error::{Damage, Error, ErrorKind};
use crate::export::Export;
use crate::options::UnlockOptions;
use crate::parts::{Part, PartName, Position};
use crate::progress::{Gauge, Phase, Progress, check};
use crate::read_at::read_full_at;
use crate::threads::{self, Attended};

/// Bytes that are read at once.
const PIECE: usize = 1024 * 1024;

/// What became of the parts that a manifest names.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct ManifestReport {
    /// Parts that are as they were made.
    pub parts: u64,
    /// Bytes of these.
    pub bytes: u64,
    /// Parts that are not, or cannot be read: each error names its part.
    pub damaged: Vec<Error>,
    /// Parts that are not there.
    pub missing: Vec<PartName>,
    /// Files that are parts of the set by their name, of which the manifest knows nothing.
    pub extra: Vec<String>,
}

impl ManifestReport {
    /// Whether all parts are there and as they were made, and no others are.
    pub fn is_intact(&self) -> bool {
        self.damaged.is_empty() && self.missing.is_empty() && self.extra.is_empty()
    }
}

impl Manifest {
    /// Compares the parts of `export` with this manifest, by their names, sizes and SHA-256; `None`
    /// where no part of it was found. All that is wrong is in the report. Of the options the number
    /// of threads and the token count.
    ///
    /// # Errors
    /// [`ErrorKind::Cancelled`].
    pub fn verify(
        &self,
        export: Option<&Export>,
        options: &UnlockOptions,
        progress: &mut dyn Progress,
    ) -> Result<ManifestReport, Error> {
        let there = export.map_or(&[][..], Export::parts);
        let mut report = self.compare_names(there);
        let by_position = self.by_position(there);
        let pairs = self.parts.iter();
        let pairs = pairs.filter_map(|part| Some((part, *by_position.get(&part.name.position())?)));
        let pairs: Vec<(&ManifestPart, &Part)> = pairs.collect();
        let mut attended = Attended::new(options.token(), progress);
        let call = attended.call().clone();
        let bytes = pairs.iter().fold(0_u64, |sum, (part, _)| sum.saturating_add(part.size));
        call.gauge().begin(bytes, pairs.len() as u64);
        let threads = threads::count(options.asked_threads()).min(pairs.len());
        let damaged = attended.stage(Phase::Verifying, || verify_all(&pairs, threads, &call))?;
        for (number, (part, _)) in pairs.iter().enumerate() {
            if !damaged.contains_key(&number) {
                report.parts += 1;
                report.bytes = report.bytes.saturating_add(part.size);
            }
        }
        report.damaged = damaged.into_values().collect();
        Ok(report)
    }

    /// Compares the names of the parts at hand with this manifest, and reads nothing. A file that
    /// is a copy of a part by its name is that part if there is no other.
    pub fn compare_names(&self, parts: &[Part]) -> ManifestReport {
        let there = self.by_position(parts);
        let missing = self.parts.iter().filter(|part| !there.contains_key(&part.name.position()));
        let missing = missing.map(|part| part.name.clone()).collect();
        let known: HashSet<&str> = there.values().map(|part| part.name()).collect();
        let extra = parts.iter().map(Part::name).filter(|name| !known.contains(name));
        let extra = extra.map(str::to_owned).collect();
        ManifestReport { missing, extra, ..ManifestReport::default() }
    }

    /// The parts at hand that the manifest names, by their position.
    fn by_position<'a>(&self, parts: &'a [Part]) -> HashMap<Position, &'a Part> {
        let mine: HashMap<String, Position> =
            self.parts.iter().map(|part| (part.name.to_string(), part.name.position())).collect();
        let mut there = HashMap::new();
        for part in parts {
            if let Some(position) = mine.get(part.name()) {
                there.insert(*position, part);
            }
        }
        for part in parts {
            let original = PartName::parse_copy(part.name()).map(|name| name.to_string());
            if let Some(position) = original.and_then(|name| mine.get(&name)) {
                there.entry(*position).or_insert(part);
            }
        }
        there
    }
}

/// What is wrong with which of the pairs.
fn verify_all(
    pairs: &[(&ManifestPart, &Part)],
    threads: usize,
    call: &crate::progress::Call,
) -> Result<BTreeMap<usize, Error>, Error> {
    let (next, damaged) = (AtomicUsize::new(0), Mutex::new(BTreeMap::new()));
    threads::team(threads, || {
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            let Some((expected, part)) = pairs.get(number) else { return Ok(()) };
            check()?;
            match verify_part(expected, part, call.gauge()) {
                Err(error) if matches!(error.kind(), ErrorKind::Cancelled) => return Err(error),
                Err(error) => {
                    let error = error.in_part(part.name());
                    damaged.lock().unwrap_or_else(PoisonError::into_inner).insert(number, error);
                }
                Ok(()) => {}
            }
            call.gauge().add_entry();
        }
    })?;
    Ok(damaged.into_inner().unwrap_or_else(PoisonError::into_inner))
}

fn verify_part(expected: &ManifestPart, part: &Part, gauge: &Gauge) -> Result<(), Error> {
    let source = part.open()?;
    let actual = source.size()?;
    if actual != expected.size {
        let damage = Damage::PartSize { expected: expected.size, actual };
        return Err(ErrorKind::Damaged(damage).into());
    }
    let (mut digest, mut at) = (Sha256::new(), 0);
    let mut piece = vec![0; PIECE];
    while at < actual {
        check()?;
        let wanted = usize::try_from(actual - at).unwrap_or(PIECE).min(PIECE);
        let count = read_full_at(&source, &mut piece[..wanted], at)?;
        if count == 0 {
            return Err(ErrorKind::Truncated.into());
        }
        digest.update(&piece[..count]);
        at += count as u64;
        gauge.add_bytes(count as u64);
    }
    if digest.finalize()[..] != expected.sha256 {
        return Err(ErrorKind::Damaged(Damage::Sha256).into());
    }
    Ok(())
}
