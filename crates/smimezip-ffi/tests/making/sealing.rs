//! Recipients, options of sealing, and the sealer, whose message is given out in small pieces.

use std::ptr::{null, null_mut};

use smimezip::cms::RecipientIdentifier;
use smimezip::message::Envelope;
use smimezip::{Integrity, KeyRing};
use smimezip_ffi::*;

use crate::{KEY, NAME, c_path, example, failed, ok, recipients, text};

/// Options with these numbers.
fn options(of: &[(smz_seal_option, u64)]) -> *mut smz_seal_options {
    let options = smz_seal_options_new();
    for (option, value) in of {
        // SAFETY: they are alive.
        ok(|err| unsafe { smz_seal_options_set_u64(options, *option, *value, err) });
    }
    options
}

/// Seals `content` with room for `room` bytes at a time.
fn sealed(list: *mut smz_recipients, of: &[(smz_seal_option, u64)], content: &[u8]) -> Vec<u8> {
    let (options, mut sealer, mut message) = (options(of), null_mut(), Vec::new());
    let mut room = [0; 1000];
    let (mut rest, mut consumed, mut produced) = (content, 0, 0);
    // SAFETY: what is used is alive, and freed once; the buffers are there.
    unsafe {
        ok(|err| smz_sealer_new(list, options, &raw mut sealer, err));
        smz_seal_options_free(options);
        while !rest.is_empty() {
            ok(|err| {
                smz_sealer_process(
                    sealer,
                    rest.as_ptr(),
                    rest.len(),
                    &raw mut consumed,
                    room.as_mut_ptr(),
                    room.len(),
                    &raw mut produced,
                    err,
                )
            });
            rest = &rest[consumed..];
            message.extend_from_slice(&room[..produced]);
        }
        let no_room =
            failed(|err| smz_sealer_finish(sealer, room.as_mut_ptr(), 0, &raw mut produced, err));
        assert_eq!(no_room.0, SMZ_ERR_INVALID_ARGUMENT);
        loop {
            ok(|err| {
                let to = room.as_mut_ptr();
                smz_sealer_finish(sealer, to, room.len(), &raw mut produced, err)
            });
            if produced == 0 {
                break;
            }
            message.extend_from_slice(&room[..produced]);
        }
        smz_sealer_free(sealer);
    }
    message
}

fn content() -> Vec<u8> {
    (0..200_000_u32).flat_map(u32::to_be_bytes).collect()
}

/// That the message has the cipher and the container of the option.
fn check_form((option, value): &(smz_seal_option, u64), message: &[u8], envelope: &Envelope) {
    let default = |of| if *option == of { *value } else { 0 };
    let cipher = match default(SMZ_SEAL_OPTION_CIPHER) {
        SMZ_CIPHER_AES_256_CBC => "AES-256-CBC",
        SMZ_CIPHER_AES_192_CBC => "AES-192-CBC",
        SMZ_CIPHER_AES_128_CBC => "AES-128-CBC",
        SMZ_CIPHER_AES_256_GCM => "AES-256-GCM",
        SMZ_CIPHER_AES_192_GCM => "AES-192-GCM",
        SMZ_CIPHER_AES_128_GCM => "AES-128-GCM",
        _ => "ChaCha20-Poly1305",
    };
    assert_eq!(envelope.content_encryption_algorithm().to_string(), cipher);
    let (begins, has): (&[u8], &[u8]) = match default(SMZ_SEAL_OPTION_CONTAINER) {
        SMZ_CONTAINER_MIME_BASE64 => (b"MIME-Version", b"Content-Transfer-Encoding: base64"),
        SMZ_CONTAINER_MIME_BINARY => (b"MIME-Version", b"Content-Transfer-Encoding: binary"),
        SMZ_CONTAINER_PEM => (b"-----BEGIN ", b"\n-----END "),
        _ => (&[0x30], &[0x30]),
    };
    assert!(message.starts_with(begins), "{option} {value}");
    assert!(message.windows(has.len()).any(|bytes| bytes == has), "{option} {value}");
}

#[test]
fn messages_with_every_cipher_in_every_container() {
    let (list, content) = (recipients(), content());
    let mut keys = KeyRing::new();
    keys.add_secret_key(KEY, Some(NAME.to_vec())).unwrap();
    let all = |option, values: &[u64]| -> Vec<_> {
        values.iter().map(|value| vec![(option, *value)]).collect()
    };
    let ciphers = all(SMZ_SEAL_OPTION_CIPHER, &[0, 1, 2, 3, 4, 5, 6]);
    let containers = all(SMZ_SEAL_OPTION_CONTAINER, &[0, 1, 2, 3]);
    let lines = vec![
        (SMZ_SEAL_OPTION_COLUMNS, 76),
        (SMZ_SEAL_OPTION_LINE_END, SMZ_LINE_END_CRLF),
        (SMZ_SEAL_OPTION_KNOWN_SIZE, content.len() as u64),
    ];
    for of in ciphers.into_iter().chain(containers).chain([lines]) {
        let message = sealed(list, &of, &content);
        let envelope = Envelope::open(message.clone()).unwrap();
        if of.len() == 3 {
            let mut lines = message.split(|byte| *byte == b'\n').skip_while(|line| *line != b"\r");
            // 76 characters and CR, in the first line of the body.
            assert_eq!(
                lines.nth(1).map(|line| (line.len(), line.last())),
                Some((77, Some(&b'\r')))
            );
        }
        check_form(&of[0], &message, &envelope);
        let is_authenticated =
            of[0].0 == SMZ_SEAL_OPTION_CIPHER && of[0].1 >= SMZ_CIPHER_AES_256_GCM;
        assert_eq!(envelope.integrity() == Integrity::Authenticated, is_authenticated, "{of:?}");
        let mut back = Vec::new();
        std::io::Read::read_to_end(&mut envelope.unlock(&keys).unwrap(), &mut back).unwrap();
        assert!(back == content, "{of:?}");
    }
    // SAFETY: it is alive, and freed once.
    unsafe { smz_recipients_free(list) };
}

#[test]
fn another_size_than_the_known_one_is_refused_and_sticks() {
    let (list, options) = (recipients(), options(&[(SMZ_SEAL_OPTION_KNOWN_SIZE, 5)]));
    let mut room = [0; 1000];
    let (mut consumed, mut produced, mut sealer) = (0, 0, null_mut());
    // SAFETY: what is used is alive, and freed once; the buffers are there.
    unsafe {
        ok(|err| smz_sealer_new(list, options, &raw mut sealer, err));
        let to = room.as_mut_ptr();
        for _ in 0..2 {
            let more = failed(|err| {
                let (six, size) = (b"sixsix".as_ptr(), 6);
                let (consumed, produced) = (&raw mut consumed, &raw mut produced);
                smz_sealer_process(sealer, six, size, consumed, to, 1000, produced, err)
            });
            assert_eq!(more.0, SMZ_ERR_INVALID_ARGUMENT, "{more:?}");
        }
        for _ in 0..2 {
            let end = failed(|err| smz_sealer_finish(sealer, to, 1000, &raw mut produced, err));
            assert!(end.2.contains("5 bytes of content were announced"), "{end:?}");
        }
        smz_sealer_free(sealer);
        smz_seal_options_free(options);
        smz_recipients_free(list);
    }
}

/// How the certificate of the examples is used.
fn certificate_options(valid_at: i64, flags: u32, key_transport: i32) -> smz_certificate_options {
    let struct_size = size_of::<smz_certificate_options>();
    smz_certificate_options { struct_size, valid_at, flags, key_transport }
}

#[test]
fn certificates_in_every_way() {
    let (list, path) = (smz_recipients_new(), c_path(&example("certificate.pem")));
    let pem = std::fs::read(example("certificate.pem")).unwrap();
    // SAFETY: what is used is alive, and freed once; the bytes are there.
    unsafe {
        ok(|err| smz_recipients_add_certificate_file(list, path.as_ptr(), null(), err));
        for transport in SMZ_KEY_TRANSPORT_DEFAULT..=SMZ_KEY_TRANSPORT_OAEP_SHA512 {
            let how = certificate_options(0, SMZ_CERTIFICATE_BY_KEY_IDENTIFIER, transport);
            let (data, size) = (pem.as_ptr(), pem.len());
            ok(|err| smz_recipients_add_certificate_memory(list, data, size, &raw const how, err));
        }
        let at = |valid_at, flags| {
            let how = certificate_options(valid_at, flags, 0);
            let mut err = null_mut();
            let to = &raw mut err;
            let path = path.as_ptr();
            let status = smz_recipients_add_certificate_file(list, path, &raw const how, to);
            smz_error_free(err);
            status
        };
        // Before it was made.
        assert_eq!(at(1_000_000_000, 0), SMZ_ERR_UNSUITABLE_CERTIFICATE);
        assert_eq!(at(-1, 0), SMZ_ERR_UNSUITABLE_CERTIFICATE);
        assert_eq!(at(i64::MIN, 0), SMZ_ERR_UNSUITABLE_CERTIFICATE);
        assert_eq!(at(1_000_000_000, SMZ_CERTIFICATE_AT_ANY_TIME), SMZ_OK);
        assert_eq!(at(0, 4), SMZ_ERR_INVALID_ARGUMENT);
        assert_eq!(smz_recipients_count(list), 8);
        assert!(text(smz_recipients_text(list, 7)).contains("CN="));
        assert!(smz_recipients_text(list, 8).is_null());

        let key = c_path(&example("key.pem"));
        let none =
            failed(|err| smz_recipients_add_certificate_file(list, key.as_ptr(), null(), err));
        assert_eq!(none.0, SMZ_ERR_BAD_KEY);
        assert!(none.2.contains("key.pem"), "{none:?}");
        let message = sealed(list, &[], b"for all of them");
        smz_recipients_free(list);
        let envelope = Envelope::open(message).unwrap();
        // A SET OF is sorted by its bytes.
        let mut infos: Vec<_> = (envelope.recipient_infos().iter())
            .map(|info| {
                let identifier = info.identifier();
                let by_key_identifier =
                    matches!(identifier, Some(RecipientIdentifier::SubjectKeyIdentifier(_)));
                (by_key_identifier, info.key_encryption_algorithm().unwrap().to_string())
            })
            .collect();
        infos.sort_unstable();
        let expected = [
            (false, "RSAES-PKCS1-v1_5"),
            (false, "RSAES-PKCS1-v1_5"),
            (true, "RSAES-OAEP with SHA-1"),
            (true, "RSAES-OAEP with SHA-224"),
            (true, "RSAES-OAEP with SHA-256"),
            (true, "RSAES-OAEP with SHA-384"),
            (true, "RSAES-OAEP with SHA-512"),
            (true, "RSAES-PKCS1-v1_5"),
        ];
        assert_eq!(infos, expected.map(|(by_identifier, how)| (by_identifier, how.to_owned())));
        assert!(envelope.unlock(&KeyRing::from_file(example("key.pem")).unwrap()).is_ok());
    }
}

#[test]
fn passwords_and_keys_that_are_none() {
    let list = smz_recipients_new();
    // SAFETY: what is used is alive, and freed once; the bytes are there.
    unsafe {
        ok(|err| smz_recipients_add_password(list, b"password".as_ptr(), 8, 1000, err));
        for (size, iterations) in [(0, 0), (8, 999)] {
            let bytes = b"password".as_ptr();
            let refused =
                failed(|err| smz_recipients_add_password(list, bytes, size, iterations, err));
            assert_eq!(refused.0, SMZ_ERR_INVALID_ARGUMENT);
        }
        let (key, name) = (KEY.as_ptr(), NAME.as_ptr());
        let short =
            failed(|err| smz_recipients_add_secret_key(list, key, 15, name, NAME.len(), err));
        assert_eq!(short.0, SMZ_ERR_BAD_KEY);
        assert_eq!(smz_recipients_count(list), 1);
        let message = sealed(list, &[], b"content");
        smz_recipients_free(list);
        let mut keys = KeyRing::new();
        keys.add_password("password".into());
        assert!(Envelope::open(message).unwrap().unlock(&keys).is_ok());
    }
}

#[test]
fn what_options_of_sealing_refuse() {
    let options = options(&[]);
    for (option, value) in [
        (SMZ_SEAL_OPTION_CIPHER, 7),
        (SMZ_SEAL_OPTION_CONTAINER, 4),
        (SMZ_SEAL_OPTION_COLUMNS, 75),
        (SMZ_SEAL_OPTION_LINE_END, 2),
        (0, 0),
    ] {
        // SAFETY: they are alive.
        let refused =
            failed(|err| unsafe { smz_seal_options_set_u64(options, option, value, err) });
        assert_eq!(refused.0, SMZ_ERR_INVALID_ARGUMENT, "{option}");
    }
    // SAFETY: they are alive, and freed once.
    unsafe { smz_seal_options_free(options) };
}
