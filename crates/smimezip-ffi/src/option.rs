//! The numbers of options and of their values, as the header has them. Those of limits are the
//! core's [`Limit::number`](smimezip::Limit::number); a test compares them.

/// Which option to set. Since 0.1.
pub type smz_option = i32;

/// Number: what happens where a file is already there: SMZ_OVERWRITE_… Default: never.
pub const SMZ_OPTION_OVERWRITE: smz_option = 1;
/// SMZ_OPTION_OVERWRITE: extract nothing at all if a file is there.
pub const SMZ_OVERWRITE_NEVER: u64 = 0;
/// SMZ_OPTION_OVERWRITE: files that are there stay; the report names them.
pub const SMZ_OVERWRITE_SKIP: u64 = 1;
/// SMZ_OPTION_OVERWRITE: files that are there are replaced.
pub const SMZ_OVERWRITE_ALWAYS: u64 = 2;
/// Number: what happens to links and devices in an archive: SMZ_LINKS_… Default: refuse.
pub const SMZ_OPTION_LINKS: smz_option = 2;
/// SMZ_OPTION_LINKS: refuse an archive that has links or devices.
pub const SMZ_LINKS_REFUSE: u64 = 0;
/// SMZ_OPTION_LINKS: leave them out; the report names them.
pub const SMZ_LINKS_SKIP: u64 = 1;
/// Number, 0 or 1: extract what can be verified although other entries are damaged. Such a call
/// returns SMZ_PARTIAL. Default: 0.
pub const SMZ_OPTION_KEEP_GOING: smz_option = 3;
/// Number, 0 or 1: have everything on the disk before it is published. Default: 1.
pub const SMZ_OPTION_DURABLE: smz_option = 4;
/// Number: threads that work; 0 for all of the machine's, at most 16. Default: 0.
pub const SMZ_OPTION_THREADS: smz_option = 5;
// 6 was SMZ_OPTION_LAYOUT, which nobody needs to choose any more.
/// Number, 0 or 1: unwrap SignedData inside the encryption (RFC 5652 section 5) where it is met.
/// **The signature is not verified.** Default: 0.
pub const SMZ_OPTION_INNER_SIGNED_DATA: smz_option = 7;
/// Number, 0 or 1: unwrap a MIME header section inside the encryption, and its base64, where
/// it is met. Default: 0.
pub const SMZ_OPTION_INNER_MIME_HEADER: smz_option = 8;
/// Number, 0 or 1: ignore bytes after the end of a message, or of an archive. Default: 0, which
/// refuses them.
pub const SMZ_OPTION_ACCEPT_TRAILING_DATA: smz_option = 9;
/// Number, 0 or 1: open AES-GCM in EnvelopedData, as Bouncy Castle writes it; the tag is verified.
/// Default: 0, as RFC 5084 wants AuthEnvelopedData for it.
pub const SMZ_OPTION_ACCEPT_GCM_IN_ENVELOPED_DATA: smz_option = 10;
/// Number, 0 or 1: ignore bytes of an archive that belong to no entry, before or between entries,
/// as some programs leave them where they deleted an entry. Default: 0, which refuses them.
pub const SMZ_OPTION_ACCEPT_UNUSED_BYTES: smz_option = 11;
/// Number: what happens to names that are not safe on every platform (with `:`, a dot or a space at
/// the end, names of devices, names that some file system takes for the same): SMZ_NAMES_…
/// Absolute names, `..` and links are refused whatever was chosen. Default: refuse.
pub const SMZ_OPTION_NAMES: smz_option = 12;
/// SMZ_OPTION_NAMES: refuse an archive that has such names.
pub const SMZ_NAMES_REFUSE: u64 = 0;
/// SMZ_OPTION_NAMES: leave those entries out; the report names them.
pub const SMZ_NAMES_SKIP: u64 = 1;
/// SMZ_OPTION_NAMES: encode unsafe characters as `%XX`, give a number to names that collide; the
/// report has both names.
pub const SMZ_NAMES_ENCODE: u64 = 2;
/// Number, 0 or 1: open a split set (`.z01` … `.zip`) although parts of it are missing. The last
/// part must be there, and those that have the directory; smz_archive_entry_missing_count() says
/// which entries can be read then. What needs all parts, as extraction does without
/// SMZ_OPTION_AVAILABLE, fails as before. It counts for smz_archive_open() only. Pieces
/// (`.zip.001` …) must all be there: where their entries lie is known by all of them together.
/// Default: 0.
pub const SMZ_OPTION_INCOMPLETE: smz_option = 13;
/// Number, 0 or 1: extract or verify what can be had of an archive that was opened with
/// SMZ_OPTION_INCOMPLETE or salvaged; the report has the other entries, with the parts that they
/// need, and the call returns SMZ_PARTIAL if there are such. Default: 0, which refuses such an
/// archive.
pub const SMZ_OPTION_AVAILABLE: smz_option = 14;

/// Text: only entries whose whole name matches this pattern, or one given before. `?` matches one
/// character, `*` any number, `[a-z]` one of these, `[!a-z]` one of the others, but none of them
/// matches `/`. `**` between slashes, or at either end, matches any number of folders. The name of
/// a folder is compared without the `/` at its end. The same as `--include` of the command line.
pub const SMZ_OPTION_INCLUDE: smz_option = 20;
/// Text: no entries whose name matches this pattern, or one given before. Where an export is made:
/// no files whose path in it does, and no folders, with all that is in them.
pub const SMZ_OPTION_EXCLUDE: smz_option = 21;

/// Number: bytes of a MIME header section. Default: 65,536.
pub const SMZ_OPTION_LIMIT_HEADER_SECTION: smz_option = 101;
/// Number: bytes of a message before its encrypted content. Default: 1,048,576.
pub const SMZ_OPTION_LIMIT_STRUCTURE: smz_option = 102;
/// Number: nesting of ASN.1 constructions. Default: 32.
pub const SMZ_OPTION_LIMIT_DEPTH: smz_option = 103;
/// Number: recipients of one message. Default: 1,000.
pub const SMZ_OPTION_LIMIT_RECIPIENTS: smz_option = 104;
/// Number: private-key operations for one message. Default: 16.
pub const SMZ_OPTION_LIMIT_PRIVATE_KEY_OPERATIONS: smz_option = 105;
/// Number: iterations of key derivation (PBKDF2; others count by their work) to open one key file,
/// or to try the passwords for one message. Default: 10,000,000.
pub const SMZ_OPTION_LIMIT_KDF_ITERATIONS: smz_option = 106;
/// Number: bytes of memory that scrypt may use to open one private key. Default: 256 MiB.
pub const SMZ_OPTION_LIMIT_SCRYPT_MEMORY: smz_option = 107;
/// Number: empty chunks in a row in a message. Default: 1,024.
pub const SMZ_OPTION_LIMIT_EMPTY_CHUNKS: smz_option = 108;
/// Number: parts of a set. Default: 10,000.
pub const SMZ_OPTION_LIMIT_PARTS: smz_option = 109;
/// Number: bytes of an archive's central directory. Default: 256 MiB.
pub const SMZ_OPTION_LIMIT_DIRECTORY: smz_option = 110;
/// Number: entries of an archive. Default: 1,000,000.
pub const SMZ_OPTION_LIMIT_ENTRIES: smz_option = 111;
/// Number: bytes that the entries asked for may decompress to. It counts where it is given: to
/// smz_archive_open() for every later call, to smz_archive_extract() for that call. Default: no
/// limit but the free space.
pub const SMZ_OPTION_LIMIT_TOTAL_SIZE: smz_option = 112;
/// Number: how many times larger than compressed the entries asked for may become, once they exceed
/// one GiB. It counts as SMZ_OPTION_LIMIT_TOTAL_SIZE does. Default: 200.
pub const SMZ_OPTION_LIMIT_RATIO: smz_option = 113;
/// Number: layers inside each other that are unwrapped in the encryption. Default: 8.
pub const SMZ_OPTION_LIMIT_LAYERS: smz_option = 114;
/// Number: bytes of an authenticated message that smz_decoder_process() keeps in a temporary file
/// until its tag is verified. Default: no limit but the free space.
pub const SMZ_OPTION_LIMIT_SPOOL: smz_option = 115;
/// Number: private keys in one key file. Default: 100.
pub const SMZ_OPTION_LIMIT_PRIVATE_KEYS: smz_option = 116;

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::path::Path;

    use smimezip::Limit;

    /// Every limit of the core is an option of its number, and no other is.
    #[test]
    fn the_numbers_of_limits_are_those_of_the_core() {
        let header = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../include/smimezip.h");
        let header = std::fs::read_to_string(header).unwrap();
        let declared: BTreeMap<String, i32> = header
            .lines()
            .filter_map(|line| line.strip_prefix("#define SMZ_OPTION_LIMIT_")?.split_once(' '))
            .map(|(name, number)| (name.to_lowercase(), number.parse().unwrap()))
            .collect();
        let known: BTreeMap<String, i32> =
            Limit::ALL.iter().map(|limit| (limit.name().into(), limit.number())).collect();
        assert_eq!(declared, known);
        // Other options are below them.
        for line in header.lines().filter(|it| it.starts_with("#define SMZ_OPTION_")) {
            let number: i32 = line.rsplit(' ').next().unwrap().parse().unwrap();
            assert_eq!(number > 100, line.contains("_LIMIT_"), "{line}");
        }
    }
}
