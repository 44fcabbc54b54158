//! One entry's bytes: local header checked against the directory, decompressed, size and CRC-32
//! verified before the end is reported, data descriptor checked, every byte accounted for.

use std::fmt;
use std::io::{self, Read};
use std::ops::Range;
use std::sync::Arc;

use deflate64::InflaterManaged;
use flate2::Decompress;

use super::descriptor::{self, Hints};
use super::entry::{Entry, Method};
use super::extents;
use super::inflate::Inflate;
use super::local::Local;
use super::moved;
use super::read_ahead::Ahead;
use super::record::{Sizes, flag};
use super::sizes;
use crate::error::{Category, Damage, Error, ErrorKind};
use crate::oddity::{Oddities, OddityKind};
use crate::options::Accept;
use crate::parts::View;
use crate::read_at::{clamp, read_exact_at, read_full_at};

/// Compressed bytes read at once.
pub(super) const INPUT: usize = 64 * 1024;

/// Working memory that is kept from one entry to the next.
#[derive(Default)]
pub(crate) struct Memory {
    input: Vec<u8>,
    inflate: Option<Decompress>,
}

/// Decompresses one entry. `Ok(0)` comes only after everything about the entry was verified;
/// errors stick.
///
/// Bytes are handed out before the CRC-32 is known: what was read must not be used before the
/// end was reached, unless the caller knows why it may.
///
/// ```
/// # let (folder, key) = ("../../examples/data", "../../examples/data/key.pem");
/// # let keys = smimezip::KeyRing::from_file(key)?;
/// # let archive = smimezip::Export::discover(folder)?.unlock(&keys)?;
/// let entry = archive.find("entities/Customer-7f1f3a6c.json").unwrap();
/// let mut reader = archive.open_entry(entry)?;
/// // To its end, or with an error if the CRC-32 is not right.
/// let count = std::io::copy(&mut reader, &mut std::io::sink())?;
/// assert_eq!(count, entry.size());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct EntryReader {
    /// The parts that hold the entry; positions are in it.
    view: View,
    entry: Entry,
    decoder: Inflate,
    input: Vec<u8>,
    /// What of `input` is not used yet.
    used: usize,
    filled: usize,
    /// Reads what comes after it.
    ahead: Option<Ahead>,
    /// Kept for the next entry.
    spare_inflate: Option<Decompress>,
    /// Next compressed byte to read, the end of them, and that of the entry.
    position: u64,
    data_end: u64,
    end: u64,
    local: Local,
    /// Whether its local header is not where the directory says.
    is_moved: bool,
    accept: Accept,
    resumes: Option<Resume>,
    /// What was odd and accepted, once it is verified.
    oddities: Oddities,
    crc: crc32fast::Hasher,
    produced: u64,
    state: ReadState,
}

impl fmt::Debug for EntryReader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EntryReader")
            .field("entry", &self.entry)
            .field("produced", &self.produced)
            .finish_non_exhaustive()
    }
}

/// Opens an entry of the archive opened again, should a part prove to be of another size; `None` if
/// none is.
pub(super) type Resume = Arc<dyn Fn(&Entry) -> Result<Option<EntryReader>, Error> + Send + Sync>;

enum ReadState {
    Open,
    Verified,
    Failed(Error),
}

/// The bytes that a reader has given out.
struct Given {
    count: u64,
    crc: crc32fast::Hasher,
}

impl EntryReader {
    /// A reader over an entry in `view`, which has its parts, working in `memory`.
    pub(super) fn open(
        view: View,
        entry: &Entry,
        memory: Memory,
        accept: Accept,
    ) -> Result<Self, Error> {
        if entry.is_known_empty() {
            return Ok(Self::of_nothing(view, entry, memory, accept));
        }
        let Memory { mut input, inflate: mut spare_inflate } = memory;
        let decoder = match entry.method()? {
            Method::Stored => Inflate::Stored,
            Method::Deflate => Inflate::Deflate(match spare_inflate.take() {
                Some(mut inflate) => {
                    inflate.reset(false);
                    inflate
                }
                None => Decompress::new(false),
            }),
            Method::Deflate64 => Inflate::Deflate64(Box::new(InflaterManaged::new())),
        };
        // One read brings the header and the first of the data, all of it for small entries.
        input.resize(INPUT, 0);
        let Range { start, end } = extents::locate(&view, entry)?;
        let first = clamp(INPUT, end - start);
        read_exact_at(&view, &mut input[..first], start)?;
        let damaged = |what| view.locate(Error::record(what), start);
        let (local, header) = moved::read_local(&view, entry, start..end, &input[..first])?;
        let data_offset = header + local.data_offset;
        let data_start = start + data_offset as u64;
        let data_end = data_start
            .checked_add(entry.compressed_size())
            .filter(|data_end| *data_end <= end)
            .ok_or_else(|| damaged("the entry overlaps what follows it"))?;
        let filled = data_offset + clamp(first - data_offset, entry.compressed_size());
        Ok(Self {
            view,
            decoder,
            input,
            used: data_offset,
            filled,
            ahead: None,
            spare_inflate,
            position: start + filled as u64,
            data_end,
            end,
            local,
            is_moved: header > 0,
            accept,
            resumes: None,
            oddities: Oddities::default(),
            crc: crc32fast::Hasher::new(),
            produced: 0,
            state: ReadState::Open,
            entry: entry.clone(),
        })
    }

    /// A reader of an entry that is empty, of which nothing is read.
    fn of_nothing(view: View, entry: &Entry, memory: Memory, accept: Accept) -> Self {
        let Memory { input, inflate: spare_inflate } = memory;
        Self {
            view,
            entry: entry.clone(),
            decoder: Inflate::Stored,
            input,
            used: 0,
            filled: 0,
            ahead: None,
            spare_inflate,
            position: 0,
            data_end: 0,
            end: 0,
            local: Local::default(),
            is_moved: false,
            accept,
            resumes: None,
            oddities: Oddities::default(),
            crc: crc32fast::Hasher::new(),
            produced: 0,
            state: ReadState::Verified,
        }
    }

    /// The working memory, for the next entry.
    pub(crate) fn into_memory(self) -> Memory {
        let inflate = match self.decoder {
            Inflate::Deflate(inflate) => Some(inflate),
            Inflate::Stored | Inflate::Deflate64(_) => self.spare_inflate,
        };
        Memory { input: self.input, inflate }
    }

    /// The same reader, which goes on where it was should reading show that a part is of another
    /// size.
    pub(super) fn resuming(mut self, resume: Resume) -> Self {
        self.resumes = Some(resume);
        self
    }

    /// A reader of the archive opened again, which has given out `given`; `None` if its parts are
    /// what they were, or other bytes are there.
    fn resumed(&self, given: &Given) -> Result<Option<Self>, Error> {
        let Some(resume) = &self.resumes else { return Ok(None) };
        let Some(mut reader) = resume(&self.entry)? else { return Ok(None) };
        io::copy(&mut (&mut reader).take(given.count), &mut io::sink())?;
        let again = reader.given();
        let crc = given.crc.clone().finalize();
        Ok((again.count == given.count && again.crc.finalize() == crc).then_some(reader))
    }

    fn given(&self) -> Given {
        Given { count: self.produced, crc: self.crc.clone() }
    }

    /// What was odd about the entry and accepted, all of it once the end was reached.
    pub(crate) fn oddities(&mut self) -> Oddities {
        std::mem::take(&mut self.oddities)
    }

    /// Has a thread of its own read what is not read yet.
    pub(crate) fn read_ahead(&mut self) {
        self.ahead = Ahead::begin(Arc::new(self.view.clone()), self.position, self.data_end);
    }

    fn advance(&mut self, buf: &mut [u8]) -> Result<usize, Error> {
        let mut done = 0;
        while done < buf.len() {
            self.fill()?;
            let left = self.entry.size() - self.produced;
            // One byte more than declared is asked for, to see whether it is there.
            let mut probe = [0];
            let out = match clamp(buf.len() - done, left) {
                0 => &mut probe[..],
                count => &mut buf[done..done + count],
            };
            let step = self.decoder.step(&self.input[self.used..self.filled], out)?;
            self.used += step.consumed;
            if left == 0 && step.produced > 0 {
                return Err(damage(Damage::Size { expected: self.entry.size() }));
            }
            self.crc.update(&out[..step.produced]);
            self.produced += step.produced as u64;
            done += step.produced;
            if step.ended {
                self.verify()?;
                self.state = ReadState::Verified;
                break;
            }
            // Either the data end before the stream does, or the decoder would never go on.
            if step.is_idle() {
                return Err(damage(Damage::Compressed));
            }
        }
        Ok(done)
    }

    fn is_exhausted(&self) -> bool {
        self.used == self.filled && self.position == self.data_end
    }

    fn fill(&mut self) -> Result<(), Error> {
        let left = self.data_end - self.position;
        if self.used == self.filled && left > 0 {
            let count = if let Some(ahead) = &mut self.ahead {
                self.input = ahead.exchange(std::mem::take(&mut self.input))?;
                self.input.len()
            } else {
                let wanted = clamp(INPUT, left);
                read_full_at(&self.view, &mut self.input[..wanted], self.position)?
            };
            if count == 0 {
                return Err(ErrorKind::Truncated.into());
            }
            self.position += count as u64;
            (self.used, self.filled) = (0, count);
        }
        Ok(())
    }

    /// Everything that must hold once the compressed data ended.
    fn verify(&mut self) -> Result<(), Error> {
        let Sizes { crc: expected, uncompressed, .. } = *self.entry.sizes();
        if self.produced != uncompressed {
            return Err(damage(Damage::Size { expected: uncompressed }));
        }
        let actual = self.crc.clone().finalize();
        if actual != expected {
            return Err(damage(Damage::Crc { expected, actual }));
        }
        if !self.is_exhausted() {
            return Err(Error::record("compressed data behind the end of the stream"));
        }
        self.verify_rest()
    }

    /// What follows the data, and what is odd about it all.
    fn verify_rest(&mut self) -> Result<(), Error> {
        let here = self.local.announces_descriptor;
        let there = self.entry.flags() & flag::DATA_DESCRIPTOR != 0;
        let (start, end) = (self.data_end, self.end);
        let hints =
            Hints { is_announced: here || there, has_zip64_field: self.local.has_zip64_field };
        let sizes = self.entry.sizes();
        let rest = descriptor::read(&self.view, start, end, sizes, hints)?;
        let values_are_moved =
            rest.unused > 0 && moved::values(&self.view, sizes, start, end)?.is_some();
        let mut note = |kind| self.oddities.note(kind, self.entry.raw_name());
        if self.is_moved {
            note(OddityKind::MovedLocalHeader);
        }
        if self.local.lacks_zip64_values {
            note(OddityKind::LocalZip64Field);
        }
        if values_are_moved {
            // All three of them look like a descriptor.
            note(OddityKind::MovedSizes);
            return Ok(());
        }
        if (here || there) && !rest.has_descriptor {
            note(OddityKind::NoDataDescriptor);
        }
        if here != there || (!here && rest.has_descriptor) {
            note(OddityKind::DataDescriptorFlag);
        }
        if rest.has_partial_sizes {
            note(OddityKind::DataDescriptorSizes);
        }
        if rest.unused > 0 {
            // Nothing but the directory says that it is empty, and something is there.
            let is_left_out = here && !rest.has_descriptor;
            let is_unproven =
                is_left_out && self.entry.is_file() && self.entry.compressed_size() == 0;
            if is_unproven || !self.accept.unused_bytes {
                let error = damage(Damage::UnusedBytes { count: rest.unused });
                return Err(self.view.locate(error, end - rest.unused));
            }
            self.oddities.note_count(OddityKind::UnusedBytes, rest.unused);
        }
        Ok(())
    }
}

impl Read for EntryReader {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        match &self.state {
            ReadState::Verified => return Ok(0),
            ReadState::Failed(error) => return Err(error.clone().into()),
            ReadState::Open if buf.is_empty() => return Ok(0),
            ReadState::Open => {}
        }
        // What comes of a call that fails is not given out.
        let given = self.given();
        let result = self.advance(buf);
        if result.as_ref().is_err_and(may_be_of_the_layout)
            && let Ok(Some(reader)) = self.resumed(&given)
        {
            *self = reader;
            return self.read(buf);
        }
        result.map_err(|error| {
            let (start, end) = (self.entry.start, self.entry.end);
            let set = self.view.set();
            let error = sizes::explain(set, error, Some((start, end)));
            let error = error.in_entry(self.entry.raw_name()).in_parts(set.parts_of(start, end));
            self.state = ReadState::Failed(error.clone());
            error.into()
        })
    }
}

/// Whether an error may come of reading at the wrong place.
pub(super) fn may_be_of_the_layout(error: &Error) -> bool {
    matches!(error.category(), Category::Damaged | Category::Format)
}

fn damage(damage: Damage) -> Error {
    ErrorKind::Damaged(damage).into()
}
