//! A sink that is one of two kinds.

use std::io::{self, Write};
use std::sync::Arc;

use super::sink::{PartReceipt, PartSink, PartWriter};
use crate::error::Error;
use crate::part_name::PartName;
use crate::read_at::ReadAt;

/// One sink or another, so that a program that chooses where parts go has one type for both.
#[derive(Debug)]
pub enum EitherSink<L, R> {
    /// The first kind.
    Left(L),
    /// The second kind.
    Right(R),
}

/// A part of an [`EitherSink`].
#[derive(Debug)]
pub enum EitherPart<L, R> {
    /// Of the first kind.
    Left(L),
    /// Of the second kind.
    Right(R),
}

impl<L: PartSink, R: PartSink> PartSink for EitherSink<L, R> {
    type Part = EitherPart<L::Part, R::Part>;

    fn begin(&mut self, name: &PartName) -> Result<Self::Part, Error> {
        match self {
            Self::Left(sink) => sink.begin(name).map(EitherPart::Left),
            Self::Right(sink) => sink.begin(name).map(EitherPart::Right),
        }
    }

    fn read_back(&self, part: &PartReceipt) -> Result<Option<Arc<dyn ReadAt>>, Error> {
        match self {
            Self::Left(sink) => sink.read_back(part),
            Self::Right(sink) => sink.read_back(part),
        }
    }

    fn add_file(&mut self, name: &str, bytes: &[u8]) -> Result<(), Error> {
        match self {
            Self::Left(sink) => sink.add_file(name, bytes),
            Self::Right(sink) => sink.add_file(name, bytes),
        }
    }

    fn commit(self, parts: Vec<PartReceipt>) -> Result<(), Error> {
        match self {
            Self::Left(sink) => sink.commit(parts),
            Self::Right(sink) => sink.commit(parts),
        }
    }
}

impl<L: Write, R: Write> Write for EitherPart<L, R> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Left(part) => part.write(bytes),
            Self::Right(part) => part.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Left(part) => part.flush(),
            Self::Right(part) => part.flush(),
        }
    }
}

impl<L: PartWriter, R: PartWriter> PartWriter for EitherPart<L, R> {
    fn finish(self) -> Result<PartReceipt, Error> {
        match self {
            Self::Left(part) => part.finish(),
            Self::Right(part) => part.finish(),
        }
    }
}
