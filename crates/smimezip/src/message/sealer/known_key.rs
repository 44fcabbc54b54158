//! The content-encryption keys of messages that were made here, kept so that these can be read back
//! before anybody else sees them. Nobody else's key is needed for it.

use std::collections::HashMap;
use std::fmt;

use sha2::{Digest, Sha256};

use crate::cms::RecipientInfo;
use crate::cms::write::WrittenRecipientInfo;
use crate::error::Error;
use crate::keys::RecipientKey;
use crate::secret::ContentEncryptionKey;

/// What opens one message.
pub(crate) struct KnownKey {
    /// SHA-256 of each RecipientInfo: its encrypted key is in no other message.
    infos: Vec<[u8; 32]>,
    key: ContentEncryptionKey,
}

/// What opens any of some messages.
#[derive(Default)]
pub(crate) struct KnownKeys {
    keys: Vec<ContentEncryptionKey>,
    /// Which of them a RecipientInfo has.
    by_info: HashMap<[u8; 32], usize>,
}

impl KnownKey {
    pub(super) fn new(infos: &[WrittenRecipientInfo], key: ContentEncryptionKey) -> Self {
        let infos = infos.iter().map(|info| Sha256::digest(info.der()).into()).collect();
        Self { infos, key }
    }
}

impl KnownKeys {
    pub(crate) fn add(&mut self, known: KnownKey) {
        let number = self.keys.len();
        self.keys.push(known.key);
        self.by_info.extend(known.infos.into_iter().map(|info| (info, number)));
    }
}

impl RecipientKey for KnownKeys {
    fn unwrap_key(
        &self,
        info: &RecipientInfo,
        _size: usize,
    ) -> Option<Result<ContentEncryptionKey, Error>> {
        let digest: [u8; 32] = Sha256::digest(info.der()).into();
        let key = self.keys.get(*self.by_info.get(&digest)?)?;
        Some(Ok(ContentEncryptionKey::new(key.bytes().to_vec())))
    }

    fn describe(&self) -> String {
        "the key that the message was made with".to_owned()
    }
}

impl fmt::Debug for KnownKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KnownKeys").field("messages", &self.keys.len()).finish_non_exhaustive()
    }
}
