//! Empty files and folders whose local headers are lost. The directory's word is enough for them,
//! as there is nothing in them that could be wrong; but not where a header is there that says
//! something else.

use std::ops::Range;
use std::sync::Arc;

use crate::error::Error;
use crate::parts::{PartSet, View};
use crate::read_at::read_full_at;
use crate::zip::entry::Entry;
use crate::zip::local::Local;
use crate::zip::moved::{LEFT, left_sizes};
use crate::zip::record::LocalHeader;

/// What there is of an entry's local header.
enum Header {
    /// Nothing, or not all of it, as the rest is lost.
    Lost,
    /// All of it, and it says what the directory says.
    Same,
    /// Something else.
    Differs,
}

/// Has nothing be read of those entries that are `astray`, or in what is missing, and are empty as
/// far as is known: they are `astray` no more. Of the parts in `cut` the end is lost.
///
/// # Errors
/// What the source reports.
pub(super) fn know(
    entries: &mut [Entry],
    astray: &mut Vec<usize>,
    set: &Arc<PartSet>,
    cut: &[bool],
) -> Result<(), Error> {
    let mut others = Vec::new();
    for number in std::mem::take(astray) {
        let entry = &mut entries[number];
        if entry.is_of_nothing() && matches!(Place::of(entry, set, cut).header()?, Header::Lost) {
            entry.know_empty();
        } else {
            others.push(number);
        }
    }
    *astray = others;
    for entry in entries {
        if entry.is_of_nothing()
            && !set.missing(entry.parts()).is_empty()
            && !matches!(Place::of(entry, set, cut).header()?, Header::Differs)
        {
            entry.know_empty();
        }
    }
    Ok(())
}

/// Where an entry's local header should be.
struct Place<'a> {
    entry: &'a Entry,
    set: &'a Arc<PartSet>,
    /// The parts from there that are there without a gap.
    parts: Range<usize>,
    /// Whether what follows them is lost.
    is_cut: bool,
}

impl<'a> Place<'a> {
    fn of(entry: &'a Entry, set: &'a Arc<PartSet>, cut: &[bool]) -> Self {
        let Range { start, end } = entry.parts();
        let is_cut_after = |part: usize| cut.get(part) == Some(&true) || set.is_missing(part + 1);
        if set.is_missing(start) {
            return Self { entry, set, parts: start..start, is_cut: true };
        }
        let last = (start..end).find(|part| is_cut_after(*part));
        let parts = start..last.map_or(end, |last| last + 1);
        Self { entry, set, parts, is_cut: last.is_some() }
    }

    fn header(&self) -> Result<Header, Error> {
        if self.parts.is_empty() {
            return Ok(Header::Lost);
        }
        match self.find() {
            Err(error) if error.is_passing() => Err(error),
            // What cannot be read is lost, too.
            Err(_) => Ok(Header::Lost),
            found => found,
        }
    }

    fn find(&self) -> Result<Header, Error> {
        let view = View::of(self.set, self.parts.clone())?;
        let start = self.entry.start;
        let Some(position) = view.position(start) else { return Ok(Header::Lost) };
        let is_at_end = start.offset.checked_add(LEFT as u64) == Some(view.size_of(start.part));
        let mut left = [0; LEFT];
        if is_at_end
            && read_full_at(&view, &mut left, position)? == LEFT
            && let Some(sizes) = left_sizes(&left)
        {
            // zip4j moved it to the next part.
            if sizes != *self.entry.sizes() {
                return Ok(Header::Differs);
            }
            return self.compare(&view, view.start_of(start.part + 1), true);
        }
        self.compare(&view, position, false)
    }

    /// Compares what stands at a position.
    fn compare(&self, view: &View, position: u64, may_lack_values: bool) -> Result<Header, Error> {
        let mut bytes = vec![0; LocalHeader::SIZE];
        let count = read_full_at(view, &mut bytes, position)?;
        if !bytes[..count].starts_with(&LocalHeader::SIGNATURE) {
            return Ok(Header::Lost);
        }
        if let Some(header) = LocalHeader::parse(&bytes[..count]) {
            let variable = usize::from(header.name_size) + usize::from(header.extra_size);
            bytes.resize(LocalHeader::SIZE + variable, 0);
        }
        let is_whole = read_full_at(view, &mut bytes, position)? == bytes.len();
        Ok(match Local::read(&bytes, self.entry, may_lack_values) {
            _ if !is_whole && self.is_cut => Header::Lost,
            Ok(_) if is_whole => Header::Same,
            _ => Header::Differs,
        })
    }
}
