//! What each fuzz target does with bytes: opens them, and panics where a promise is broken.
//! libFuzzer calls these functions, and so does an ordinary test with all seeds and the corpus.
//!
//! A target draws nothing by chance, the keys of `export` and `seal` apart, and keeps nothing between two calls.

pub mod ber;
pub mod directory;
pub mod envelope;
pub mod export;
pub mod extract;
pub mod key_costs;
pub mod keys;
pub mod manifest;
pub mod mime;
pub mod parts;
pub mod pem;
pub mod salvage;
pub mod seal;
