//! Opens an export with the key in a PKCS #12 file (`.p12`, `.pfx`), whose passphrase is in an
//! environment variable, and says what the file holds. Its certificates choose the recipient.
//!
//! `PASSPHRASE=… pkcs12 ANY-PART FILE.p12`

use std::env;

use smimezip::error::Category;
use smimezip::{Export, KeyRing, Passphrase};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let [part, file] = arguments()?;
    let passphrase = Passphrase::from(env::var("PASSPHRASE")?);
    let keys = match KeyRing::from_encrypted_file(file, passphrase) {
        Ok(keys) => keys,
        Err(error) if error.category() == Category::Key => {
            return Err(format!("the file does not open: {error}").into());
        }
        Err(error) => return Err(error.into()),
    };
    for key in keys.describe() {
        println!("{key}");
    }
    let archive = Export::discover(part)?.unlock(&keys)?;
    println!("{} entries", archive.entries().len());
    Ok(())
}

fn arguments() -> Result<[String; 2], &'static str> {
    let all: Vec<_> = env::args().skip(1).collect();
    all.try_into().map_err(|_| "usage: PASSPHRASE=… pkcs12 ANY-PART FILE.p12")
}
