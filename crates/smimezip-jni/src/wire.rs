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
    blobs(bytes)?.into_iter().map(|text| String::from_utf8(text.to_vec()).ok()).collect()
}

/// Bytes that Java has written one after the other, each after their length.
pub(crate) fn blobs(bytes: &[u8]) -> Option<Vec<&[u8]>> {
    let mut reader = Reader::new(bytes);
    let mut blobs = Vec::new();
    while !reader.0.is_empty() {
        blobs.push(reader.bytes()?);
    }
    Some(blobs)
}

/// Reads what Java has written, from front to back.
pub(crate) struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    pub(crate) fn int(&mut self) -> Option<i32> {
        let (number, rest) = self.0.split_first_chunk::<4>()?;
        self.0 = rest;
        Some(i32::from_be_bytes(*number))
    }

    pub(crate) fn long(&mut self) -> Option<i64> {
        let (number, rest) = self.0.split_first_chunk::<8>()?;
        self.0 = rest;
        Some(i64::from_be_bytes(*number))
    }

    pub(crate) fn bytes(&mut self) -> Option<&'a [u8]> {
        let length = usize::try_from(self.int()?).ok()?;
        let (bytes, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(bytes)
    }

    pub(crate) fn text(&mut self) -> Option<String> {
        String::from_utf8(self.bytes()?.to_vec()).ok()
    }

    pub(crate) fn texts(&mut self) -> Option<Vec<String>> {
        (0..self.int()?).map(|_| self.text()).collect()
    }
}
