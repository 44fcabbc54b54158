//! Handles that are `const` in C, used by several threads at the same time: what a data-race
//! detector is run over. `crates/smimezip-capi/tests/c/threads.c` is the same from C.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use std::ffi::CString;
use std::path::Path;
use std::ptr::{null, null_mut};
use std::sync::atomic::{AtomicUsize, Ordering};

use smimezip_ffi::{
    SMZ_ERR_BUSY, SMZ_OK, smz_archive, smz_archive_entry_count, smz_archive_free,
    smz_archive_get_entry, smz_archive_open, smz_archive_open_entry, smz_archive_verify, smz_entry,
    smz_keyring_add_file, smz_keyring_free, smz_keyring_new, smz_message_decrypt, smz_message_free,
    smz_reader, smz_reader_free, smz_reader_read, smz_reader_read_at, smz_reader_size,
    smz_set_discover, smz_set_free, smz_set_open_part,
};

/// A pointer that threads may have.
struct Shared<T>(*mut T);

// SAFETY: the library says which of its functions may be called by several threads.
unsafe impl<T> Send for Shared<T> {}
// SAFETY: as above.
unsafe impl<T> Sync for Shared<T> {}

fn sum(bytes: &[u8], start: u64) -> u64 {
    bytes.iter().fold(start, |sum, byte| sum.wrapping_mul(31).wrapping_add(u64::from(*byte)))
}

fn work(archive: &Shared<smz_archive>, content: &Shared<smz_reader>) -> u64 {
    let mut buffer = [0; 3000];
    let mut total = 0;
    // SAFETY: both handles are alive; the buffer and the outputs are this thread's.
    unsafe {
        for at in 0..smz_archive_entry_count(archive.0) {
            let mut entry = std::mem::zeroed::<smz_entry>();
            entry.struct_size = size_of::<smz_entry>();
            assert_eq!(smz_archive_get_entry(archive.0, at, &raw mut entry), SMZ_OK);
            let mut reader = null_mut();
            let opened = smz_archive_open_entry(archive.0, at, &raw mut reader, null_mut());
            assert_eq!(opened, SMZ_OK);
            let mut count = 1;
            while count > 0 {
                let (start, size) = (buffer.as_mut_ptr(), buffer.len());
                let read = smz_reader_read(reader, start, size, &raw mut count, null_mut());
                assert_eq!(read, SMZ_OK);
                total = sum(&buffer[..count], total);
            }
            smz_reader_free(reader);
        }
        let mut offset = 0;
        while offset < smz_reader_size(content.0) {
            let (start, size, mut count) = (buffer.as_mut_ptr(), buffer.len(), 0);
            let read =
                smz_reader_read_at(content.0, offset, start, size, &raw mut count, null_mut());
            assert_eq!(read, SMZ_OK);
            total = sum(&buffer[..count], total);
            offset += count as u64;
        }
        assert_eq!(smz_archive_verify(archive.0, null(), null_mut(), null_mut()), SMZ_OK);
    }
    total
}

/// Reads with one position from two threads: each call succeeds or is told to wait.
fn contend(reader: &Shared<smz_reader>) -> usize {
    let (mut byte, mut count, mut refused) = (0_u8, 0_usize, 0);
    for _ in 0..2000 {
        // SAFETY: the handle is alive, the outputs are this thread's.
        let status =
            unsafe { smz_reader_read(reader.0, &raw mut byte, 1, &raw mut count, null_mut()) };
        assert!(status == SMZ_OK || status == SMZ_ERR_BUSY, "{status}");
        refused += usize::from(status == SMZ_ERR_BUSY);
    }
    refused
}

#[test]
fn x4_threads_share_what_is_const() {
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/data");
    let path = |path: &Path| CString::new(path.to_str().unwrap()).unwrap();
    let (folder, key) = (path(&sample), path(&sample.join("key.pem")));
    let keys = smz_keyring_new();
    let (mut set, mut archive, mut message) = (null_mut(), null_mut(), null_mut());
    let (mut content, mut contended) = (null_mut(), null_mut());
    let err = null_mut();
    // SAFETY: every pointer is alive, every output is this thread's.
    unsafe {
        let added = smz_keyring_add_file(keys, key.as_ptr(), None, null_mut(), null(), err);
        assert_eq!(added, SMZ_OK);
        assert_eq!(smz_set_discover(folder.as_ptr(), &raw mut set, err), SMZ_OK);
        assert_eq!(smz_archive_open(set, keys, null(), &raw mut archive, err), SMZ_OK);
        assert_eq!(smz_set_open_part(set, 1, null(), &raw mut message, err), SMZ_OK);
        for reader in [&mut content, &mut contended] {
            assert_eq!(smz_message_decrypt(message, keys, null(), reader, err), SMZ_OK);
        }
    }
    let (archive, content, contended) = (Shared(archive), Shared(content), Shared(contended));
    let expected = work(&archive, &content);
    let refused = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| assert_eq!(work(&archive, &content), expected));
        }
        for _ in 0..2 {
            scope.spawn(|| refused.fetch_add(contend(&contended), Ordering::Relaxed));
        }
    });
    println!("{} calls were told to wait", refused.into_inner());
    let (mut byte, mut count) = (0, 0);
    // SAFETY: the handle is alive, the outputs are this thread's.
    let free =
        unsafe { smz_reader_read(contended.0, &raw mut byte, 1, &raw mut count, null_mut()) };
    assert_eq!(free, SMZ_OK, "nobody uses it any more");
    // SAFETY: each is alive and freed once.
    unsafe {
        smz_reader_free(contended.0);
        smz_reader_free(content.0);
        smz_message_free(message);
        smz_archive_free(archive.0);
        smz_set_free(set);
        smz_keyring_free(keys);
    }
}
