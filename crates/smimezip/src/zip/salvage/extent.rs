//! Where the data of an entry end that has a local header only: by the sizes in it, else by the
//! data themselves and the descriptor behind them, which prove each other.

use deflate64::InflaterManaged;
use flate2::Decompress;

use super::header::Header;
use super::region::{Region, find};
use crate::error::Error;
use crate::zip::descriptor::{self, FORMS, Hints};
use crate::zip::inflate::Inflate;
use crate::zip::record::Sizes;

/// Bytes that are decompressed at once.
const OUTPUT: usize = 64 * 1024;
/// Compressed bytes that are taken at once.
const INPUT: usize = 64 * 1024;

/// How far an entry reaches.
#[derive(Clone, Copy)]
pub(super) struct Extent {
    pub(super) sizes: Sizes,
    /// The end of its descriptor, or else of its data.
    pub(super) end: u64,
    /// Whether its CRC-32 was compared.
    pub(super) is_verified: bool,
}

/// What became of reading data.
enum Outcome {
    Whole(Read),
    /// There are no more bytes, and nothing was wrong with those that there were.
    RanOut,
    Broken,
}

/// Data that were read to their end.
struct Read {
    crc: u32,
    size: u64,
    end: u64,
}

/// How far the entry of a header reaches; `None` if that cannot be known.
///
/// # Errors
/// What the source reports.
pub(super) fn find_extent(
    region: &mut Region,
    header: &Header,
    most: u64,
) -> Result<Option<Extent>, Error> {
    if let Some(sizes) = header.sizes() {
        let Some(data_end) = header.data_start.checked_add(sizes.compressed) else {
            return Ok(None);
        };
        let end = data_end.saturating_add(descriptor_size(region, header, data_end, &sizes)?);
        return Ok(Some(Extent { sizes, end, is_verified: false }));
    }
    if header.is_encrypted() {
        return Ok(None);
    }
    let found = match header.method() {
        0 => find_stored(region, header)?,
        method => match read_data(region, method, header.data_start, None, most)? {
            Outcome::Whole(read) => Some(read),
            Outcome::RanOut | Outcome::Broken => None,
        },
    };
    let Some(Read { crc, size, end }) = found else { return Ok(None) };
    let sizes = Sizes { crc, compressed: end - header.data_start, uncompressed: size };
    let descriptor = descriptor_size(region, header, end, &sizes)?;
    let is_empty_folder = header.is_folder() && size == 0;
    let is_proven = descriptor > 0 || is_empty_folder;
    let end = end.saturating_add(descriptor);
    Ok(is_proven.then_some(Extent { sizes, end, is_verified: true }))
}

/// Whether the data of an entry have the CRC-32 and the size that it says.
///
/// # Errors
/// What the source reports.
pub(super) fn verify(
    region: &mut Region,
    header: &Header,
    sizes: &Sizes,
    most: u64,
) -> Result<bool, Error> {
    let compressed = Some(sizes.compressed);
    let read = read_data(region, header.method(), header.data_start, compressed, most)?;
    let end = header.data_start.checked_add(sizes.compressed);
    Ok(matches!(read, Outcome::Whole(read) if read.crc == sizes.crc
        && read.size == sizes.uncompressed
        && Some(read.end) == end))
}

/// Whether an entry that says that it reaches beyond the region does so: else its sizes are wrong,
/// and others stand here.
///
/// # Errors
/// What the source reports.
pub(super) fn reaches_beyond(
    region: &mut Region,
    header: &Header,
    sizes: &Sizes,
    most: u64,
) -> Result<bool, Error> {
    if header.method() == 0 {
        return Ok(header.is_encrypted() || sizes.compressed == sizes.uncompressed);
    }
    let read = read_data(region, header.method(), header.data_start, None, most)?;
    Ok(matches!(read, Outcome::RanOut))
}

/// The size of the data descriptor at a position that says the same; 0 if there is none.
fn descriptor_size(
    region: &mut Region,
    header: &Header,
    position: u64,
    sizes: &Sizes,
) -> Result<u64, Error> {
    let is_announced = header.announces_descriptor();
    let hints = Hints { is_announced, has_zip64_field: header.has_zip64_field() };
    let bytes = region.bytes(position, FORMS[0])?;
    // Without one, twelve zeros would be that of an entry that is empty.
    let is_expected = is_announced || bytes.starts_with(&Sizes::SIGNATURE);
    let right = descriptor::right(bytes, sizes, hints).filter(|_| is_expected);
    Ok(right.map_or(0, |(form, _)| form as u64))
}

/// The data of a stored entry whose size is not known: they end before a descriptor that has their
/// CRC-32 and their size.
fn find_stored(region: &mut Region, header: &Header) -> Result<Option<Read>, Error> {
    let mut crc = crc32fast::Hasher::new();
    let mut position = header.data_start;
    if header.is_folder() {
        return Ok(Some(Read { crc: 0, size: 0, end: position }));
    }
    loop {
        let bytes = region.bytes(position, INPUT)?;
        if bytes.is_empty() {
            return Ok(None);
        }
        let (count, is_here) = match find(bytes, &[Sizes::SIGNATURE]) {
            Some(at) => (at, true),
            // One may begin in the last bytes.
            None => (bytes.len().saturating_sub(3).max(1), false),
        };
        crc.update(&bytes[..count]);
        let first = bytes[count..].first().copied();
        position += count as u64;
        if !region.spend(count.saturating_add(1)) {
            return Ok(None);
        }
        if !is_here {
            continue;
        }
        let size = position - header.data_start;
        let (crc_here, sizes) = (crc.clone().finalize(), size);
        let sizes = Sizes { crc: crc_here, compressed: sizes, uncompressed: sizes };
        if descriptor_size(region, header, position, &sizes)? > 0 {
            return Ok(Some(Read { crc: crc_here, size, end: position }));
        }
        crc.update(first.as_slice());
        position += 1;
    }
}

/// Decompresses data from `start` on, as many bytes as are said, or to the end of the compressed
/// stream. They are broken, too, if they become more than `most`.
fn read_data(
    region: &mut Region,
    method: u16,
    start: u64,
    compressed: Option<u64>,
    most: u64,
) -> Result<Outcome, Error> {
    let mut inflate = match method {
        0 => Inflate::Stored,
        8 => Inflate::Deflate(Decompress::new(false)),
        9 => Inflate::Deflate64(Box::new(InflaterManaged::new())),
        _ => return Ok(Outcome::Broken),
    };
    let end = compressed.map(|size| start.saturating_add(size));
    let mut out = vec![0; OUTPUT];
    let mut crc = crc32fast::Hasher::new();
    let (mut position, mut size) = (start, 0_u64);
    loop {
        let wanted = end.map_or(INPUT as u64, |end| (end - position).min(INPUT as u64));
        let wanted = usize::try_from(wanted).unwrap_or(INPUT);
        let bytes = region.bytes(position, wanted)?;
        if bytes.is_empty() && wanted > 0 {
            return Ok(Outcome::RanOut);
        }
        let Ok(step) = inflate.step(bytes, &mut out) else { return Ok(Outcome::Broken) };
        crc.update(&out[..step.produced]);
        position += step.consumed as u64;
        size = size.saturating_add(step.produced as u64);
        if step.ended {
            return Ok(Outcome::Whole(Read { crc: crc.finalize(), size, end: position }));
        }
        if step.is_idle() || size > most || !region.spend(step.consumed + step.produced / 8) {
            return Ok(Outcome::Broken);
        }
    }
}
