//! The face to JavaScript: what the worker calls, and what it has to give. Each call is one of the
//! plain modules'; texts cross as they are, structures as JSON, bytes as copies.

#![allow(unreachable_pub, reason = "what JavaScript calls must be public, and is in no interface")]

use std::io::{self, Read as _};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use smimezip::zip::{DosDateTime, EntryReader};
use smimezip::{Archive, Error};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use zeroize::Zeroizing;

use crate::answers;
use crate::session::{File, KeyFile, Session};
use crate::whole::Whole;
use crate::windows::{Files, Shelf};

/// Functions of the worker.
#[wasm_bindgen]
extern "C" {
    /// Fills `into` with bytes of a file and says how many there were; throws a text.
    #[wasm_bindgen(catch, js_name = readFile)]
    fn read_file(file: u32, offset: f64, into: &mut [u8]) -> Result<u32, JsValue>;

    /// The seconds since 1970 at which a clock here showed this; no number if none ever does.
    #[wasm_bindgen(js_name = localTime)]
    fn local_time(year: u16, month: u16, day: u16, hour: u16, minute: u16, second: u16) -> f64;
}

/// The worker's files.
struct WorkersFiles;

impl Files for WorkersFiles {
    fn read(&self, file: usize, offset: u64, into: &mut [u8]) -> io::Result<usize> {
        let file = u32::try_from(file).map_err(io::Error::other)?;
        let count = read_file(file, number(offset), into).map_err(|error| {
            let text = error.as_string().unwrap_or_else(|| "reading failed".to_owned());
            io::Error::other(text)
        })?;
        usize::try_from(count).map_err(io::Error::other)
    }
}

/// As JavaScript has numbers: exact below 2^53, which no file reaches.
#[allow(clippy::cast_precision_loss, reason = "see above")]
fn number(count: u64) -> f64 {
    count as f64
}

/// What such a number is here; sizes are never negative.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturates")]
fn count(number: f64) -> u64 {
    number as u64
}

fn when(time: DosDateTime) -> Option<SystemTime> {
    let (year, month, day) = (time.year(), time.month(), time.day());
    let seconds = local_time(year, month, day, time.hour(), time.minute(), time.second());
    // Before 1970, which no such time is.
    let is_known = seconds.is_finite() && seconds >= 0.0;
    is_known.then(|| SystemTime::UNIX_EPOCH + Duration::from_secs(count(seconds)))
}

fn thrown(error: &Error) -> JsValue {
    JsValue::from_str(&answers::error(error).to_string())
}

/// What a panic said, for the worker to ask when its module has stopped.
static PANIC: Mutex<String> = Mutex::new(String::new());

/// Has a panic leave its words.
#[wasm_bindgen(start)]
fn start() {
    std::panic::set_hook(Box::new(|panic| {
        *PANIC.lock().unwrap_or_else(PoisonError::into_inner) = panic.to_string();
    }));
}

/// What a panic said.
#[wasm_bindgen(js_name = lastPanic)]
#[must_use]
pub fn last_panic() -> String {
    PANIC.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

/// The files that are to be opened.
#[wasm_bindgen]
#[derive(Default)]
pub struct Given {
    files: Vec<File>,
    keys: Vec<KeyFile>,
}

#[wasm_bindgen]
impl Given {
    /// None yet.
    #[wasm_bindgen(constructor)]
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds the file that the worker has under the next number.
    #[wasm_bindgen(js_name = addFile)]
    pub fn add_file(&mut self, name: String, size: f64) {
        self.files.push(File { name, size: count(size) });
    }

    /// Adds a file with a key.
    #[wasm_bindgen(js_name = addKey)]
    pub fn add_key(&mut self, name: String, bytes: Vec<u8>) {
        self.keys.push(KeyFile { name, bytes: Zeroizing::new(bytes) });
    }

    /// Opens them.
    #[must_use]
    pub fn open(self, passphrase: String) -> Opened {
        let shelf = Shelf::new(WorkersFiles);
        let passphrase = Zeroizing::new(passphrase);
        Opened(Session::open(&shelf, &self.files, self.keys, &passphrase))
    }
}

/// What came of them.
#[wasm_bindgen]
pub struct Opened(Session);

#[wasm_bindgen]
impl Opened {
    /// All exports and keys.
    #[must_use]
    pub fn summary(&self) -> String {
        answers::summary(&self.0).to_string()
    }

    /// So many rows of a folder.
    ///
    /// # Errors
    /// If there is no such export.
    pub fn rows(
        &self,
        export: usize,
        folder: usize,
        from: usize,
        count: usize,
    ) -> Result<String, JsValue> {
        let contents = self.0.contents(export).map_err(|error| thrown(&error))?;
        Ok(contents.tree.rows(&contents.archive, folder, from, count).to_string())
    }

    /// So many entries as they are saved.
    ///
    /// # Errors
    /// If there is no such export.
    #[wasm_bindgen(js_name = toSave)]
    pub fn to_save(&self, export: usize, from: usize, count: usize) -> Result<String, JsValue> {
        let contents = self.0.contents(export).map_err(|error| thrown(&error))?;
        Ok(answers::to_save(&contents.archive, from, count).to_string())
    }

    /// Reads an entry.
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn read(&self, export: usize, entry: usize) -> Result<Reading, JsValue> {
        self.0.reader(export, entry).map(Reading).map_err(|error| thrown(&error))
    }

    /// Makes one archive of all that can be saved.
    ///
    /// # Errors
    /// If there is no such export.
    pub fn whole(&self, export: usize) -> Result<Making, JsValue> {
        let archive = self.0.contents(export).map(|contents| Arc::clone(&contents.archive));
        let archive = archive.map_err(|error| thrown(&error))?;
        let whole = Whole::new(when).map_err(|error| thrown(&error))?;
        Ok(Making { archive, whole })
    }
}

/// An entry that is being read.
#[wasm_bindgen]
pub struct Reading(EntryReader);

#[wasm_bindgen]
impl Reading {
    /// Fills `into` with the next bytes, as far as there are any, and says how many there were.
    /// None are left only if its size and its CRC-32 are right.
    ///
    /// # Errors
    /// If it is damaged or cannot be read: nothing that was given may be kept.
    pub fn next(&mut self, into: &mut [u8]) -> Result<usize, JsValue> {
        let mut filled = 0;
        while filled < into.len() {
            let read = self.0.read(&mut into[filled..]).map_err(Error::from);
            match read.map_err(|error| thrown(&error))? {
                0 => break,
                count => filled += count,
            }
        }
        Ok(filled)
    }
}

/// An archive that is being made.
#[wasm_bindgen]
pub struct Making {
    archive: Arc<Archive>,
    whole: Whole,
}

#[wasm_bindgen]
impl Making {
    /// Fills `into` with the next bytes and says how many there were; none after the last.
    ///
    /// # Errors
    /// As [`Reading::next`].
    pub fn next(&mut self, into: &mut [u8]) -> Result<usize, JsValue> {
        self.whole.next(&self.archive, into).map_err(|error| thrown(&error))
    }

    /// How far it is: bytes of entries, files, and what was left out.
    #[must_use]
    pub fn state(&self) -> String {
        use crate::json::Json;
        Json::Object(vec![
            ("read", Json::Number(self.whole.read())),
            ("files", Json::Number(self.whole.files())),
            ("left_out", Json::all_shown(self.whole.left_out())),
        ])
        .to_string()
    }
}
