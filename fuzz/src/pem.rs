//! Any bytes as a file of PEM objects. Line ends must not matter, nor text between the objects.

use smimezip::internals;

/// Reads all objects in `bytes`.
pub fn run(bytes: &[u8]) {
    let Ok(objects) = internals::pem(bytes) else { return };
    let mut crlf = Vec::with_capacity(bytes.len() * 2);
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        match line.strip_suffix(b"\n") {
            Some(line) => crlf.extend([line, b"\r\n"].concat()),
            None => crlf.extend_from_slice(line),
        }
    }
    assert!(internals::pem(&crlf).is_ok_and(|again| again == objects), "line ends matter");
    let between = [b"\nsome text\n", bytes, b"\nmore text\n"].concat();
    assert!(internals::pem(&between).is_ok_and(|again| again == objects), "text around matters");
}
