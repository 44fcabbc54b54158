//! Extracts the export in `downloads` to `out`.

use smimezip::{Export, KeyRing};

fn main() -> Result<(), smimezip::Error> {
    let keys = KeyRing::from_file("key.pem")?;
    let archive = Export::discover("downloads")?.unlock(&keys)?;
    let report = archive.extract("out")?;
    println!("{} files, {} bytes", report.files, report.bytes);
    Ok(())
}
