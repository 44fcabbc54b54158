//! Decrypts a message from standard input to standard output, in constant memory, without seeking.
//!
//! ```sh
//! cat X.zip.smime | from-a-pipe KEY.pem > X.zip
//! ```
//!
//! Nothing is certain before the end: if this program fails, what it wrote is worth nothing.

use smimezip::KeyRing;
use smimezip::message::Decryptor;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let key = std::env::args().nth(1).ok_or("usage: from-a-pipe KEY.pem")?;
    let keys = KeyRing::from_file(key)?;
    let mut content = Decryptor::new(std::io::stdin().lock(), keys);
    let count = std::io::copy(&mut content, &mut std::io::stdout().lock())?;
    eprintln!("{count} bytes");
    Ok(())
}
