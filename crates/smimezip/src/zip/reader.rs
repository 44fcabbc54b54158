//! One entry's bytes: local header checked against the directory, decompressed, size and CRC-32
//! verified before the end is reported, data descriptor checked, every byte accounted for.

use std::io::{self, Read};
use std::sync::Arc;

use deflate64::InflaterManaged;
use flate2::{Decompress, FlushDecompress, Status};

use super::ahead::Ahead;
use super::entry::{Entry, Method};
use super::extra;
use super::record::{IN_ZIP64_32, LocalHeader, Sizes, flag};
use super::sizes;
use crate::error::{Damage, Error, ErrorKind};
use crate::read_at::{ReadAt, clamp, read_exact_at, read_full_at};
use crate::volumes::VolumeSet;

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
pub struct EntryReader {
    volumes: Arc<VolumeSet>,
    entry: Entry,
    decoder: Decoder,
    input: Vec<u8>,
    /// What of `input` is not used yet.
    used: usize,
    filled: usize,
    /// Reads what comes after it.
    ahead: Option<Ahead>,
    /// Kept for the next entry.
    spare_inflate: Option<Decompress>,
    /// Next compressed byte to read, and the end of them.
    position: u64,
    data_end: u64,
    /// Whether a data descriptor follows the data.
    has_descriptor: bool,
    crc: crc32fast::Hasher,
    produced: u64,
    state: State,
}

enum Decoder {
    Stored,
    Deflate(Decompress),
    Deflate64(Box<InflaterManaged>),
}

enum State {
    Open,
    Verified,
    Failed(Error),
}

/// What one step of a decoder did.
struct Step {
    consumed: usize,
    produced: usize,
    ended: bool,
}

impl EntryReader {
    /// A reader over an entry of `volumes`, working in `memory`.
    pub(super) fn open(
        volumes: Arc<VolumeSet>,
        entry: &Entry,
        memory: Memory,
    ) -> Result<Self, Error> {
        let Memory { mut input, inflate: mut spare_inflate } = memory;
        let decoder = match entry.method()? {
            Method::Stored => Decoder::Stored,
            Method::Deflate => Decoder::Deflate(match spare_inflate.take() {
                Some(mut inflate) => {
                    inflate.reset(false);
                    inflate
                }
                None => Decompress::new(false),
            }),
            Method::Deflate64 => Decoder::Deflate64(Box::new(InflaterManaged::new())),
        };
        // One read brings the header and the first of the data, all of it for small entries.
        input.resize(INPUT, 0);
        let first = clamp(INPUT, entry.end - entry.start);
        read_exact_at(&*volumes, &mut input[..first], entry.start)?;
        let damaged = |what| volumes.locate(Error::record(what), entry.start);
        let header = LocalHeader::parse(&input[..first])
            .ok_or_else(|| damaged("no local header where the directory says"))?;
        let name_size = usize::from(header.name_size);
        let extra_size = usize::from(header.extra_size);
        let data_offset = LocalHeader::SIZE + name_size + extra_size;
        let variable = &input[..first]
            .get(LocalHeader::SIZE..data_offset)
            .ok_or_else(|| damaged("the local header is longer than the entry"))?;
        let (name, extra) = variable.split_at(name_size);
        check_local(entry, header, name, extra).map_err(damaged)?;
        let data_start = entry.start + data_offset as u64;
        let data_end = data_start
            .checked_add(entry.compressed_size())
            .filter(|end| *end <= entry.end)
            .ok_or_else(|| damaged("the entry overlaps what follows it"))?;
        let filled = data_offset + clamp(first - data_offset, entry.compressed_size());
        Ok(Self {
            volumes,
            decoder,
            input,
            used: data_offset,
            filled,
            ahead: None,
            spare_inflate,
            position: entry.start + filled as u64,
            data_end,
            has_descriptor: header.flags & flag::DATA_DESCRIPTOR != 0,
            crc: crc32fast::Hasher::new(),
            produced: 0,
            state: State::Open,
            entry: entry.clone(),
        })
    }

    /// The working memory, for the next entry.
    pub(crate) fn into_memory(self) -> Memory {
        let inflate = match self.decoder {
            Decoder::Deflate(inflate) => Some(inflate),
            Decoder::Stored | Decoder::Deflate64(_) => self.spare_inflate,
        };
        Memory { input: self.input, inflate }
    }

    /// Has a thread of its own read what is not read yet.
    pub(crate) fn read_ahead(&mut self) {
        let volumes: Arc<dyn ReadAt> = Arc::<VolumeSet>::clone(&self.volumes);
        self.ahead = Ahead::begin(volumes, self.position, self.data_end);
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
                self.state = State::Verified;
                break;
            }
            if step.consumed == 0 && step.produced == 0 && self.is_exhausted() {
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
                read_full_at(&*self.volumes, &mut self.input[..wanted], self.position)?
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
    fn verify(&self) -> Result<(), Error> {
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
        self.verify_descriptor()
    }

    fn verify_descriptor(&self) -> Result<(), Error> {
        let wrong = |what| Err(self.volumes.locate(Error::record(what), self.data_end));
        let rest = self.entry.end - self.data_end;
        if !self.has_descriptor {
            return if rest == 0 { Ok(()) } else { wrong("bytes that belong to no entry") };
        }
        let mut octets = [0; 24];
        let octets = &mut octets[..clamp(24, rest)];
        read_exact_at(&*self.volumes, octets, self.data_end)?;
        let descriptor = (rest <= 24).then(|| Sizes::parse_descriptor(octets)).flatten();
        match descriptor {
            None => wrong("no data descriptor behind the data"),
            Some(found) if same_sizes(&found, self.entry.sizes(), octets.len() < 20) => Ok(()),
            Some(_) => wrong("the data descriptor contradicts the directory"),
        }
    }
}

impl Read for EntryReader {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        match &self.state {
            State::Verified => return Ok(0),
            State::Failed(error) => return Err(error.clone().into()),
            State::Open if buf.is_empty() => return Ok(0),
            State::Open => {}
        }
        let result = self.advance(buf);
        result.map_err(|error| {
            let (start, end) = (self.entry.start, self.entry.end);
            let error = sizes::explain(&self.volumes, error, start, end);
            let error =
                error.in_entry(self.entry.name()).in_part(self.volumes.parts_of(start, end));
            self.state = State::Failed(error.clone());
            error.into()
        })
    }
}

impl Decoder {
    fn step(&mut self, input: &[u8], out: &mut [u8]) -> Result<Step, Error> {
        match self {
            Self::Stored => {
                let count = input.len().min(out.len());
                out[..count].copy_from_slice(&input[..count]);
                Ok(Step { consumed: count, produced: count, ended: input.is_empty() })
            }
            Self::Deflate(inflate) => {
                let (before_in, before_out) = (inflate.total_in(), inflate.total_out());
                let status = inflate
                    .decompress(input, out, FlushDecompress::None)
                    .map_err(|_| damage(Damage::Compressed))?;
                Ok(Step {
                    consumed: clamp(input.len(), inflate.total_in() - before_in),
                    produced: clamp(out.len(), inflate.total_out() - before_out),
                    ended: status == Status::StreamEnd,
                })
            }
            Self::Deflate64(inflater) => {
                let result = inflater.inflate(input, out);
                if result.data_error || inflater.errored() {
                    return Err(damage(Damage::Compressed));
                }
                Ok(Step {
                    consumed: result.bytes_consumed,
                    produced: result.bytes_written,
                    ended: inflater.finished() && inflater.available_output() == 0,
                })
            }
        }
    }
}

fn damage(damage: Damage) -> Error {
    ErrorKind::Damaged(damage).into()
}

/// The local header and the directory must tell one truth.
fn check_local(
    entry: &Entry,
    mut header: LocalHeader,
    name: &[u8],
    extra: &[u8],
) -> Result<(), &'static str> {
    // How hard the writer tried tells nothing of the data, nor does how a name in ASCII is encoded.
    let effort = if header.method == 8 { flag::EFFORT } else { 0 };
    let ignored = effort | if name.is_ascii() { flag::UTF8 } else { 0 };
    if name != entry.raw_name() {
        return Err("local header and directory differ in the name");
    }
    if header.method != entry.compression_method() {
        return Err("local header and directory differ in the method");
    }
    if (header.flags ^ entry.flags()) & !ignored != 0 {
        return Err("local header and directory differ in the flags");
    }
    if !extra::resolve_zip64(extra, &mut header.sizes, None, None) {
        return Err("a zip64 field of the local header is too short");
    }
    let local = &header.sizes;
    let central = entry.sizes();
    // With a data descriptor the local fields may be zero, or escaped without a value.
    let deferred = header.flags & flag::DATA_DESCRIPTOR != 0;
    let same = |local: u64, central: u64| {
        local == central || (deferred && (local == 0 || local == u64::from(IN_ZIP64_32)))
    };
    if same(local.crc.into(), central.crc.into())
        && same(local.compressed, central.compressed)
        && same(local.uncompressed, central.uncompressed)
    {
        Ok(())
    } else {
        Err("local header and directory differ in sizes or CRC-32")
    }
}

/// `short`: sizes of 4 octets, which some writers use even for larger entries, cut off.
fn same_sizes(found: &Sizes, expected: &Sizes, short: bool) -> bool {
    let mask = if short { u64::from(u32::MAX) } else { u64::MAX };
    found.crc == expected.crc
        && found.compressed == expected.compressed & mask
        && found.uncompressed == expected.uncompressed & mask
}
