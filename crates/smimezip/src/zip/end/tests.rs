//! Where the end record is found, and where not.

use super::*;

/// The end of an archive: a locator that tells of `disks`, and an end record on this disk.
fn tail(disks: Option<u32>, disk: u16) -> Vec<u8> {
    let mut bytes = vec![0; 5];
    if let Some(disks) = disks {
        bytes.extend(b"PK\x06\x07\0\0\0\0\0\0\0\0\0\0\0\0");
        bytes.extend(disks.to_le_bytes());
    }
    bytes.extend(EndRecord::SIGNATURE);
    bytes.extend(disk.to_le_bytes());
    bytes.extend([0; 16]);
    bytes
}

/// An empty archive with a comment, and `start` bytes before it.
fn empty(start: usize, comment: &[u8]) -> Vec<u8> {
    let mut bytes = vec![7; start];
    bytes.extend(EndRecord::SIGNATURE);
    bytes.extend([0; 12]);
    bytes.extend(u32::try_from(start).unwrap().to_le_bytes());
    bytes.extend(u16::try_from(comment.len()).unwrap().to_le_bytes());
    bytes.extend(comment);
    bytes
}

fn disks(bytes: &[u8]) -> Result<u32, Error> {
    count_of_disks(bytes, Accept::default())
}

fn accepting(bytes: &[u8]) -> Result<After, Error> {
    let accept = Accept { trailing_data: true, ..Accept::default() };
    find(bytes, accept, Error::at, |_| Some(0)).map(|end| end.after)
}

fn after(bytes: &[u8]) -> Result<After, Error> {
    find(bytes, Accept::default(), Error::at, |_| Some(0)).map(|end| end.after)
}

fn assert_not_an_archive(bytes: &[u8]) {
    for error in [disks(bytes).unwrap_err(), accepting(bytes).unwrap_err()] {
        assert!(matches!(error.kind(), ErrorKind::NotAnArchive(_)), "{error}");
    }
}

#[test]
fn the_number_of_disks_is_in_the_locator_where_it_is_escaped() {
    assert_eq!(disks(&tail(None, 0)).unwrap(), 1);
    assert_eq!(disks(&tail(None, 41)).unwrap(), 42);
    assert_eq!(disks(&tail(None, u16::MAX)).unwrap(), 65_536);
    assert_eq!(disks(&tail(Some(70_000), u16::MAX)).unwrap(), 70_000);
    assert_eq!(disks(&tail(Some(70_000), 41)).unwrap(), 42);
}

#[test]
fn one_end_record_ends_the_archive() {
    let one = tail(None, 0);
    assert_not_an_archive(&one[..one.len() - 1]);
    assert_not_an_archive(&[]);
    assert_not_an_archive(&[0; 5000]);
    // Signatures in a comment that are none.
    assert_eq!(after(&empty(5, b"PK\x05\x06 and so on")).unwrap(), After::Nothing);
}

#[test]
fn what_readers_could_take_for_the_end_record_in_place_of_it_is_refused() {
    // A comment that is another one, that has another one in it, and that has another before zeros.
    let inner = tail(None, 0);
    for comment in [
        inner.clone(),
        [&inner[..], b"and so on"].concat(),
        [&inner[..], &[0; 900]].concat(),
        [&vec![b'x'; 60_000][..], &inner].concat(),
    ] {
        let bytes = empty(5, &comment);
        for error in [disks(&bytes).unwrap_err(), accepting(&bytes).unwrap_err()] {
            assert!(matches!(error.kind(), ErrorKind::Damaged(Damage::Record(_))), "{error}");
        }
    }
    // One in what follows: nothing ends where it should, whatever is accepted.
    let bytes = [&empty(5, b"")[..], &inner, b"and so on"].concat();
    assert_not_an_archive(&bytes);
}

#[test]
fn zeros_may_follow() {
    for comment in [&b""[..], b"a comment", &[0; 30]] {
        let one = empty(300, comment);
        for count in [1, 17, 18, 19, 10_240, 65_535, 65_536, 200_000, 16_000_000] {
            let padded = [&one[..], &vec![0; count]].concat();
            assert_eq!(after(&padded).unwrap(), After::Zeros(count as u64), "{count}");
            assert_eq!(disks(&padded).unwrap(), 1);
        }
        // More than anything pads with: an unfinished download.
        let endless = [&one[..], &vec![0; 17 << 20]].concat();
        let error = disks(&endless).unwrap_err();
        assert!(error.to_string().contains("16 MiB of zeros"), "{error}");
    }
}

#[test]
fn other_bytes_after_it_are_counted_and_may_be_accepted() {
    for count in [1, 2, 21, 22, 23, 41, 42, 43, 65_000, 65_535, 65_577, 65_600, 300_000] {
        for (start, comment) in [(0, &b""[..]), (300, b"a comment"), (70_000, b"")] {
            let one = empty(start, comment);
            let bytes = [&one[..], &vec![b'x'; count], &[0; 3]].concat();
            let error = disks(&bytes).unwrap_err();
            let ErrorKind::Damaged(Damage::TrailingBytes { count: found }) = error.kind() else {
                panic!("{count}: {error}")
            };
            assert_eq!((*found, error.offset()), (count as u64 + 3, Some(one.len() as u64)));
            assert_eq!(accepting(&bytes).unwrap(), After::Data(count as u64 + 3));
        }
    }
    let too_far = [&empty(5, b"")[..], &vec![b'x'; 17 << 20]].concat();
    assert!(matches!(disks(&too_far).unwrap_err().kind(), ErrorKind::NotAnArchive(_)));
}

#[test]
fn the_end_of_an_archive_inside_one_that_was_cut_off_is_not_taken() {
    // A record that counts from its own start, which is not that of the file.
    let inner = empty(300, b"");
    assert_not_an_archive(&[&[b'x'; 1000], &inner[..], b"more of the outer archive"].concat());
}

#[test]
fn a_record_is_found_wherever_the_reads_begin() {
    for count in 65_500..65_640 {
        let mut bytes = tail(Some(70_000), u16::MAX);
        bytes.extend(vec![b'x'; count]);
        let accept = Accept { trailing_data: true, ..Accept::default() };
        assert_eq!(count_of_disks(&bytes, accept).unwrap(), 70_000, "{count}");
    }
}

/// Bytes of which those before `readable` cannot be read.
struct Damaged(Vec<u8>, u64);

impl ReadAt for Damaged {
    fn read_at(&self, buf: &mut [u8], offset: u64) -> std::io::Result<usize> {
        if offset < self.1 {
            return Err(Error::malformed("invalid base64").into());
        }
        self.0.read_at(buf, offset)
    }

    fn size(&self) -> std::io::Result<u64> {
        self.0.size()
    }
}

#[test]
fn what_cannot_be_read_before_the_end_ends_the_search() {
    for suffix in [0, 1, 10, 21, 22, 33, 41, 42, 50, 64, 100, 1_000, 40_000, 100_000] {
        let mut bytes = vec![b'x'; 200_000 + suffix];
        let last = bytes.len() - 1;
        bytes[last] = b'y';
        let damaged = Damaged(bytes, 200_000);
        for accept in [Accept::default(), Accept { trailing_data: true, ..Accept::default() }] {
            let error = find(&damaged, accept, Error::at, |_| Some(0)).map(|_| ()).unwrap_err();
            assert!(matches!(error.kind(), ErrorKind::Malformed(_)), "{suffix}: {error}");
        }
    }
}

#[test]
fn a_record_after_damage_counts_if_its_locator_can_be_read() {
    for room in [0, 1, 19, 20, 21, 5_000] {
        let damaged = Damaged(empty(100_000 + room, b"comment"), 100_000);
        let found = find(&damaged, Accept::default(), Error::at, |_| Some(0));
        assert_eq!(found.is_ok(), room >= 20, "{room}");
    }
    // Two records end the archive, and both can be read.
    let inner = empty(0, b"");
    let mut two = empty(100_000 + 10_000, &vec![b'c'; 9_000]);
    let end = two.len() - inner.len();
    two[end..].copy_from_slice(&inner);
    for readable in [0, 100_000, 109_900] {
        assert!(
            find(&Damaged(two.clone(), readable), Accept::default(), Error::at, |_| Some(0))
                .is_err()
        );
    }
}
