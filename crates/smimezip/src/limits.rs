//! Every cap on untrusted input, in one table, each with its name, its number in C and Java, its
//! default and the reason for that.

use std::fmt;

/// Ratios are judged from here on; small archives may be as compressible as they like.
const RATIO_FROM: u64 = 1 << 30;

/// Makes the enum [`Limit`] and the struct [`Limits`] of one table, so that neither can have what
/// the other has not.
macro_rules! table {
    ($($variant:ident $number:literal $field:ident: $type:ty = $default:expr, $($reason:literal)+;)+) => {
        /// One of the caps of [`Limits`].
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Limit {
            $($(#[doc = $reason])+ $variant,)+
        }

        impl Limit {
            /// All of them, by their numbers.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// Its name, as the field of [`Limits`] is called.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => stringify!($field)),+ }
            }

            /// Its number in the interfaces for C and Java. Numbers are never reused.
            pub fn number(self) -> i32 {
                match self { $(Self::$variant => $number),+ }
            }

            /// What it counts, and why its default is what it is.
            pub fn reason(self) -> &'static str {
                match self { $(Self::$variant => concat!($($reason),+).trim_ascii()),+ }
            }
        }

        /// What untrusted input may cost. Make one with [`Limits::default`] and change single
        /// fields.
        #[derive(Clone, Debug)]
        #[non_exhaustive]
        pub struct Limits {
            $($(#[doc = $reason])+ pub $field: $type,)+
        }

        impl Default for Limits {
            fn default() -> Self {
                Self { $($field: $default,)+ }
            }
        }

        impl Limits {
            /// The defaults.
            pub fn new() -> Self {
                Self::default()
            }

            /// The value of one limit.
            pub fn get(&self, limit: Limit) -> u64 {
                match limit { $(Limit::$variant => u64::try_from(self.$field).unwrap_or(u64::MAX)),+ }
            }

            /// Changes one limit. A value beyond what its field can hold becomes the largest it
            /// can.
            pub fn set(&mut self, limit: Limit, value: u64) {
                match limit {
                    $(Limit::$variant => {
                        self.$field = <$type>::try_from(value).unwrap_or(<$type>::MAX);
                    })+
                }
            }

            /// The same limits, one of them changed as by [`set`](Self::set).
            ///
            /// ```
            /// # use smimezip::{Limit, Limits};
            /// let limits = Limits::new().with(Limit::Parts, 5);
            /// ```
            #[must_use]
            pub fn with(mut self, limit: Limit, value: u64) -> Self {
                self.set(limit, value);
                self
            }

            /// The same limits, each at most what `other` has.
            #[must_use]
            pub fn at_most(&self, other: &Self) -> Self {
                Self { $($field: self.$field.min(other.$field),)+ }
            }
        }
    };
}

table! {
    HeaderSection 101 header_section: u64 = 64 * 1024,
        " Bytes of a MIME header section. Real ones have a few hundred; 64 KiB holds the longest"
        " relayed mail header seen.";
    Structure 102 structure: u64 = 1024 * 1024,
        " Bytes of a message before its encrypted content. A recipient takes about 600 bytes with"
        " RSA-4096, so 1 MiB holds a thousand of them.";
    Depth 103 depth: usize = 32,
        " Nesting of ASN.1 constructions. RFC 5652 needs fewer than 12.";
    Recipients 104 recipients: usize = 1000,
        " Recipients of one message. Each costs parsing and, without a certificate to choose by,"
        " perhaps a private-key operation.";
    PrivateKeyOperations 105 private_key_operations: usize = 16,
        " Private-key operations for one message. Without a certificate each recipient of the key's"
        " size has to be tried; 16 of them with RSA-4096 take a tenth of a second. Every key given"
        " is tried at least once, whatever the limit.";
    KdfIterations 106 kdf_iterations: u64 = 10_000_000,
        " Iterations of PBKDF2, or of the key derivation of PKCS #12, to open one key file; and to"
        " try the passwords given for one message. Derivations of other kinds count by their work: two"
        " blocks hashed for an iteration, or one unit of scrypt's N times r times p."
        " OpenSSL's default is 2,048, careful people use 600,000; ten million take some seconds.";
    ScryptMemory 107 scrypt_memory: u64 = 256 * 1024 * 1024,
        " Bytes of memory scrypt may use to open one private key.";
    EmptyChunks 108 empty_chunks: u64 = 1024,
        " Empty OCTET STRING chunks in a row. No producer writes even one on purpose.";
    Parts 109 parts: u32 = 10_000,
        " Parts of a set, as its end record says or its names do. Real ones have tens; each takes a"
        " private-key operation.";
    Directory 110 directory: u64 = 256 * 1024 * 1024,
        " Bytes of a zip's central directory. It is read through a small buffer; a million entries"
        " with long names have about 150 MB.";
    Entries 111 entries: u64 = 1_000_000,
        " Entries of an archive. Each takes about 0.3 KiB of memory.";
    TotalSize 112 total_size: u64 = u64::MAX,
        " Bytes that the entries asked for may decompress to. The default leaves it to the free"
        " space of the disk, which is checked before anything is written.";
    Ratio 113 ratio: u64 = 200,
        " How many times larger than their compressed data the entries asked for may become, once"
        " they exceed one GiB. Deflate's own maximum is 1032; repetitive logs reach about 50.";
    Layers 114 layers: usize = 8,
        " Layers inside each other in the encryption, where they are asked for. S/MIME triple"
        " wrapping (RFC 8551 section 3.7) has three.";
    Spool 115 spool: u64 = u64::MAX,
        " Bytes of an authenticated message's ciphertext that wait in a temporary file for its tag"
        " where it comes by a pipe. The default leaves it to the free space of the disk.";
    PrivateKeys 116 private_keys: usize = 100,
        " Private keys in one key file. Each takes making its public key; a person has a few.";
}

impl Limit {
    /// The limit of that name, in which `-` stands for `_` as well.
    pub fn from_name(name: &str) -> Option<Self> {
        let name = name.replace('-', "_");
        Self::ALL.iter().find(|limit| limit.name() == name).copied()
    }

    /// The limit of that number.
    pub fn from_number(number: i32) -> Option<Self> {
        Self::ALL.iter().find(|limit| limit.number() == number).copied()
    }
}

impl Limits {
    /// The least ratio that would allow so many bytes from so many compressed ones, if this one
    /// does not.
    pub(crate) fn exceeded_ratio(&self, bytes: u64, compressed: u64) -> Option<u64> {
        let is_exceeded = bytes > RATIO_FROM && bytes / self.ratio.max(1) > compressed;
        is_exceeded.then(|| (bytes / compressed.saturating_add(1)).saturating_add(1))
    }
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_limit_is_found_and_changed_by_name_and_number() {
        let mut limits = Limits::default();
        for limit in Limit::ALL {
            assert_eq!(Limit::from_name(limit.name()), Some(*limit));
            assert_eq!(Limit::from_name(&limit.name().replace('_', "-")), Some(*limit));
            assert_eq!(Limit::from_number(limit.number()), Some(*limit));
            assert!(limit.reason().ends_with('.'), "{}", limit.reason());
            limits.set(*limit, 7);
            assert_eq!(limits.get(*limit), 7);
        }
        limits.set(Limit::Parts, u64::MAX);
        assert_eq!(limits.get(Limit::Parts), u64::from(u32::MAX));
        assert_eq!(Limit::from_name("length"), None);
    }

    #[test]
    fn the_least_ratio_that_will_do_is_the_next_to_be_refused() {
        let of = |ratio: u64, bytes, compressed| {
            Limits::new().with(Limit::Ratio, ratio).exceeded_ratio(bytes, compressed)
        };
        assert_eq!(of(200, RATIO_FROM, 0), None);
        assert_eq!(of(200, 200 << 30, 1 << 30), None);
        for (bytes, compressed) in
            [(RATIO_FROM + 1, 0), (201 << 30, 1 << 20), (1 << 40, 1 << 30), (u64::MAX, 7)]
        {
            let needed = of(200, bytes, compressed).unwrap();
            assert_eq!(of(needed, bytes, compressed), None);
            assert_eq!(of(needed - 1, bytes, compressed), Some(needed));
        }
    }

    #[test]
    fn the_stricter_of_two_counts() {
        let one = Limits { total_size: 10, ..Limits::default() };
        let other = Limits { ratio: 3, ..Limits::default() };
        let both = one.at_most(&other);
        assert_eq!((both.total_size, both.ratio, both.entries), (10, 3, one.entries));
    }
}
