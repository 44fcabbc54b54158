//! Secret keys as a person writes them: in hexadecimal.

use smimezip::Passphrase;
use zeroize::Zeroizing;

use crate::exit::Failure;

/// The bytes that `text` says, white space and colons apart. Never shows any of it.
pub(crate) fn from_hex(text: &Passphrase) -> Result<Vec<u8>, Failure> {
    let wrong = || Failure::Usage("a secret key is written in hexadecimal digits".into());
    let mut digits = Zeroizing::new(Vec::new());
    for byte in text.bytes().iter().filter(|byte| !b" \t:".contains(byte)) {
        let digit = char::from(*byte).to_digit(16).ok_or_else(wrong)?;
        digits.push(u8::try_from(digit).map_err(|_| wrong())?);
    }
    if ![32, 48, 64].contains(&digits.len()) {
        return Err(Failure::Usage("a secret key has 32, 48 or 64 hexadecimal digits".into()));
    }
    Ok(digits.chunks_exact(2).map(|pair| pair[0] << 4 | pair[1]).collect())
}
