//! Messages beyond 2 and 4 GiB, as any producer would lay them out, without the gigabytes: the
//! ciphertext is zeros that no memory holds, up to a last block that gives valid padding.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use crate::common;

use std::io;

use aes::cipher::{BlockCipherDecrypt, BlockCipherEncrypt, KeyInit};
use common::sample_keys;
use common::seal::{recipient, recipient_info};
use smimezip::ReadAt;
use smimezip::message::Envelope;

const KEY: [u8; 16] = [7; 16];

/// Head, zeros in chunks, tail.
struct Virtual {
    head: Vec<u8>,
    /// Each chunk's header and the bytes after it; one chunk without header if primitive.
    header: Vec<u8>,
    chunk: u64,
    chunks: u64,
    tail: Vec<u8>,
}

impl Virtual {
    fn byte(&self, at: u64) -> Option<u8> {
        let in_head = usize::try_from(at).ok().and_then(|at| self.head.get(at));
        if let Some(byte) = in_head {
            return Some(*byte);
        }
        let at = at - self.head.len() as u64;
        let stride = self.chunk + self.header.len() as u64;
        if at < stride * self.chunks {
            let within = usize::try_from(at % stride).unwrap();
            return Some(self.header.get(within).copied().unwrap_or(0));
        }
        self.tail.get(usize::try_from(at - stride * self.chunks).unwrap()).copied()
    }
}

impl ReadAt for Virtual {
    fn read_at(&self, buf: &mut [u8], offset: u64) -> io::Result<usize> {
        let bytes = (offset..).map_while(|at| self.byte(at));
        Ok(buf.iter_mut().zip(bytes).map(|(out, byte)| *out = byte).count())
    }

    fn size(&self) -> io::Result<u64> {
        let body = (self.chunk + self.header.len() as u64) * self.chunks;
        Ok(self.head.len() as u64 + body + self.tail.len() as u64)
    }
}

/// The last ciphertext block, after a block of zeros, of 15 bytes of content and one of padding.
fn last_block() -> [u8; 16] {
    let mut block = [1; 16].into();
    aes::Aes128Enc::new(&KEY.into()).encrypt_block(&mut block);
    block.into()
}

/// What a block of zeros after a block of zeros decrypts to.
fn middle_block() -> [u8; 16] {
    let mut block = [0; 16].into();
    aes::Aes128Dec::new(&KEY.into()).decrypt_block(&mut block);
    block.into()
}

fn long(tag: u8, length: u64) -> Vec<u8> {
    [&[tag, 0x88], &length.to_be_bytes()[..]].concat()
}

/// Everything before the content's own header.
fn head_parts() -> (Vec<u8>, Vec<u8>) {
    let info = recipient_info(&recipient(), &KEY, false);
    let set = common::seal::tlv(0x31, &info);
    let enveloped = [&[2, 1, 0][..], &set].concat();
    let algorithm = b"\x30\x1d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x01\x02\x04\x10\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0";
    let inner = [&b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01"[..], algorithm].concat();
    (enveloped, inner)
}

const ENVELOPED: &[u8] = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x03";

/// Definite lengths throughout, the content primitive.
fn definite(zeros: u64) -> Virtual {
    let (enveloped, inner) = head_parts();
    let mut head = [inner, long(0x80, zeros + 16)].concat();
    for (tag, before) in [(0x30, enveloped), (0x30, Vec::new()), (0xa0, ENVELOPED.to_vec())] {
        let length = head.len() as u64 + zeros + 16;
        head = [before, long(tag, length), head].concat();
    }
    let length = head.len() as u64 + zeros + 16;
    head = [long(0x30, length), head].concat();
    Virtual { head, header: Vec::new(), chunk: zeros, chunks: 1, tail: last_block().to_vec() }
}

/// Indefinite lengths, the content in chunks.
fn indefinite(chunk: u32, chunks: u64) -> Virtual {
    let (enveloped, inner) = head_parts();
    let head = [
        &[0x30, 0x80][..],
        ENVELOPED,
        &[0xa0, 0x80, 0x30, 0x80],
        &enveloped,
        &[0x30, 0x80],
        &inner,
        &[0xa0, 0x80],
    ]
    .concat();
    let header = [&[4, 0x84][..], &chunk.to_be_bytes()].concat();
    let tail = [&[4, 16][..], &last_block(), &[0; 10]].concat();
    Virtual { head, header, chunk: chunk.into(), chunks, tail }
}

fn check(message: Virtual, zeros: u64) {
    let content = Envelope::open(message).unwrap().unlock(&sample_keys()).unwrap();
    assert_eq!(content.size(), zeros + 15);
    let middle = middle_block();
    for start in [0, 16, (1 << 31) - 16, 1 << 32, zeros - 16, zeros - 160] {
        let mut buf = [0; 16];
        assert_eq!(content.read_at(&mut buf, start).unwrap(), 16, "at {start}");
        assert_eq!(buf, middle, "at {start}");
    }
    let mut end = [0; 32];
    let mut done = 0;
    while done < 15 {
        done += content.read_at(&mut end[done..], zeros + done as u64).unwrap();
    }
    assert_eq!((done, &end[..15]), (15, &[1; 15][..]));
    assert_eq!(content.read_at(&mut end, zeros + 15).unwrap(), 0);
}

#[test]
fn lengths_beyond_4_gib() {
    for zeros in [5 << 30, 7 << 40] {
        check(definite(zeros), zeros);
    }
    for (chunk, chunks) in [(1000, 6_000_000), (4096, 2_000_000), (1 << 30, 6)] {
        check(indefinite(chunk, chunks), u64::from(chunk) * chunks);
    }
}
