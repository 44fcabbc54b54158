//! The service without its pages: jobs, artifacts, storage. One program, so that it is linked once.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]
// Data sources that are programs are run by `sh` here.
#![cfg(unix)]

#[path = "suite/circle.rs"]
mod circle;
#[path = "suite/common.rs"]
mod common;
#[path = "suite/failures.rs"]
mod failures;
#[path = "suite/killed.rs"]
mod killed;
#[path = "suite/leases.rs"]
mod leases;
#[path = "suite/machines.rs"]
mod machines;
#[path = "suite/rows.rs"]
mod rows;
#[path = "suite/sweeper.rs"]
mod sweeper;
