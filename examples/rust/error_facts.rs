//! Says why an export does not open, from the facts of the error instead of its words: what to
//! download again, what to ask for, what to try again later.
//!
//! `error-facts ANY-PART KEY`

use std::env;

use smimezip::error::Category;
use smimezip::{Error, ErrorKind, Export, KeyRing};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let [part, key] = arguments()?;
    let keys = KeyRing::from_file(key)?;
    let Err(error) = Export::discover(part)?.unlock(&keys).and_then(|it| it.verify()) else {
        println!("complete");
        return Ok(());
    };
    explain(&error);
    // A code that never changes, for a log or another program.
    println!("code {}", error.code());
    Ok(())
}

fn explain(error: &Error) {
    match error.kind() {
        ErrorKind::IncompleteSet { missing, duplicates, .. } => {
            for name in missing {
                println!("download {name}");
            }
            for name in duplicates {
                println!("remove one of {name}");
            }
        }
        ErrorKind::Limit { limit, allowed } => {
            println!("raise {limit}, which is {allowed}, if this export is to be trusted");
        }
        ErrorKind::NoSpace { needed, available } => {
            println!("make room for {} bytes", needed.saturating_sub(*available));
        }
        _ => match error.category() {
            Category::Key => {
                for recipient in error.recipients() {
                    println!("find the key of {recipient}");
                }
            }
            Category::Damaged => println!("download {} again", error.part().unwrap_or("it")),
            Category::Io => println!("try again later: {error:#}"),
            _ => println!("{error}"),
        },
    }
}

fn arguments() -> Result<[String; 2], &'static str> {
    let all: Vec<_> = env::args().skip(1).collect();
    all.try_into().map_err(|_| "usage: error-facts ANY-PART KEY")
}
