//! Makes an export of a folder and uploads the parts while they are made: no part is ever a file
//! here. Each goes to a WebDAV server (RFC 4918) under a name of its own and gets its right one by
//! MOVE when all are there, the last part last: who waits for `.zip.smime` finds the others. A real
//! program would have an HTTP library with TLS here; the joint stays the same.
//!
//! `upload-parts FOLDER CERTIFICATE.pem HOST:PORT`

use std::io::{self, BufRead, BufReader, Write};
use std::net::TcpStream;
use std::time::SystemTime;

use smimezip::build::{BuildOptions, EntryAttributes};
use smimezip::export::ExportBuilder;
use smimezip::keys::Recipient;
use smimezip::parts::{PartName, PartReceipt, PartSink, PartWriter, SetName};
use smimezip::{Certificate, Error};

/// Where parts are before they have their names. Dropped, it removes those that are there.
struct Upload {
    host: String,
    unnamed: Vec<PartName>,
}

/// One part on its way.
struct Put {
    connection: TcpStream,
    name: PartName,
    size: u64,
}

fn staged(name: &PartName) -> String {
    format!("/unfinished-{name}")
}

/// Sends a request without a body; the server must answer that it did what it was asked for.
fn request(host: &str, head: &str) -> io::Result<()> {
    let mut connection = TcpStream::connect(host)?;
    write!(connection, "{head}\r\nHost: {host}\r\nConnection: close\r\n\r\n")?;
    check_answer(&mut BufReader::new(connection))
}

fn check_answer(answer: &mut impl BufRead) -> io::Result<()> {
    let mut line = String::new();
    answer.read_line(&mut line)?;
    match line.split(' ').nth(1) {
        Some(status) if status.starts_with('2') => Ok(()),
        _ => Err(io::Error::other(format!("the server answered {:?}", line.trim()))),
    }
}

impl PartSink for Upload {
    type Part = Put;

    fn begin(&mut self, name: &PartName) -> Result<Put, Error> {
        let mut connection = TcpStream::connect(&self.host)?;
        write!(
            connection,
            "PUT {} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n",
            staged(name),
            self.host
        )?;
        self.unnamed.push(name.clone());
        Ok(Put { connection, name: name.clone(), size: 0 })
    }

    fn commit(mut self, parts: Vec<PartReceipt>) -> Result<(), Error> {
        let mut named: Vec<&PartReceipt> = Vec::new();
        for part in &parts {
            let (from, to) = (staged(part.begun_as()), part.name());
            let host = &self.host;
            let head =
                format!("MOVE {from} HTTP/1.1\r\nDestination: http://{host}/{to}\r\nOverwrite: F");
            if let Err(error) = request(host, &head) {
                // None has its name if one has not.
                for part in named {
                    request(host, &format!("DELETE /{} HTTP/1.1", part.name()))?;
                }
                return Err(error.into());
            }
            self.unnamed.retain(|name| name != part.begun_as());
            named.push(part);
        }
        Ok(())
    }
}

impl Drop for Upload {
    fn drop(&mut self) {
        for name in &self.unnamed {
            // Of a part that was given up the server may have nothing.
            let _ = request(&self.host, &format!("DELETE {} HTTP/1.1", staged(name)));
        }
    }
}

impl Write for Put {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // A chunk of no bytes is the end of the body.
        if !bytes.is_empty() {
            write!(self.connection, "{:x}\r\n", bytes.len())?;
            self.connection.write_all(bytes)?;
            self.connection.write_all(b"\r\n")?;
            self.size += bytes.len() as u64;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.connection.flush()
    }
}

impl PartWriter for Put {
    fn finish(mut self) -> Result<PartReceipt, Error> {
        self.connection.write_all(b"0\r\n\r\n")?;
        check_answer(&mut BufReader::new(&self.connection))?;
        Ok(PartReceipt::new(self.name, self.size))
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(folder), Some(certificate), Some(host)) =
        (arguments.next(), arguments.next(), arguments.next())
    else {
        return Err("usage: upload-parts FOLDER CERTIFICATE.pem HOST:PORT".into());
    };
    let certificate = Certificate::from_file(certificate)?;
    let builder = ExportBuilder::new(SetName::random()?)
        .recipient(Recipient::from_certificate(&certificate, SystemTime::now())?)
        .build_options(&BuildOptions::new().part_size(64 << 10));
    let mut archive = builder.writer(Upload { host, unnamed: Vec::new() })?;
    for file in std::fs::read_dir(folder)? {
        let file = file?;
        if file.file_type()?.is_file() {
            let name = file.file_name().into_string().map_err(|_| "a name that is no text")?;
            let mut entry = archive.begin_file(&name, &EntryAttributes::new())?;
            io::copy(&mut std::fs::File::open(file.path())?, &mut entry)?;
            entry.finish()?;
        }
    }
    for part in archive.finish()?.parts {
        println!("{:>12} {}", part.size(), part.name());
    }
    Ok(())
}
