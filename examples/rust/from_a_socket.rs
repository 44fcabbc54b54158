//! Waits for one connection, decrypts the message that comes over it, and writes the content to a
//! file that has its name only after everything was verified.
//!
//! `from-a-socket KEY FILE`

use std::env;
use std::net::TcpListener;
use std::time::Duration;

use smimezip::KeyRing;
use smimezip::extract;
use smimezip::message::Decryptor;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let [key, file] = arguments()?;
    let keys = KeyRing::from_file(key)?;
    let listener = TcpListener::bind("127.0.0.1:0")?;
    println!("{}", listener.local_addr()?);
    let (connection, _) = listener.accept()?;
    // A sender that falls silent must not hold this program for ever.
    connection.set_read_timeout(Some(Duration::from_secs(30)))?;
    let mut content = Decryptor::new(connection, keys);
    let count = extract::save_stream(&mut content, file)?;
    println!("{count} bytes");
    Ok(())
}

fn arguments() -> Result<[String; 2], &'static str> {
    let all: Vec<_> = env::args().skip(1).collect();
    all.try_into().map_err(|_| "usage: from-a-socket KEY FILE")
}
