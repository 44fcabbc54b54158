//! The bare inflate of an archive's first member, output thrown away: what no extractor can be
//! faster than on one thread with this decoder.

use std::fs::File;
use std::io::{Read, Seek};

use flate2::{Decompress, FlushDecompress, Status};

/// Bytes of input and output at once, as the extraction has them.
const INPUT: usize = 64 * 1024;
const OUTPUT: usize = 1024 * 1024;
/// A local header without its name and extra field (APPNOTE 4.3.7), and where their sizes are.
const HEADER: usize = 30;
const NAME_SIZE: usize = 26;
const EXTRA_SIZE: usize = 28;

/// The first member of the archive `zip`, to its end.
pub(crate) fn run(arguments: &[String]) -> Result<(), String> {
    let [zip] = arguments else { return Err("inflate: bad usage".into()) };
    inflate(zip).map_err(|error| error.to_string())
}

fn inflate(zip: &str) -> std::io::Result<()> {
    let mut file = File::open(zip)?;
    let mut header = [0; HEADER];
    file.read_exact(&mut header)?;
    let size = |at: usize| i64::from(header[at]) | i64::from(header[at + 1]) << 8;
    file.seek_relative(size(NAME_SIZE) + size(EXTRA_SIZE))?;
    let (mut input, mut out) = (vec![0; INPUT], vec![0; OUTPUT]);
    let mut inflate = Decompress::new(false);
    loop {
        let count = file.read(&mut input)?;
        if count == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        let mut rest = &input[..count];
        while !rest.is_empty() {
            let before = inflate.total_in();
            let status = inflate.decompress(rest, &mut out, FlushDecompress::None)?;
            if status == Status::StreamEnd {
                return Ok(());
            }
            let used = inflate.total_in() - before;
            rest = &rest[usize::try_from(used).unwrap_or(rest.len())..];
        }
    }
}
