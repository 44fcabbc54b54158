//! The service without its pages: jobs, artifacts, storage, the REST interface. One program, so
//! that it is linked once.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]
// Data sources that are programs are run by `sh` here.
#![cfg(unix)]

#[path = "suite/accel.rs"]
mod accel;
#[path = "suite/api.rs"]
mod api;
#[path = "suite/api_files.rs"]
mod api_files;
#[path = "suite/api_readme.rs"]
mod api_readme;
#[path = "suite/api_refusals.rs"]
mod api_refusals;
#[path = "suite/circle.rs"]
mod circle;
#[path = "suite/common.rs"]
mod common;
#[path = "suite/failures.rs"]
mod failures;
#[path = "suite/fuzzed.rs"]
mod fuzzed;
#[path = "suite/killed.rs"]
mod killed;
#[path = "suite/leases.rs"]
mod leases;
#[path = "suite/logged_in.rs"]
mod logged_in;
#[path = "suite/machines.rs"]
mod machines;
#[path = "suite/odd_requests.rs"]
mod odd_requests;
#[path = "suite/program.rs"]
mod program;
#[path = "suite/raw_requests.rs"]
mod raw_requests;
#[path = "suite/rows.rs"]
mod rows;
#[path = "suite/slow_clients.rs"]
mod slow_clients;
#[path = "suite/sweeper.rs"]
mod sweeper;
