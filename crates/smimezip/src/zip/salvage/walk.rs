//! The walk over local headers: from one to the next where each says how long its entry is, and
//! after what is damaged or missing a search for the next one that proves itself.
//!
//! What is found by a search may stand inside of a file that is an archive. If that one's directory
//! follows, none of it is taken; if the archive's own does, what that has is certain; else nobody
//! can tell. A walk that began where the archive begins meets no such thing, as it passes over each
//! file as a whole.

use std::ops::Range;
use std::sync::Arc;

use super::cut_off;
use super::extent::{Extent, find_extent, reaches_beyond, verify};
use super::found::Found;
use super::header::Header;
use super::met::MetDirectory;
use super::moved_header::moved_header;
use super::region::Region;
use crate::error::{Damage, Error, ErrorKind};
use crate::limits::Limit;
use crate::options::Rules;
use crate::parts::{Address, PartSet, View};
use crate::progress::current;
use crate::zip::entry::Entry;
use crate::zip::record::{CentralHeader, EndRecord, LocalHeader, Sizes};

/// What a split archive begins with (8.5.3 and 8.5.4).
const MARKERS: [[u8; 4]; 2] = [*b"PK\x07\x08", *b"PK00"];
/// A zip64 end record (4.3.14).
const ZIP64_END: [u8; 4] = *b"PK\x06\x06";

/// The walk over all parts that are there.
pub(super) struct Walk<'a> {
    set: &'a Arc<PartSet>,
    /// Which parts end before they should.
    cut: &'a [bool],
    rules: &'a Rules,
    found: Found,
    /// Whether it is in a file that is an archive and of which nobody knows where it ends.
    is_inside: bool,
    /// The directory that a search has found, and where.
    met: Option<(u64, MetDirectory)>,
}

/// Where the walk is in a run of parts.
struct Steps {
    position: u64,
    /// Whether a chain of records leads here from where the archive begins.
    is_anchored: bool,
    /// The header before, and its extent, if the walk came from there.
    last: Option<(Header, Extent)>,
}

/// What goes on behind parts that are missing.
struct Rest {
    /// How many bytes of an entry are to follow after a run of parts.
    bytes: u64,
    /// The part after that run.
    part: usize,
}

/// How a run of parts ended.
enum RunEnd {
    /// With the archive.
    Archive,
    /// In an entry of which so many bytes follow.
    Within(u64),
    /// Otherwise.
    Other,
}

/// What stands at a position.
enum Record {
    Local(Box<Header>),
    Directory,
    Other,
}

impl<'a> Walk<'a> {
    pub(super) fn new(set: &'a Arc<PartSet>, cut: &'a [bool], rules: &'a Rules) -> Self {
        Self { set, cut, rules, found: Found::default(), is_inside: false, met: None }
    }

    /// Walks over all parts.
    ///
    /// # Errors
    /// `Limit`, `Cancelled`, and what a source reports.
    pub(super) fn run(mut self) -> Result<Found, Error> {
        let mut rest = None;
        let runs = self.runs();
        self.count(&runs)?;
        for (number, run) in runs.into_iter().enumerate() {
            let mut region = Region::new(View::of(self.set, run.clone())?);
            let start = match rest.take() {
                _ if run.start == 0 => Some(start_of_archive(&mut region)?),
                Some(rest) => self.after_gap(&rest, run.start)?,
                None => None,
            };
            self.found.begin_run(number);
            self.met = None;
            match self.region(&mut region, start)? {
                RunEnd::Archive => break,
                RunEnd::Within(bytes) => rest = Some(Rest { bytes, part: run.end }),
                RunEnd::Other => {}
            }
            note_done(region.length());
        }
        Ok(self.found)
    }

    /// The runs of parts that follow each other without a gap.
    fn runs(&self) -> Vec<Range<usize>> {
        let mut runs: Vec<Range<usize>> = Vec::new();
        for part in (0..self.set.count()).filter(|part| !self.set.is_missing(*part)) {
            match runs.last_mut() {
                Some(run) if run.end == part && !self.is_cut(part - 1) => run.end = part + 1,
                _ => runs.push(part..part + 1),
            }
        }
        runs
    }

    fn is_cut(&self, part: usize) -> bool {
        self.cut.get(part).copied().unwrap_or(false)
    }

    /// Has the call's gauge know how much there is to walk over.
    fn count(&self, runs: &[Range<usize>]) -> Result<(), Error> {
        let Some(call) = current() else { return Ok(()) };
        let mut total = 0_u64;
        for run in runs {
            total = total.saturating_add(View::of(self.set, run.clone())?.length());
        }
        call.gauge().know_bytes(total);
        Ok(())
    }

    /// Where an entry ends in the run that begins with `part`, if the parts before it that are
    /// missing have the size of a part. One that an entry fills ends in no header, for which it may
    /// be shorter (APPNOTE 8.5.2).
    fn after_gap(&self, rest: &Rest, part: usize) -> Result<Option<u64>, Error> {
        let last = self.set.count().saturating_sub(1);
        let mut size = 0;
        for part in (0..last).filter(|it| !self.set.is_missing(*it) && !self.is_cut(*it)) {
            size = View::of(self.set, part..part + 1)?.length().max(size);
        }
        let missing = part.saturating_sub(rest.part) as u64;
        let mut gap = size.checked_mul(missing).filter(|_| size > 0);
        // What was cut off of the part before is not there either.
        let before = rest.part.saturating_sub(1);
        if self.is_cut(before) {
            let left = View::of(self.set, before..rest.part)?.length();
            gap = size.checked_sub(left).and_then(|cut| gap?.checked_add(cut));
        }
        Ok(gap.and_then(|gap| rest.bytes.checked_sub(gap)))
    }

    /// Walks over one run. `start` is where a record is known to be.
    fn region(&mut self, region: &mut Region, start: Option<u64>) -> Result<RunEnd, Error> {
        if let Some(open) = start.and_then(|start| start.checked_sub(region.length() + 1)) {
            // All of it belongs to an entry that goes on behind it.
            return Ok(RunEnd::Within(open + 1));
        }
        let (position, is_anchored) = (start.unwrap_or(0), start.is_some());
        let mut steps = Steps { position, is_anchored, last: None };
        let mut is_found = is_anchored;
        loop {
            if !is_found {
                let Some(found) = self.search(region, steps.position)? else {
                    return Ok(RunEnd::Other);
                };
                steps = Steps { position: found, is_anchored: false, last: None };
            }
            is_found = match record(region, steps.position)? {
                Record::Local(header) => match find_extent(region, &header, self.most())? {
                    Some(extent) if extent.end <= region.length() => {
                        self.step(region, &mut steps, *header, extent)?;
                        true
                    }
                    Some(extent)
                        if reaches_beyond(region, &header, &extent.sizes, self.most())? =>
                    {
                        self.end_of_run(region, &steps, &header, &extent);
                        return Ok(RunEnd::Within(extent.end - region.length()));
                    }
                    Some(_) | None => {
                        self.lose(region, &header)?;
                        steps.position = header.data_start;
                        false
                    }
                },
                Record::Directory => {
                    let met = match self.met.take() {
                        Some((position, met)) if position == steps.position => met,
                        _ => MetDirectory::read(region, steps.position)?,
                    };
                    if steps.is_anchored {
                        return Ok(RunEnd::Archive);
                    }
                    self.judge(&met, region);
                    steps.position = met.read_to.max(steps.position + 1);
                    false
                }
                Record::Other => {
                    let moved = moved_header(region, steps.position, self.most())?;
                    let is_moved = moved.is_some();
                    if let Some((header, extent)) = moved {
                        self.step(region, &mut steps, header, extent)?;
                    } else {
                        steps.position = self.resume_from(region, &steps)?;
                    }
                    is_moved
                }
            };
        }
    }

    /// Takes the entry here, and goes on to what follows it.
    fn step(
        &mut self,
        region: &Region,
        steps: &mut Steps,
        header: Header,
        extent: Extent,
    ) -> Result<(), Error> {
        if self.found.count() >= self.rules.entries {
            return Err(Error::limit(Limit::Entries, self.rules.entries));
        }
        let (from, to) = (region.address(steps.position), region.address(extent.end));
        if let Some(entry) = with_place(&header, extent.sizes, from, to)
            && !self.is_inside
        {
            self.found.add(entry, steps.position, steps.is_anchored);
        }
        steps.position = extent.end;
        steps.last = Some((header, extent));
        Ok(())
    }

    /// Notes that an entry is lost of which nobody knows where it ends.
    fn lose(&mut self, region: &mut Region, header: &Header) -> Result<(), Error> {
        if !self.is_inside {
            self.found.lose(damaged(header));
            self.is_inside = is_archive(region, header)?;
        }
        Ok(())
    }

    /// Where to look for a record after a chain that broke: behind its last entry if that is whole
    /// or an archive, else inside of it, where what was lost may have been.
    fn resume_from(&self, region: &mut Region, steps: &Steps) -> Result<u64, Error> {
        let Some((header, extent)) = &steps.last else { return Ok(steps.position) };
        let is_passed = extent.is_verified
            || is_archive(region, header)?
            || verify(region, header, &extent.sizes, self.most())?;
        Ok(if is_passed { steps.position } else { header.data_start })
    }

    /// The next record from `position` on that is more than bytes that look like one: a directory,
    /// or a header whose entry leads to another record or to the end, or has the CRC-32 that it
    /// says.
    fn search(&mut self, region: &mut Region, mut position: u64) -> Result<Option<u64>, Error> {
        while let Some(found) = region.find_record(position)? {
            let is_it = match record(region, found)? {
                Record::Local(header) => self.proves_itself(region, &header)?,
                Record::Directory => {
                    let met = MetDirectory::read(region, found)?;
                    let is_any = met.is_any();
                    self.met = is_any.then_some((found, met));
                    is_any
                }
                Record::Other => false,
            };
            if is_it {
                return Ok(Some(found));
            }
            position = found + 1;
        }
        Ok(None)
    }

    fn proves_itself(&self, region: &mut Region, header: &Header) -> Result<bool, Error> {
        let Some(extent) = find_extent(region, header, self.most())? else { return Ok(false) };
        Ok(extent.end <= region.length()
            && (extent.is_verified
                || extent.end == region.length()
                || !matches!(record(region, extent.end)?, Record::Other)
                || verify(region, header, &extent.sizes, self.most())?))
    }

    /// Notes the entry that a run ends in: parts that are missing may have the rest of it.
    fn end_of_run(&mut self, region: &Region, steps: &Steps, header: &Header, extent: &Extent) {
        let last = region.address(region.length());
        let next = last.part.saturating_add(1);
        if self.set.is_missing(next) && !self.is_cut(last.part) {
            let (from, to) = (region.address(steps.position), Address { part: next, offset: 1 });
            if let Some(entry) = with_place(header, extent.sizes, from, to)
                && !self.is_inside
            {
                self.found.add(entry, steps.position, steps.is_anchored);
            }
        } else if !self.is_inside {
            self.found.lose(cut_off(&header.shown_name()));
        }
    }

    /// Decides about what a search has found before a directory that it met: the archive's own
    /// confirms what it has, another one ends an archive inside of this one.
    fn judge(&mut self, met: &MetDirectory, region: &Region) {
        if self.is_inside {
            self.is_inside = !met.has_end();
            return;
        }
        let is_in_last_part = region.address(region.length()).part + 1 == self.set.count();
        // A directory that is whole ends the last part.
        let ends_all = is_in_last_part && met.read_to == region.length();
        let is_alone = self.found.certain_names().next().is_none();
        // Where its start was cut off, the archive would begin before the bytes do.
        let has_the_rest =
            met.has_most(self.found.certain_names()) || (is_alone && met.reaches_to_start());
        if has_the_rest && (ends_all || !met.has_end()) {
            self.found.confirm(met);
        } else if met.has_end() && !ends_all {
            self.found.take_back(met.archive(self.found.in_this_run()));
        }
    }

    fn most(&self) -> u64 {
        self.rules.total_size
    }
}

/// Whether the data of an entry are an archive, as far as their start says: what looks like a
/// header in them is one, of another archive.
fn is_archive(region: &mut Region, header: &Header) -> Result<bool, Error> {
    let start = region.bytes(header.data_start, 4)?;
    Ok(header.method() == 0 && start == LocalHeader::SIGNATURE)
}

/// That the data of an entry are damaged, so that its end is not known.
fn damaged(header: &Header) -> Error {
    Error::from(ErrorKind::Damaged(Damage::Compressed)).in_entry(header.shown_name())
}

/// The entry of a header, from one address to another.
fn with_place(header: &Header, sizes: Sizes, from: Address, to: Address) -> Option<Entry> {
    let mut entry = header.entry(sizes, from)?;
    entry.end = to;
    Some(entry)
}

/// Where the first header of an archive is.
fn start_of_archive(region: &mut Region) -> Result<u64, Error> {
    let marker = region.bytes(0, 4)?;
    Ok(if MARKERS.iter().any(|it| marker == it) { 4 } else { 0 })
}

/// What stands at a position.
fn record(region: &mut Region, position: u64) -> Result<Record, Error> {
    let signature = region.bytes(position, 4)?;
    if signature == LocalHeader::SIGNATURE {
        let header = Header::read(region, position)?;
        return Ok(header.map_or(Record::Other, |header| Record::Local(Box::new(header))));
    }
    let is_directory = signature == CentralHeader::SIGNATURE
        || signature == EndRecord::SIGNATURE
        || signature == ZIP64_END;
    Ok(if is_directory { Record::Directory } else { Record::Other })
}

/// Notes on the call's gauge that so many bytes were walked over.
fn note_done(bytes: u64) {
    if let Some(call) = current() {
        call.gauge().add_bytes(bytes);
    }
}
