//! The native side of the Java package `io.github.smimezip`: one function for each native method of
//! its class `internal.Native`, over the core's public interface alone. Nothing here knows of C.
//!
//! What crosses the boundary is numbers, byte arrays and handles. A handle is the address of a box,
//! which Java's `internal.Handle` passes on only while the box lives; structures go as bytes,
//! which `wire` writes and reads.

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
