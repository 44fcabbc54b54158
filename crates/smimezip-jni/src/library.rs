//! The modules of `lib.rs` once more, as the library that the tests put into a jar. Cargo builds
//! none for tests that do not link it, one that is built by itself has other features below it,
//! which compiles half of the workspace once more, and one that tests could link is not optimised
//! when it is linked. A module that is missing here is missed by the tests of Java.

mod archive;
mod boundary;
mod decoder;
mod export;
mod facts;
mod failure;
mod handle;
mod keyring;
mod message;
mod numbers;
mod options;
#[cfg(debug_assertions)]
mod panics;
mod patterns;
mod private_key;
mod progress;
mod recipients;
mod salvage;
mod sealer;
mod set;
mod set_status;
mod sink;
mod source;
mod times;
mod wire;
mod writer;
