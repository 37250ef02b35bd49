//! Turns the texts of call frames that windows met for the first time into ids of the call frame table.
//!
//! Each distinct text is decoded and classified once, on all threads. They are interned in file order, each group while the next
//! one is decoded, so that ids do not depend on the schedule.

use std::collections::HashSet;

use foldhash::fast::RandomState;
use hashbrown::HashMap;
use rayon::prelude::*;

use super::decode::{Decoded, Sources, decode};
use super::dictionary::Dictionary;
use super::frame_key::By;
use super::fresh::FreshText;
use super::rows::Window;
use crate::error::Kind;
use crate::profile::{CallFrameTable, Classify, FrameId, LineBase, Originals};

/// Bytes of text that are decoded at a time, as far as whole texts allow: enough that the set-up of a parser does not count.
const PIECE: usize = 16 << 10;

/// Pieces that are decoded while as many are interned: few enough that what was decoded is still in the cache.
const GROUP: usize = 8;

/// What is wrong with a text that was to be a call frame, and where in the file it stands.
pub(crate) type Wrong = (u64, Kind);

/// The distinct call frames, and the texts that stand for them.
pub(crate) struct Resolver<'c> {
    classify: &'c dyn Classify,
    originals: Option<&'c dyn Originals>,
    /// The distinct call frames.
    pub(crate) frames: CallFrameTable,
    /// The texts that stand for them.
    pub(crate) dictionary: Dictionary,
    /// Frames with text that had to be replaced.
    pub(crate) replaced: HashSet<FrameId>,
}

impl<'c> Resolver<'c> {
    /// A resolver without call frames. What comes from elsewhere, as `originals` says, is taken to be there.
    pub(crate) fn new(classify: &'c dyn Classify, originals: Option<&'c dyn Originals>) -> Self {
        Self {
            classify,
            originals,
            frames: CallFrameTable::default(),
            dictionary: Dictionary::default(),
            replaced: HashSet::new(),
        }
    }

    /// Finds out what the fresh texts of `windows` stand for, whose lines count from `base`. The first of them that is no call frame is an error.
    pub(crate) fn resolve(&mut self, windows: &mut [Window<'_>], base: Option<LineBase>) -> Result<(), Wrong> {
        let count = windows.iter().map(|window| window.fresh.len()).sum();
        let mut distinct: Vec<&FreshText<'_>> = Vec::new();
        // Windows do not know of each other: several may have met the same text. Hashed whole, as texts may be made to agree.
        let mut known: HashMap<(By, &[u8]), u32, RandomState> =
            HashMap::with_capacity_and_hasher(count, RandomState::default());
        let mut places = Vec::with_capacity(count);
        for fresh in windows.iter().flat_map(|window| window.fresh) {
            let place = *known.entry((fresh.by, fresh.text)).or_insert_with(|| {
                distinct.push(fresh);
                distinct.len() as u32 - 1
            });
            places.push(place);
        }
        let ids = self.intern(&distinct, base)?;
        let mut resolved = places.into_iter().map(|place| ids[place as usize]);
        for window in windows {
            window.resolved.extend(resolved.by_ref().take(window.fresh.len()));
        }
        Ok(())
    }

    /// The ids of call frames with these (canonical or compact) texts, which are distinct and new.
    pub(super) fn intern(&mut self, texts: &[&FreshText<'_>], base: Option<LineBase>) -> Result<Vec<FrameId>, Wrong> {
        self.dictionary.reserve(texts.len());
        let (classify, sources) = (self.classify, self.sources(base, !texts.is_empty()));
        let pieces = pieces_of(texts);
        let mut memory = vec![Vec::new(); pieces.len()];
        let mut ids = Vec::with_capacity(texts.len());
        let mut before = Vec::new();
        for (pieces, memory) in pieces.chunks(GROUP).zip(memory.chunks_mut(GROUP)) {
            let decode = |(&texts, json)| (texts, decode(texts, json, classify, sources));
            let next = || pieces.par_iter().zip(memory).map(decode).collect();
            let (entered, decoded) = rayon::join(|| self.enter(before, &mut ids), next);
            entered?;
            before = decoded;
        }
        self.enter(before, &mut ids)?;
        Ok(ids)
    }

    /// What finds the sources of frames whose lines count from `base`.
    fn sources(&self, base: Option<LineBase>, has_frames: bool) -> Sources<'c> {
        let originals = self.originals?;
        if base.is_none() && has_frames {
            originals.lines_unknown();
        }
        Some((originals, base?))
    }

    /// Enters decoded pieces into the tables, and their ids into `ids`.
    fn enter(&mut self, pieces: Vec<Piece<'_>>, ids: &mut Vec<FrameId>) -> Result<(), Wrong> {
        for (texts, decoded) in pieces {
            for (fresh, decoded) in texts.iter().zip(decoded?) {
                let Decoded { function, url, line, column, class, replaced } = &decoded;
                let id = self.frames.intern(function, url, *line, *column, class);
                if *replaced {
                    self.replaced.insert(id);
                }
                self.dictionary.insert(fresh.text, fresh.by, fresh.hash, id.0);
                ids.push(id);
            }
        }
        Ok(())
    }
}

/// Some texts, and what was decoded of them.
type Piece<'p> = (&'p [&'p FreshText<'p>], Result<Vec<Decoded<'p>>, Wrong>);

/// Cuts texts into pieces to be decoded.
fn pieces_of<'t, 'w>(mut texts: &'t [&'t FreshText<'w>]) -> Vec<&'t [&'t FreshText<'w>]> {
    let mut pieces = Vec::new();
    while !texts.is_empty() {
        let mut bytes = 0;
        let fits = |fresh: &&&FreshText<'_>| {
            bytes += fresh.text.len();
            bytes <= PIECE
        };
        let count = texts.iter().take_while(fits).count().max(1);
        let (piece, rest) = texts.split_at(count);
        pieces.push(piece);
        texts = rest;
    }
    pieces
}

#[cfg(test)]
mod tests {
    use bumpalo::Bump;

    use super::*;
    use crate::parse::frame_key::Exactly;
    use crate::parse::fresh::Fresh;
    use crate::parse::rows::End;
    use crate::profile::{Category, CategoryId, Class, FrameKind, RawFrame};

    struct Nothing;

    impl Classify for Nothing {
        fn classify<'a>(&self, _: RawFrame<'a>) -> Class<'a> {
            Class { kind: FrameKind::Unknown, package: "".into(), version: None, category: CategoryId(0) }
        }

        fn categories(&self) -> &[Category] {
            &[]
        }
    }

    fn frame(i: usize) -> Vec<u8> {
        format!(r#"{{"functionName":"f{i}","url":"{}","lineNumber":{i}}}"#, "x".repeat(i % 300)).into_bytes()
    }

    /// Resolves windows that meet these texts; each text stands at its number in all windows taken together.
    fn resolved(resolver: &mut Resolver<'_>, texts: &[Vec<Vec<u8>>]) -> Result<Vec<Vec<u32>>, u64> {
        let arena = Bump::new();
        let mut offset = 0;
        let mut windows: Vec<Window<'_>> = Vec::new();
        for texts in texts {
            let mut fresh = Fresh::new(&arena);
            for text in texts {
                fresh.intern_text(&resolver.dictionary, text, offset);
                offset += 1;
            }
            windows.push(Window {
                rows: &mut [],
                lates: Vec::new(),
                plain: true,
                fresh: fresh.texts.into_bump_slice(),
                resolved: Vec::new(),
                negative_sizes: 0,
                end: End::Boundary,
                pos: 0,
                lowest: 0,
                shift: 0,
                highest: 0,
            });
        }
        resolver.resolve(&mut windows, None).map_err(|(offset, _)| offset)?;
        Ok(windows.iter().map(|window| window.resolved.iter().map(|id| id.0).collect()).collect())
    }

    /// What `test` gives, which is the same on any number of threads.
    fn on_any_threads<R: PartialEq + std::fmt::Debug + Send>(test: impl Fn() -> R + Sync) -> R {
        let results = [1, 2, 3, 8].map(|threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(&test)
        });
        results.windows(2).for_each(|pair| assert_eq!(pair[0], pair[1]));
        let [result, ..] = results;
        result
    }

    #[test]
    fn ids_follow_the_file_whatever_window_meets_a_text() {
        let numbers: [Vec<u32>; 4] = [(0..1000).collect(), (500..4000).rev().collect(), vec![], vec![3999, 0, 4000]];
        let ids = on_any_threads(|| {
            let mut resolver = Resolver::new(&Nothing, None);
            let texts = numbers.clone().map(|numbers| numbers.iter().map(|&i| frame(i as usize)).collect());
            let ids = resolved(&mut resolver, &texts).unwrap();
            for (number, id) in numbers.iter().flatten().zip(ids.iter().flatten()) {
                let name = resolver.frames.text(resolver.frames.get(FrameId(*id)).function);
                assert_eq!(name, format!("f{number}"));
                let text = frame(*number as usize);
                let found = resolver
                    .dictionary
                    .find(resolver.dictionary.hash_text(&text), Exactly { text: &text, by: By::Text });
                assert_eq!(found, Some((*id, text.len())));
            }
            assert_eq!(resolver.frames.len(), 4001);
            ids
        });
        assert_eq!(ids[0], (0..1000).collect::<Vec<_>>());
        assert_eq!(ids[1][..2], [1000, 1001], "new ones in the order of the file");
        assert_eq!(ids[1][3499], 500);
        assert_eq!(ids[3], [1000, 0, 4000]);
    }

    #[test]
    fn texts_that_mean_the_same_share_an_id() {
        let texts = [
            vec![br#"{"functionName":"a"}"#.to_vec(), br#"{"functionName":"\u0061"}"#.to_vec()],
            vec![br#"{"functionName":"a","lineNumber":-1}"#.to_vec()],
        ];
        assert_eq!(resolved(&mut Resolver::new(&Nothing, None), &texts), Ok(vec![vec![0, 0], vec![0]]));
    }

    #[test]
    fn of_several_wrong_texts_the_first_in_the_file_is_told() {
        let wrong = |i: usize| format!(r#"{{"functionName":{i}}}"#).into_bytes();
        for first in [0, 1, 77, 3000] {
            let told = on_any_threads(|| {
                let mut texts: Vec<_> = (0..4000).map(frame).collect();
                [first, first + 1, 3500].into_iter().for_each(|i| texts[i] = wrong(i));
                resolved(&mut Resolver::new(&Nothing, None), &[texts])
            });
            assert_eq!(told, Err(first as u64));
        }
    }

    #[test]
    fn pieces_hold_all_texts_in_order() {
        let (arena, dictionary) = (Bump::new(), Dictionary::default());
        let mut fresh = Fresh::new(&arena);
        for i in (0..1000).chain([PIECE, 3 * PIECE, 7, PIECE - 60]) {
            fresh.intern_text(&dictionary, &[&frame(i)[..], &vec![b' '; if i < 1000 { 0 } else { i }]].concat(), 0);
        }
        let texts: Vec<_> = fresh.texts.iter().collect();
        let pieces = pieces_of(&texts);
        assert_eq!(pieces.concat().len(), texts.len());
        assert!(pieces.concat().iter().zip(&texts).all(|(a, b)| a.text == b.text));
        let len = |piece: &&[&FreshText<'_>]| piece.iter().map(|fresh| fresh.text.len()).sum::<usize>();
        assert!(pieces.iter().all(|piece| piece.len() == 1 || len(piece) <= PIECE));
        assert!(pieces.windows(2).all(|pair| len(&pair[0]) + pair[1][0].text.len() > PIECE), "as large as may be");
        assert!(pieces_of(&[]).is_empty());
    }
}
