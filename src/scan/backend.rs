//! Which instruction sets there are, which one to use here, and the one place that enters it.

#![cfg_attr(
    target_arch = "x86_64",
    expect(unsafe_code, reason = "entering code compiled for CPU features, after detection")
)]

#[cfg(target_arch = "x86_64")]
use super::x86_64::{avx2, avx512};
use super::{portable, vector::Vector};
use std::ffi::OsStr;
use std::fmt;
use std::sync::OnceLock;

/// The environment variable that lowers the back end.
const VARIABLE: &str = "HEAPSIFT_SIMD";

/// An implementation of the vector vocabulary, ordered from the weakest to the strongest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Backend {
    /// Words of eight bytes; runs everywhere.
    Portable,
    /// Vectors of 32 bytes.
    Avx2,
    /// Vectors of 64 bytes.
    Avx512,
}

impl Backend {
    const ALL: [Self; 3] = [Self::Portable, Self::Avx2, Self::Avx512];

    /// The back end to use: the strongest that this CPU has, or the one that `HEAPSIFT_SIMD` names
    /// if that is weaker. An unknown name is ignored here; see [`Backend::forced`].
    pub fn detect() -> Self {
        static CHOSEN: OnceLock<Backend> = OnceLock::new();
        *CHOSEN.get_or_init(|| match Self::forced() {
            Ok(Some(forced)) => forced.min(Self::strongest()),
            Ok(None) | Err(_) => Self::strongest(),
        })
    }

    /// What `HEAPSIFT_SIMD` asks for: `None` if it is not set or empty.
    ///
    /// # Errors
    ///
    /// A message for the user if it names no back end.
    pub fn forced() -> Result<Option<Self>, String> {
        Self::from_variable(std::env::var_os(VARIABLE).as_deref())
    }

    /// All back ends that run on this CPU, whatever `HEAPSIFT_SIMD` says; for tests and benchmarks.
    pub fn available() -> impl Iterator<Item = Self> {
        let strongest = Self::strongest();
        Self::ALL.into_iter().filter(move |&backend| backend <= strongest)
    }

    /// The name that `HEAPSIFT_SIMD` takes and `--version` shows.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Portable => "portable",
            Self::Avx2 => "avx2",
            Self::Avx512 => "avx512",
        }
    }

    /// The strongest back end that this CPU has; it has all weaker ones too.
    fn strongest() -> Self {
        static STRONGEST: OnceLock<Backend> = OnceLock::new();
        *STRONGEST.get_or_init(|| {
            #[cfg(target_arch = "x86_64")]
            {
                if avx512::detected() {
                    return Self::Avx512;
                }
                if avx2::detected() {
                    return Self::Avx2;
                }
            }
            Self::Portable
        })
    }

    fn from_variable(value: Option<&OsStr>) -> Result<Option<Self>, String> {
        let Some(value) = value.filter(|value| !value.is_empty()) else {
            return Ok(None);
        };
        let named = Self::ALL.into_iter().find(|backend| value == backend.name());
        named.map(Some).ok_or_else(|| {
            let known = Self::ALL.map(Self::name).join(", ");
            format!("{VARIABLE}={} names no back end; known are {known}", value.display())
        })
    }
}

impl fmt::Display for Backend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// A long loop over bytes that is compiled once for each back end.
///
/// Implementations mark `run`, and every function below it that takes `V`, `#[inline(always)]`: what
/// is not inlined into the dispatch is compiled without the back end's instructions, and then each
/// vector operation is a call. (It is still correct, only slow.)
pub trait Kernel {
    /// What the loop returns.
    type Output;

    /// The loop.
    fn run<V: Vector>(self) -> Self::Output;
}

/// Runs `kernel` on `backend`, or on the strongest that this CPU has if that is weaker.
///
/// Call it at the outermost loop: code cannot be inlined across it.
pub fn run<K: Kernel>(backend: Backend, kernel: K) -> K::Output {
    match backend.min(Backend::strongest()) {
        #[cfg(target_arch = "x86_64")]
        // SAFETY: `strongest` is at least this back end, so `avx512::detected` returned true.
        Backend::Avx512 => unsafe { avx512::enter(kernel) },
        #[cfg(target_arch = "x86_64")]
        // SAFETY: `strongest` is at least this back end, so `avx2::detected` returned true, be it
        // by itself or as a part of `avx512::detected`.
        Backend::Avx2 => unsafe { avx2::enter(kernel) },
        _ => portable::enter(kernel),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Tells which vector a kernel was given.
    struct Width;

    impl Kernel for Width {
        type Output = usize;

        fn run<V: Vector>(self) -> usize {
            V::BYTES
        }
    }

    #[test]
    fn a_kernel_gets_the_vector_of_its_back_end() {
        for backend in Backend::available() {
            let expected = match backend {
                Backend::Portable => 8,
                Backend::Avx2 => 32,
                Backend::Avx512 => 64,
            };
            assert_eq!(run(backend, Width), expected, "{backend}");
        }
    }

    #[test]
    fn a_back_end_that_the_cpu_lacks_is_lowered_to_the_strongest_it_has() {
        let strongest = run(Backend::strongest(), Width);
        for backend in Backend::ALL {
            assert!(run(backend, Width) <= strongest, "{backend}");
        }
        assert_eq!(run(Backend::Avx512, Width), strongest);
    }

    #[test]
    fn the_available_ones_go_from_portable_to_the_strongest() {
        let available: Vec<_> = Backend::available().collect();
        assert_eq!(available.first(), Some(&Backend::Portable));
        assert_eq!(available.last(), Some(&Backend::strongest()));
        assert!(available.is_sorted());
        assert!(available.contains(&Backend::detect()));
    }

    #[test]
    fn the_variable_takes_a_name_or_nothing() {
        let parse = |value: &str| Backend::from_variable(Some(OsStr::new(value)));
        assert_eq!(Backend::from_variable(None), Ok(None));
        assert_eq!(parse(""), Ok(None));
        assert_eq!(parse("portable"), Ok(Some(Backend::Portable)));
        assert_eq!(parse("avx2"), Ok(Some(Backend::Avx2)));
        assert_eq!(parse("avx512"), Ok(Some(Backend::Avx512)));
        for unknown in ["AVX2", " avx2", "avx", "0"] {
            let message = format!("HEAPSIFT_SIMD={unknown} names no back end; known are portable, avx2, avx512");
            assert_eq!(parse(unknown), Err(message));
        }
    }
}
