//! Keys as they are compared: those with escapes decoded.

use std::borrow::Cow;
use std::ops::Deref;

use super::cursor::Text;
use super::decode::mend;

/// Bytes of the longest key that is decoded without memory of its own; all that nodes and samples have are shorter. Threads that ask for memory at each key
/// would wait for each other.
const SHORT: usize = 16;

/// A key without escapes.
pub(crate) enum Key<'b> {
    /// As it stands in the text, or decoded at length.
    Whole(Cow<'b, [u8]>),
    /// Decoded: so many of these bytes.
    Short([u8; SHORT], usize),
}

impl Deref for Key<'_> {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match self {
            Self::Whole(text) => text,
            Self::Short(bytes, len) => &bytes[..*len],
        }
    }
}

/// A key as it is compared.
pub(crate) fn unescaped<'b>(key: Text<'b>) -> Key<'b> {
    if !key.escaped {
        return Key::Whole(Cow::Borrowed(key.raw));
    }
    short(key.raw).unwrap_or_else(|| Key::Whole(whole(key.raw)))
}

/// Decodes a short key of which all characters are ASCII, and those that are escaped are so by number.
fn short<'b>(raw: &[u8]) -> Option<Key<'b>> {
    let (mut bytes, mut len, mut rest) = ([0; SHORT], 0, raw);
    while let [first, behind @ ..] = rest {
        let character;
        (character, rest) = match (first, behind) {
            (b'\\', [b'u', a, b, c, d, behind @ ..]) => {
                let digit = |digit: &u8| char::from(*digit).to_digit(16);
                let number = digit(a)? << 12 | digit(b)? << 8 | digit(c)? << 4 | digit(d)?;
                (u8::try_from(number).ok()?, behind)
            }
            (b'\\', _) => return None,
            _ => (*first, behind),
        };
        *bytes.get_mut(len).filter(|_| character.is_ascii())? = character;
        len += 1;
    }
    Some(Key::Short(bytes, len))
}

/// Decodes any key; one that is no text stays as it is.
fn whole(raw: &[u8]) -> Cow<'_, [u8]> {
    let mut text = Vec::with_capacity(raw.len() + 2);
    mend(&[b"\"", raw, b"\""].concat(), &mut text);
    match simd_json::serde::from_slice::<String>(&mut text) {
        Ok(key) => Cow::Owned(key.into_bytes()),
        Err(_) => Cow::Borrowed(raw),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_short_key_is_decoded_as_any(raw in r#"([a-zA-Z]|\\u00[0-7][0-9a-fA-F]|\\u[0-9a-f]{4}|\\n|\\"|é|\\u|\\u00g0){0,20}"#) {
            let found = unescaped(Text { raw: raw.as_bytes(), escaped: true });
            prop_assert_eq!(&*found, &*whole(raw.as_bytes()));
        }
    }

    #[test]
    fn keys_of_nodes_take_no_memory() {
        for (raw, decoded) in
            [(r"s\u0065lfSize", "selfSize"), (r"columnNum\u0062er", "columnNumber"), (r"\u0069\u0064", "id")]
        {
            let key = unescaped(Text { raw: raw.as_bytes(), escaped: true });
            assert!(matches!(key, Key::Short(..)) && *key == *decoded.as_bytes(), "{raw}");
        }
    }
}
