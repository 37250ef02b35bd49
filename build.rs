//! Turns the packs of rules that are built in into trees, so that no TOML is read when the program starts.

use std::error::Error;
use std::path::Path;
use std::{env, fs};

#[path = "src/rules/tree.rs"]
mod tree;

fn main() -> Result<(), Box<dyn Error>> {
    const PACKS: &str = "src/rules/packs";
    for read in ["build.rs", "src/rules/tree.rs", PACKS] {
        println!("cargo::rerun-if-changed={read}");
    }
    let folder = env::var_os("OUT_DIR").ok_or("cargo names no folder for what is built")?;
    for pack in fs::read_dir(PACKS)? {
        let pack = pack?.path();
        let name = pack.file_name().ok_or("a pack has a name")?;
        let text = fs::read_to_string(&pack)?;
        let tree = tree::Item::from_toml(&text).map_err(|error| format!("{}: {error}", pack.display()))?;
        fs::write(Path::new(&folder).join(name), postcard::to_allocvec(&tree)?)?;
    }
    Ok(())
}
