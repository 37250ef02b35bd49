//! `--source-map`: from generated call frames to their sources, by the source maps that bundlers and compilers write.
//!
//! | module | what it does |
//! |---|---|
//! | `index` | finds the map files below a folder, and the one that belongs to a script's url |
//! | `load` | reads a map file, within its limits, or the reference to one in a script |
//! | `content` | what stands at a place of a source, where the map has its text |
//! | `table` | the mappings of one map in order, and what stands at a place |
//! | `urls` | urls as paths: compared from their ends, joined with what a map names as its source |
//! | `lookup` | answers for one profile, on all threads; keeps what the report must say |
//! | `notes` | what the report must say |
//!
//! A map is read when a url that it belongs to occurs for the first time, and once for all profiles. Only distinct call frames are asked
//! for. What a map costs while it is kept: 24 bytes for each mapping, and the texts of its names and sources; the sources' contents are not kept. While it
//! is read it takes up to three times its length, 64 bytes for each comma and semicolon in it and 4 for each line of its sources (`load::estimate`).
//!
//! # What V8 gives as a function's place, and what is made of it
//!
//! Seen in captures of code written by tsc, esbuild, terser and webpack:
//!
//! | in the generated code | V8's place |
//! |---|---|
//! | `function f(a)`, `async function f(a)`, `function*f(a)`, methods, `#private` ones, `constructor(a)`, `get x()`, `["a"+"b"](a)` | the `(` |
//! | `(a)=>…`, also where it is assigned or a class field | the `(` |
//! | `a=>…` | the parameter |
//! | the fields of a class (`<instance_members_initializer>`) | `class` |
//! | its static part (`<static_initializer>`) | its first static member |
//! | the script itself | line 1, column 1 |
//!
//! The place in the source is that of the mapping at V8's place, or else of the last one before it in the same line; it is the identifier, the
//! parenthesis or `function`, as the tool pleases, but always in the right line. A mapping without a source (code of the bundler) leaves
//! the frame as it is. The script itself is moved to the beginning of its source where its map has only one: that of a bundle is the code of all of them.
//!
//! A map without columns has a mapping for each line of generated code. Such a line tells nothing of what stands far behind its beginning if it is minified, so that is left
//! as it ran.
//!
//! A name is only taken where it is sure: from a mapping with a name that stands exactly the length of V8's name before the parenthesis, so that it is that of the
//! identifier in front of it; and that has it at its place in the source, if the map has the source's text. (At the parenthesis or the parameter some tools put the name of a method, others that of the
//! parameter; others keep names of what stood there before.) So `h` becomes `asyncFunction` for `async function h(`. Where the map has no name, the text may have: webpack maps `function(a){…}` to
//! `function formatRecord(a) {…}`. An arrow function has the name of the variable that it is assigned to (`m=a=>…`): where the map names that and the text says that it is given a value there. Names that no tool has made stay.

mod content;
mod index;
mod load;
mod lookup;
mod notes;
mod table;
mod urls;

pub use load::map_on_disk;
pub use lookup::{Lookups, SourceMaps};
pub use notes::{Note, Notes};
