//! SignedData (RFC 5652 section 5.1): the walk to what is signed, and over what follows it. **No
//! signature is verified here or anywhere**: the layer is only unwrapped.

use super::walk::{Walk, expected_end};
use crate::asn1::{OctetPlace, tag};
use crate::error::{Error, ErrorKind};
use crate::limits::Limits;
use crate::oid::{Named, SIGNED_DATA};
use crate::read_at::ReadAt;

/// The head of a SignedData, and where its content is.
pub(crate) struct SignedData {
    /// Where the bytes of eContent are.
    pub(crate) content: OctetPlace,
    levels: [Option<u64>; 5],
}

impl SignedData {
    /// Reads the head of the ContentInfo at the start of `source`.
    ///
    /// # Errors
    /// `Unsupported` naming another content type, or for a signature without content.
    pub(crate) fn read<S: ReadAt + ?Sized>(source: &S, limits: &Limits) -> Result<Self, Error> {
        let mut walk = Walk::new(source, 0, limits);
        let content_info = walk.enter_sequence("ContentInfo")?;
        let content_type = walk.object_identifier("contentType")?;
        if content_type != SIGNED_DATA {
            let what = Named(content_type);
            return Err(Error::unsupported_oid(
                content_type,
                format!("{what} inside the encryption"),
            ));
        }
        let explicit = walk.enter(|element| element.header.is_context(0), "content")?;
        let signed_data = walk.enter_sequence("SignedData")?;
        walk.skip_if(|element| element.header.is(tag::INTEGER), "version")?;
        walk.skip_if(|element| element.header.is(tag::SET), "digestAlgorithms")?;
        let encapsulated = walk.enter_sequence("EncapsulatedContentInfo")?;
        walk.object_identifier("eContentType")?;
        let detached = || Error::unsupported("a detached signature, which holds no content");
        if Some(walk.position) == encapsulated || walk.here()?.header.is_end_of_contents() {
            return Err(detached());
        }
        let e_content = walk.enter(|element| element.header.is_context(0), "eContent")?;
        let element = walk.here()?;
        if !element.header.is(tag::OCTET_STRING) {
            return Err(Error::malformed("eContent is not an OCTET STRING").at(element.start));
        }
        let levels = [content_info, explicit, signed_data, encapsulated, e_content];
        let length = source.size()?;
        if levels.iter().flatten().any(|end| *end > length) {
            return Err(ErrorKind::Truncated.into());
        }
        let expected_end = expected_end(&element, &levels, 0, length)?;
        Ok(Self { content: OctetPlace { element, expected_end }, levels })
    }

    /// Checks that what follows the content, which ended at `position`, is there and ends where it
    /// says: certificates, lists and signatures, which are passed over. Returns where the message
    /// ends.
    pub(crate) fn check_tail<S: ReadAt + ?Sized>(
        &self,
        source: &S,
        position: u64,
        limits: &Limits,
    ) -> Result<u64, Error> {
        let mut walk = Walk::new(source, position, limits);
        let [content_info, explicit, signed_data, encapsulated, e_content] = self.levels;
        walk.leave(e_content)?;
        walk.leave(encapsulated)?;
        walk.skip_optional(0)?;
        walk.skip_optional(1)?;
        walk.skip_if(|element| element.header.is(tag::SET), "signerInfos")?;
        for level in [signed_data, explicit, content_info] {
            walk.leave(level)?;
        }
        Ok(walk.position)
    }
}
