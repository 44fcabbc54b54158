//! Working memory of the layers, kept by each thread and reused: no allocation and no zeroing
//! per read. It holds text and ciphertext only, never plaintext or keys.

use std::cell::RefCell;

thread_local! {
    static SPARE: RefCell<Vec<Vec<u8>>> = const { RefCell::new(Vec::new()) };
}

/// Calls `work` with `size` bytes of unspecified contents. May be nested: each layer of a view
/// gets a buffer of its own.
pub(crate) fn with_scratch<R>(size: usize, work: impl FnOnce(&mut [u8]) -> R) -> R {
    let mut buffer = SPARE.with_borrow_mut(Vec::pop).unwrap_or_default();
    if buffer.len() < size {
        // Not `resize`, which would copy what nobody reads, and write zeros that the system has.
        buffer = vec![0; size];
    }
    let result = work(&mut buffer[..size]);
    SPARE.with_borrow_mut(|spare| spare.push(buffer));
    result
}
