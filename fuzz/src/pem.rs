//! Any bytes as a file of PEM objects. Line ends must not matter, nor text between the objects.

use smimezip::internals;

/// Reads all objects in `octets`.
pub fn run(octets: &[u8]) {
    let Ok(objects) = internals::pem(octets) else { return };
    let mut crlf = Vec::with_capacity(octets.len() * 2);
    for line in octets.split_inclusive(|octet| *octet == b'\n') {
        match line.strip_suffix(b"\n") {
            Some(line) => crlf.extend([line, b"\r\n"].concat()),
            None => crlf.extend_from_slice(line),
        }
    }
    assert!(internals::pem(&crlf).is_ok_and(|again| again == objects), "line ends matter");
    let between = [b"\nsome text\n", octets, b"\nmore text\n"].concat();
    assert!(internals::pem(&between).is_ok_and(|again| again == objects), "text around matters");
}
