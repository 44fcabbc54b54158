//! The bytes that programs make of one passphrase. PKCS #12 wants a BMPString with a zero
//! character at its end (RFC 7292 appendix B.1), and PKCS #5 whatever bytes it is typed in;
//! programs have understood either in several ways, and their files stay.

use zeroize::Zeroizing;

use crate::secret::Passphrase;

/// For the key derivation of PKCS #12, the likeliest first, each only once.
pub(super) fn for_pkcs12(passphrase: &Passphrase) -> Vec<Zeroizing<Vec<u8>>> {
    let bytes = passphrase.bytes();
    let mut forms = Vec::with_capacity(2);
    if let Ok(text) = std::str::from_utf8(bytes) {
        forms.push(bmp_string(text.encode_utf16()));
    }
    if bytes.is_empty() {
        // Some derive from nothing at all where the passphrase is empty.
        forms.push(Zeroizing::new(Vec::new()));
    }
    if !bytes.is_ascii() {
        // Each byte as a character: OpenSSL before 1.1, and whoever is given another encoding.
        forms.push(bmp_string(bytes.iter().copied().map(u16::from)));
    }
    forms
}

/// For PBES2 and PBMAC1 in a PKCS #12 file.
pub(super) fn for_pkcs5_in_pkcs12(passphrase: &Passphrase) -> Vec<Zeroizing<Vec<u8>>> {
    let bytes = passphrase.bytes();
    let mut forms = vec![Zeroizing::new(bytes.to_vec())];
    if let Ok(text) = std::str::from_utf8(bytes) {
        // Older versions of NSS kept to the BMPString.
        forms.push(bmp_string(text.encode_utf16()));
    }
    forms
}

fn bmp_string(characters: impl Iterator<Item = u16>) -> Zeroizing<Vec<u8>> {
    // At most one character a byte, and the zero.
    let (least, most) = characters.size_hint();
    let mut bytes = Zeroizing::new(Vec::with_capacity(2 * most.unwrap_or(least) + 2));
    for unit in characters.chain([0]) {
        bytes.extend_from_slice(&unit.to_be_bytes());
    }
    bytes
}
