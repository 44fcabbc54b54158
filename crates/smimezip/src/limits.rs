//! Every cap on untrusted input, in one place, each with the reason for its default.

/// What untrusted input may cost. Make one with [`Limits::default`] and change single fields.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Limits {
    /// Bytes of a MIME header section. Real ones have a few hundred; 64 KiB holds the longest
    /// relayed mail header seen.
    pub header_section: u64,
    /// Bytes of a message before its encrypted content. A recipient takes about 600 bytes with
    /// RSA-4096, so 1 MiB holds a thousand of them.
    pub structure: u64,
    /// Nesting of ASN.1 constructions. RFC 5652 needs fewer than 12.
    pub depth: usize,
    /// Recipients of one message. Each costs parsing and, without a certificate to choose by,
    /// perhaps a private-key operation.
    pub recipients: usize,
    /// Private-key operations for one message. Without a certificate each recipient of the key's
    /// size has to be tried; 16 of them with RSA-4096 take a tenth of a second. Each key that was
    /// given is tried at least once all the same.
    pub private_key_operations: usize,
    /// Iterations of PBKDF2, or of the key derivation of PKCS #12, to open one key file; and to try
    /// the passwords given for one message. OpenSSL's default is 2,048, careful people use
    /// 600,000; ten million take some seconds.
    pub kdf_iterations: u64,
    /// Bytes of memory scrypt may use to open one private key.
    pub scrypt_memory: u64,
    /// Empty OCTET STRING chunks in a row. No producer writes even one on purpose.
    pub empty_chunks: u64,
    /// Parts of a set, as its end record tells. Real ones have tens; each takes a private-key
    /// operation.
    pub parts: u32,
    /// Bytes of a zip's central directory. It is read through a small buffer; a million entries
    /// with long names have about 150 MB.
    pub directory: u64,
    /// Entries of an archive. Each takes about 200 bytes of memory.
    pub entries: u64,
    /// Bytes that the entries asked for may decompress to. The default leaves it to the free
    /// space of the disk, which is checked before anything is written.
    pub total_size: u64,
    /// How many times larger than their compressed data the entries asked for may become, once
    /// they exceed one GiB. Deflate's own maximum is 1032; repetitive logs reach about 50.
    pub ratio: u64,
    /// How the places of lines and chunks are found.
    pub layout: LayoutPolicy,
    /// What is borne with although a standard says otherwise.
    pub accept: Accept,
}

/// What is borne with although a standard says otherwise; nothing by default.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Accept {
    /// Octets behind the end of a message's outermost structure. They are ignored: a disk's padding, a
    /// second message. Text behind a base64 body is no such octets.
    pub trailing_data: bool,
    /// An authenticated cipher (AES-GCM) in EnvelopedData, its tag behind the ciphertext, as
    /// Bouncy Castle writes it. RFC 5084 wants AuthEnvelopedData for it. The tag is verified all the same.
    pub gcm_in_enveloped_data: bool,
}

/// How the places of base64 lines and OCTET STRING chunks are found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum LayoutPolicy {
    /// Lines and chunks are assumed to be of one length, which is verified wherever they are
    /// read. If it does not hold, one scan makes an index; should the scan show another length
    /// than was announced, reading ends with
    /// [`ErrorKind::IrregularLayout`](crate::ErrorKind::IrregularLayout).
    #[default]
    Assume,
    /// Everything is scanned once before the first byte is decrypted: slow, and right for any
    /// legal message.
    Scan,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            header_section: 64 * 1024,
            structure: 1024 * 1024,
            depth: 32,
            recipients: 1000,
            private_key_operations: 16,
            kdf_iterations: 10_000_000,
            scrypt_memory: 256 * 1024 * 1024,
            empty_chunks: 1024,
            parts: 10_000,
            directory: 256 * 1024 * 1024,
            entries: 1_000_000,
            total_size: u64::MAX,
            ratio: 200,
            layout: LayoutPolicy::Assume,
            accept: Accept::default(),
        }
    }
}

impl Limits {
    /// The same limits with the layout scanned first.
    #[must_use]
    pub fn scanning(&self) -> Self {
        Self { layout: LayoutPolicy::Scan, ..self.clone() }
    }
}
