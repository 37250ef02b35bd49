use super::*;
use crate::parse::frame_key::{Exactly, TextAt};
use crate::scan::{Backend, Kernel, run};

/// Looks a text up by what stands at the start of `bytes`.
struct Find<'a>(&'a Dictionary, u64, &'a [u8]);

impl Kernel for Find<'_> {
    type Output = Option<(u32, usize)>;

    #[inline(always)]
    fn run<V: Vector>(self) -> Self::Output {
        self.0.find(self.1, TextAt::<V>::new(self.2))
    }
}

/// The hash of the text that stands at the start of `bytes`.
struct HashAt<'a>(&'a Dictionary, &'a [u8]);

impl Kernel for HashAt<'_> {
    type Output = Option<(usize, u64)>;

    #[inline(always)]
    fn run<V: Vector>(self) -> Self::Output {
        self.0.hash_at::<V>(self.1, 0)
    }
}

fn find(dictionary: &Dictionary, hash: u64, bytes: &[u8]) -> Option<(u32, usize)> {
    let found: Vec<_> = Backend::available().map(|backend| run(backend, Find(dictionary, hash, bytes))).collect();
    assert!(found.iter().all(|other| *other == found[0]));
    found[0]
}

fn insert(dictionary: &mut Dictionary, text: &str, frame: u32) {
    let hash = dictionary.hash_text(text.as_bytes());
    dictionary.insert(text.as_bytes(), By::Text, hash, frame);
}

fn frame(i: usize) -> String {
    format!(r#"{{"functionName":"f{i}","scriptId":"{}","url":"node:x","lineNumber":{i},"columnNumber":1}}"#, i % 7)
}

/// Texts that agree in length, at both ends and in the middle.
fn alike(i: usize) -> String {
    format!(r#"{{"functionName":"abcdefgh{i:06}{}","url":"{}","columnNumber":123456}}"#, "x".repeat(60), "y".repeat(90))
}

#[test]
fn every_text_is_found_and_no_other() {
    for text in [frame as fn(usize) -> String, alike] {
        let mut dictionary = Dictionary::default();
        for i in 0..3000 {
            let text = text(i);
            assert_eq!(find(&dictionary, dictionary.hash_text(text.as_bytes()), text.as_bytes()), None);
            insert(&mut dictionary, &text, i as u32);
        }
        for i in 0..3000 {
            let text = text(i);
            let followed = format!("{text},\"selfSize\":1}}");
            let hash = dictionary.hash_text(text.as_bytes());
            assert_eq!(find(&dictionary, hash, followed.as_bytes()), Some((i as u32, text.len())));
            let exactly = Exactly { text: text.as_bytes(), by: By::Text };
            assert_eq!(dictionary.find(hash, exactly), Some((i as u32, text.len())));
            assert_eq!(dictionary.find(hash, Exactly { by: By::Values, ..exactly }), None);
        }
        assert_eq!(find(&dictionary, dictionary.hash_text(b"{}"), b"{}"), None);
    }
}

/// Looks a call frame up by its values.
struct FindValues<'a>(&'a Dictionary, u64, Values<'a>);

impl Kernel for FindValues<'_> {
    type Output = Option<(u32, usize)>;

    #[inline(always)]
    fn run<V: Vector>(self) -> Self::Output {
        self.0.find(self.1, self.2.compared::<V>())
    }
}

#[test]
fn values_are_found_before_and_after_all_is_hashed_whole() {
    // Digits move between the values, so that their boundaries matter.
    let values = |i: usize| -> [String; 5] {
        let digits = format!("{i:06}");
        [
            format!("\"f{}\"", i % 10),
            digits[..2].into(),
            format!("\"{}\"", i % 3),
            digits[2..3].into(),
            digits[3..].into(),
        ]
    };
    let mut dictionary = Dictionary::default();
    let all: Vec<_> = (0..3000).chain(11_000..12_000).map(values).collect();
    for whole in [false, true] {
        let mut text = Vec::new();
        for (i, parts) in all.iter().enumerate() {
            let key = Values(parts.each_ref().map(|part| part.as_bytes()));
            let hash = dictionary.hash_values(&key);
            let found = run(Backend::detect(), FindValues(&dictionary, hash, key));
            key.canonical(&mut text);
            if whole || found.is_some() {
                assert_eq!(found.map(|(frame, _)| &all[frame as usize]), Some(parts));
            } else {
                dictionary.insert(&text, By::Values, hash, i as u32);
            }
        }
        dictionary.whole = Some(RandomState::default());
        dictionary.rebuild(dictionary.slots.len());
    }
}

#[test]
fn a_text_is_found_where_its_end_is_not_known_yet() {
    let mut dictionary = Dictionary::default();
    let text = frame(5);
    insert(&mut dictionary, &text, 5);
    let followed = format!("{text},\"selfSize\":1}}");
    for whole in [None, Some(RandomState::default())] {
        dictionary.whole = whole;
        dictionary.rebuild(dictionary.slots.len());
        let at = run(Backend::detect(), HashAt(&dictionary, followed.as_bytes()));
        assert_eq!(at, Some((text.len(), dictionary.hash_text(text.as_bytes()))));
    }
}

#[test]
fn texts_alike_at_their_ends_are_hashed_whole() {
    let mut dictionary = Dictionary::default();
    (0..MAX_EQUAL).for_each(|i| insert(&mut dictionary, &alike(i), 0));
    assert!(dictionary.whole.is_none());
    (MAX_EQUAL..3 * MAX_EQUAL).for_each(|i| insert(&mut dictionary, &alike(i), 0));
    assert!(dictionary.whole.is_some());
}
