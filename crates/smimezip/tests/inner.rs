//! Layers inside the encryption: unwrapped when asked, whatever form they have, and left alone
//! otherwise; what cannot be looked through is named.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use crate::common;

use std::io::Read;

use common::seal::{Outside, Shape, element, outside, seal, tlv};
use common::{data, noise, sample_keys};
use smimezip::message::{Content, Envelope, InnerLayers};
use smimezip::{Error, ErrorKind, Limit, ReadAt, UnlockOptions};

fn layers(signed_data: bool, mime_header: bool) -> InnerLayers {
    InnerLayers::new().signed_data(signed_data).mime_header(mime_header)
}

fn sealed(content: &[u8]) -> Content {
    let message = seal(content, &Shape::default());
    Envelope::open(message).unwrap().unlock(&sample_keys()).unwrap()
}

fn inside(content: &[u8], layers: InnerLayers) -> Result<Vec<u8>, Error> {
    let mut content = sealed(content).inside(&UnlockOptions::new().inner_layers(layers))?;
    let mut bytes = Vec::new();
    content.read_to_end(&mut bytes).map_err(Error::from)?;
    assert_eq!(bytes.len() as u64, content.size());
    Ok(bytes)
}

/// A SignedData without signers: its content in one piece or in chunks.
fn signed(content: &[u8], chunk: usize, indefinite: bool) -> Vec<u8> {
    let constructed = |tag, contents: &[u8]| element(tag, contents, indefinite);
    let bytes = if chunk == 0 {
        tlv(0x04, content)
    } else {
        let pieces: Vec<u8> = content.chunks(chunk).flat_map(|it| tlv(0x04, it)).collect();
        constructed(0x24, &pieces)
    };
    let mut encapsulated = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01".to_vec();
    encapsulated.extend(constructed(0xa0, &bytes));
    let mut signed_data = vec![0x02, 1, 1, 0x31, 0];
    signed_data.extend(constructed(0x30, &encapsulated));
    signed_data.extend(tlv(0xa0, &[0x05, 0])); // certificates, which nobody reads
    signed_data.extend([0x31, 0]);
    let mut content_info = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02".to_vec();
    content_info.extend(constructed(0xa0, &constructed(0x30, &signed_data)));
    constructed(0x30, &content_info)
}

#[test]
fn a_signature_of_any_form_is_looked_through() {
    let content = noise(5, 30_000);
    for chunk in [0, 100, 4096] {
        for indefinite in [false, true] {
            let signed = signed(&content, chunk, indefinite);
            for form in [
                Outside::Binary,
                Outside::MimeBase64(64, "\n"),
                Outside::Pem("CMS"),
                Outside::MimeBinary,
                Outside::Base64(76, "\r\n"),
            ] {
                let wrapped = outside(&signed, &form);
                let found = inside(&wrapped, layers(true, false)).unwrap();
                assert!(found == content, "{chunk} {indefinite} {form:?}");
                assert!(inside(&wrapped, layers(false, false)).unwrap() == wrapped);
            }
        }
    }
    // Signed twice, and with a MIME entity between.
    let twice = signed(&signed(&content, 100, true), 0, false);
    assert!(inside(&twice, layers(true, false)).unwrap() == content);
    let entity = [b"Content-Type: application/zip\r\n\r\n".to_vec(), content.clone()].concat();
    assert!(inside(&signed(&entity, 0, true), layers(true, false)).unwrap() == entity);
    assert!(inside(&signed(&entity, 0, true), InnerLayers::all()).unwrap() == content);
}

#[test]
fn what_openssl_signed_is_looked_through() {
    let message = std::fs::read(data().join("vectors/refused-signed")).unwrap();
    let found = inside(&message, layers(true, false)).unwrap();
    assert!(found.starts_with(b"{\"number\":0,"));
}

#[test]
fn content_without_layers_stays_as_it_is() {
    for content in [
        &b"PK\x03\x04 a zip"[..],
        b"{\"number\": 1, \"text\": \"a line of JSON looks like a field\"}\n",
        b"Dear reader: this is a letter.\n\nYours",
        b"",
        b"\x30\x80",
    ] {
        assert_eq!(inside(content, InnerLayers::all()).unwrap(), content);
    }
}

#[test]
fn a_mime_header_is_removed_and_base64_decoded() {
    let content = noise(6, 10_000);
    for (header, is_base64) in [
        ("Content-Type: text/plain\r\n\r\n", false),
        ("MIME-Version: 1.0\nContent-Transfer-Encoding: binary\n\n", false),
        (
            "Content-Type: application/zip; name=\"x\"\r\nContent-Transfer-Encoding: base64\r\n\r\n",
            true,
        ),
    ] {
        let body = if is_base64 {
            outside(&content, &Outside::Base64(76, "\r\n"))
        } else {
            content.clone()
        };
        let entity = [header.as_bytes(), &body].concat();
        assert!(inside(&entity, layers(false, true)).unwrap() == content, "{header}");
        assert!(inside(&entity, layers(true, false)).unwrap() == entity, "{header}");
    }
}

#[test]
fn what_cannot_be_looked_through_is_named() {
    // CompressedData, another EnvelopedData, a signature without its content.
    let mut compressed = signed(b"x", 0, false);
    compressed.splice(2..13, *b"\x06\x0b\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01\x09");
    compressed[1] += 2;
    let mut detached = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02".to_vec();
    let encapsulated = tlv(0x30, b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01");
    let signed_data = [&[0x02, 1, 1, 0x31, 0][..], &encapsulated, &[0x31, 0]].concat();
    detached.extend(tlv(0xa0, &tlv(0x30, &signed_data)));
    for (content, expected) in [
        (compressed, "CompressedData (1.2.840.113549.1.9.16.1.9) inside the encryption"),
        (seal(b"x", &Shape { outside: Outside::Binary, ..Shape::default() }), "EnvelopedData"),
        (tlv(0x30, &detached), "a detached signature"),
        (b"Content-Type: multipart/signed; boundary=x\n\n--x\n".to_vec(), "a MIME multipart"),
        (
            b"Content-Type: text/plain\nContent-Transfer-Encoding: quoted-printable\n\n=20"
                .to_vec(),
            "quoted-printable",
        ),
    ] {
        let error = inside(&content, InnerLayers::all()).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Unsupported(_)), "{error}");
        assert!(error.to_string().contains(expected), "{error}");
    }
}

#[test]
fn a_broken_signature_is_refused() {
    let whole = signed(&noise(7, 3000), 100, true);
    for cut in (20..whole.len()).step_by(13) {
        let result = inside(&whole[..cut], layers(true, false));
        assert!(result.is_err(), "cut at {cut} of {}", whole.len());
    }
    let behind = [&whole[..], b"more"].concat();
    assert!(inside(&behind, layers(true, false)).is_err());
    // More layers than anybody writes.
    let mut deep = b"x".to_vec();
    for _ in 0..9 {
        deep = signed(&deep, 0, false);
    }
    let error = inside(&deep, layers(true, false)).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Limit { limit: Limit::Layers, .. }), "{error}");
}

#[test]
fn a_layer_can_be_read_at_any_position() {
    let content = noise(8, 50_000);
    let view = sealed(&signed(&content, 1000, true))
        .inside(&UnlockOptions::new().inner_layers(layers(true, false)))
        .unwrap();
    let mut buf = [0; 100];
    for at in [0, 999, 25_000, 49_900] {
        let mut done = 0;
        while done < buf.len() {
            done += view.read_at(&mut buf[done..], (at + done) as u64).unwrap();
        }
        assert!(buf == content[at..at + 100], "{at}");
    }
}
