//! A data source to try the service with: some files of which an export has several parts.

use std::fs;
use std::io;
use std::path::Path;

/// What it is called.
pub const NAME: &str = "Demo files";
/// Small enough for several parts.
pub const PART_SIZE: u64 = 1 << 20;
/// How much there is that cannot be compressed.
const NOISE: usize = 3 << 20;

/// Makes the files in `folder`; those that are there stay as they are.
///
/// # Errors
/// What the operating system says.
pub fn make_tree(folder: &Path) -> io::Result<()> {
    for (path, bytes) in files() {
        let path = folder.join(path);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        if !path.exists() {
            fs::write(path, bytes)?;
        }
    }
    Ok(())
}

fn files() -> [(&'static str, Vec<u8>); 4] {
    let rows = (1..=20_000).map(|row| {
        let (day, cents) = (row % 28 + 1, row * 7919 % 100_000);
        format!("{row},2026-11-{day:02},Customer {},{}.{:02}\n", row % 97, cents / 100, cents % 100)
    });
    let orders: String =
        std::iter::once("id,date,customer,amount\n".to_owned()).chain(rows).collect();
    let readme = "These files were made by `smimezip-service --demo`.\n";
    [
        ("README.txt", readme.into()),
        ("orders/2026-11.csv", orders.into_bytes()),
        ("scans/invoice 1.bin", noise(1)),
        ("Grüße.txt", "Namen dürfen Umlaute haben.\n".into()),
    ]
}

/// Bytes as those of a photograph, which no compression makes fewer (xorshift, Marsaglia 2003).
fn noise(seed: u64) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut bytes = Vec::with_capacity(NOISE);
    while bytes.len() < NOISE {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        bytes.extend_from_slice(&state.to_le_bytes());
    }
    bytes
}
