//! ContentInfo, EnvelopedData (RFC 5652 sections 3 and 6.1) and AuthEnvelopedData (RFC 5083 section
//! 2.1): the walk from the first byte to the encrypted content, and over what follows it.

use der::asn1::OctetStringRef;
use der::{Decode, Encode, Reader as _, SliceReader};
use spki::AlgorithmIdentifierOwned;

use super::content_encryption::{ContentEncryptionAlgorithm, ContentParameters};
use super::recipient_info::RecipientInfo;
use super::walk::{Walk, expected_end};
use crate::asn1::{self, Class, OctetPlace, tag};
use crate::error::{Error, ErrorKind, Unsupported};
use crate::limits::{Limit, Limits};
use crate::oid::{AUTH_ENVELOPED_DATA, ENVELOPED_DATA, Named, Oid};
use crate::options::Accept;
use crate::read_at::ReadAt;

/// The head of an EnvelopedData or AuthEnvelopedData, and where its content is.
#[derive(Debug)]
pub(crate) struct EnvelopedData {
    /// Whether it is an AuthEnvelopedData.
    pub(crate) is_authenticated: bool,
    pub(crate) recipient_infos: Vec<RecipientInfo>,
    pub(crate) content_type: Oid,
    pub(crate) algorithm: ContentEncryptionAlgorithm,
    pub(crate) parameters: ContentParameters,
    pub(crate) content: OctetPlace,
    /// Ends of the constructions around the content, the outermost first; `None` is indefinite.
    levels: [Option<u64>; 4],
}

/// What follows the content.
#[derive(Debug, Default)]
pub(crate) struct Tail {
    /// What is authenticated beside the content: authAttrs as RFC 5083 section 2.2 encodes them.
    pub(crate) authenticated: Vec<u8>,
    /// The message authentication code of an AuthEnvelopedData.
    pub(crate) mac: Option<Vec<u8>>,
}

impl EnvelopedData {
    /// Reads the head of the ContentInfo at the start of `source`.
    pub(crate) fn read<S: ReadAt + ?Sized>(source: &S, limits: &Limits) -> Result<Self, Error> {
        let data = Self::read_cut(source, limits)?;
        let length = source.size()?;
        if data.levels.iter().flatten().any(|end| *end > length) {
            return Err(ErrorKind::Truncated.into());
        }
        Ok(data)
    }

    /// As [`read`](Self::read), of a message of which nothing need be there after the head.
    pub(crate) fn read_cut<S: ReadAt + ?Sized>(source: &S, limits: &Limits) -> Result<Self, Error> {
        let mut walk = Walk::new(source, 0, limits);
        let content_info = walk.enter_sequence("ContentInfo")?;
        let content_type = walk.object_identifier("contentType")?;
        let is_authenticated = content_type == AUTH_ENVELOPED_DATA;
        if content_type != ENVELOPED_DATA && !is_authenticated {
            let what = Named(content_type);
            let what =
                format!("CMS content type {what}, neither EnvelopedData nor AuthEnvelopedData");
            return Err(Error::unsupported_oid(content_type, what));
        }
        let explicit = walk.enter(|element| element.header.is_context(0), "content")?;
        let enveloped_data = walk.enter_sequence("EnvelopedData")?;
        walk.skip_if(|element| element.header.is(tag::INTEGER), "version")?;
        walk.skip_optional(0)?;
        let recipient_infos = recipient_infos(&mut walk, limits)?;
        let encrypted_content_info = walk.enter_sequence("EncryptedContentInfo")?;
        let content_type = walk.object_identifier("contentType")?;
        let (algorithm, parameters) = algorithm(&mut walk, limits)?;
        let element = walk.here()?;
        if !element.header.is_context(0) {
            return Err(Error::malformed("no encryptedContent").at(element.start));
        }
        let levels = [content_info, explicit, enveloped_data, encrypted_content_info];
        let length = source.size()?;
        // Without attributes nothing but the code stands after the content.
        let after = match &parameters {
            ContentParameters::Nonce { tag_size, .. } if is_authenticated => *tag_size as u64 + 2,
            _ => 0,
        };
        let expected_end = expected_end(&element, &levels, after, length)?;
        let content = OctetPlace { element, expected_end };
        Ok(Self {
            is_authenticated,
            recipient_infos,
            content_type: Oid::new(content_type),
            algorithm,
            parameters,
            content,
            levels,
        })
    }

    /// Refuses a cipher that is not known, or does not go with the content type: an authenticated
    /// one where there is no place for its code, or one that authenticates nothing where there is
    /// (RFC 5083 section 2.1).
    pub(crate) fn check_algorithm(&self, accept: Accept) -> Result<(), Error> {
        let algorithm = &self.algorithm;
        if self.parameters == ContentParameters::Unknown {
            return Err(algorithm.unsupported());
        }
        match (self.is_authenticated, algorithm.is_authenticated()) {
            (true, false) => Err(Error::unsupported(format!(
                "{algorithm}, which authenticates nothing, in AuthEnvelopedData"
            ))),
            (false, true) if !accept.gcm_in_enveloped_data => {
                Err(Unsupported::AuthenticatedCipherInEnvelopedData(algorithm.to_string()).into())
            }
            _ => Ok(()),
        }
    }

    /// Reads what follows the content, which ended at `position`: every construction must end where
    /// it says, with nothing but attributes and the code in it. Returns where the message ends,
    /// too.
    pub(crate) fn read_tail<S: ReadAt + ?Sized>(
        &self,
        source: &S,
        position: u64,
        limits: &Limits,
    ) -> Result<(Tail, u64), Error> {
        let mut walk = Walk::new(source, position, limits);
        let [content_info, explicit, enveloped_data, encrypted_content_info] = self.levels;
        walk.leave(encrypted_content_info)?;
        let mut tail = Tail::default();
        let attributes = if self.is_authenticated {
            let element = walk.here()?;
            if element.header.is_context(1) {
                let bytes = walk.bytes(&element)?;
                tail.authenticated =
                    set_of_attributes(&bytes, limits).map_err(|error| error.at(element.start))?;
            }
            let element = walk.here()?;
            let bytes = walk.bytes(&element)?;
            let der = asn1::to_der(&bytes, limits.depth)?;
            let mac = <&OctetStringRef>::from_der(&der)
                .map_err(|_| Error::malformed("the message authentication code"))?;
            tail.mac = Some(mac.as_bytes().to_vec());
            2
        } else {
            1
        };
        if enveloped_data != Some(walk.position) {
            walk.skip_optional(attributes)?;
        }
        for level in [enveloped_data, explicit, content_info] {
            walk.leave(level)?;
        }
        Ok((tail, walk.position))
    }
}

/// AuthAttributes as they are authenticated: DER, with the tag of SET OF instead of `[1]` (RFC 5083
/// section 2.2), its elements in order (X.690 11.6).
fn set_of_attributes(bytes: &[u8], limits: &Limits) -> Result<Vec<u8>, Error> {
    let malformed = |_| Error::malformed("authAttrs");
    let der = asn1::to_der(bytes, limits.depth)?;
    let any = der::Any::from_der(&der).map_err(malformed)?;
    let mut reader = SliceReader::new(any.value()).map_err(malformed)?;
    let mut attributes = Vec::new();
    while !reader.is_finished() {
        attributes.push(reader.tlv_bytes().map_err(malformed)?);
    }
    attributes.sort_unstable();
    der::Any::new(der::Tag::Set, attributes.concat())
        .and_then(|set| set.to_der())
        .map_err(malformed)
}

fn recipient_infos<S: ReadAt + ?Sized>(
    walk: &mut Walk<'_, S>,
    limits: &Limits,
) -> Result<Vec<RecipientInfo>, Error> {
    let end = walk.enter(|element| element.header.is(tag::SET), "recipientInfos")?;
    let mut infos = Vec::new();
    loop {
        if Some(walk.position) == end {
            break;
        }
        let element = walk.here()?;
        if end.is_none() && element.header.is_end_of_contents() {
            walk.position = element.contents;
            break;
        }
        if end.is_some_and(|end| walk.position > end) {
            return Err(Error::malformed("a recipient ends past the set").at(walk.position));
        }
        if element.header.class == Class::Universal && !element.header.is(tag::SEQUENCE) {
            return Err(Error::malformed("a RecipientInfo").at(element.start));
        }
        if infos.len() >= limits.recipients {
            return Err(Error::limit(Limit::Recipients, limits.recipients as u64));
        }
        let bytes = walk.bytes(&element)?;
        infos.extend(
            RecipientInfo::from_ber(&bytes, limits.depth)
                .map_err(|error| error.at(element.start))?,
        );
        if infos.len() > limits.recipients {
            return Err(Error::limit(Limit::Recipients, limits.recipients as u64));
        }
    }
    Ok(infos)
}

fn algorithm<S: ReadAt + ?Sized>(
    walk: &mut Walk<'_, S>,
    limits: &Limits,
) -> Result<(ContentEncryptionAlgorithm, ContentParameters), Error> {
    let element = walk.here()?;
    let bytes = walk.bytes(&element)?;
    let identifier = AlgorithmIdentifierOwned::from_der(&asn1::to_der(&bytes, limits.depth)?)
        .map_err(|_| Error::malformed("contentEncryptionAlgorithm").at(element.start))?;
    let algorithm = ContentEncryptionAlgorithm::new(&identifier.oid);
    let parameters = algorithm.parameters(&identifier).map_err(|error| error.at(element.start))?;
    Ok((algorithm, parameters))
}
