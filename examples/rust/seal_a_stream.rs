//! Seals standard input for the owner of a certificate, to standard output, in constant memory:
//! what `openssl smime -encrypt -binary -aes256` does, for any size.
//!
//! ```sh
//! tar -c folder | seal-a-stream CERTIFICATE.pem > folder.tar.smime
//! openssl smime -decrypt -in folder.tar.smime -inkey KEY.pem | tar -x
//! ```

use std::time::SystemTime;

use smimezip::Certificate;
use smimezip::keys::Recipient;
use smimezip::message::{SealOptions, SealedWriter};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let file = std::env::args().nth(1).ok_or("usage: seal-a-stream CERTIFICATE.pem")?;
    let certificate = Certificate::from_file(file)?;
    let recipient = Recipient::from_certificate(&certificate, SystemTime::now())?;
    let mut message =
        SealedWriter::new(std::io::stdout().lock(), &[recipient], &SealOptions::new())?;
    let count = std::io::copy(&mut std::io::stdin().lock(), &mut message)?;
    // What is not finished is cut off.
    drop(message.finish()?);
    eprintln!("{count} bytes");
    Ok(())
}
