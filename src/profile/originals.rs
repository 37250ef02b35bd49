//! Where generated code comes from: asked once for each distinct call frame, before anything else is decided about it.

use super::LineBase;

/// A call frame of code as it ran. Lines and columns count from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Generated<'a> {
    /// The function's name; empty for an anonymous one.
    pub function: &'a str,
    /// The script's url as the file has it.
    pub url: &'a str,
    /// Line of the function's start.
    pub line: u32,
    /// Column of the function's start, in UTF-16 code units.
    pub column: u32,
}

/// The same call frame in the source that was written by hand. Lines and columns count from 0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Original {
    /// The function's name, where it is known to be another one.
    pub function: Option<String>,
    /// The source's url.
    pub url: String,
    /// Line of the function's start.
    pub line: u32,
    /// Column of the function's start.
    pub column: u32,
}

/// Finds the sources of generated code. It is asked by all threads, once for each distinct call frame.
pub trait Originals: Sync {
    /// Where `frame` comes from, if that is known.
    fn original(&self, frame: Generated<'_>) -> Option<Original>;

    /// Told where frames cannot be asked for, since it is not known yet whether their lines count from 0 or from 1.
    fn lines_unknown(&self);
}

impl LineBase {
    /// A line or column that the file has, counted from 0.
    pub fn zero_based(self, raw: i32) -> Option<u32> {
        match self {
            Self::Zero => u32::try_from(raw).ok(),
            Self::One => u32::try_from(raw).ok()?.checked_sub(1),
        }
    }

    /// What the file has where there is no line or column.
    pub fn none(self) -> i32 {
        match self {
            Self::Zero => -1,
            Self::One => 0,
        }
    }

    /// A line or column that counts from 0, as the file would have it.
    pub fn written(self, zero_based: u32) -> i32 {
        let first = match self {
            Self::Zero => 0,
            Self::One => 1,
        };
        i32::try_from(zero_based).unwrap_or(i32::MAX).saturating_add(first)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_counted_as_the_writer_counts() {
        #[rustfmt::skip]
        let table = [
            (LineBase::Zero, -1, None), (LineBase::Zero, 0, Some(0)), (LineBase::Zero, 7, Some(7)),
            (LineBase::One, -1, None), (LineBase::One, 0, None), (LineBase::One, 1, Some(0)), (LineBase::One, i32::MAX, Some(i32::MAX as u32 - 1)),
        ];
        for (base, raw, zero_based) in table {
            assert_eq!(base.zero_based(raw), zero_based, "{base:?} {raw}");
            if let Some(zero_based) = zero_based {
                assert_eq!(base.written(zero_based), raw);
            }
        }
        assert_eq!(LineBase::One.written(u32::MAX), i32::MAX);
    }
}
