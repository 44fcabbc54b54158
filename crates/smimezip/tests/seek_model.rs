//! `Content` behaves as a `Cursor` over a `Vec` of the plaintext does, whatever is read and sought.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use crate::common;

use std::io::{Cursor, Read, Seek, SeekFrom};

use common::seal::{Cipher, Outside, Shape, seal};
use common::{noise, sample_keys};
use proptest::prelude::*;
use smimezip::message::{Content, Envelope};
use smimezip::{UnlockOptions, internals};

#[derive(Clone, Debug)]
enum Step {
    Read(usize),
    Start(u64),
    Current(i64),
    End(i64),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        3 => (0_usize..5000).prop_map(Step::Read),
        1 => (0_u64..25_000).prop_map(Step::Start),
        1 => (-20_000_i64..20_000).prop_map(Step::Current),
        1 => (-25_000_i64..5000).prop_map(Step::End),
        1 => Just(Step::Start(u64::MAX)),
    ];
    prop::collection::vec(step, 1..40)
}

fn contents() -> Vec<(Content, Vec<u8>)> {
    let shape = |cipher, chunks: &[usize], outside| Shape {
        cipher,
        chunks: chunks.to_vec(),
        indefinite: !chunks.is_empty(),
        outside,
    };
    let shapes = [
        shape(Cipher::Aes256, &[], Outside::MimeBase64(64, "\n")),
        shape(Cipher::Aes128, &[1000], Outside::MimeBase64(76, "\r\n")),
        shape(Cipher::Aes192, &[4096], Outside::Binary),
        shape(Cipher::TripleDes, &[7, 1, 300], Outside::Pem("CMS")),
    ];
    let sizes = [20_000, 19_999, 16, 20_001];
    shapes
        .iter()
        .zip(sizes)
        .map(|(shape, size)| {
            let data = noise(5, size);
            let sealed = seal(&data, shape);
            let envelope =
                Envelope::open_with(sealed, &internals::scanning(UnlockOptions::new())).unwrap();
            (envelope.unlock(&sample_keys()).unwrap(), data)
        })
        .collect()
}

#[test]
fn content_is_a_cursor_over_the_plaintext() {
    let contents = contents();
    proptest!(ProptestConfig::with_cases(200), |(steps in steps(), which in 0_usize..4)| {
        let (content, data) = &contents[which];
        let mut ours = content.clone();
        let mut model = Cursor::new(data);
        for step in steps {
            match step {
                Step::Read(count) => {
                    let (mut left, mut right) = (vec![0; count], vec![0; count]);
                    let expected = model.read(&mut right).unwrap();
                    let mut found = 0;
                    while found < expected {
                        let count = ours.read(&mut left[found..]).unwrap();
                        prop_assert!(count > 0);
                        found += count;
                    }
                    prop_assert!(left[..found] == right[..expected]);
                    if expected == 0 && count > 0 {
                        prop_assert_eq!(ours.read(&mut left).unwrap(), 0);
                    }
                }
                Step::Start(to) => {
                    let to = SeekFrom::Start(to);
                    prop_assert_eq!(ours.seek(to).unwrap(), model.seek(to).unwrap());
                }
                Step::Current(by) => same(&mut ours, &mut model, SeekFrom::Current(by))?,
                Step::End(by) => same(&mut ours, &mut model, SeekFrom::End(by))?,
            }
        }
    });
}

fn same(
    ours: &mut Content,
    model: &mut Cursor<&Vec<u8>>,
    to: SeekFrom,
) -> Result<(), TestCaseError> {
    prop_assert_eq!(ours.seek(to).ok(), model.seek(to).ok());
    prop_assert_eq!(ours.stream_position().unwrap(), model.position());
    Ok(())
}
