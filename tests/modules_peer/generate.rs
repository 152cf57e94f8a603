//! Random sets of modules: a few options of random types, and modules that define them at random.
//!
//! A seed always makes the same modules. They are made to be in each other's way: names, numbers and
//! strings are few, so that definitions meet, agree, contradict and override each other, and here and
//! there a value is of the wrong type. Wrappers (`mkIf`, `mkMerge`, `mkOverride`, `mkOrder`) may stand
//! around every definition, in every order; conditions and values may depend on `config`.

use super::declare::{self, Entry, declared};
use super::define::{Scope, set, wrapped};
use super::peers::Case;
use super::random::Random;

/// One in so many configurations has a module with a quirk of its own, each.
const QUIRK: u64 = 60;

/// The cases of a seed: every option at the top of its configuration is one, so that a mistake in one
/// option does not hide the others.
pub fn cases(seed: u64) -> Vec<Case> {
    let mut random = Random(seed);
    let options = declare::options(&mut random);
    let configuration = configuration(&mut random, &options);
    let case = |entry: &Entry| Case {
        title: format!("seed {seed} {}", entry.name),
        program: format!("{configuration}.config.{}", entry.name),
    };
    options.iter().map(case).collect()
}

fn configuration(random: &mut Random, options: &[Entry]) -> String {
    let mut modules = vec![declarations(options, false), declarations(options, true)];
    for _ in 0..2 + random.below(3) {
        modules.push(definitions(random, options));
    }
    modules.extend(quirk(random).map(String::from));
    let scope = "lib: with lib; with lib.types; let\n  declare = type: more: mkOption ({ inherit type; } // more);\nin";
    if random.once_in(6) {
        let last = modules.pop().expect("there are several");
        let first = modules.join("\n");
        return format!(
            "{scope}\n((evalModules {{ modules = [\n{first}\n]; }}).extendModules {{ modules = [\n{last}\n]; }})"
        );
    }
    format!("{scope}\n(evalModules {{ modules = [\n{}\n]; }})", modules.join("\n"))
}

/// The module that declares the options, and the one that declares some of them again.
fn declarations(options: &[Entry], second: bool) -> String {
    let declared = declared(options, second);
    let switches = "{ on = declare bool { default = true; }; level = declare int { default = 1; }; }";
    if second {
        format!("  {{ options = {declared}; }}")
    } else {
        format!("  {{ options = {switches} // {declared}; }}")
    }
}

/// A module that defines, and may import another one.
fn definitions(random: &mut Random, options: &[Entry]) -> String {
    let mut own = |random: &mut Random| set(random, options, Scope::Outside);
    let config = wrapped(random, Scope::Outside, 1, &mut own);
    let imports = if random.once_in(4) { format!("imports = [ {} ]; ", own(random)) } else { String::new() };
    format!("  ({{ config, ... }}: {{ {imports}config = {config}; }})")
}

fn quirk(random: &mut Random) -> Option<&'static str> {
    Some(match random.below(QUIRK) {
        0 => "  { stray = 1; }",
        1 => "  { config = mkIf false { stray = 1; }; }",
        2 => "  { stray = mkDefault 1; _module.check = false; }",
        3..10 => "  { level = mkForce 2; on = false; }",
        10..13 => "  { imports = [ (mkAliasOptionModule [ \"a2\" ] [ \"a\" ]) ]; a2 = mkForce 1; }",
        _ => return None,
    })
}
