//! The bytes of an archive on their way into parts (APPNOTE 8): cut at exactly the size of a part,
//! but never inside a record (8.5.2), for which a part may end a little earlier.
//!
//! An archive that fits in one part is a plain one, and one that does not begins with a marker
//! (8.5.3). Which of the two it becomes is known only after a whole part, and nothing that was
//! written can be changed. So the first part is written twice, once with the marker and once
//! without, until one of the two is dropped; short archives are kept in memory until then.

use std::io::Write;

use super::part_count::{self, MAX_PARTS};
use crate::error::Error;
use crate::parts::{PartName, PartReceipt, PartSink, PartWriter, Position};
use crate::read_at::clamp;

/// What a split archive begins with (8.5.3).
const MARKER: [u8; 4] = *b"PK\x07\x08";
/// Bytes that are kept in memory before they are written.
const BUFFER: usize = 256 * 1024;

/// Where a record is: offsets count from the start of its part, and parts ("disks") from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) disk: u32,
    pub(super) offset: u64,
}

/// Writes records and data one after the other, whatever the parts are.
pub(super) struct SplitStream<S: PartSink> {
    sink: S,
    name: PartName,
    shape: Shape,
    /// Of the current part, not written yet.
    buffer: Vec<u8>,
    open: Open<S::Part>,
    /// Where the next byte goes. While it is undecided, the marker is counted.
    place: Place,
    receipts: Vec<PartReceipt>,
    /// The most bytes that will come, if that is known.
    max_size: Option<u64>,
}

/// What becomes of the archive, and of how many bytes a part is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shape {
    /// One part of any size.
    Whole,
    /// One part or several: the first one is written.
    Undecided(u64),
    Split(u64),
}

/// The current part.
enum Open<P> {
    Nothing,
    One(P),
    /// The first part of several, and the only one.
    Either {
        split: P,
        whole: P,
    },
}

impl<S: PartSink> SplitStream<S> {
    /// An archive in parts of `part_size` bytes, or in one. It is one, too, if it is known that no
    /// more than `max_size` bytes will come and these fit in a part.
    ///
    /// # Errors
    /// `InvalidArgument` for a size that no part may have.
    pub(super) fn new(
        sink: S,
        name: &PartName,
        part_size: Option<u64>,
        max_size: Option<u64>,
    ) -> Result<Self, Error> {
        if let Some(size) = part_size {
            part_count::check_size(size)?;
        }
        let shape = match part_size {
            None => Shape::Whole,
            Some(size) if max_size.is_some_and(|it| it <= size) => Shape::Whole,
            Some(size) => Shape::Undecided(size),
        };
        let offset = if shape == Shape::Whole { 0 } else { MARKER.len() as u64 };
        Ok(Self {
            sink,
            name: name.clone(),
            shape,
            buffer: Vec::new(),
            open: Open::Nothing,
            place: Place { disk: 0, offset },
            receipts: Vec::new(),
            max_size,
        })
    }

    /// Writes a record into one part; where it is then.
    pub(super) fn record(&mut self, bytes: &[u8]) -> Result<Place, Error> {
        let place = self.place_for(bytes.len() as u64)?;
        self.put(bytes)?;
        Ok(place)
    }

    /// Where a record of this size comes that is written next.
    pub(super) fn place_for(&mut self, size: u64) -> Result<Place, Error> {
        if size > self.room() {
            self.end_part()?;
        }
        Ok(self.place)
    }

    /// Whether a part has room for so many bytes, if there is nothing else in it.
    pub(super) fn fits(&self, size: u64) -> bool {
        size <= self.limit()
    }

    /// Writes data, into as many parts as they need.
    pub(super) fn data(&mut self, mut bytes: &[u8]) -> Result<(), Error> {
        while !bytes.is_empty() {
            let room = clamp(bytes.len(), self.room());
            if room == 0 {
                self.end_part()?;
                continue;
            }
            let (here, rest) = bytes.split_at(room);
            self.put(here)?;
            bytes = rest;
        }
        Ok(())
    }

    /// Only so many bytes will come: decides whether it stays one part. If it does, every offset
    /// until now is less by what is returned, as there is no marker.
    pub(super) fn decide(&mut self, left: u64) -> u64 {
        let Shape::Undecided(size) = self.shape else { return 0 };
        if left > self.room() {
            self.become_split(size);
            return 0;
        }
        self.shape = Shape::Whole;
        if let Open::Either { whole, .. } = std::mem::replace(&mut self.open, Open::Nothing) {
            self.open = Open::One(whole);
        }
        let marker = MARKER.len() as u64;
        self.place.offset -= marker;
        marker
    }

    /// The archive is complete: ends the last part. The sink has yet to give them their names.
    pub(super) fn finish(mut self) -> Result<(S, Vec<PartReceipt>), Error> {
        let last = self.name.at(Position::Last);
        if matches!(self.open, Open::Nothing) {
            // All of it is in the buffer, so the name is known before it begins.
            self.open = Open::One(self.sink.begin(&last)?);
        }
        self.flush()?;
        self.finish_part(last)?;
        Ok((self.sink, self.receipts))
    }

    fn limit(&self) -> u64 {
        match self.shape {
            Shape::Whole => u64::MAX,
            Shape::Undecided(size) | Shape::Split(size) => size,
        }
    }

    /// How many bytes the current part has room for.
    fn room(&self) -> u64 {
        self.limit().saturating_sub(self.place.offset)
    }

    fn put(&mut self, bytes: &[u8]) -> Result<(), Error> {
        self.buffer.extend_from_slice(bytes);
        self.place.offset = self.place.offset.saturating_add(bytes.len() as u64);
        if self.buffer.len() >= BUFFER {
            self.flush()?;
        }
        Ok(())
    }

    /// Writes what is in memory to the current part, which is begun if it was not.
    fn flush(&mut self) -> Result<(), Error> {
        if matches!(self.open, Open::Nothing) {
            self.open = match self.shape {
                Shape::Whole => Open::One(self.sink.begin(&self.name.at(Position::Last))?),
                Shape::Undecided(_) => {
                    let split = self.begin_split()?;
                    let whole = self.sink.begin(&self.name.at(Position::Last))?;
                    Open::Either { split, whole }
                }
                Shape::Split(_) => Open::One(self.begin_split()?),
            };
        }
        let written = match &mut self.open {
            Open::Nothing => Ok(()),
            Open::One(part) => part.write_all(&self.buffer),
            Open::Either { split, whole } => {
                split.write_all(&self.buffer).and_then(|()| whole.write_all(&self.buffer))
            }
        };
        self.buffer.clear();
        written.map_err(|error| Error::from(error).in_part(self.numbered().to_string()))
    }

    /// The name of the current part if others follow it.
    fn numbered(&self) -> PartName {
        match self.shape {
            Shape::Whole => self.name.at(Position::Last),
            _ => self.name.at(Position::Split(self.place.disk.saturating_add(1))),
        }
    }

    /// Begins a part that others follow.
    fn begin_split(&mut self) -> Result<S::Part, Error> {
        let name = self.name.at(Position::Split(self.place.disk.saturating_add(1)));
        let mut part = self.sink.begin(&name)?;
        if self.place.disk == 0 {
            let marked = part.write_all(&MARKER);
            marked.map_err(|error| Error::from(error).in_part(name.to_string()))?;
        }
        Ok(part)
    }

    /// There will be several parts.
    fn become_split(&mut self, size: u64) {
        self.shape = Shape::Split(size);
        if let Open::Either { split, .. } = std::mem::replace(&mut self.open, Open::Nothing) {
            self.open = Open::One(split);
        }
    }

    /// Ends the current part, and goes on in the next, which begins with its first byte.
    fn end_part(&mut self) -> Result<(), Error> {
        if let Shape::Undecided(size) = self.shape {
            self.become_split(size);
        }
        self.flush()?;
        self.finish_part(self.numbered())?;
        let disk = self.place.disk.saturating_add(1);
        if disk >= MAX_PARTS {
            return Err(part_count::too_many(self.limit(), self.max_size));
        }
        self.place = Place { disk, offset: 0 };
        Ok(())
    }

    fn finish_part(&mut self, name: PartName) -> Result<(), Error> {
        if let Open::One(part) = std::mem::replace(&mut self.open, Open::Nothing) {
            let receipt = part.finish().map_err(|error| error.in_part(name.to_string()))?;
            self.receipts.push(receipt.named(name));
        }
        Ok(())
    }
}
