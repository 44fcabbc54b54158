//! Texts as they are searched and sorted by, whether a letter is large or small: in columns of
//! their own, since SQLite folds ASCII alone, and PostgreSQL what its locale says.

/// The letters of a text, neither large nor small. “ß” is “ss”, as its large letters are.
pub(crate) fn fold(text: &str) -> String {
    text.chars().flat_map(char::to_uppercase).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_letters_and_small_are_the_same() {
        for (one, other) in
            [("Übung", "üBUNG"), ("Straße", "STRASSE"), ("ΟΔΟΣ", "οδος"), ("Ж", "ж")]
        {
            assert_eq!(fold(one), fold(other));
        }
        assert_ne!(fold("u"), fold("ü"));
    }
}
