//! ContentInfo and EnvelopedData (RFC 5652 sections 3 and 6.1): the walk from the first octet to
//! the encrypted content, and the check of what follows it.

use der::Decode;
use der::asn1::ObjectIdentifier;
use spki::AlgorithmIdentifierOwned;

use super::algorithm::{ContentEncryptionAlgorithm, Named, initialization_vector};
use super::recipient_info::RecipientInfo;
use crate::asn1::{self, Class, Element, OctetPlace, Reader, tag};
use crate::error::{Error, ErrorKind};
use crate::limits::Limits;
use crate::read_at::ReadAt;

const ENVELOPED_DATA: &str = "1.2.840.113549.1.7.3";

/// The head of an EnvelopedData, and where its content is.
#[derive(Debug)]
pub(crate) struct EnvelopedData {
    pub(crate) recipient_infos: Vec<RecipientInfo>,
    pub(crate) content_type: String,
    pub(crate) algorithm: ContentEncryptionAlgorithm,
    /// Empty for an algorithm that is not supported.
    pub(crate) initialization_vector: Vec<u8>,
    pub(crate) content: OctetPlace,
    /// Ends of the constructions around the content, the outermost first; `None` is indefinite.
    levels: [Option<u64>; 4],
}

/// The walk: a reader, where it stands, and the end of the construction it is in.
struct Walk<'a, S: ?Sized> {
    reader: Reader<'a, S>,
    position: u64,
}

impl EnvelopedData {
    /// Reads the head of the ContentInfo at the start of `source`.
    pub(crate) fn read<S: ReadAt + ?Sized>(source: &S, limits: &Limits) -> Result<Self, Error> {
        let mut walk = Walk { reader: Reader::new(source, 0, limits), position: 0 };
        let content_info = walk.enter_sequence("ContentInfo")?;
        let content_type = walk.object_identifier("contentType")?;
        if content_type != ENVELOPED_DATA {
            let what = Named(&content_type);
            return Err(Error::unsupported(format!("CMS content type {what}, not EnvelopedData")));
        }
        let explicit = walk.enter(|element| element.header.is_context(0), "content")?;
        let enveloped_data = walk.enter_sequence("EnvelopedData")?;
        walk.skip_if(|element| element.header.is(tag::INTEGER), "version")?;
        walk.skip_optional(|element| element.header.is_context(0))?;
        let recipient_infos = walk.recipient_infos(limits)?;
        let encrypted_content_info = walk.enter_sequence("EncryptedContentInfo")?;
        let content_type = walk.object_identifier("contentType")?;
        let (algorithm, initialization_vector) = walk.algorithm(limits)?;
        let element = walk.reader.element(walk.position)?;
        if !element.header.is_context(0) {
            return Err(Error::malformed("no encryptedContent").at(element.start));
        }
        let levels = [content_info, explicit, enveloped_data, encrypted_content_info];
        let length = source.size()?;
        if levels.iter().flatten().any(|end| *end > length) {
            return Err(ErrorKind::Truncated.into());
        }
        let content =
            OctetPlace { element, expected_end: expected_end(&element, &levels, length)? };
        Ok(Self {
            recipient_infos,
            content_type,
            algorithm,
            initialization_vector,
            content,
            levels,
        })
    }

    /// Checks that after the content, at `position`, every construction ends where it says, that
    /// there is nothing but unprotected attributes, and nothing behind the message.
    pub(crate) fn check_tail<S: ReadAt + ?Sized>(
        &self,
        source: &S,
        position: u64,
        limits: &Limits,
    ) -> Result<(), Error> {
        let mut walk = Walk { reader: Reader::new(source, position, limits), position };
        let [content_info, explicit, enveloped_data, encrypted_content_info] = self.levels;
        walk.leave(encrypted_content_info)?;
        if enveloped_data != Some(walk.position) {
            walk.skip_optional(|element| element.header.is_context(1))?;
        }
        for level in [enveloped_data, explicit, content_info] {
            walk.leave(level)?;
        }
        if walk.position == source.size()? {
            Ok(())
        } else {
            Err(Error::malformed("data behind the end of the message").at(walk.position))
        }
    }
}

/// Where the content's end-of-contents octets are if nothing but further ones follows them.
fn expected_end(content: &Element, levels: &[Option<u64>], length: u64) -> Result<u64, Error> {
    if let Some(end) = content.end()? {
        return Ok(end);
    }
    let inner = levels.iter().rev().take_while(|level| level.is_none()).count() as u64;
    let outer_end = levels.iter().rev().find_map(|level| *level).unwrap_or(length);
    Ok(outer_end.saturating_sub((inner + 1) * 2))
}

impl<S: ReadAt + ?Sized> Walk<'_, S> {
    /// Enters the construction that `is_it` accepts; returns its end.
    fn enter(
        &mut self,
        is_it: impl Fn(&Element) -> bool,
        what: &'static str,
    ) -> Result<Option<u64>, Error> {
        let element = self.reader.element(self.position)?;
        if !is_it(&element) || !element.header.constructed {
            return Err(Error::malformed(what).at(element.start));
        }
        self.position = element.contents;
        element.end()
    }

    fn enter_sequence(&mut self, what: &'static str) -> Result<Option<u64>, Error> {
        self.enter(|element| element.header.is(tag::SEQUENCE), what)
    }

    /// Leaves a construction that must end here.
    fn leave(&mut self, end: Option<u64>) -> Result<(), Error> {
        if let Some(end) = end {
            return if end == self.position {
                Ok(())
            } else {
                Err(Error::malformed("a construction ends elsewhere than it says").at(end))
            };
        }
        let element = self.reader.element(self.position)?;
        if !element.header.is_end_of_contents() {
            return Err(Error::malformed("end-of-contents octets expected").at(element.start));
        }
        self.position = element.contents;
        Ok(())
    }

    fn skip_if(
        &mut self,
        is_it: impl Fn(&Element) -> bool,
        what: &'static str,
    ) -> Result<(), Error> {
        let before = self.position;
        self.skip_optional(is_it)?;
        if self.position == before { Err(Error::malformed(what).at(before)) } else { Ok(()) }
    }

    fn skip_optional(&mut self, is_it: impl Fn(&Element) -> bool) -> Result<(), Error> {
        let element = self.reader.element(self.position)?;
        if is_it(&element) {
            self.position = self.reader.skip(&element)?;
        }
        Ok(())
    }

    /// The octets of the element here, which is then passed.
    fn octets(&mut self, element: &Element) -> Result<Vec<u8>, Error> {
        let end = self.reader.skip(element)?;
        self.position = end;
        self.reader.octets(element.start, end)
    }

    fn object_identifier(&mut self, what: &'static str) -> Result<String, Error> {
        let element = self.reader.element(self.position)?;
        let octets = self.octets(&element)?;
        ObjectIdentifier::from_der(&asn1::to_der(&octets, 1)?)
            .map(|oid: ObjectIdentifier| oid.to_string())
            .map_err(|_| Error::malformed(what).at(element.start))
    }

    fn recipient_infos(&mut self, limits: &Limits) -> Result<Vec<RecipientInfo>, Error> {
        let end = self.enter(|element| element.header.is(tag::SET), "recipientInfos")?;
        let mut infos = Vec::new();
        loop {
            if Some(self.position) == end {
                break;
            }
            let element = self.reader.element(self.position)?;
            if end.is_none() && element.header.is_end_of_contents() {
                self.position = element.contents;
                break;
            }
            if end.is_some_and(|end| self.position > end) {
                return Err(Error::malformed("a recipient ends behind the set").at(self.position));
            }
            if infos.len() == limits.recipients {
                return Err(Error::limit("recipients", limits.recipients as u64));
            }
            if element.header.class == Class::Universal && !element.header.is(tag::SEQUENCE) {
                return Err(Error::malformed("a RecipientInfo").at(element.start));
            }
            let octets = self.octets(&element)?;
            infos.push(
                RecipientInfo::from_ber(&octets, limits.depth)
                    .map_err(|error| error.at(element.start))?,
            );
        }
        Ok(infos)
    }

    fn algorithm(
        &mut self,
        limits: &Limits,
    ) -> Result<(ContentEncryptionAlgorithm, Vec<u8>), Error> {
        let element = self.reader.element(self.position)?;
        let octets = self.octets(&element)?;
        let identifier = AlgorithmIdentifierOwned::from_der(&asn1::to_der(&octets, limits.depth)?)
            .map_err(|_| Error::malformed("contentEncryptionAlgorithm").at(element.start))?;
        let algorithm = ContentEncryptionAlgorithm::new(&identifier.oid);
        let vector = match algorithm.block_size() {
            Some(size) => {
                initialization_vector(&identifier, size).map_err(|error| error.at(element.start))?
            }
            None => Vec::new(),
        };
        Ok((algorithm, vector))
    }
}
