//! Row C2: what removes paddings and selects keys neither branches on secrets nor uses them as
//! addresses. Valgrind's memcheck is told that they are undefined, and reports every jump and every
//! address that depends on such bytes. The test runs itself under valgrind.

#![cfg(all(target_arch = "x86_64", target_os = "linux"))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod common;

use std::process::Command;

use common::{has, skipped};
use smimezip::internals;

/// Set where this program runs under valgrind: what it is to do there.
const TASK: &str = "SMIMEZIP_CONSTANT_TIME";

/// A client request of memcheck (valgrind.h, amd64): marks bytes as undefined, or as defined
/// again.
#[expect(unsafe_code, reason = "valgrind is asked by a sequence of instructions")]
#[inline(never)]
fn mark(bytes: &mut [u8], request: u64) {
    let arguments: [u64; 6] = [
        (u64::from(b'M') << 24 | u64::from(b'C') << 16) + request,
        bytes.as_mut_ptr() as u64,
        bytes.len() as u64,
        0,
        0,
        0,
    ];
    // SAFETY: the rotations add up to 128 bits and the exchange is one of a register with itself,
    // so that the sequence does nothing on a processor. Valgrind reads `arguments`, which lives,
    // and keeps note of bytes which live, too.
    unsafe {
        std::arch::asm!(
            "rol rdi, 3",
            "rol rdi, 13",
            "rol rdi, 61",
            "rol rdi, 51",
            "xchg rbx, rbx",
            in("rax") &raw const arguments,
            inout("rdx") 0_u64 => _,
            inout("rdi") 0_u64 => _,
        );
    }
}

fn hide(mut bytes: Vec<u8>) -> Vec<u8> {
    mark(&mut bytes, 1);
    std::hint::black_box(bytes)
}

/// By value and back: a copy in a register would stay undefined.
fn show(mut bytes: Vec<u8>) -> Vec<u8> {
    mark(&mut bytes, 2);
    std::hint::black_box(bytes)
}

/// A decrypted RSA block with this key at its end.
fn block(key: &[u8]) -> Vec<u8> {
    let mut block = vec![0, 2];
    block.resize(256 - key.len() - 1, 0x55);
    block.push(0);
    block.extend_from_slice(key);
    block
}

/// Right and wrong blocks and paddings, all of them hidden from memcheck while they are worked on.
fn work_on_secrets() {
    for size in [16, 24, 32] {
        let right = block(&vec![7; size]);
        let mut blocks = vec![right.clone(); 5];
        blocks[1][0] = 1;
        blocks[2][1] = 3;
        blocks[3][50] = 0;
        blocks[4][255 - size] = 9;
        for (nth, block) in blocks.into_iter().enumerate() {
            let (block, substitute) = (hide(block), hide(vec![0xee; 32]));
            let (key, valid) = internals::select_key(&block, size, 1, &substitute);
            assert_eq!(show(vec![valid]), [u8::from(nth == 0)]);
            assert_eq!(show(key), if nth == 0 { vec![7; size] } else { vec![0xee; size] });
        }
    }
    for size in [8_u8, 16] {
        for count in [0, 1, 2, size - 1, size, size + 1, 255] {
            let padded = hide(vec![count; size.into()]);
            let (valid, found) = internals::padding(&padded);
            let (valid, found) = (show(vec![valid])[0], show(vec![found])[0]);
            assert_eq!(valid == 1, (1..=size).contains(&count), "{count} of {size}");
            assert_eq!(found, if valid == 1 { count } else { 1 });
        }
    }
}

/// What valgrind must report, or it would report nothing.
fn branch_on_a_secret() {
    let secret = hide(vec![7; 16]);
    if secret[3] == std::hint::black_box(7) {
        println!("a branch");
    }
}

/// Runs `task` under valgrind; whether it reported nothing.
fn is_clean(task: &str) -> bool {
    let output = Command::new("valgrind")
        .args(["--error-exitcode=77", "--track-origins=yes", "--quiet"])
        .arg(std::env::current_exe().unwrap())
        .args([
            "c2_unpadding_does_not_depend_on_secrets",
            "--exact",
            "--nocapture",
            "--test-threads=1",
        ])
        .env(TASK, task)
        .output()
        .unwrap();
    let report = String::from_utf8_lossy(&output.stderr);
    match output.status.code() {
        Some(0) => true,
        Some(77) => {
            assert!(report.contains("uninitialised"), "{report}");
            println!("{report}");
            false
        }
        code => panic!("{code:?}: {report}"),
    }
}

#[test]
fn c2_unpadding_does_not_depend_on_secrets() {
    match std::env::var(TASK).as_deref() {
        Ok("work") => return work_on_secrets(),
        Ok(_) => return branch_on_a_secret(),
        Err(_) => {}
    }
    if !has("valgrind") {
        return skipped("valgrind is not installed");
    }
    assert!(!is_clean("branch"), "a branch on a secret is not noticed");
    assert!(is_clean("work"), "work on secrets depends on them");
}
