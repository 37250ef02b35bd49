//! Reads map files, and scripts that hold a map or name one, within limits.

use std::fs::{self, File};
use std::io::Read;
use std::path::{Component, Path, PathBuf};

use memchr::memmem;
use percent_encoding::percent_decode_str;
use serde::Deserialize;

use super::table::Table;
use super::urls;

/// Longest map that is read, and longest script that is searched for one.
const LONGEST: u64 = 512 << 20;

/// Longest map that may stand in a script: how many mappings it has cannot be told before it is decoded.
const LONGEST_INLINE: usize = 32 << 20;

/// Bytes of memory that reading a map may take where no limit is given.
const MEMORY: usize = 4 << 30;

/// What stands before the path of a map in a comment.
const KEY: &[u8] = b"# sourceMappingURL=";

/// Why a script gives no map whose modules are run by `eval`.
const EVALS: &str = "its modules are texts that are run by `eval`, with a map in each; have webpack write one map with `devtool: \"source-map\"`";

/// What a file gave.
#[derive(Debug)]
pub(super) enum Loaded {
    /// A map, and its folder as seen from its script's: it ends with `/`, or is empty.
    Table(Table, String),
    /// The script neither holds nor names a map.
    Nothing,
    /// No map can be had of it: why.
    Broken(String),
}

/// Bytes of memory that reading a map of this text takes at most: its text, once more as it is decoded and once more while the contents
/// of sources are copied; what stands between two commas or semicolons, be it a mapping, a name or a source; and where the lines of sources begin.
pub(super) fn estimate(text: &[u8]) -> usize {
    let lines = memmem::find_iter(text, b"\\n").count();
    3 * text.len() + 64 * memchr::memchr2_iter(b',', b';', text).count() + 4 * lines
}

/// Reads a map; `room` is the memory that it may take.
pub(super) fn load_map(path: &Path, room: Option<usize>) -> Loaded {
    // What is too long is not even looked at.
    let len = fs::metadata(path).map_or(0, |file| file.len());
    let fits = within(3 * usize::try_from(len).unwrap_or(usize::MAX / 3).min(usize::MAX / 3), room);
    match fits.and_then(|()| read(path)).and_then(|text| decode(&text, room)) {
        Ok(table) => Loaded::Table(table, String::new()),
        Err(why) => Loaded::Broken(why),
    }
}

/// Reads the map that a script holds or names, the last one if there are several.
pub(super) fn load_of_script(path: &Path, room: Option<usize>) -> Loaded {
    let len = fs::metadata(path).map_or(0, |file| file.len());
    let fits = within(usize::try_from(len).unwrap_or(usize::MAX), room);
    let text = match fits.and_then(|()| read(path)) {
        Ok(text) => text,
        Err(why) => return Loaded::Broken(why),
    };
    let Some(reference) = reference(&text) else {
        return match is_of_evals(&text) {
            true => Loaded::Broken(EVALS.to_owned()),
            false => Loaded::Nothing,
        };
    };
    if reference.starts_with("data:") {
        return match inline(reference, room) {
            Ok(table) => Loaded::Table(table, String::new()),
            Err(why) => Loaded::Broken(why),
        };
    }
    let Some(reference) = relative(reference) else { return Loaded::Nothing };
    let map = path.parent().unwrap_or(Path::new("")).join(&reference);
    if !map.is_file() {
        return Loaded::Nothing;
    }
    drop(text);
    match load_map(&map, room) {
        Loaded::Table(table, _) => Loaded::Table(table, folder_of(&reference)),
        other => other,
    }
}

/// Whether a script holds a map or names one.
pub(super) fn holds_reference(script: &Path) -> bool {
    read_script(script).is_some_and(|text| reference(&text).is_some())
}

/// The text of a script, if it is a file: a profile may name anything, and a FIFO would wait forever.
fn read_script(path: &Path) -> Option<Vec<u8>> {
    path.is_file().then(|| read(path).ok())?
}

/// The map of the script at `url`, where both are on this machine: what `--source-map` is to name.
pub fn map_on_disk(url: &str) -> Option<PathBuf> {
    let script = urls::local_path(url)?;
    let name = script.file_name()?.to_str()?;
    let beside = script.with_file_name(format!("{name}.map"));
    if beside.is_file() {
        return Some(beside);
    }
    let text = read_script(&script)?;
    let reference = reference(&text)?;
    if reference.starts_with("data:") {
        return Some(script);
    }
    let map = script.with_file_name(relative(reference)?);
    map.is_file().then_some(map)
}

/// The path of a map that a script names, as seen from its folder; nothing where it is somewhere else: on a server, or anywhere on this machine.
fn relative(reference: &str) -> Option<String> {
    if reference.contains(':') || reference.starts_with(['/', '\\']) {
        return None;
    }
    let reference = reference.split(['?', '#']).next().unwrap_or_default().replace('\\', "/");
    Some(percent_decode_str(&reference).decode_utf8_lossy().into_owned())
}

/// The folder of a path: it ends with `/`, or is empty.
fn folder_of(path: &str) -> String {
    path[..path.rfind('/').map_or(0, |slash| slash + 1)].to_owned()
}

/// The path behind the last `sourceMappingURL=` that is a comment on a line of its own: within a line it may be part of a text.
fn reference(script: &[u8]) -> Option<&str> {
    let end = memmem::rfind_iter(script, KEY).find(|&at| is_comment(&script[..at]))? + KEY.len();
    let behind = &script[end..];
    let len = behind.iter().position(|byte| byte.is_ascii_whitespace() || *byte == b'*').unwrap_or(behind.len());
    std::str::from_utf8(&behind[..len]).ok().filter(|reference| !reference.is_empty())
}

/// Whether this text ends with the beginning of a comment, and its last line has nothing else.
fn is_comment(text: &[u8]) -> bool {
    let before = text.strip_suffix(b"//").or_else(|| text.strip_suffix(b"/*"));
    let last = before.and_then(|before| before.iter().rfind(|byte| !matches!(byte, b' ' | b'\t')));
    before.is_some() && last.is_none_or(|byte| matches!(byte, b'\n' | b'\r'))
}

/// Whether the modules of a script are texts that `eval` runs, each with a map of its own.
fn is_of_evals(script: &[u8]) -> bool {
    memmem::find(script, KEY).is_some() && memmem::find(script, b"eval(").is_some()
}

fn inline(url: &str, room: Option<usize>) -> Result<Table, String> {
    if url.len() > LONGEST_INLINE {
        return Err(format!("the map in it is longer than {} MB", LONGEST_INLINE >> 20));
    }
    // As if every other byte were a comma.
    within(3 * url.len() + 32 * url.len(), room)?;
    Table::decode_inline(url)
}

fn decode(text: &[u8], room: Option<usize>) -> Result<Table, String> {
    within(estimate(text), room)?;
    Table::decode(text)
}

fn within(needed: usize, room: Option<usize>) -> Result<(), String> {
    let room = room.unwrap_or(MEMORY);
    if needed <= room {
        return Ok(());
    }
    let mb = |bytes: usize| bytes.div_ceil(1 << 20);
    Err(format!("reading it may take {} MB of memory, more than the {} MB there are for it", mb(needed), room >> 20))
}

/// What tools on Windows put before a text.
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// The content of a file, which is not longer than a map may be.
fn read(path: &Path) -> Result<Vec<u8>, String> {
    let file = File::open(path).map_err(|error| error.to_string())?;
    let len = file.metadata().map_err(|error| error.to_string())?.len();
    if len > LONGEST {
        return Err(format!("it is longer than {} MB", LONGEST >> 20));
    }
    let mut text = Vec::with_capacity(len as usize);
    // It may grow meanwhile.
    file.take(LONGEST).read_to_end(&mut text).map_err(|error| error.to_string())?;
    if text.starts_with(BYTE_ORDER_MARK) {
        text.drain(..BYTE_ORDER_MARK.len());
    }
    Ok(text)
}

/// The path of the script that a map says it belongs to, if it says so.
pub(super) fn file_field(map: &Path) -> Option<PathBuf> {
    #[derive(Deserialize)]
    struct Fields<'a> {
        #[serde(borrow)]
        file: Option<std::borrow::Cow<'a, str>>,
    }
    let text = fs::metadata(map).ok().filter(|file| file.len() <= LONGEST).and_then(|_| read(map).ok())?;
    let fields: Fields<'_> = serde_json::from_slice(&text).ok()?;
    let path = PathBuf::from(fields.file?.replace('\\', "/"));
    let is_plain = |part| matches!(part, Component::Normal(_) | Component::CurDir | Component::ParentDir);
    path.components().all(is_plain).then_some(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_byte_order_mark_is_no_part_of_a_map() {
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(file.path(), format!("\u{feff}{MAP}")).unwrap();
        assert_eq!(file_field(file.path()), Some(PathBuf::from("x.js")));
        assert!(decode(&read(file.path()).unwrap(), None).is_ok());
    }

    const MAP: &str = r#"{"version":3,"file":"x.js","sources":["../a.ts"],"names":[],"mappings":"AAAA"}"#;

    /// What a script gives in whose folder `maps/x.map` is a map: its sources' folder, that there is none, or what is wrong.
    fn of_script(script: &str) -> String {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("maps")).unwrap();
        fs::write(folder.path().join("maps/x y.map"), MAP).unwrap();
        let path = folder.path().join("a.js");
        fs::write(&path, script).unwrap();
        match load_of_script(&path, None) {
            Loaded::Table(table, folder) => {
                format!("{} in {folder:?}", table.place("f", 0, 0).map_or("none", |place| place.source))
            }
            Loaded::Nothing => "nothing".to_owned(),
            Loaded::Broken(why) => why,
        }
    }

    #[test]
    fn scripts_hold_or_name_maps() {
        // echo -n MAP | base64
        let inline = "data:application/json;base64,eyJ2ZXJzaW9uIjozLCJzb3VyY2VzIjpbImIudHMiXSwibmFtZXMiOltdLCJtYXBwaW5ncyI6IkFBQUEifQ==";
        #[rustfmt::skip]
        let table = [
            ("f();\n//# sourceMappingURL=maps/x%20y.map\n".to_owned(), "../a.ts in \"maps/\""),
            ("f();\r\n//# sourceMappingURL=./maps/x%20y.map?v=1\r\n".to_owned(), "../a.ts in \"./maps/\""),
            ("f();\n/*# sourceMappingURL=maps/x%20y.map */".to_owned(), "../a.ts in \"maps/\""),
            (format!("f('//# sourceMappingURL=maps/no.map');\n//# sourceMappingURL={inline}"), "b.ts in \"\""),
            (format!("//# sourceMappingURL={inline}\n//# sourceMappingURL=maps/no.map"), "nothing"),
            (format!("//# sourceMappingURL={inline}\n'# sourceMappingURL=maps/no.map'"), "b.ts in \"\""),
            (format!("eval('f()\\n//# sourceMappingURL={inline}\\n')"), EVALS),
            (format!("eval('f()\\n//# sourceMappingURL={inline}\\n')\n  //# sourceMappingURL={inline}"), "b.ts in \"\""),
            (format!("f('//# sourceMappingURL={inline}')"), "nothing"),
            ("f();".to_owned(), "nothing"),
            ("//# sourceMappingURL=".to_owned(), "nothing"),
            ("//# sourceMappingURL=https://host/x.map".to_owned(), "nothing"),
            ("//# sourceMappingURL=/etc/passwd".to_owned(), "nothing"),
            ("//# sourceMappingURL=data:text/plain,x".to_owned(), "the provided data URL is invalid"),
        ];
        for (script, expected) in table {
            assert_eq!(of_script(&script), expected, "{script}");
        }
    }

    #[test]
    fn a_map_beside_its_script_is_found() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        fs::create_dir(path("maps")).unwrap();
        for (name, text) in [
            ("a.js", "f()"),
            ("a.js.map", MAP),
            ("b.js", "f()\n//# sourceMappingURL=maps/b.map"),
            ("maps/b.map", MAP),
            ("c.js", "f()\n//# sourceMappingURL=data:application/json;base64,e30="),
            ("d.js", "f()\n//# sourceMappingURL=maps/none.map"),
        ] {
            fs::write(path(name), text).unwrap();
        }
        let found = |name: &str| map_on_disk(&format!("file://{}", path(name).display()));
        for (name, expected) in [
            ("a.js", Some("a.js.map")),
            ("b.js", Some("maps/b.map")),
            ("c.js", Some("c.js")),
            ("d.js", None),
            ("e.js", None),
        ] {
            assert_eq!(found(name), expected.map(path), "{name}");
        }
    }

    #[test]
    fn what_takes_too_much_memory_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.js.map");
        fs::write(&path, MAP).unwrap();
        let needed = estimate(MAP.as_bytes());
        assert_eq!(needed, 3 * MAP.len() + 64 * 4);
        assert!(matches!(load_map(&path, Some(needed)), Loaded::Table(..)));
        assert!(matches!(load_map(&path, Some(needed - 1)), Loaded::Broken(why) if why.contains("MB of memory")));
        // A file of 513 MiB that holds nothing.
        File::create(&path).unwrap().set_len(LONGEST + 1).unwrap();
        assert!(matches!(load_map(&path, None), Loaded::Broken(why) if why == "it is longer than 512 MB"));
        assert_eq!(file_field(&path), None);
    }

    #[test]
    fn maps_say_what_they_belong_to() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.map");
        for (text, expected) in [
            (MAP, Some("x.js")),
            (r#"{"file":"../js/x.js"}"#, Some("../js/x.js")),
            (r#"{"file":"..\\js\\x.js","sections":[]}"#, Some("../js/x.js")),
            (r#"{"file":"/etc/x.js"}"#, None),
            (r#"{"file":7}"#, None),
            ("{}", None),
            ("", None),
        ] {
            fs::write(&path, text).unwrap();
            assert_eq!(file_field(&path), expected.map(PathBuf::from), "{text}");
        }
    }
}
