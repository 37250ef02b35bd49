//! Words, put one behind the other into a text.
//!
//! `fmt` does the same, but asks for each word through a table of functions: three times the work, and of the report of a small profile words are most. A tuple of words is
//! words as well, so what stands in a line can be put together in one place and said in another.

use std::borrow::Cow;

/// What can be said.
pub(super) trait Words {
    /// Adds it to a text.
    fn add_to(&self, text: &mut String);

    /// As a text of its own.
    fn to_text(&self) -> String {
        let mut text = String::new();
        self.add_to(&mut text);
        text
    }
}

impl<T: Words + ?Sized> Words for &T {
    #[inline]
    fn add_to(&self, text: &mut String) {
        (**self).add_to(text);
    }
}

/// Nothing where there is none.
impl<T: Words> Words for Option<T> {
    #[inline]
    fn add_to(&self, text: &mut String) {
        if let Some(words) = self {
            words.add_to(text);
        }
    }
}

/// Words that are put together as they are said.
#[derive(Clone, Copy)]
pub(super) struct Said<F>(pub(super) F);

impl<F: Fn(&mut String)> Words for Said<F> {
    #[inline]
    fn add_to(&self, text: &mut String) {
        (self.0)(text);
    }
}

impl Words for str {
    #[inline]
    fn add_to(&self, text: &mut String) {
        text.push_str(self);
    }
}

impl Words for char {
    #[inline]
    fn add_to(&self, text: &mut String) {
        text.push(*self);
    }
}

macro_rules! texts {
    ($($text:ty),*) => {$(
        impl Words for $text {
            #[inline]
            fn add_to(&self, text: &mut String) {
                text.push_str(self);
            }
        }
    )*};
}

texts!(String, Cow<'_, str>);

macro_rules! numbers {
    ($($number:ty),*) => {$(
        impl Words for $number {
            fn add_to(&self, text: &mut String) {
                text.push_str(itoa::Buffer::new().format(*self));
            }
        }
    )*};
}

numbers!(u32, u64, u128, usize);

macro_rules! tuples {
    ($($first:ident $(, $word:ident)*);*) => {$(
        #[expect(non_snake_case, reason = "a word is called as its type is")]
        impl<$first: Words $(, $word: Words)*> Words for ($first, $($word,)*) {
            #[inline]
            fn add_to(&self, text: &mut String) {
                let ($first, $($word,)*) = self;
                $first.add_to(text);
                $($word.add_to(text);)*
            }
        }
    )*};
}

tuples!(
    A, B;
    A, B, C;
    A, B, C, D;
    A, B, C, D, E;
    A, B, C, D, E, F;
    A, B, C, D, E, F, G;
    A, B, C, D, E, F, G, H;
    A, B, C, D, E, F, G, H, I;
    A, B, C, D, E, F, G, H, I, J;
    A, B, C, D, E, F, G, H, I, J, K;
    A, B, C, D, E, F, G, H, I, J, K, L
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_stand_in_their_order() {
        let (owned, cow) = (String::from("b"), Cow::Borrowed("c"));
        let nested = ("a", &owned, (cow, Some("d"), None::<u64>), [7_u64, 1_000].first().copied());
        let said = Said(|text: &mut String| (' ', u128::MAX).add_to(text));
        let mut text = "> ".to_owned();
        (&nested, &said).add_to(&mut text);
        assert_eq!(text, format!("> abcd7 {}", u128::MAX));
        assert_eq!((0_u32, "|", usize::MAX).to_text(), format!("0|{}", usize::MAX));
    }
}
