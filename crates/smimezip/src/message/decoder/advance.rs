//! The steps of a decoder: head, content and tail of the message, each as far as the bytes at hand
//! allow.

use std::sync::Arc;

use super::Decoder;
use super::stage::{Cipher, Stage};
use crate::asn1::{Next, OctetFeed};
use crate::cms::EnvelopedData;
use crate::error::{Error, ErrorKind};
use crate::limits::Limit;
use crate::secret::{UNLOCKING, wipe_stack};

/// Bytes after the content that are looked at again whenever more of them come.
const SMALL_TAIL: usize = 4096;

impl Decoder {
    /// Goes on as far as the bytes at hand allow.
    pub(super) fn advance(&mut self) -> Result<(), Error> {
        loop {
            let more = match &self.stage {
                Stage::Head { .. } => self.read_head()?,
                Stage::Content { .. } => self.read_content()?,
                Stage::Tail { .. } => self.read_tail()?,
                Stage::Complete { .. } | Stage::Verified { .. } | Stage::Done => false,
            };
            if !more {
                return Ok(());
            }
        }
    }

    /// What is no base64 is wrong only where the message is not complete.
    pub(super) fn check_text(&self) -> Result<(), Error> {
        match &self.stage {
            Stage::Head { .. } | Stage::Content { .. } | Stage::Tail { .. } => {
                self.outside.problem().map_or(Ok(()), Err)
            }
            _ => Ok(()),
        }
    }

    fn read_tail(&mut self) -> Result<bool, Error> {
        let (Stage::Tail { position, due, .. }, Some(data)) = (&mut self.stage, &self.data) else {
            return Ok(false);
        };
        let here = self.bytes.from(*position).len();
        if here < *due && !self.bytes.has_ended() {
            return Ok(false);
        }
        let (tail, end) = match data.read_tail(&self.bytes, *position, &self.rules) {
            Err(error)
                if matches!(error.kind(), ErrorKind::Truncated) && !self.bytes.has_ended() =>
            {
                if here as u64 > self.rules.structure {
                    return Err(Error::limit(Limit::Structure, self.rules.structure));
                }
                // Each try reads it from its start; while it is small that costs nothing.
                *due = if here < SMALL_TAIL { here + 1 } else { here + here / 4 };
                return Ok(false);
            }
            tail => tail?,
        };
        self.outside.complete(end);
        self.bytes.forget(u64::MAX);
        if let Stage::Tail { cipher, .. } = std::mem::replace(&mut self.stage, Stage::Done) {
            self.stage = Stage::Complete { cipher, tail };
        }
        Ok(false)
    }

    fn read_head(&mut self) -> Result<bool, Error> {
        let Stage::Head { keys, due } = &mut self.stage else { return Ok(false) };
        let keys = Arc::clone(keys);
        let here = self.bytes.bytes().len();
        if here < *due && !self.bytes.has_ended() {
            return Ok(false);
        }
        // Each try reads the head from its start, so the bytes must have grown by a share.
        *due = here + here / 4 + 256;
        let data = match EnvelopedData::read(&self.bytes, &self.rules) {
            // More may come, and what was read is within the limit.
            Err(error)
                if matches!(error.kind(), ErrorKind::Truncated) && !self.bytes.has_ended() =>
            {
                return Ok(false);
            }
            data => data?,
        };
        let cipher = Cipher::new(&data, keys, &self.rules);
        wipe_stack::<UNLOCKING>();
        let cipher = cipher?;
        let feed = Box::new(OctetFeed::new(&data.content, &self.rules)?);
        let position = data.content.element.contents;
        self.bytes.forget(position);
        self.data = Some(data);
        self.stage = Stage::Content { feed, cipher, position, left: 0 };
        Ok(true)
    }

    fn read_content(&mut self) -> Result<bool, Error> {
        let Stage::Content { feed, cipher, position, left } = &mut self.stage else {
            return Ok(false);
        };
        loop {
            if *left > 0 {
                let bytes = self.bytes.from(*position);
                let count = crate::read_at::clamp(bytes.len(), *left);
                cipher.update(&bytes[..count], &mut self.ready)?;
                *position += count as u64;
                *left -= count as u64;
                if *left > 0 {
                    break;
                }
            }
            match feed.next(&self.bytes) {
                Ok(Next::Bytes { start, length }) => (*position, *left) = (start, length),
                Ok(Next::End(end)) => {
                    self.bytes.forget(end);
                    let stage = std::mem::replace(&mut self.stage, Stage::Done);
                    if let Stage::Content { cipher, .. } = stage {
                        self.stage = Stage::Tail { cipher, position: end, due: 0 };
                    }
                    return Ok(true);
                }
                Err(error)
                    if matches!(error.kind(), ErrorKind::Truncated) && !self.bytes.has_ended() =>
                {
                    break;
                }
                Err(error) => return Err(error),
            }
        }
        self.bytes.forget(*position);
        Ok(false)
    }
}
