//! What to do where a limit was reached.

use std::borrow::Cow;

use smimezip::Limit;

use crate::text;

/// How to go on where a limit was reached.
pub(super) fn of_limit(limit: Limit) -> Cow<'static, str> {
    let name = text::flag_name(limit);
    let raise = format!("--limit {name}=NUMBER");
    Cow::Owned(match limit {
        Limit::TotalSize | Limit::Ratio => {
            "if the export is trusted, allow it by --max-size SIZE, for example --max-size 500G"
                .to_owned()
        }
        Limit::PrivateKeyOperations => format!(
            "the message has many recipients, and nothing says which is yours: give the \
             certificate that belongs to the key by --cert FILE, or put it into the key file, and \
             one operation is enough; or allow more by {raise}"
        ),
        Limit::KdfIterations => format!(
            "the key file says how many iterations its passphrase takes, or the message how many \
             its password takes; so many are rarely meant. If they are, allow them by {raise}"
        ),
        Limit::ScryptMemory => format!(
            "the key file says how much memory its passphrase takes; so much is rarely meant. If \
             it is, allow it by {raise}"
        ),
        Limit::HeaderSection
        | Limit::Structure
        | Limit::Depth
        | Limit::Recipients
        | Limit::EmptyChunks
        | Limit::Parts
        | Limit::Directory
        | Limit::Entries
        | Limit::Layers
        | Limit::Spool
        | Limit::PrivateKeys => format!("if the input is trusted, allow more by {raise}"),
        // A limit of a later library.
        _ => raise,
    })
}
