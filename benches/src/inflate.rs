//! The bare inflate of an archive's first member, output thrown away: what no extractor can be faster than
//! on one thread with this decoder.

use flate2::{Decompress, FlushDecompress, Status};

/// Octets of output at once, as the extraction has them.
const OUTPUT: usize = 1024 * 1024;
/// A local header without its name and extra field (APPNOTE 4.3.7), and where their sizes are.
const HEADER: usize = 30;
const NAME_SIZE: usize = 26;
const EXTRA_SIZE: usize = 28;

pub(crate) fn run(arguments: &[String]) -> Result<(), String> {
    let [zip] = arguments else { return Err("inflate: bad usage".into()) };
    let octets = std::fs::read(zip).map_err(|error| error.to_string())?;
    let size =
        |at: usize| octets.get(at..at + 2).map(|it| usize::from(it[0]) | usize::from(it[1]) << 8);
    let (Some(name), Some(extra)) = (size(NAME_SIZE), size(EXTRA_SIZE)) else {
        return Err("inflate: no local header".into());
    };
    let mut input = octets.get(HEADER + name + extra..).unwrap_or_default();
    let mut out = vec![0; OUTPUT];
    let mut inflate = Decompress::new(false);
    loop {
        let before = inflate.total_in();
        let status = inflate
            .decompress(input, &mut out, FlushDecompress::None)
            .map_err(|error| error.to_string())?;
        if status == Status::StreamEnd {
            return Ok(());
        }
        let used =
            usize::try_from(inflate.total_in() - before).map_err(|error| error.to_string())?;
        input = &input[used..];
        if input.is_empty() {
            return Err("inflate: the data ends too early".into());
        }
    }
}
