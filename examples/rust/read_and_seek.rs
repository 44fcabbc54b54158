//! Opens one encrypted message and reads the end of its content, without decrypting the rest.
//!
//! `read-and-seek MESSAGE KEY`

use std::env;
use std::io::{Read, Seek, SeekFrom};

use smimezip::KeyRing;
use smimezip::message::Envelope;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let [message, key] = arguments()?;
    let envelope = Envelope::open_file(message)?;
    println!("{}, {}", envelope.container(), envelope.content_encryption_algorithm());
    for recipient in envelope.recipient_infos() {
        println!("for {recipient}");
    }
    let mut content = envelope.unlock(&KeyRing::from_file(key)?)?;
    println!("{} bytes, integrity: {:?}", content.size(), content.integrity());
    let mut end = [0; 4];
    content.seek(SeekFrom::End(-22))?;
    content.read_exact(&mut end)?;
    println!("the last 22 bytes begin with {end:02x?}");
    Ok(())
}

fn arguments() -> Result<[String; 2], &'static str> {
    let all: Vec<_> = env::args().skip(1).collect();
    all.try_into().map_err(|_| "usage: read-and-seek MESSAGE KEY")
}
