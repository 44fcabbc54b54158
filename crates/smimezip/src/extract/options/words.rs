//! The options that are one of a few words, as text and from text.

use std::fmt;
use std::str::FromStr;

use super::{Links, Names};
use crate::error::{Error, ErrorKind};
use crate::staging::Overwrite;

/// `Display` and `FromStr` by the same words.
macro_rules! words {
    ($option:ident: $($variant:ident = $word:literal),+) => {
        impl fmt::Display for $option {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(match self {
                    $(Self::$variant => $word,)+
                })
            }
        }

        impl FromStr for $option {
            type Err = Error;

            /// # Errors
            /// [`ErrorKind::InvalidArgument`] for another word.
            fn from_str(word: &str) -> Result<Self, Error> {
                match word {
                    $($word => Ok(Self::$variant),)+
                    other => Err(no_such_word(other, &[$($word),+])),
                }
            }
        }
    };
}

words!(Overwrite: Never = "never", Skip = "skip", Always = "always");
words!(Links: Refuse = "refuse", Skip = "skip");
words!(Names: Refuse = "refuse", Skip = "skip", Encode = "encode");

fn no_such_word(word: &str, words: &[&str]) -> Error {
    let text = format!("{word:?} is none of {}", words.join(", "));
    ErrorKind::InvalidArgument(text).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn round<T: fmt::Display + FromStr<Err = Error> + PartialEq + fmt::Debug>(all: &[T]) {
        for option in all {
            assert_eq!(option.to_string().parse::<T>().unwrap(), *option);
        }
        let error = "Never".parse::<T>().unwrap_err().to_string();
        assert!(error.contains("\"Never\" is none of ") && error.contains("skip"), "{error}");
    }

    #[test]
    fn each_option_is_a_word_both_ways() {
        round(&[Overwrite::Never, Overwrite::Skip, Overwrite::Always]);
        round(&[Links::Refuse, Links::Skip]);
        round(&[Names::Refuse, Names::Skip, Names::Encode]);
    }
}
