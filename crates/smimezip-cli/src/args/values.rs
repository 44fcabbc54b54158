//! What the flags take: words, and settings of limits. What a word does is said where it is used.

use std::str::FromStr;

use clap::ValueEnum;
use smimezip::Limit;

use crate::text;

/// What lies between the encryption and the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Layer {
    /// SignedData; the signature is not checked
    Signature,
    /// The header section of a MIME entity, and its base64
    Mime,
}

/// What is accepted although a standard says otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Accepted {
    /// Bytes after the end of a message or of an archive; they are ignored
    TrailingData,
    /// Bytes of an archive that belong to no entry; they are ignored
    UnusedBytes,
    /// AES-GCM in EnvelopedData, as Bouncy Castle writes it
    GcmInEnvelopedData,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum When {
    /// If standard error is a terminal
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Overwrite {
    /// Existing files are never replaced; if there are any, nothing is done
    Never,
    /// Existing files stay, others are extracted
    Skip,
    /// Existing files are replaced
    Always,
}

impl From<Overwrite> for smimezip::extract::Overwrite {
    fn from(overwrite: Overwrite) -> Self {
        match overwrite {
            Overwrite::Never => Self::Never,
            Overwrite::Skip => Self::Skip,
            Overwrite::Always => Self::Always,
        }
    }
}

/// The same for one file, which cannot be left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum OverwriteFile {
    /// An existing file is never replaced
    Never,
    /// An existing file is replaced
    Always,
}

impl From<OverwriteFile> for smimezip::extract::Overwrite {
    fn from(overwrite: OverwriteFile) -> Self {
        match overwrite {
            OverwriteFile::Never => Self::Never,
            OverwriteFile::Always => Self::Always,
        }
    }
}

/// What happens to names that are not safe on every platform.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Names {
    /// The archive is refused
    Refuse,
    /// Entries of such names are left out
    Skip,
    /// Unsafe characters are percent-encoded, names that collide get a number
    Encode,
}

impl From<Names> for smimezip::extract::Names {
    fn from(names: Names) -> Self {
        match names {
            Names::Refuse => Self::Refuse,
            Names::Skip => Self::Skip,
            Names::Encode => Self::Encode,
        }
    }
}

/// A limit and the value it shall have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct LimitSetting {
    pub(crate) limit: Limit,
    pub(crate) value: u64,
}

impl FromStr for LimitSetting {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, value) = text
            .split_once('=')
            .ok_or("a limit is set by NAME=VALUE, for example entries=5000000")?;
        let limit = Limit::from_name(name).ok_or_else(|| {
            let names: Vec<_> = Limit::ALL.iter().map(|limit| text::flag_name(*limit)).collect();
            format!("there is no such limit; the limits are {}", names.join(", "))
        })?;
        Ok(Self { limit, value: text::parse_size(value)? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_limit_is_set_by_its_name() {
        for limit in Limit::ALL {
            for name in [limit.name().to_owned(), text::flag_name(*limit)] {
                let setting: LimitSetting = format!("{name}=2K").parse().unwrap();
                assert_eq!(setting, LimitSetting { limit: *limit, value: 2048 });
            }
        }
        let most: LimitSetting = "parts=18446744073709551615".parse().unwrap();
        assert_eq!(most.value, u64::MAX);
        assert!("colour=5".parse::<LimitSetting>().unwrap_err().contains("scrypt-memory"));
        for wrong in ["entries", "entries=", "entries=many", "entries=-1", "entries=5 parsecs"] {
            assert!(wrong.parse::<LimitSetting>().is_err(), "{wrong}");
        }
    }
}
