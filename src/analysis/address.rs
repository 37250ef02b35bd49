//! The address of a script that is the same before and after: without versions, build hashes and the folder of a deployment.
//!
//! | what differs | before | after | address |
//! |---|---|---|---|
//! | a version | `….pnpm/pg@8.11.0/node_modules/pg/lib/client.js` | `….pnpm/pg@8.12.0/node_modules/pg/lib/client.js` | `lib/client.js` of pg |
//! | a build hash | `/assets/main.3f2a9c1b.js` | `/assets/main.77e0d1aa.js` | `/assets/main.*.js` |
//! | a query | `/main.js?v=17` | `/main.js?v=18` | `/main.js` |
//! | a release | `/srv/app/releases/20260101/a.js` | `/srv/app/releases/20260108/a.js` | `/srv/app/releases/*/a.js` |

use std::borrow::Cow;

/// The path of a script without scheme, query and backslashes.
pub(super) fn path(url: &str) -> Cow<'_, str> {
    let path = url.strip_prefix("file://").unwrap_or(url);
    let path = match path.find('?') {
        Some(query) if query > 0 => &path[..query],
        _ => path,
    };
    if path.contains('\\') { path.replace('\\', "/").into() } else { path.into() }
}

/// The folder of a package, which a script of it is in: `/srv/node_modules/pg` of `/srv/node_modules/pg/lib/client.js`.
pub(crate) fn package_folder<'u>(url: &'u str, package: &str) -> Option<&'u str> {
    let path = url.strip_prefix("file://").unwrap_or(url);
    let slashes = path.replace('\\', "/");
    let end = folder_end(&slashes, slashes.rfind(MODULES)? + MODULES.len(), package)?;
    Some(&path[..end - 1])
}

/// What the folder that has packages is called.
const MODULES: &str = "node_modules/";

/// Where the folder of a package ends, behind its slash, of those behind `modules`. It is called as the package, or ends so: `_pg@8.11.0@pg`, `_@a_b@1.0.0@@a/b`.
fn folder_end(path: &str, modules: usize, package: &str) -> Option<usize> {
    let base = package.rsplit('/').next().unwrap_or(package);
    let mut end = modules;
    path[modules..].split_inclusive('/').find_map(|folder| {
        end += folder.len();
        let before = folder.strip_suffix('/')?.strip_suffix(base)?;
        (before.is_empty() || before.ends_with('@')).then_some(end)
    })
}

/// The path of a script of a package, within its folder.
pub(super) fn within_package(url: &str, package: &str) -> String {
    let path = path(url);
    let modules = path.rfind(MODULES).map_or(0, |at| at + MODULES.len());
    if let Some(end) = folder_end(&path, modules, package) {
        return path[end..].to_owned();
    }
    // Other folders have the version in their names: `//esm.sh/pg@8.11.0/…`, `.store/pg-npm-8.11.0-5d3a1c/package/…`.
    let inner = path[modules..].find("/package/").filter(|_| path[modules..].starts_with(".store/"));
    match inner {
        Some(at) => path[modules + at + "/package/".len()..].to_owned(),
        None => by_segment(&path[modules..], |segment, _| without_version(segment)),
    }
}

/// The path of a script of the application, without what a build or a deployment puts into it.
pub(super) fn without_hashes(url: &str) -> String {
    by_segment(&path(url), |segment, is_file| if is_file { file_name(segment) } else { folder(segment) })
}

/// A path with each of its segments changed; the last one is that of the file.
fn by_segment(path: &str, change: impl Fn(&str, bool) -> Cow<'_, str>) -> String {
    let last = path.matches('/').count();
    let segments: Vec<Cow<'_, str>> =
        path.split('/').enumerate().map(|(place, segment)| change(segment, place == last)).collect();
    segments.join("/")
}

/// `pg@8.11.0` is `pg`.
fn without_version(segment: &str) -> Cow<'_, str> {
    let at = segment.rfind('@').filter(|&at| at > 0 && segment[at + 1..].starts_with(|c: char| c.is_ascii_digit()));
    at.map_or(segment, |at| &segment[..at]).into()
}

/// A folder that is called by a release is any folder.
fn folder(segment: &str) -> Cow<'_, str> {
    let is_of = |segment: &str, others: &str| segment.bytes().all(|b| b.is_ascii_digit() || others.contains(b as char));
    let digits = segment.bytes().filter(u8::is_ascii_digit).count();
    let is_date = digits >= 8 && is_of(segment, "-_.:TZ");
    let is_version = digits >= 2 && segment.contains('.') && is_of(segment.strip_prefix('v').unwrap_or(segment), ".");
    let is_id = segment.len() >= 32 && segment.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-');
    let is_build = segment.len() == 21 && segment.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-');
    match is_date || is_version || is_id || is_build && digits > 0 || is_hexadecimal(segment) {
        true => "*".into(),
        false => without_version(segment),
    }
}

/// `main.3f2a9c1b.js`, `chunk-ABC12345.js` and `index-DiwrgTda.js` without what is different in each build.
fn file_name(name: &str) -> Cow<'_, str> {
    let is_break = |c: char| matches!(c, '.' | '-' | '~');
    // Vite's hashes may have hyphens in them.
    let stem = name.find('.').map_or(name.len(), |dot| dot);
    if stem > 9
        && name.is_char_boundary(stem - 8)
        && name.as_bytes()[stem - 9] == b'-'
        && (is_mixed(&name[stem - 8..stem]) || has_inner_capital(&name[stem - 8..stem]))
    {
        return format!("{}*{}", &name[..stem - 8], &name[stem..]).into();
    }
    if is_hexadecimal(name.split('.').next().unwrap_or(name)) {
        return format!("*{}", &name[stem..]).into();
    }
    let mut out = String::with_capacity(name.len());
    for (place, part) in name.split_inclusive(is_break).enumerate() {
        let text = part.trim_end_matches(is_break);
        let is_hash = place > 0 && (is_hexadecimal(text) || is_mixed(text) || is_alphanumeric(text));
        out.push_str(if is_hash { "*" } else { text });
        out.push_str(&part[text.len()..]);
    }
    out.into()
}

/// A hash in hexadecimal digits: six and more, some of them letters and some not.
fn is_hexadecimal(text: &str) -> bool {
    let has = |is: fn(&u8) -> bool| text.as_bytes().iter().any(is);
    text.len() >= 6
        && text.bytes().all(|b| b.is_ascii_hexdigit())
        && has(u8::is_ascii_digit)
        && (has(u8::is_ascii_alphabetic) || text.len() >= 8)
}

/// A hash of letters and digits, six and more: in capitals (esbuild), or with three digits and more.
fn is_alphanumeric(text: &str) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let is_upper = text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
    text.len() >= 6
        && text.bytes().all(|b| b.is_ascii_alphanumeric())
        && (is_upper && (digits > 0 || text.len() == 8) || digits >= 3 && digits < text.len())
}

/// A hash in Base64 (Vite, Rollup): eight characters, small and capital, and a digit or a capital within.
fn is_mixed(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() == 8
        && bytes.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'))
        && bytes.iter().any(u8::is_ascii_lowercase)
        && bytes.iter().any(u8::is_ascii_uppercase)
        && (bytes.iter().any(u8::is_ascii_digit) || bytes[1..].iter().filter(|b| b.is_ascii_uppercase()).count() >= 2)
}

/// Letters with a capital within (`DiwrgTda`). A word in camel case looks the same, but behind a hyphen few files are called so.
fn has_inner_capital(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.iter().all(u8::is_ascii_alphabetic)
        && bytes.iter().any(u8::is_ascii_lowercase)
        && bytes[1..].iter().any(u8::is_ascii_uppercase)
}

/// The folders that two paths begin with and that differ, if they end alike.
pub(super) fn differing_folders<'p>(before: &'p str, after: &'p str) -> Option<(&'p str, &'p str)> {
    let alike = before
        .rsplit('/')
        .zip(after.rsplit('/'))
        .take_while(|(before, after)| before == after)
        .map(|(segment, _)| segment.len() + 1)
        .sum::<usize>();
    // At least the file's name, and a folder is left on either side.
    let folder = |path: &'p str| path.len().checked_sub(alike).map(|end| &path[..end + 1]);
    if alike == 0 { None } else { folder(before).zip(folder(after)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_of_packages_do_not_matter() {
        let table = [
            ("/srv/node_modules/pg/lib/client.js", "pg", "lib/client.js"),
            ("/srv/node_modules/.pnpm/pg@8.11.0/node_modules/pg/lib/client.js", "pg", "lib/client.js"),
            (
                "file:///a/node_modules/.store/@babel+core@7.2.0/node_modules/@babel/core/lib/x.js",
                "@babel/core",
                "lib/x.js",
            ),
            ("/srv/node_modules/_leoric@2.13.9@leoric/src/spell.js", "leoric", "src/spell.js"),
            ("/a/node_modules/_@eggjs_tegg@4.0.0@@eggjs/tegg/dist/index.js", "@eggjs/tegg", "dist/index.js"),
            ("C:\\app\\node_modules\\pg\\lib\\client.js", "pg", "lib/client.js"),
            ("https://esm.sh/pg@8.11.0/es2022/pg.mjs", "pg", "https://esm.sh/pg/es2022/pg.mjs"),
            ("/a/node_modules/.store/pg-npm-8.11.0-5d3a1c/package/lib/client.js", "pg", "lib/client.js"),
        ];
        for (url, package, expected) in table {
            assert_eq!(within_package(url, package), expected, "{url}");
        }
    }

    #[test]
    fn packages_have_a_folder() {
        let table = [
            ("/srv/node_modules/pg/lib/client.js", "pg", Some("/srv/node_modules/pg")),
            ("file:///a/node_modules/b/node_modules/@a/b/x.mjs", "@a/b", Some("/a/node_modules/b/node_modules/@a/b")),
            ("/a/node_modules/_@a_b@4.0.0@@a/b/x.js", "@a/b", Some("/a/node_modules/_@a_b@4.0.0@@a/b")),
            ("C:\\app\\node_modules\\pg\\lib\\client.js", "pg", Some("C:\\app\\node_modules\\pg")),
            ("https://esm.sh/pg@8.11.0/es2022/pg.mjs", "pg", None),
            ("/srv/pg/lib/client.js", "pg", None),
        ];
        for (url, package, expected) in table {
            assert_eq!(package_folder(url, package), expected, "{url}");
        }
    }

    #[test]
    fn builds_and_releases_do_not_matter() {
        let table = [
            ("/assets/main.3f2a9c1b.js", "/assets/main.*.js"),
            ("/assets/main.js?v=17", "/assets/main.js"),
            ("/dist/chunk-ABC12345.js", "/dist/chunk-*.js"),
            ("/dist/chunk-ABC123.mjs", "/dist/chunk-*.mjs"),
            ("/assets/index-DiwrgTda.js", "/assets/index-*.js"),
            ("/assets/index-B3x-9dQ1.js", "/assets/index-*.js"),
            ("/_next/static/chunks/pages/_app-1a2b3c4d5e6f7890.js", "/_next/static/chunks/pages/_app-*.js"),
            ("/_next/static/chunks/1a2b3c4d5e6f7890.js", "/_next/static/chunks/*.js"),
            ("/dist/123.abcdef12.chunk.js", "/dist/123.*.chunk.js"),
            ("/srv/app/releases/20260101/src/a.js", "/srv/app/releases/*/src/a.js"),
            ("/srv/app/releases/20260101120000/a.js", "/srv/app/releases/*/a.js"),
            ("/srv/app/releases/2026-01-01/a.js", "/srv/app/releases/*/a.js"),
            ("/srv/app/v1.2.3/a.js", "/srv/app/*/a.js"),
            ("/srv/app/3f2a9c1/a.js", "/srv/app/*/a.js"),
            ("file:///srv/app/a.js", "/srv/app/a.js"),
        ];
        for (url, expected) in table {
            assert_eq!(without_hashes(url), expected, "{url}");
        }
        let kept = [
            "/srv/app/UserService.js",
            "/srv/app/data-access.js",
            "/srv/app/sync-service.test.js",
            "/srv/app/base64.js",
            "/srv/app/lib-utf8.js",
            "/srv/v2/release.js",
            "/srv/app/feedback.js",
            "/srv/app/sync-Database.js",
            "",
            "?",
        ];
        for url in kept {
            assert_eq!(without_hashes(url), url);
        }
    }

    #[test]
    fn folders_differ_up_to_where_paths_are_alike() {
        let table = [
            (("/home/a/app/src/x.js", "/builds/7/app/src/x.js"), Some(("/home/a/", "/builds/7/"))),
            (("/a/x.js", "/b/y.js"), None),
            (("/a/x.js", "/x.js"), Some(("/a/", "/"))),
            (("x.js", "/a/x.js"), None),
            (("/a/x.js", "/a/x.js"), None),
        ];
        for ((before, after), expected) in table {
            assert_eq!(differing_folders(before, after), expected, "{before} {after}");
        }
    }
}
