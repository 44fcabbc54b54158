//! The sinks that an export's writer can have, as one type.

use std::io::{self, Write};
use std::sync::Arc;

use smimezip::build::{FolderPart, FolderSink};
use smimezip::parts::{PartName, PartReceipt, PartSink, PartWriter};
use smimezip::{Error, ReadAt};

use crate::part_sink::{CallbackPart, CallbackSink};

/// A folder, or callbacks.
pub(crate) enum AnySink {
    Folder(FolderSink),
    Callbacks(CallbackSink),
}

/// A part of either.
pub(crate) enum AnyPart {
    Folder(Box<FolderPart>),
    Callbacks(CallbackPart),
}

impl PartSink for AnySink {
    type Part = AnyPart;

    fn begin(&mut self, name: &PartName) -> Result<AnyPart, Error> {
        Ok(match self {
            Self::Folder(sink) => AnyPart::Folder(Box::new(sink.begin(name)?)),
            Self::Callbacks(sink) => AnyPart::Callbacks(sink.begin(name)?),
        })
    }

    fn read_back(&self, part: &PartReceipt) -> Result<Option<Arc<dyn ReadAt>>, Error> {
        match self {
            Self::Folder(sink) => sink.read_back(part),
            Self::Callbacks(sink) => sink.read_back(part),
        }
    }

    fn add_file(&mut self, name: &str, bytes: &[u8]) -> Result<(), Error> {
        match self {
            Self::Folder(sink) => sink.add_file(name, bytes),
            Self::Callbacks(sink) => sink.add_file(name, bytes),
        }
    }

    fn commit(self, parts: Vec<PartReceipt>) -> Result<(), Error> {
        match self {
            Self::Folder(sink) => sink.commit(parts),
            Self::Callbacks(sink) => sink.commit(parts),
        }
    }
}

impl Write for AnyPart {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Folder(part) => part.write(bytes),
            Self::Callbacks(part) => part.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Folder(part) => part.flush(),
            Self::Callbacks(part) => part.flush(),
        }
    }
}

impl PartWriter for AnyPart {
    fn finish(self) -> Result<PartReceipt, Error> {
        match self {
            Self::Folder(part) => part.finish(),
            Self::Callbacks(part) => part.finish(),
        }
    }
}
