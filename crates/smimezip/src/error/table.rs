//! The one table of kinds: what each is called, its class, and its numbers outside of Rust. Every
//! face takes them from here.

use super::{Category, ErrorKind};

/// Makes the questions about a kind out of one table. The matches have no wildcard, so a kind
/// without a row does not compile.
macro_rules! table {
    ($($kind:pat => $code:literal, $category:ident, $status:literal, $exit:literal;)+) => {
        impl ErrorKind {
            /// All codes with their categories, statuses and exit codes, for the tests of what
            /// agrees with them.
            #[doc(hidden)]
            pub const TABLE: &'static [(&'static str, Category, i32, u8)] =
                &[$(($code, Category::$category, $status, $exit)),+];

            /// A name that programs may compare and store: the same in every language, in JSON and
            /// in later versions.
            pub fn code(&self) -> &'static str {
                match self { $($kind => $code),+ }
            }

            /// The class of what can be done about it.
            pub fn category(&self) -> Category {
                match self { $($kind => Category::$category),+ }
            }

            /// Its number in the interfaces for C and Java. Several kinds may share one; numbers
            /// are never reused.
            pub fn status(&self) -> i32 {
                match self { $($kind => $status),+ }
            }

            /// What the command-line program exits with.
            pub fn exit_code(&self) -> u8 {
                match self { $($kind => $exit),+ }
            }
        }
    };
}

table! {
    Self::Io(_)                => "io",                  Io,        -2,  2;
    Self::NotAMessage(_)       => "not_a_message",       Format,    -3,  3;
    Self::NotAPart { .. }      => "not_a_part",          Format,    -3,  3;
    Self::NotAnArchive(_)      => "not_an_archive",      Format,    -3,  3;
    Self::Malformed(_)         => "malformed",           Damaged,   -8,  5;
    Self::Truncated            => "truncated",           Damaged,   -8,  5;
    Self::TrailingData { .. }  => "trailing_data",       Damaged,   -8,  5;
    Self::Unsupported(_)       => "unsupported",         Format,    -4,  3;
    Self::NoMatchingKey { .. } => "no_matching_key",     Key,       -5,  4;
    Self::Decrypt              => "decrypt",             Key,       -7,  4;
    Self::PassphraseRequired   => "passphrase_required", Key,       -6,  4;
    Self::PassphraseWrong      => "passphrase_wrong",    Key,       -6,  4;
    Self::BadKey(_)            => "bad_key",             Key,       -17, 4;
    Self::UnsuitableCertificate { .. } => "unsuitable_certificate", Key, -20, 4;
    Self::IncompleteSet { .. } => "incomplete_set",      Set,       -9,  6;
    Self::SeveralSets(_)       => "several_sets",        Set,       -16, 1;
    Self::Damaged(_)           => "damaged",             Damaged,   -8,  5;
    Self::Limit { .. }         => "limit",               Refused,   -10, 7;
    Self::UnsafeName(_)        => "unsafe_name",         Refused,   -11, 7;
    Self::NameConflict(_)      => "name_conflict",       Refused,   -11, 7;
    Self::Exists(_)            => "exists",              Refused,   -12, 7;
    Self::NoSpace { .. }       => "no_space",            Io,        -19, 2;
    Self::Changed              => "changed",             Io,        -2,  2;
    Self::NoSuchEntry          => "no_such_entry",       NotFound,  -14, 9;
    Self::InvalidArgument(_)   => "invalid_argument",    Argument,  -1,  1;
    Self::Cancelled            => "cancelled",           Cancelled, -13, 130;
}
