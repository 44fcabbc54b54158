//! A sink of parts in memory, which counts the calls and can refuse one of them.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::{c_char, c_int, c_void};
use std::ptr::null_mut;
use std::slice;

use smimezip_ffi::*;

use crate::{ok, text};

/// What a refused call returns: the operating system's EIO.
pub(crate) const REFUSED: c_int = 5;

/// How a call is refused.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Refusal {
    Returns(c_int),
    Panics,
}

/// What it has, and what it was asked for.
#[derive(Default)]
pub(crate) struct Memory {
    /// The callbacks that were called, in their order.
    pub(crate) calls: Vec<&'static str>,
    /// Which call is refused, counted from 0.
    pub(crate) refuses: Option<(usize, Refusal)>,
    /// Begun and neither finished nor dropped.
    open: BTreeMap<usize, (String, Vec<u8>)>,
    begun: usize,
    /// Finished, by the name they were begun under.
    pub(crate) finished: BTreeMap<String, Vec<u8>>,
    /// Files beside the parts.
    pub(crate) files: BTreeMap<String, Vec<u8>>,
    /// What has its name.
    pub(crate) committed: BTreeMap<String, Vec<u8>>,
    pub(crate) aborted: usize,
    pub(crate) closed: usize,
    reading: BTreeSet<String>,
}

impl Memory {
    pub(crate) fn new(refuses: Option<(usize, Refusal)>) -> Box<Self> {
        Box::new(Self { refuses, ..Self::default() })
    }

    /// The callbacks, for as long as the box lives.
    pub(crate) fn sink(self: &mut Box<Self>) -> smz_part_sink {
        smz_part_sink {
            struct_size: size_of::<smz_part_sink>(),
            user: std::ptr::from_mut(&mut **self).cast(),
            begin: Some(begin),
            write: Some(write),
            finish: Some(finish),
            drop: Some(drop_part),
            add_file: Some(add_file),
            read_back: Some(read_back),
            commit: Some(commit),
            abort: Some(abort),
            close: Some(close),
        }
    }

    /// Begins an export of the builder, which is freed.
    pub(crate) fn writer(
        self: &mut Box<Self>,
        builder: *mut smz_export_builder,
    ) -> *mut smz_export_writer {
        let (sink, mut writer) = (self.sink(), null_mut());
        // SAFETY: what is used is alive, and freed once.
        unsafe {
            ok(|err| {
                let options = std::ptr::null();
                smz_export_writer_new_sink(builder, &raw const sink, options, &raw mut writer, err)
            });
            smz_export_builder_free(builder);
        }
        writer
    }

    /// Every part had its last call, and so had the sink.
    pub(crate) fn check_ended(&self) {
        assert_eq!((self.open.len(), self.reading.len(), self.closed), (0, 0, 1));
        assert_eq!(self.aborted, usize::from(self.committed.is_empty()));
    }

    /// Counts a call; what it returns if it is refused.
    fn call(&mut self, callback: &'static str) -> Result<(), c_int> {
        assert_eq!(self.closed, 0, "a call after the last one");
        self.calls.push(callback);
        match self.refuses {
            Some((call, how)) if call + 1 == self.calls.len() => match how {
                Refusal::Returns(code) => Err(code),
                Refusal::Panics => panic!("asked for by a test"),
            },
            _ => Ok(()),
        }
    }
}

/// # Safety
/// `user` is that of [`Memory::sink`].
unsafe fn memory<'a>(user: *mut c_void) -> &'a mut Memory {
    // SAFETY: promised by the caller; callbacks are called one after the other.
    unsafe { &mut *user.cast::<Memory>() }
}

fn code(outcome: Result<(), c_int>) -> c_int {
    outcome.err().unwrap_or(0)
}

unsafe extern "C-unwind" fn begin(
    user: *mut c_void,
    name: *const c_char,
    out_part: *mut *mut c_void,
) -> c_int {
    // SAFETY: what the header promises to callbacks.
    let (memory, name) = (unsafe { memory(user) }, text(name));
    code(memory.call("begin").map(|()| {
        memory.begun += 1;
        memory.open.insert(memory.begun, (name, Vec::new()));
        // SAFETY: as above. The pointer is a number, which nobody follows.
        unsafe { out_part.write(std::ptr::without_provenance_mut(memory.begun)) };
    }))
}

unsafe extern "C-unwind" fn write(
    user: *mut c_void,
    part: *mut c_void,
    data: *const u8,
    data_len: usize,
) -> c_int {
    // SAFETY: what the header promises to callbacks.
    let (memory, data) = unsafe { (memory(user), slice::from_raw_parts(data, data_len)) };
    code(memory.call("write").map(|()| {
        memory.open.get_mut(&part.addr()).unwrap().1.extend_from_slice(data);
    }))
}

unsafe extern "C-unwind" fn finish(user: *mut c_void, part: *mut c_void) -> c_int {
    // SAFETY: what the header promises to callbacks.
    let memory = unsafe { memory(user) };
    let (name, bytes) = memory.open.remove(&part.addr()).unwrap();
    code(memory.call("finish").map(|()| assert!(memory.finished.insert(name, bytes).is_none())))
}

unsafe extern "C-unwind" fn drop_part(user: *mut c_void, part: *mut c_void) {
    // SAFETY: what the header promises to callbacks.
    assert!(unsafe { memory(user) }.open.remove(&part.addr()).is_some());
}

unsafe extern "C-unwind" fn add_file(
    user: *mut c_void,
    name: *const c_char,
    data: *const u8,
    data_len: usize,
) -> c_int {
    // SAFETY: what the header promises to callbacks.
    let (memory, data) = unsafe { (memory(user), slice::from_raw_parts(data, data_len)) };
    code(memory.call("add_file").map(|()| {
        memory.files.insert(text(name), data.to_vec());
    }))
}

/// A part that is read, on any thread.
struct Reading {
    memory: *mut Memory,
    name: String,
    bytes: Vec<u8>,
}

unsafe extern "C-unwind" fn read_back(
    user: *mut c_void,
    begun_as: *const c_char,
    out_io: *mut smz_io,
) -> c_int {
    // SAFETY: what the header promises to callbacks.
    let memory = unsafe { memory(user) };
    code(memory.call("read_back").map(|()| {
        let name = text(begun_as);
        let bytes = memory.finished[&name].clone();
        assert!(memory.reading.insert(name.clone()));
        let reading = Box::new(Reading { memory, name, bytes });
        // SAFETY: as above; `struct_size` is set already.
        unsafe {
            (*out_io).user = Box::into_raw(reading).cast();
            (*out_io).read_at = Some(read_at);
            (*out_io).size = Some(size);
            (*out_io).close = Some(close_reading);
            (*out_io).flags = SMZ_IO_CONCURRENT;
        }
    }))
}

unsafe extern "C-unwind" fn read_at(
    user: *mut c_void,
    offset: u64,
    buf: *mut u8,
    len: usize,
    out_n: *mut usize,
) -> c_int {
    // SAFETY: what the header promises to callbacks.
    unsafe {
        let bytes = &(*user.cast::<Reading>()).bytes;
        let bytes = bytes.get(usize::try_from(offset).unwrap()..).unwrap_or_default();
        let count = bytes.len().min(len);
        buf.copy_from_nonoverlapping(bytes.as_ptr(), count);
        out_n.write(count);
    }
    0
}

unsafe extern "C-unwind" fn size(user: *mut c_void, out_size: *mut u64) -> c_int {
    // SAFETY: what the header promises to callbacks.
    unsafe { out_size.write((*user.cast::<Reading>()).bytes.len() as u64) };
    0
}

unsafe extern "C-unwind" fn close_reading(user: *mut c_void) {
    // SAFETY: what the header promises to callbacks: called once, on the thread that made the call.
    unsafe {
        let Reading { memory, name, .. } = *Box::from_raw(user.cast::<Reading>());
        assert!((*memory).reading.remove(&name));
        assert_eq!(((*memory).aborted, (*memory).closed), (0, 0));
    }
}

unsafe extern "C-unwind" fn commit(
    user: *mut c_void,
    parts: *const *const smz_part_receipt,
    part_count: usize,
) -> c_int {
    // SAFETY: what the header promises to callbacks.
    let (memory, parts) = unsafe { (memory(user), slice::from_raw_parts(parts, part_count)) };
    code(memory.call("commit").map(|()| {
        for part in parts {
            // SAFETY: as above.
            let part = unsafe { &**part };
            let bytes = memory.finished.remove(&text(part.begun_as)).unwrap();
            assert_eq!(bytes.len() as u64, part.size);
            memory.committed.insert(text(part.name), bytes);
        }
    }))
}

unsafe extern "C-unwind" fn abort(user: *mut c_void) {
    // SAFETY: what the header promises to callbacks.
    unsafe { memory(user) }.aborted += 1;
}

unsafe extern "C-unwind" fn close(user: *mut c_void) {
    // SAFETY: what the header promises to callbacks.
    unsafe { memory(user) }.closed += 1;
}
