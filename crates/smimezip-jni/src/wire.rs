//! Structures as bytes: numbers big-endian, texts in UTF-8 with their length before them, as
//! Java's `DataInput` reads numbers.

/// Bytes in the making.
#[derive(Default)]
pub(crate) struct Writer(Vec<u8>);

impl Writer {
    pub(crate) fn int(&mut self, number: i32) -> &mut Self {
        self.0.extend_from_slice(&number.to_be_bytes());
        self
    }

    pub(crate) fn long(&mut self, number: i64) -> &mut Self {
        self.0.extend_from_slice(&number.to_be_bytes());
        self
    }

    pub(crate) fn count(&mut self, count: usize) -> &mut Self {
        self.int(i32::try_from(count).unwrap_or(i32::MAX))
    }

    pub(crate) fn bytes(&mut self, bytes: &[u8]) -> &mut Self {
        self.count(bytes.len());
        self.0.extend_from_slice(bytes);
        self
    }

    pub(crate) fn text(&mut self, text: &str) -> &mut Self {
        self.bytes(text.as_bytes())
    }

    /// A text that may not be there: a length below zero then.
    pub(crate) fn optional(&mut self, text: Option<&str>) -> &mut Self {
        match text {
            Some(text) => self.text(text),
            None => self.int(-1),
        }
    }

    pub(crate) fn texts<'a>(&mut self, texts: impl ExactSizeIterator<Item = &'a str>) -> &mut Self {
        self.count(texts.len());
        for text in texts {
            self.text(text);
        }
        self
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

/// Numbers with their values that Java has written one after the other.
pub(crate) fn numbers(bytes: &[u8]) -> Option<Vec<(i32, u64)>> {
    let pair = |bytes: &[u8]| {
        let (number, value) = bytes.split_first_chunk::<4>()?;
        let value = i64::from_be_bytes(value.try_into().ok()?);
        Some((i32::from_be_bytes(*number), u64::try_from(value).ok()?))
    };
    bytes.chunks(12).map(pair).collect()
}

/// Texts that Java has written one after the other, each after its length.
pub(crate) fn texts(bytes: &[u8]) -> Option<Vec<String>> {
    let mut rest = bytes;
    let mut texts = Vec::new();
    while !rest.is_empty() {
        let (length, after) = rest.split_first_chunk::<4>()?;
        let length = usize::try_from(i32::from_be_bytes(*length)).ok()?;
        let (text, after) = after.split_at_checked(length)?;
        texts.push(String::from_utf8(text.to_vec()).ok()?);
        rest = after;
    }
    Some(texts)
}
