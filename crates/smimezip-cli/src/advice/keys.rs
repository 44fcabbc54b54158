//! What to do about a file that is no key or certificate, or a certificate that must not be used.

use smimezip::error::CertificateProblem;

use super::Task;

/// What to do where a file is no key, or no certificate; `can_convert` if a command was named that
/// makes another file of it.
pub(super) fn of_bad_key(can_convert: bool, task: Task) -> &'static str {
    match (can_convert, task) {
        (true, _) if task.seals() => {
            "the command that is named makes a file of it that is read; a private key stays with \
             its owner"
        }
        (true, _) => {
            "the command that is named makes a file of it that is read: keys go to --key, \
             certificates to --cert"
        }
        (false, Task::CheckCertificate) => {
            "what is needed is the certificate of who shall open exports, as PEM or DER; the \
             private key, for --key, stays with its owner"
        }
        (false, _) if task.seals() => {
            "--to takes the certificate of who shall open it, as PEM or DER; a private key stays \
             with its owner"
        }
        (false, _) => {
            "--key takes a private key as PEM, DER or PKCS #12, for example key.pem; --cert takes \
             a certificate"
        }
    }
}

/// What shows that it is so, after the words on whom to ask.
pub(super) fn of_certificate(problem: &CertificateProblem) -> Option<&'static str> {
    Some(match problem {
        CertificateProblem::NotYetValid { .. } | CertificateProblem::Expired { .. } => {
            "openssl x509 -in FILE -noout -dates shows a certificate's time, date that of this \
             computer"
        }
        CertificateProblem::KeyUsage { .. } => {
            "openssl x509 -in FILE -noout -ext keyUsage shows what a certificate is for; many \
             people have one to sign and another to be written to"
        }
        CertificateProblem::WeakKey { .. }
        | CertificateProblem::UnsupportedKey { .. }
        | CertificateProblem::Malformed { .. }
        | CertificateProblem::NoKeyIdentifier
        | CertificateProblem::NotRsa => "openssl x509 -in FILE -noout -text shows what is in it",
        // One of a later library.
        _ => return None,
    })
}
