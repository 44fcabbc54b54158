//! Texts that come from outside: PostgreSQL has no U+0000 in any, so none is taken in here, in
//! addresses, forms and JSON.

use serde_json::Value;

use crate::ServiceError;

/// Takes a text.
///
/// # Errors
/// [`ServiceError::Invalid`].
pub(crate) fn check(text: &str) -> Result<(), ServiceError> {
    if text.contains('\0') {
        return Err(ServiceError::Invalid("there is a character U+0000 in it".into()));
    }
    Ok(())
}

/// Takes an address as it was sent.
///
/// # Errors
/// [`ServiceError::Invalid`].
pub(crate) fn check_address(path_and_query: &str) -> Result<(), ServiceError> {
    check(&path_and_query.replace("%00", "\0"))
}

/// Takes all texts of some JSON.
///
/// # Errors
/// [`ServiceError::Invalid`].
pub(crate) fn check_json(value: &Value) -> Result<(), ServiceError> {
    match value {
        Value::String(text) => check(text),
        Value::Array(values) => values.iter().try_for_each(check_json),
        Value::Object(fields) => fields.values().try_for_each(check_json),
        Value::Null | Value::Bool(_) | Value::Number(_) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_has_a_zero() {
        for good in ["", "a", "/a?b=%20", "%2500"] {
            check(good).unwrap();
            check_address(good).unwrap();
        }
        check("%00").unwrap();
        for bad in ["/a?b=%00", "/%00", "%00"] {
            assert!(check_address(bad).is_err(), "{bad}");
        }
        check_json(&serde_json::json!({ "a": [1, null, "\\u0000"] })).unwrap();
        for bad in [serde_json::json!("a\0"), serde_json::json!({ "a": ["\0"] })] {
            assert!(check_json(&bad).is_err(), "{bad}");
        }
    }
}
