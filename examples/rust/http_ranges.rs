//! Lists an export whose parts lie on a web server, and fetches of them only what that needs: each
//! read becomes a request for a range (RFC 9110 section 14). A real program would have an HTTP
//! library with TLS here; the joint stays the same.
//!
//! `http-ranges HOST:PORT/FOLDER KEY PART-NAME…`

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::sync::atomic::{AtomicU64, Ordering};

use smimezip::parts::Part;
use smimezip::{Export, KeyRing, ReadAt};

static REQUESTS: AtomicU64 = AtomicU64::new(0);

/// One file on the server.
struct Remote {
    host: String,
    path: String,
    size: u64,
}

impl Remote {
    /// Asks for the size, once.
    fn open(host: &str, path: String) -> io::Result<Self> {
        let mut remote = Self { host: host.to_owned(), path, size: 0 };
        let (head, _) = remote.request("HEAD", "")?;
        remote.size = head.length.ok_or_else(|| io::Error::other("no Content-Length"))?;
        Ok(remote)
    }

    fn request(&self, method: &str, header: &str) -> io::Result<(Head, impl Read)> {
        REQUESTS.fetch_add(1, Ordering::Relaxed);
        let mut connection = TcpStream::connect(&self.host)?;
        write!(
            connection,
            "{method} {} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n{header}\r\n",
            self.path, self.host
        )?;
        let mut answer = BufReader::new(connection);
        let head = Head::read(&mut answer)?;
        Ok((head, answer))
    }
}

impl ReadAt for Remote {
    fn read_at(&self, buf: &mut [u8], offset: u64) -> io::Result<usize> {
        let count = (buf.len() as u64).min(self.size.saturating_sub(offset));
        if count == 0 {
            return Ok(0);
        }
        let range = format!("Range: bytes={offset}-{}\r\n", offset + count - 1);
        let (head, body) = self.request("GET", &range)?;
        // A server that does not know ranges answers 200 and sends everything.
        if head.status != 206 {
            return Err(io::Error::other(format!("the server answered {}", head.status)));
        }
        let count = usize::try_from(count).map_err(io::Error::other)?;
        body.take(count as u64).read_exact(&mut buf[..count])?;
        Ok(count)
    }

    fn size(&self) -> io::Result<u64> {
        Ok(self.size)
    }
}

/// What the server says before the bytes.
struct Head {
    status: u16,
    length: Option<u64>,
}

impl Head {
    fn read(answer: &mut impl BufRead) -> io::Result<Self> {
        let mut line = String::new();
        answer.read_line(&mut line)?;
        let status = line.split(' ').nth(1).and_then(|status| status.parse().ok());
        let mut head =
            Self { status: status.ok_or_else(|| io::Error::other("not HTTP"))?, length: None };
        loop {
            line.clear();
            if answer.read_line(&mut line)? == 0 || line.trim().is_empty() {
                return Ok(head);
            }
            if let Some((name, value)) = line.split_once(':')
                && name.eq_ignore_ascii_case("content-length")
            {
                head.length = value.trim().parse().ok();
            }
        }
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(folder), Some(key)) = (arguments.next(), arguments.next()) else {
        return Err("usage: http-ranges HOST:PORT/FOLDER KEY PART-NAME…".into());
    };
    let (host, folder) = folder.split_once('/').unwrap_or((&folder, ""));
    let mut parts = Vec::new();
    for name in arguments {
        let remote = Remote::open(host, format!("/{folder}/{name}"))?;
        parts.push(Part::new(name, remote));
    }
    let archive = Export::from_parts(parts)?.unlock(&KeyRing::from_file(key)?)?;
    for entry in &archive {
        println!("{:>10} {}", entry.size(), entry.raw_name());
    }
    println!("{} requests", REQUESTS.load(Ordering::Relaxed));
    Ok(())
}
