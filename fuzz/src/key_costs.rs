//! Key files whose numbers are chosen by the bytes: iterations, scrypt's parameters, sizes of
//! salts, keys and codes, how many bags. Whatever they are, no more is derived than the limits
//! allow, and what is beyond them is refused as a limit.

use std::sync::LazyLock;

use smimezip::{Error, ErrorKind, KeyRing, Limits, Passphrase, internals};

/// What takes work in a key file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Pbkdf2,
    Scrypt,
    /// A scheme of PKCS #12 on its own.
    Pkcs12Key,
    /// The integrity code of PKCS #12.
    Pkcs12Mac,
    Pbmac1,
    /// Encrypted keys in a PKCS #12 file without an integrity code.
    Bags,
}

pub const KINDS: [Kind; 6] =
    [Kind::Pbkdf2, Kind::Scrypt, Kind::Pkcs12Key, Kind::Pkcs12Mac, Kind::Pbmac1, Kind::Bags];

/// The numbers of a key file. INTEGERs are their contents in DER, so that they may be of any size.
#[derive(Clone, Debug)]
pub struct Numbers {
    pub iterations: Vec<u8>,
    /// scrypt's N, r and p.
    pub scrypt: [Vec<u8>; 3],
    /// The keyLength of PBKDF2 and scrypt, where it is said.
    pub key_length: Option<Vec<u8>>,
    pub salt: usize,
    /// Bytes of the integrity code.
    pub code: usize,
    pub bags: usize,
    /// The last number of the object identifier of PBKDF2's HMAC.
    pub prf: u8,
    pub scheme: u8,
}

impl Default for Numbers {
    fn default() -> Self {
        Self {
            iterations: integer(100),
            scrypt: [integer(1024), integer(8), integer(1)],
            key_length: None,
            salt: 8,
            code: 20,
            bags: 1,
            prf: 9,
            scheme: 3,
        }
    }
}

/// The contents of an INTEGER.
pub fn integer(number: u128) -> Vec<u8> {
    let bytes = number.to_be_bytes();
    let zeros = bytes[..15].iter().take_while(|byte| **byte == 0).count();
    let sign: &[u8] = if bytes[zeros] & 0x80 == 0 { &[] } else { &[0] };
    [sign, &bytes[zeros..]].concat()
}

/// A key file of that kind with these numbers.
pub fn file(kind: Kind, numbers: &Numbers) -> Vec<u8> {
    let salt = tlv(4, &vec![7; numbers.salt]);
    let iterations = tlv(2, &numbers.iterations);
    let key_length = numbers.key_length.as_ref().map_or_else(Vec::new, |it| tlv(2, it));
    let pbkdf2 = || {
        let prf = oid(&[b"\x2a\x86\x48\x86\xf7\x0d\x02", &[numbers.prf & 0x7f][..]].concat());
        let prf = sequence(&[&prf, NULL]);
        let parameters = sequence(&[&salt, &iterations, &key_length, &prf]);
        sequence(&[&oid(b"\x2a\x86\x48\x86\xf7\x0d\x01\x05\x0c"), &parameters])
    };
    let pbes2 = |derivation: &[u8]| {
        let cipher = oid(b"\x60\x86\x48\x01\x65\x03\x04\x01\x2a");
        let cipher = sequence(&[&cipher, &tlv(4, &[9; 16])]);
        let parameters = sequence(&[derivation, &cipher]);
        let scheme = sequence(&[&oid(b"\x2a\x86\x48\x86\xf7\x0d\x01\x05\x0d"), &parameters]);
        sequence(&[&scheme, &tlv(4, &[5; 64])])
    };
    let old_key = || {
        let scheme =
            oid(&[b"\x2a\x86\x48\x86\xf7\x0d\x01\x0c\x01", &[numbers.scheme & 0x7f][..]].concat());
        let scheme = sequence(&[&scheme, &sequence(&[&salt, &iterations])]);
        sequence(&[&scheme, &tlv(4, &[5; 64])])
    };
    let code = tlv(4, &vec![3; numbers.code]);
    match kind {
        Kind::Pbkdf2 => pbes2(&pbkdf2()),
        Kind::Scrypt => {
            let [cost, block_size, parallelization] =
                numbers.scrypt.each_ref().map(|it| tlv(2, it));
            let parameters = sequence(&[&salt, &cost, &block_size, &parallelization, &key_length]);
            pbes2(&sequence(&[&oid(b"\x2b\x06\x01\x04\x01\xda\x47\x04\x0b"), &parameters]))
        }
        Kind::Pkcs12Key => old_key(),
        Kind::Pkcs12Mac => {
            let hash = sequence(&[&oid(b"\x2b\x0e\x03\x02\x1a"), NULL]);
            pfx(&[], &sequence(&[&sequence(&[&hash, &code]), &salt, &iterations]))
        }
        Kind::Pbmac1 => {
            let hmac = sequence(&[&oid(b"\x2a\x86\x48\x86\xf7\x0d\x02\x09"), NULL]);
            let parameters = sequence(&[&pbkdf2(), &hmac]);
            let scheme = sequence(&[&oid(b"\x2a\x86\x48\x86\xf7\x0d\x01\x05\x0e"), &parameters]);
            let info = sequence(&[&scheme, &tlv(4, &[3; 32])]);
            pfx(&[], &sequence(&[&info, &salt, &tlv(2, &[1])]))
        }
        Kind::Bags => {
            let kind = oid(b"\x2a\x86\x48\x86\xf7\x0d\x01\x0c\x0a\x01\x02");
            let bag = sequence(&[&kind, &tlv(0xa0, &old_key())]);
            pfx(&bag.repeat(numbers.bags), &[])
        }
    }
}

const NULL: &[u8] = &[5, 0];

/// A PFX with one plain SafeContents of these bags, and its MacData.
fn pfx(bags: &[u8], mac: &[u8]) -> Vec<u8> {
    let data = |content: &[u8]| {
        let content = tlv(0xa0, &tlv(4, content));
        sequence(&[&oid(b"\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01"), &content])
    };
    let safe = data(&sequence(&[bags]));
    sequence(&[&tlv(2, &[3]), &data(&sequence(&[&safe])), mac])
}

fn sequence(parts: &[&[u8]]) -> Vec<u8> {
    tlv(0x30, &parts.concat())
}

fn oid(contents: &[u8]) -> Vec<u8> {
    tlv(6, contents)
}

fn tlv(tag: u8, contents: &[u8]) -> Vec<u8> {
    let length = contents.len().to_be_bytes();
    let zeros = length[..7].iter().take_while(|byte| **byte == 0).count();
    let length = &length[zeros..];
    let count = 0x80 | length.len().to_le_bytes()[0];
    let head: &[u8] = if contents.len() < 0x80 { &[tag] } else { &[tag, count] };
    [head, length, contents].concat()
}

/// Opens a key file; what it failed with, and the iterations that were done.
pub fn open(file: &[u8], limits: &Limits) -> (Option<Error>, u64) {
    let _ = internals::derivation_work();
    let outcome = KeyRing::new().add(file, &mut || Some(Passphrase::new("correct")), limits);
    (outcome.err(), internals::derivation_work())
}

static LIMITS: LazyLock<Limits> = LazyLock::new(|| {
    let mut limits = Limits::default();
    limits.kdf_iterations = 5_000;
    limits.scrypt_memory = 1 << 20;
    limits
});

/// Makes a key file of `bytes` and opens it.
pub fn run(bytes: &[u8]) {
    let mut rest = bytes.iter().copied();
    let mut next = || rest.next().unwrap_or_default();
    let kind = KINDS[usize::from(next()) % KINDS.len()];
    let mut integer = || -> Vec<u8> {
        let count = 1 + next() % 10;
        (0..count).map(|_| next()).collect()
    };
    let (iterations, scrypt) = (integer(), [integer(), integer(), integer()]);
    let key_length = Some(integer()).filter(|it| it[0] != 0);
    let mut size = || usize::from(u16::from_be_bytes([next() & 0x0f, next()]));
    let (salt, code, bags) = (size(), size(), size() % 200);
    let (prf, scheme) = (next() % 16, next() % 8);
    let numbers = Numbers { iterations, scrypt, key_length, salt, code, bags, prf, scheme };
    let (error, work) = open(&file(kind, &numbers), &LIMITS);
    assert!(work <= LIMITS.kdf_iterations, "{kind:?} {numbers:?}: {work} iterations");
    if let Some(error) = error {
        let told = matches!(
            error.kind(),
            ErrorKind::Limit { .. }
                | ErrorKind::PassphraseWrong
                | ErrorKind::BadKey(_)
                | ErrorKind::Unsupported(_)
        );
        assert!(told, "{kind:?} {numbers:?}: {error}");
    }
}
