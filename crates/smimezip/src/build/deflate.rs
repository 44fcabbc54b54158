//! Deflate (RFC 1951) in blocks that know nothing of each other but the 32 KiB before them, so that
//! any number of threads can work on one entry. Each but the last ends in a sync flush, at a whole
//! byte, and together they are one stream. What is made of a block depends on its bytes alone.

use flate2::{Compress, Compression, FlushCompress, Status};

use crate::error::Error;

/// Bytes of an entry that are compressed at once. Larger blocks compress a little better, smaller
/// ones take less memory: these are 0.05 % larger than one stream.
pub(super) const BLOCK: usize = 128 * 1024;
/// How far back deflate refers.
pub(super) const WINDOW: usize = 32 * 1024;

/// Bytes of a block by which it is judged whether it compresses.
const SAMPLE: usize = 16 * 1024;
/// Shorter blocks are compressed before they are judged.
const MIN_JUDGED: usize = 2 * SAMPLE;
/// The most bytes of a stored block inside deflate, and what it adds to them (RFC 1951, 3.2.4).
const STORED_BLOCK: usize = u16::MAX as usize;
const STORED_HEADER: usize = 5;

/// Some bytes of an entry, to be compressed.
pub(super) struct Block {
    pub(super) bytes: Vec<u8>,
    /// Those before them, at most [`WINDOW`].
    pub(super) before: Vec<u8>,
    pub(super) extent: Extent,
}

/// Which bytes of its entry a block has.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Extent {
    /// All of them.
    Whole,
    /// Some, and others follow.
    Some,
    /// The last.
    Last,
}

/// A block, compressed.
pub(super) struct Packed {
    pub(super) bytes: Vec<u8>,
    /// Whether they are the block's own bytes, as only a whole entry may be stored.
    pub(super) is_stored: bool,
    /// Of the bytes before compression, as is their number.
    pub(super) crc: crc32fast::Hasher,
    pub(super) size: u64,
}

/// Compresses a block; level 0 stores it.
pub(super) fn pack(block: Block, level: u32) -> Result<Packed, Error> {
    let mut crc = crc32fast::Hasher::new();
    crc.update(&block.bytes);
    let size = block.bytes.len() as u64;
    let Block { bytes, before, extent } = block;
    let is_last = extent != Extent::Some;
    let stored_size = match extent {
        Extent::Whole => bytes.len(),
        _ => bytes.len() + bytes.len().div_ceil(STORED_BLOCK).max(1) * STORED_HEADER,
    };
    if level > 0 && compresses(&bytes, &before) {
        let packed = deflate(&bytes, &before, level, is_last)?;
        if packed.len() < stored_size {
            return Ok(Packed { bytes: packed, is_stored: false, crc, size });
        }
    }
    if extent == Extent::Whole {
        return Ok(Packed { bytes, is_stored: true, crc, size });
    }
    Ok(Packed { bytes: stored(&bytes, stored_size, is_last), is_stored: false, crc, size })
}

/// Whether it pays to compress a block, judged by a sample from its middle: if all byte values are
/// about as frequent, and hardly any of it was there before, it does not.
fn compresses(bytes: &[u8], before: &[u8]) -> bool {
    if bytes.len() < MIN_JUDGED {
        return true;
    }
    let start = (bytes.len() - SAMPLE) / 2;
    let (head, rest) = bytes.split_at(start);
    let sample = &rest[..SAMPLE];
    let mut counts = [0_u64; 256];
    for byte in sample {
        counts[usize::from(*byte)] += 1;
    }
    // The chance that two bytes of the sample are equal: 1 in 256 if they are noise, and not much
    // more in recordings and images. In whole numbers, as it must be the same on every machine.
    let pairs: u64 = counts.iter().map(|count| count * count).sum();
    let size = SAMPLE as u64;
    if pairs * 256 * 2 > size * size * 3 {
        return true;
    }
    // What repeats something a little before it looks like noise as well.
    let window = if head.len() >= WINDOW { &head[head.len() - WINDOW..] } else { before };
    repeated(sample, window) * 50 > SAMPLE
}

/// How many bytes of the sample stand in repetitions of eight bytes or more, of its own or of the
/// window; a few are missed where hashes collide.
fn repeated(sample: &[u8], window: &[u8]) -> usize {
    /// About as many slots as there are positions of a sample.
    const BITS: u32 = 14;
    let mut seen = vec![0_u64; 1 << BITS];
    let slot = |word: u64| (word.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (64 - BITS)) as usize;
    let words =
        |bytes| <[u8]>::windows(bytes, 8).map(|it| it.try_into().map_or(0, u64::from_le_bytes));
    // One position in four of the window is found by one of four in the sample.
    for word in words(window).step_by(4) {
        seen[slot(word)] = word;
    }
    let mut count = 0;
    let mut position = words(sample);
    while let Some(word) = position.next() {
        let last = &mut seen[slot(word)];
        if *last == word {
            count += 8;
            position.nth(6);
        }
        *last = word;
    }
    count
}

/// The block as stored blocks inside deflate, which begin at a whole byte here.
fn stored(bytes: &[u8], size: usize, is_last: bool) -> Vec<u8> {
    let mut out = Vec::with_capacity(size);
    let mut pieces = bytes.chunks(STORED_BLOCK).peekable();
    while let Some(piece) = pieces.next() {
        let length = u16::try_from(piece.len()).unwrap_or(u16::MAX);
        out.push(u8::from(is_last && pieces.peek().is_none()));
        out.extend(length.to_le_bytes());
        out.extend((!length).to_le_bytes());
        out.extend(piece);
    }
    out
}

fn deflate(bytes: &[u8], before: &[u8], level: u32, is_last: bool) -> Result<Vec<u8>, Error> {
    // A new one each time: one that was reset makes other bytes of the same block.
    let mut compress = Compress::new(Compression::new(level), false);
    if !before.is_empty() {
        compress.set_dictionary(before).map_err(std::io::Error::other)?;
    }
    let flush = if is_last { FlushCompress::Finish } else { FlushCompress::Sync };
    let mut out = Vec::with_capacity(bytes.len() + 64);
    let mut rest = bytes;
    loop {
        let used = compress.total_in();
        let status = compress.compress_vec(rest, &mut out, flush).map_err(std::io::Error::other)?;
        let used = usize::try_from(compress.total_in() - used).unwrap_or(rest.len());
        rest = rest.get(used..).unwrap_or_default();
        // A flush is complete when there is room left after it.
        let is_complete = rest.is_empty() && out.len() < out.capacity();
        if status == Status::StreamEnd || (is_complete && !is_last) {
            return Ok(out);
        }
        out.reserve(out.len() / 4 + 64);
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    fn noise(count: usize) -> Vec<u8> {
        let mut state = 88_172_645_463_325_252_u64;
        let step = |_| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state.to_le_bytes()[0]
        };
        (0..count).map(step).collect()
    }

    /// Blocks of `size` bytes, packed, as one stream; how many were stored.
    fn stream(bytes: &[u8], size: usize, level: u32) -> Vec<u8> {
        let count = bytes.len().div_ceil(size);
        let mut out = Vec::new();
        for (number, piece) in (1..).zip(bytes.chunks(size)) {
            let start = (number - 1) * size;
            let before = bytes[start.saturating_sub(WINDOW)..start].to_vec();
            let extent = if number == count { Extent::Last } else { Extent::Some };
            let block = Block { bytes: piece.to_vec(), before, extent };
            out.extend(pack(block, level).unwrap().bytes);
        }
        out
    }

    #[test]
    fn blocks_are_one_stream_at_every_level() {
        let mut bytes = b"one line, and another like it\n".repeat(9_000);
        bytes.extend(noise(200_000));
        bytes.extend(vec![0; 150_000]);
        for level in 0..=9 {
            for size in [1_000, 33_000, 65_535, 65_536, BLOCK] {
                let mut out = Vec::new();
                let packed = stream(&bytes, size, level);
                flate2::read::DeflateDecoder::new(&*packed).read_to_end(&mut out).unwrap();
                assert!(out == bytes, "level {level}, blocks of {size}");
            }
        }
    }

    #[test]
    fn what_does_not_compress_is_stored_and_what_repeats_is_not() {
        let block = |bytes: Vec<u8>, before: Vec<u8>, extent| Block { bytes, before, extent };
        let packed = pack(block(noise(BLOCK), Vec::new(), Extent::Some), 6).unwrap();
        assert_eq!(packed.bytes.len(), BLOCK + 3 * STORED_HEADER);
        let packed = pack(block(noise(50_000), Vec::new(), Extent::Whole), 6).unwrap();
        assert!(packed.is_stored && packed.bytes == noise(50_000));
        let packed = pack(block(noise(20_000).repeat(5), Vec::new(), Extent::Whole), 6).unwrap();
        assert!(!packed.is_stored && packed.bytes.len() < 30_000);
        let packed = pack(block(Vec::new(), Vec::new(), Extent::Whole), 6).unwrap();
        assert!(packed.is_stored && packed.bytes.is_empty());
    }

    #[test]
    fn blocks_know_what_is_before_them() {
        let bytes = noise(30_000).repeat(2);
        assert!(stream(&bytes, 30_000, 6).len() < 31_000);
    }
}
